"""One record of Zenodo in any of its JSON shapes: what it is called, which concept it is a version of, what it names.

Three shapes are in use: that of 2018 to 2023, today's `application/json` that keeps its looks, and the native one of
InvenioRDM (`application/vnd.inveniordm.v1+json`). They differ in where a concept, a version's place, a type and a
relation stand; here they are one. Border: people, licence and keywords are read in `vocab.readers.zenodo`; nothing here
raises because of what stands in a record. Zenodo REST API; InvenioRDM "Metadata reference".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vocab.identifiers import own_doi, repository_address
from vocab.text import one_line

# A record, a concept: digits at Zenodo, ten letters and digits elsewhere.
_ID = re.compile(r"[0-9a-z][0-9a-z-]{0,39}\Z")
_MAX_RELATED = 2_000
_MAX_TEXT = 2_000
# First part of a resource type → what the record is of. Whatever is not here is of another kind.
_THINGS = {
    "software": "software", "workflow": "software", "model": "model", "dataset": "dataset",
    "publication": "publication", "presentation": "publication", "poster": "publication", "lesson": "publication",
}
# Relations by which a record says that it is a repository in another place, the plainest first.
_IS_OF = ("issupplementto", "isidenticalto", "isversionof", "iscompiledby")
_DERIVED = "isderivedfrom"


@dataclass(frozen=True, slots=True)
class Related:
    """Another thing that a record names: its address or identifier, how it is related, and its type, in lower case."""

    identifier: str
    relation: str
    kind: str


@dataclass(frozen=True, slots=True)
class ZenodoRecord:
    """What tells one record from another. `index` counts the versions from 1; `latest` is None when nothing says it."""

    id: str
    concept: str | None = None
    doi: str | None = None
    concept_doi: str | None = None
    index: int | None = None
    latest: bool | None = None
    deleted: bool = False
    updated: str = ""
    published: str = ""
    title: str = ""
    version: str = ""
    type: str = ""
    page: str | None = None
    communities: frozenset[str] = frozenset()
    related: tuple[Related, ...] = ()
    code_repository: str | None = None
    views: int | None = None
    downloads: int | None = None

    @property
    def thing(self) -> str:
        """What the record is of: software, model, dataset, publication or other."""
        return _THINGS.get(self.type.partition("-")[0], "other")

    @property
    def repositories(self) -> tuple[str, ...]:
        """Keys of the repositories that the record says it is of; one it is derived from counts when it names no other.

        An address of a page below a repository counts when it is that of a tag: `…/tree/v1`, `…/releases/tag/v1`.
        """
        named = [each.identifier for how in _IS_OF for each in self.related if each.relation == how]
        named += [self.code_repository] if self.code_repository else []
        keys = dict.fromkeys(key for each in named if (key := _repository(each)))
        if not keys:
            derived = (each.identifier for each in self.related if each.relation == _DERIVED)
            keys = dict.fromkeys(key for each in derived if (key := _repository(each)))
        return tuple(keys)

    @property
    def tag(self) -> str:
        """The tag of the repository that the record is made of, as its address says it, or nothing."""
        for each in self.related:
            address = repository_address(each.identifier) if each.relation == "issupplementto" else None
            match = re.match(r"(?:tree|releases/tag)/(.+)", address.below) if address else None
            if match:
                return match.group(1)[:200]
        return ""


def zenodo_record(form: object) -> ZenodoRecord | None:
    """The record of a JSON object in any of the shapes, or None when it has no id."""
    if not isinstance(form, Mapping):
        return None
    number = _identifier(form.get("id")) or _identifier(form.get("recid"))
    if number is None:
        return None
    metadata, versions = part(form, "metadata"), part(form, "versions")
    relation = next(iter(parts(part(metadata, "relations").get("version"))), {})
    concept = _concept(form, relation)
    return ZenodoRecord(
        id=number,
        concept=concept,
        doi=own_doi(form.get("doi")) or own_doi(metadata.get("doi")) or _pid(form.get("pids")),
        concept_doi=own_doi(form.get("conceptdoi")) or _pid(part(form, "parent").get("pids")),
        index=_index(versions, relation),
        latest=_flag(versions.get("is_latest", relation.get("is_last"))),
        deleted=part(form, "deletion_status").get("is_deleted") is True,
        updated=text(form, "updated") or text(form, "modified"),
        published=text(metadata, "publication_date"),
        title=one_line(text(metadata, "title") or text(form, "title"))[:_MAX_TEXT],
        version=one_line(text(metadata, "version"))[:200],
        type=_type(metadata.get("resource_type")),
        page=_page(form),
        communities=frozenset(_communities(form, metadata)),
        related=tuple(_related(metadata)),
        code_repository=_code_repository(form, metadata),
        views=_most(form, "views"),
        downloads=_most(form, "downloads"),
    )


def part(form: object, name: str) -> Mapping[str, Any]:
    """The object below a name, or an empty one."""
    value = form.get(name) if isinstance(form, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def parts(value: object, most: int = _MAX_RELATED) -> Iterator[Mapping[str, Any]]:
    """The objects in a list."""
    if isinstance(value, list):
        yield from (each for each in value[:most] if isinstance(each, Mapping))


def text(form: Mapping[str, Any], name: str) -> str:
    """The text or number below a name as stripped text, or nothing."""
    value = form.get(name)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value).strip()


def _identifier(value: object) -> str | None:
    bare = str(value).strip().lower() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    return bare if _ID.match(bare) else None


def _concept(form: Mapping[str, Any], relation: Mapping[str, Any]) -> str | None:
    return (
        _identifier(form.get("conceptrecid")) or _identifier(part(form, "parent").get("id"))
        or _identifier(part(relation, "parent").get("pid_value"))
    )


def _pid(pids: object) -> str | None:
    return own_doi(part(pids, "doi").get("identifier"))


def _index(versions: Mapping[str, Any], relation: Mapping[str, Any]) -> int | None:
    """The place among the versions, from 1: the native shape counts so, the others count from 0."""
    for place, first in ((versions.get("index"), 1), (relation.get("index"), 0)):
        if isinstance(place, int) and not isinstance(place, bool) and place >= first:
            return place - first + 1
    return None


def _flag(value: object) -> bool | None:
    """A truth value; some records of the first shape hold it as text."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _type(value: object) -> str:
    """`publication-article`, whichever way it is written."""
    form = value if isinstance(value, Mapping) else {"id": value}
    whole = text(form, "id")
    if not whole:
        whole = "-".join(filter(None, (text(form, "type"), text(form, "subtype"))))
    return whole.lower()[:100]


