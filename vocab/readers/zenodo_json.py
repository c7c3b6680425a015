"""`.zenodo.json`: the deposit metadata that Zenodo takes from a repository at a release.

Border: the record that Zenodo made of it is another source. Zenodo REST API, legacy deposit metadata.
"""

from __future__ import annotations

from collections.abc import Callable

from vocab.identifiers import clean_url, doi, repository_key, repository_url
from vocab.module import Link, Resource
from vocab.readers import addresses, values
from vocab.readers.json_text import parse_json
from vocab.readers.notes import Notes
from vocab.readers.people import say_people
from vocab.readers.tree import Node
from vocab.record import Document, EntryContext, Reading

READER = "zenodo_json"

_MAX_RELATED = 200
_CONTACTS = frozenset({"contactperson", "datamanager", "supervisor"})
_PAPERS = frozenset(
    {"isdocumentedby", "isdescribedby", "cites", "isreferencedby", "references", "iscitedby", "ispublishedin"}
)
_DATA = frozenset({"requires", "isderivedfrom"})


def _say_contributors(notes: Notes, node: Node, _field: str) -> None:
    for each in node.items():
        kind = each.get("type")
        if kind is not None and (kind.text() or "").lower() in _CONTACTS:
            say_people(notes, each, "contacts")


def _say_related(notes: Notes, node: Node, _field: str) -> None:
    for each in node.items()[:_MAX_RELATED]:
        identifier, relation = each.get("identifier"), each.get("relation")
        text = (identifier.text() or "").strip() if identifier is not None else ""
        how = (relation.text() or "").lower() if relation is not None else ""
        kind = ((each.get("resource_type") or Node(None, 0)).text() or "").lower()
        name, url = doi(text), clean_url(text)
        if url is None and name is None:
            continue
        resource = Resource(url=f"https://doi.org/{name}" if name else url, doi=name)
        if how in {"issupplementto", "iscompiledby"} and (key := repository_key(text)):
            notes.say("links", Link("source_code", repository_url(key)), at=each, raw=text)
        elif kind.startswith("dataset") or how in _DATA:
            notes.say("training_data", Resource(url=resource.url, doi=name, kind="dataset"), at=each, raw=text)
        elif how in _PAPERS or kind.startswith("publication"):
            notes.say("publications", resource, at=each, raw=text)


TABLE: dict[str, tuple[Callable[[Notes, Node, str], object], str]] = {
    "title": (values.say_line, "title"),
    "description": (values.say_description, "description"),
    "creators": (say_people, "authors"),
    "contributors": (_say_contributors, "contacts"),
    "license": (values.say_licence, "licence.declared"),
    "keywords": (values.say_keywords, "keywords"),
    "version": (values.say_line, "version"),
    "publication_date": (values.say_date, "dates.issued"),
    "doi": (addresses.say_doi, "doi"),
    "related_identifiers": (_say_related, "publications"),
}


def read(document: Document, context: EntryContext) -> Reading:
    """Reads a deposit description; a licence given as a record is taken by its id."""
    notes = Notes(READER, document, context)
    parsed = parse_json(document.body)
    notes.tell_all(parsed.defects)
    root = parsed.root
    if root is None:
        return notes.reading(parsed=False)
    if not isinstance(root.value, dict):
        notes.tell("shape-unexpected", "the file holds no keys and values", at=root, expected="a deposit description")
        return notes.reading(parsed=False)
    inner = root.get("metadata")
    for key, node in (inner if inner is not None and inner.members() else root).members().items():
        row = TABLE.get(key)
        value = node.get("id") or node if key == "license" else node
        if row is not None and value.value is not None:
            row[0](notes, value, row[1])
    return notes.reading(parsed=parsed.complete)
