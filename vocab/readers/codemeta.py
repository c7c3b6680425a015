"""`codemeta.json`, contexts 2.0 and 3.0: every value may be a text, a record or a list of either.

Border: no JSON-LD processing; the terms are taken by their names, with or without a prefix. CodeMeta 3.0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vocab.identifiers import clean_url, doi, swhid
from vocab.module import Identifier, Resource
from vocab.readers import addresses, values
from vocab.readers.json_text import parse_json
from vocab.readers.notes import Notes
from vocab.readers.people import say_people
from vocab.readers.tree import Node
from vocab.record import Document, EntryContext, Reading
from vocab.text import one_line

READER = "codemeta"

_MAX = 200


def _leaves(node: Node) -> Iterator[Node]:
    """The texts in a value: itself, its elements, or the name or address of its records."""
    for each in node.items()[:_MAX]:
        if isinstance(each.value, dict):
            member = next(
                (found for name in ("@value", "url", "@id", "id", "value", "name") if (found := each.get(name))), None
            )
            if member is not None and member.text() is not None:
                yield Node(member.value, each.line)
        elif each.text() is not None:
            yield each


def _each(say: Callable[[Notes, Node, str], object]) -> Callable[[Notes, Node, str], None]:
    def say_all(notes: Notes, node: Node, field: str) -> None:
        for leaf in _leaves(node):
            say(notes, leaf, field)
    return say_all


def _first(say: Callable[[Notes, Node, str], object]) -> Callable[[Notes, Node, str], None]:
    def say_first(notes: Notes, node: Node, field: str) -> None:
        leaf = next(_leaves(node), None)
        if leaf is not None:
            say(notes, leaf, field)
    return say_first


def _link(rel: str) -> Callable[[Notes, Node, str], None]:
    return _each(lambda notes, node, field: addresses.say_link(notes, node, field, rel))


def _say_identifier(notes: Notes, node: Node, _field: str) -> None:
    text = node.text() or ""
    if name := doi(text):
        notes.say("identifiers", Identifier("doi", name), at=node, raw=text)
    elif found := swhid(text):
        notes.say("identifiers", Identifier("swhid", found), at=node, raw=text)
    elif url := clean_url(text):
        notes.say("identifiers", Identifier("url", url), at=node, raw=text)


def _say_publications(notes: Notes, node: Node, _field: str) -> None:
    for each in node.items()[:_MAX]:
        texts = [leaf.text() or "" for leaf in each.scalars()]
        name = next((found for text in texts if (found := doi(text))), None)
        url = f"https://doi.org/{name}" if name else next((found for text in texts if (found := clean_url(text))), None)
        title = each.get("name") or each.get("headline")
        if url:
            notes.say(
                "publications",
                Resource(url=url, doi=name, title=one_line(title.text() or "") or None if title else None),
                at=each,
            )


def _say_licence(notes: Notes, node: Node, field: str) -> None:
    leaves = list(_leaves(node))
    if leaves:
        values.say_licence(notes, Node(leaves, node.line), field)


TABLE: dict[str, tuple[Callable[[Notes, Node, str], object], str]] = {
    "name": (_first(values.say_line), "title"),
    "description": (_first(values.say_description), "description"),
    "author": (say_people, "authors"),
    "maintainer": (say_people, "contacts"),
    "license": (_say_licence, "licence.declared"),
    "codeRepository": (_first(addresses.say_repository), "codeRepository"),
    "version": (_first(values.say_line), "version"),
    "softwareVersion": (_first(values.say_line), "version"),
    "keywords": (_each(values.say_keywords), "keywords"),
    "dateCreated": (_first(values.say_date), "dates.created"),
    "dateModified": (_first(values.say_date), "dates.updated"),
    "datePublished": (_first(values.say_date), "dates.issued"),
    "identifier": (_each(_say_identifier), "identifier"),
    "referencePublication": (_say_publications, "publications"),
    "url": (_link("homepage"), "url"),
    "issueTracker": (_link("issues"), "issueTracker"),
    "continuousIntegration": (_link("ci"), "continuousIntegration"),
    "contIntegration": (_link("ci"), "contIntegration"),
    "readme": (_link("readme"), "readme"),
    "softwareHelp": (_link("documentation"), "softwareHelp"),
    "buildInstructions": (_link("documentation"), "buildInstructions"),
}


def read(document: Document, context: EntryContext) -> Reading:
    """Reads a CodeMeta file."""
    notes = Notes(READER, document, context)
    parsed = parse_json(document.body)
    notes.tell_all(parsed.defects)
    root = parsed.root
    if root is not None and isinstance(root.value, list) and len(root.value) == 1:
        root = root.value[0]
    if root is None:
        return notes.reading(parsed=False)
    if not isinstance(root.value, dict):
        notes.tell("shape-unexpected", "the file holds no keys and values", at=root, expected="a CodeMeta record")
        return notes.reading(parsed=False)
    for key, node in root.members().items():
        row = TABLE.get(key.rsplit(":", 1)[-1])
        if row is not None and node.value is not None:
            row[0](notes, node, row[1])
    return notes.reading(parsed=parsed.complete)
