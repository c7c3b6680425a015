"""What several faces say alike: addresses, names, dates, concepts, with what stands in where the metadata is silent.

Border: facts as plain values; no format.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from vocab.faces.spec import FaceContext
from vocab.graph import iri
from vocab.identifiers import doi_url
from vocab.module import Agent, Distribution, Identifier, LicenceValue, Module, Relation, Resource
from vocab.plain_text import plain_line, plain_text
from vocab.terms import label

_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*)?", re.DOTALL)
_FORGE = re.compile(r"https?://[^/]+/([^/?#]+)/[^/?#]+")
_SPDX_ID = re.compile(r"(?!LicenseRef-)[A-Za-z0-9.\-]+")
_IMAGE = re.compile(r"(?P<registry>[^/]+)/(?P<repository>[^:@]+)")

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OPEN_ACCESS = "info:eu-repo/semantics/openAccess"
COAR_SOFTWARE = "http://purl.org/coar/resource_type/c_5ce6"
COAR_OPEN_ACCESS = "http://purl.org/coar/access_right/c_abf2"

# Field of a module → scheme of `vocab.terms`; the order in which faces list them.
CONCEPT_FIELDS = {
    "tasks": "tasks",
    "categories": "categories",
    "data_types": "data-types",
    "libraries": "libraries",
    "communities": "communities",
}


@dataclass(frozen=True, slots=True)
class Concept:
    """A term of one of our schemes: where it can be read, and its name for people."""

    scheme: str
    address: str
    label: str


def root(context: FaceContext) -> str:
    """The registry's public address without a slash at its end."""
    return context.base_url.rstrip("/")


def module_uri(slug: str, context: FaceContext) -> str:
    """The persistent URI of a module of ours."""
    return f"{root(context)}/id/module/{slug}"


def uri_of(module: Module, context: FaceContext) -> str:
    """The persistent URI of this module."""
    return module.uri or module_uri(module.slug, context)


def page_of(module: Module, context: FaceContext) -> str:
    """The module's page for people."""
    return f"{root(context)}/modules/{module.slug}"


def dois(module: Module, *roles: str | None) -> list[str]:
    """The DOIs of the module itself with one of these roles, in the order of the roles."""
    own = [each for each in module.identifiers if each.scheme == "doi"]
    return [each.value for role in roles for each in own if each.role == role]


def main_doi(module: Module) -> str | None:
    """The DOI to cite: of this version, else of the newest that has one, else one without a role, else of all."""
    of_versions = [each.doi for each in sorted(module.versions, key=lambda each: not each.current) if each.doi]
    return next(iter((*of_versions, *dois(module, "version", None, "concept"))), None)


def concept_dois(module: Module) -> list[str]:
    """DOIs of all versions together, but for the one that `main_doi` gives."""
    return [doi for doi in dois(module, "concept") if doi != main_doi(module)]


def identifier_url(identifier: Identifier) -> str | None:
    """The address of an identifier, when its scheme has one."""
    prefixes = {
        "doi": "https://doi.org/",
        "arxiv": "https://arxiv.org/abs/",
        "handle": "https://hdl.handle.net/",
        "swhid": "https://archive.softwareheritage.org/",
        "url": "",
    }
    prefix = prefixes.get(identifier.scheme)
    return None if prefix is None else prefix + identifier.value


def link(module: Module, rel: str) -> str | None:
    """The first link of this kind."""
    return next((each.url for each in module.links if each.rel == rel), None)


def day(value: str | None) -> str | None:
    """The calendar day of an ISO date or date-time, or None."""
    match = _DATE.fullmatch(value or "")
    if match is None:
        return None
    try:
        return date.fromisoformat(match[1]).isoformat()
    except ValueError:
        return None


def published_on(module: Module) -> str | None:
    """The day of publication: the release, else the creation, else the last change that is known."""
    dates = module.dates
    candidates = (dates.issued, dates.created, dates.content, dates.updated, module.datestamp)
    return next((found for found in map(day, candidates) if found), None)