def _page(form: Mapping[str, Any]) -> str | None:
    links = part(form, "links")
    url = text(links, "self_html") or text(links, "html")
    return url if re.match(r"https?://[^\s\"<>]{3,300}\Z", url) else None


def _communities(form: Mapping[str, Any], metadata: Mapping[str, Any]) -> Iterator[str]:
    """Slugs and ids of the communities, those above them too: a record of a community is one of its parent."""
    native = part(part(form, "parent"), "communities")
    ids = native.get("ids")
    yield from (each for each in (ids if isinstance(ids, list) else ()) if isinstance(each, str))
    for each in (*parts(native.get("entries")), *(part(each, "parent") for each in parts(native.get("entries")))):
        yield from filter(None, (text(each, "id"), text(each, "slug")))
    for each in parts(metadata.get("communities")):
        yield from filter(None, (text(each, "id"), text(each, "identifier")))


def _related(metadata: Mapping[str, Any]) -> Iterator[Related]:
    for each in parts(metadata.get("related_identifiers")):
        identifier = text(each, "identifier")[:_MAX_TEXT]
        relation = text(each, "relation") or text(part(each, "relation_type"), "id")
        if identifier:
            yield Related(identifier, relation.lower(), _type(each.get("resource_type")))


def _code_repository(form: Mapping[str, Any], metadata: Mapping[str, Any]) -> str | None:
    """The field of software records; today's other shape has it below `metadata.custom`."""
    for fields in (part(form, "custom_fields"), part(metadata, "custom"), part(metadata, "custom_fields")):
        url = text(fields, "code:codeRepository")
        if url:
            return url[:_MAX_TEXT]
    return None


def _repository(identifier: str) -> str | None:
    address = repository_address(identifier)
    if address is None or (address.below and not re.match(r"(?:tree|releases/tag|commit)/", address.below)):
        return None
    return address.key


def _most(form: Mapping[str, Any], name: str) -> int | None:
    """The figure for all versions: which of two names it has changed over the years, never was it the smaller one."""
    stats = part(form, "stats")
    said = (stats.get(name), stats.get(f"version_{name}"), part(stats, "all_versions").get(name))
    counts = [
        int(each) for each in said
        if isinstance(each, (int, float)) and not isinstance(each, bool) and math.isfinite(each) and 0 <= each < 1e12
    ]
    return max(counts, default=None)
