"""`CITATION.cff`, versions 1.0 to 1.2: who wrote the module, what to cite, and what it is called.

Whether the file speaks of this module or of the project it was forked from is decided in `inherited`, which sees the
whole entry. Border: `references` are works the module builds on; only what has a DOI or an address is said.
Citation File Format 1.2.0.
"""

from __future__ import annotations

from vocab.identifiers import clean_url, doi, is_placeholder, swhid
from vocab.module import Identifier, Resource
from vocab.readers import addresses, values
from vocab.readers.metadata import DEAD, Row, Table
from vocab.readers.notes import Notes
from vocab.readers.people import agent_of, say_people
from vocab.readers.tree import Node
from vocab.readers.yaml_text import parse_yaml
from vocab.record import Document, EntryContext, Reading
from vocab.text import one_line

READER = "citation_cff"

_MAX_REFERENCES = 100
_DATA_TYPES = frozenset({"data", "dataset", "database"})


def _say_identifiers(notes: Notes, node: Node, _field: str) -> None:
    for each in node.items():
        value = each.get("value")
        text = (value.text() or "").strip() if value is not None else ""
        kind = ((each.get("type") or Node(None, 0)).text() or "").lower()
        if not text or value is None or is_placeholder(text):
            continue
        if kind == "doi":
            addresses.say_doi(notes, value, "identifiers")
        elif kind == "swh" and (found := swhid(text)):
            notes.say("identifiers", Identifier("swhid", found), at=value, raw=text)
        elif kind == "url" and (url := clean_url(text)):
            notes.say("identifiers", Identifier("url", url), at=value, raw=text)


def _say_references(notes: Notes, node: Node, _field: str) -> None:
    for each in node.items()[:_MAX_REFERENCES]:
        _say_reference(notes, each)


def _say_reference(notes: Notes, node: Node, _field: str = "") -> None:
    """A work: a data set goes to the training data, anything else to the publications.

    Of its authors only ORCIDs that are nobody's are told.
    """
    for each in (node.get("authors") or Node(None, 0)).items():
        if isinstance(each.value, dict):
            agent_of(notes, each, "publications")
    title = _text(node, "title")
    name = doi(_text(node, "doi")) or next(
        (found for each in (node.get("identifiers") or Node(None, 0)).items() if (found := doi(_text(each, "value")))),
        None,
    )
    url = clean_url(_text(node, "url")) or clean_url(_text(node, "repository-code"))
    if name is None and url is None:
        return
    kind = _text(node, "type").lower() or None
    is_data = kind in _DATA_TYPES
    resource = Resource(
        url=url if name is None else f"https://doi.org/{name}",
        title=title or None,
        doi=name,
        kind="dataset" if is_data else kind,
    )
    notes.say("training_data" if is_data else "publications", resource, at=node)


def _text(node: Node, name: str) -> str:
    member = node.get(name)
    return one_line(member.text() or "") if member is not None else ""


def _say_homepage(notes: Notes, node: Node, field: str) -> None:
    addresses.say_link(notes, node, field, "homepage")


# Keys that say nothing about the module that is not said better elsewhere.
TABLE: Table = {
    "cff-version": DEAD,
    "message": DEAD,
    "type": DEAD,
    "title": Row(values.say_line, "title"),
    "abstract": Row(values.say_description, "description"),
    "authors": Row(say_people, "authors"),
    "contact": Row(say_people, "contacts"),
    "version": Row(values.say_line, "version"),
    "date-released": Row(values.say_date, "dates.issued"),
    "doi": Row(addresses.say_doi, "doi"),
    "identifiers": Row(_say_identifiers, "identifiers"),
    "keywords": Row(values.say_keywords, "keywords"),
    "license": Row(values.say_licence, "licence.declared"),
    "license-url": DEAD,
    "repository-code": Row(addresses.say_repository, "repository-code"),
    "repository": DEAD,
    "repository-artifact": DEAD,
    "url": Row(_say_homepage, "url"),
    "preferred-citation": Row(_say_reference, "publications"),
    "references": Row(_say_references, "publications"),
    "commit": DEAD,
}


def read(document: Document, context: EntryContext) -> Reading:
    """Reads a citation file; unknown keys are passed over, a broken part is told."""
    notes = Notes(READER, document, context)
    parsed = parse_yaml(document.body, TABLE)
    notes.tell_all(parsed.defects)
    root = parsed.root
    if root is None and parsed.defects:
        return notes.reading(parsed=False)
    if root is None or not isinstance(root.value, dict):
        notes.tell("shape-unexpected", "the file holds no keys and values", at=root or 1, expected="a citation file")
        return notes.reading(parsed=False)
    for name, node in root.members().items():
        row = TABLE.get(name)
        if isinstance(row, Row) and row.say is not None and node.value is not None:
            row.say(notes, node, row.field)
    return notes.reading(parsed=parsed.complete)
