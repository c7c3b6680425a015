"""schema.org JSON-LD: what a search engine, Google's dataset search and FAIR assessors read on the module's page.

The context is schema.org's by name, as its readers expect; they know it and do not fetch it. Names of properties are
those of schema.org 29 and of CodeMeta where it coincides.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from vocab.faces import facts
from vocab.faces.spec import FaceContext
from vocab.identifiers import doi_url
from vocab.module import Agent, Distribution, Module, Resource, Status
from vocab.plain_text import plain_line
from vocab.record import Json

# Google asks for a description of so many characters.
_SHORTEST_DESCRIPTION = 50
_LONGEST_DESCRIPTION = 5000


def render(module: Module, context: FaceContext) -> bytes:
    """The module as JSON-LD."""
    form = _tombstone(module, context) if module.status is Status.WITHDRAWN else _description(module, context)
    kept: dict[str, Json] = {name: value for name, value in form.items() if value not in (None, "", [])}
    written = orjson.dumps(_storable(kept), option=orjson.OPT_INDENT_2)
    # So that the document can stand in a page's script element as it is.
    return written.replace(b"<", b"\\u003c")


def _storable(value: Json) -> Json:
    """The same without lone surrogates, which no UTF-8 can hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "ignore").decode()
    if isinstance(value, list):
        return [_storable(each) for each in value]
    return {name: _storable(each) for name, each in value.items()} if isinstance(value, dict) else value


def _head(module: Module, context: FaceContext) -> dict[str, Json]:
    doi = facts.main_doi(module)
    uri = facts.uri_of(module, context)
    known = facts.addresses([
        doi_url(doi) if doi else None, uri, *(facts.identifier_url(each) for each in module.identifiers)
    ])
    return {
        "@context": "https://schema.org/",
        "@id": uri,
        "@type": _types(module),
        "identifier": list(known),
        "url": facts.page_of(module, context),
        "name": plain_line(module.title) or module.slug,
        "version": module.version,
    }


def _types(module: Module) -> Json:
    """Weights make a data set of a module: trained parameters are one in Google's own list of examples."""
    weights = any(each.kind == "weights" for each in module.distributions)
    both = weights and module.status is not Status.WITHDRAWN
    return ["SoftwareSourceCode", "Dataset"] if both else "SoftwareSourceCode"


def _description(module: Module, context: FaceContext) -> dict[str, Json]:
    home = facts.root(context) + "/"
    return {
        **_head(module, context),
        "description": _description_text(module, context),
        "abstract": facts.summary_of(module),
        "keywords": list(facts.subjects(module, context)),
        "applicationCategory": "Machine learning",
        "applicationSubCategory": [each.label for each in facts.concepts(module, "tasks", context)],
        "about": [
            _defined_term(each) for name in ("tasks", "categories") for each in facts.concepts(module, name, context)
        ],
        "creator": [_agent(agent) for agent in facts.creators(module, context)],
        "maintainer": [_agent(agent) for agent in module.contacts],
        "publisher": {"@type": "Organization", "@id": f"{home}#publisher", "name": context.publisher, "url": home},
        "license": _licence(module),
        "isAccessibleForFree": True,
        "conditionsOfAccess": facts.COAR_OPEN_ACCESS,
        "dateCreated": facts.day(module.dates.created),
        "datePublished": facts.published_on(module),
        "dateModified": facts.changed_on(module),
        "inLanguage": "en",
        "includedInDataCatalog": {
            "@type": "DataCatalog", "@id": f"{home}#catalogue", "name": context.repository_name, "url": home,
        },
        **_things_around(module, context),
    }


def _description_text(module: Module, context: FaceContext) -> str:
    written = facts.description_of(module)
    if len(written) < _SHORTEST_DESCRIPTION:
        name = plain_line(module.title) or module.slug
        written = f"{written} {name} is a machine-learning {module.type} in the catalogue {context.repository_name}."
    return written[:_LONGEST_DESCRIPTION]


