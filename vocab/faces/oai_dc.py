"""oai_dc: Dublin Core's fifteen elements, for every OAI-PMH harvester there is.

The order of the identifiers, the first date and the publisher are what B2FIND reads; access and licence stand
apart because OpenAIRE reads them apart. OAI-PMH 2.0 §5 with its oai_dc schema; OpenAIRE guidelines 3.0.
"""

from __future__ import annotations

from vocab.faces import facts
from vocab.faces.spec import FaceContext, OaiFormat
from vocab.identifiers import doi_url
from vocab.module import Module, Status
from vocab.plain_text import plain_line, xml_legal, xml_text

OAI = OaiFormat(
    prefix="oai_dc",
    namespace="http://www.openarchives.org/OAI/2.0/oai_dc/",
    schema="http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    element="oai_dc:dc",
)

_OPEN = (
    f'<oai_dc:dc xmlns:oai_dc="{OAI.namespace}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="{OAI.namespace} {OAI.schema}">'
)


def render(module: Module, context: FaceContext) -> bytes:
    """The module as one `oai_dc:dc` element, without an XML declaration."""
    pairs = _tombstone(module, context) if module.status is Status.WITHDRAWN else _elements(module, context)
    kept = dict.fromkeys((name, xml_legal(value).strip()) for name, value in pairs if value)
    written = (f"<dc:{name}>{xml_text(value)}</dc:{name}>" for name, value in kept if value)
    return f"{_OPEN}{''.join(written)}</oai_dc:dc>".encode()


def _elements(module: Module, context: FaceContext) -> list[tuple[str, str | None]]:
    licence = facts.licence_of(module)
    agents = facts.creators(module, context)
    names = {agent.name for agent in agents}
    return [
        ("title", plain_line(module.title) or module.slug),
        *(("creator", facts.citation_name(agent)) for agent in agents),
        *(("subject", word) for word in facts.subjects(module, context)),
        ("subject", "Computer Science"),
        ("description", facts.description_of(module)),
        ("description", facts.summary_of(module)),
        ("publisher", context.publisher),
        *(("contributor", facts.citation_name(agent)) for agent in module.contacts if agent.name not in names),
        ("date", facts.published_on(module)),
        ("type", "Software"),
        ("type", facts.COAR_SOFTWARE),
        *(("format", facts.media_type_of(each)) for each in module.distributions),
        *(("identifier", address) for address in _identifiers(module, context)),
        *(("source", address) for address in facts.addresses([facts.link(module, "source_code")])),
        ("language", "en"),
        *(("relation", address) for address in _relations(module, context)),
        ("rights", facts.OPEN_ACCESS),
        ("rights", facts.spdx_url(licence)),
        ("rights", (licence.spdx or licence.title or licence.raw) if licence else None),
    ]


def _tombstone(module: Module, context: FaceContext) -> list[tuple[str, str | None]]:
    return [
        ("title", plain_line(module.title) or module.slug),
        ("description", f"Withdrawn. {module.withdrawn_reason or ''}"),
        ("publisher", context.publisher),
        *(("identifier", address) for address in _identifiers(module, context)),
        *(("relation", address) for address in _successors(module, context)),
    ]


def _identifiers(module: Module, context: FaceContext) -> list[str]:
    doi = facts.main_doi(module)
    others = [facts.identifier_url(each) for each in module.identifiers if each.role in {None, "version"}]
    return facts.addresses([doi_url(doi) if doi else None, facts.uri_of(module, context), *others])


def _successors(module: Module, context: FaceContext) -> list[str]:
    return facts.addresses(facts.relation_url(each, context) for each in module.relations if each.type == "successor")


def _relations(module: Module, context: FaceContext) -> list[str]:
    return facts.addresses([
        *(doi_url(doi) for doi in facts.concept_dois(module)),
        *(facts.resource_url(each) for each in (*module.publications, *module.training_data)),
        *(facts.relation_url(each, context) for each in module.relations),
        *(facts.distribution_url(each) for each in module.distributions if each.kind != "source"),
        facts.link(module, "documentation"),
    ])