def changed_on(module: Module) -> str | None:
    """The day of the last change."""
    return day(module.dates.updated) or day(module.dates.content)


def creators(module: Module, context: FaceContext) -> tuple[Agent, ...]:
    """Authors; else contacts; else the owner of the repository; else the registry: never none."""
    if module.authors or module.contacts:
        return module.authors or module.contacts
    owner = _FORGE.match(link(module, "source_code") or "")
    return (Agent(name=owner[1] if owner else context.publisher, kind="organisation", inferred=True),)


def citation_name(agent: Agent) -> str:
    """`Family, Given` for a person whose parts are known, else the name as it stands."""
    return f"{agent.family}, {agent.given}" if agent.family and agent.given else agent.name


def summary_of(module: Module) -> str | None:
    """The summary on one line."""
    return plain_line(module.summary or "") or None


def description_of(module: Module) -> str:
    """Plain text: description, else summary, else a sentence that says what the thing is."""
    written = plain_text(module.description or "") or summary_of(module)
    return written or f"{module.title}: a machine-learning {module.type}; its metadata has no description."


def licence_of(module: Module) -> LicenceValue | None:
    """The licence that holds: concluded, else declared, else detected."""
    licence = module.licence
    return licence.concluded or licence.declared or licence.detected


def spdx_url(licence: LicenceValue | None) -> str | None:
    """The address of a licence at SPDX, when it is one listed licence and no expression or private reference."""
    found = (licence.spdx or "") if licence else ""
    return f"https://spdx.org/licenses/{found}" if _SPDX_ID.fullmatch(found) else None


def concepts(module: Module, name: str, context: FaceContext) -> Iterator[Concept]:
    """The concepts of one field of the module, with labels."""
    scheme = CONCEPT_FIELDS[name]
    for term_id in getattr(module, name):
        yield Concept(scheme, f"{root(context)}/vocab/{scheme}/{term_id}", label(scheme, term_id))


def subjects(module: Module, context: FaceContext) -> list[str]:
    """Keywords and the labels of all concepts, each once."""
    labels = [concept.label for name in CONCEPT_FIELDS for concept in concepts(module, name, context)]
    return list({word.casefold(): word for word in [*labels, *module.keywords] if word.strip()}.values())


def resource_url(resource: Resource) -> str | None:
    """The address of a resource, by its DOI where it has one."""
    return doi_url(resource.doi) if resource.doi else resource.url


def addresses(found: Iterable[str | None]) -> list[str]:
    """The absolute addresses among these, illegal characters encoded, each once."""
    legal = (iri(each) for each in found)
    return list(dict.fromkeys(each.value for each in legal if each))


def relation_url(relation: Relation, context: FaceContext) -> str:
    """The address of a relation's target: a module of ours by its URI, anything else as it stands."""
    return relation.target if ":" in relation.target else module_uri(relation.target, context)


def distribution_url(distribution: Distribution) -> str | None:
    """Where a distribution can be had or read about; for an image without a page, the registry's."""
    if distribution.url or distribution.doi:
        return distribution.url or doi_url(distribution.doi or "")
    image = _IMAGE.match(distribution.reference or "")
    if image is None:
        return None
    if image["registry"] == "docker.io":
        return f"https://hub.docker.com/r/{image['repository']}"
    return f"https://{image['registry']}/{image['repository']}"


def distribution_title(distribution: Distribution) -> str:
    """The title of a distribution, else what kind of thing it is."""
    titles = {"image": "Container image", "source": "Source code", "weights": "Trained weights"}
    kind = titles.get(distribution.kind, distribution.kind.capitalize())
    name = (distribution.pull or distribution.reference or "") if distribution.kind == "image" else ""
    return distribution.title or f"{kind} {name}".strip()


def media_type_of(distribution: Distribution) -> str | None:
    """The media type, which for images is that of an OCI manifest."""
    return distribution.media_type or (OCI_MANIFEST if distribution.kind == "image" else None)


def short_hash(text: str) -> str:
    """Eight hexadecimal digits that stand for a text in an IRI."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