def _things_around(module: Module, context: FaceContext) -> dict[str, Json]:
    bases = [
        facts.relation_url(each, context) for each in module.relations if each.type in {"base_model", "derived_from"}
    ]
    return {
        "codeRepository": facts.link(module, "source_code"),
        "issueTracker": facts.link(module, "issues"),
        "softwareHelp": _work(facts.link(module, "documentation")),
        "softwareRequirements": [each.label for each in facts.concepts(module, "libraries", context)],
        "targetProduct": [_image(each) for each in module.distributions if each.kind == "image"],
        "distribution": [_download(each) for each in module.distributions if each.kind in {"weights", "archive"}],
        "citation": _resources(module.publications),
        "isBasedOn": [*_resources(module.training_data), *(_work(each) for each in facts.addresses(bases))],
        "isPartOf": [_work(doi_url(doi)) for doi in facts.concept_dois(module)],
        "sdPublisher": {"@id": f"{facts.root(context)}/#publisher"},
        "sdDatePublished": facts.day(module.datestamp),
    }


def _tombstone(module: Module, context: FaceContext) -> dict[str, Json]:
    return {
        **_head(module, context),
        "creativeWorkStatus": "Withdrawn",
        "description": f"Withdrawn. {module.withdrawn_reason or ''}".strip(),
    }


def _defined_term(concept: facts.Concept) -> Json:
    return {"@type": "DefinedTerm", "@id": concept.address, "name": concept.label}


def _work(address: str | None) -> Json:
    return {"@type": "CreativeWork", "@id": address, "url": address} if address else None


def _resources(resources: Iterable[Resource]) -> list[Json]:
    """Data sets and papers with what is known of them, each address once."""
    found: dict[str, Json] = {}
    for each in resources:
        for address in facts.addresses([facts.resource_url(each)]):
            found.setdefault(address, _resource(each, address))
    return list(found.values())


def _resource(resource: Resource, address: str) -> Json:
    kinds = {"paper": "ScholarlyArticle", "software": "SoftwareSourceCode"}
    form: dict[str, Json] = {
        "@type": kinds.get(resource.kind or "", "CreativeWork"),
        "@id": address,
        "url": address,
        "name": plain_line(resource.title or ""),
        "author": [{"@type": "Person", "name": each} for each in resource.authors],
        "datePublished": str(resource.year) if resource.year else None,
        "publisher": {"@type": "Organization", "name": resource.publisher} if resource.publisher else None,
    }
    return {name: value for name, value in form.items() if value}


def _agent(agent: Agent) -> Json:
    person = agent.kind == "person"
    ror = agent.ror if not agent.ror or "://" in agent.ror else f"https://ror.org/{agent.ror}"
    form: dict[str, Json] = {
        "@type": "Person" if person else "Organization",
        "@id": f"https://orcid.org/{agent.orcid}" if agent.orcid else ror,
        "name": agent.name,
        "givenName": agent.given if person else None,
        "familyName": agent.family if person else None,
        "affiliation": {"@type": "Organization", "name": agent.affiliation} if person and agent.affiliation else None,
        "url": agent.url,
    }
    return {name: value for name, value in form.items() if value}


def _licence(module: Module) -> str | None:
    licence = facts.licence_of(module)
    if licence is None:
        return None
    return facts.spdx_url(licence) or licence.spdx or licence.url or licence.title or licence.raw


def _image(distribution: Distribution) -> Json:
    form: dict[str, Json] = {
        "@type": "SoftwareApplication",
        "name": facts.distribution_title(distribution),
        "applicationCategory": "Container image",
        "operatingSystem": "Linux",
        "processorRequirements": ", ".join(distribution.platforms),
        "softwareVersion": distribution.tag,
        "datePublished": facts.day(distribution.pushed),
        "installUrl": facts.distribution_url(distribution),
        "identifier": distribution.reference,
        "fileSize": f"{distribution.size_bytes} B" if distribution.size_bytes else None,
    }
    return {name: value for name, value in form.items() if value}


def _download(distribution: Distribution) -> Json:
    form: dict[str, Json] = {
        "@type": "DataDownload",
        "name": facts.distribution_title(distribution),
        "contentUrl": facts.distribution_url(distribution),
        "encodingFormat": distribution.media_type or "application/octet-stream",
        "contentSize": f"{distribution.size_bytes} B" if distribution.size_bytes else None,
    }
    return {name: value for name, value in form.items() if value}
