"""A document that is XML, for the readers of such: its root or the reason why there is none, and lines for statements.

Border: `vocab.safe_xml` parses; no element is known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree

from vocab.readers.notes import Notes
from vocab.readers.tree import Node
from vocab.record import Reading
from vocab.safe_xml import UnsafeXmlError, local_name, parse_xml, text_of
from vocab.text import one_line

MOST = 1_000
_LONGEST = 200_000


def root_of(notes: Notes, body: bytes, *names: str) -> etree._Element | None:
    """The root of a document, when it has one of these names; None after telling that it has none."""
    try:
        root = parse_xml(body)
    except UnsafeXmlError as error:
        notes.tell(
            "xml-unreadable", f"the record cannot be read: {error.seen}", at=error.line or 1, found=error.seen,
            expected="good XML",
        )
        return None
    if local_name(root) not in names:
        found = local_name(root)[:100]
        told = f"`{found}` stands where {' or '.join(f'`{each}`' for each in names)} should"
        notes.tell("shape-unexpected", told, at=line_of(root), found=found, expected=f"`{names[0]}`")
        return None
    return root


def line_of(element: etree._Element) -> int:
    """Where an element begins."""
    line: Any = element.sourceline  # the stubs of lxml know it as a property without a type
    return line if isinstance(line, int) else 1


def words(element: etree._Element | None) -> str:
    """The text of an element on one line, not endless."""
    return one_line(text_of(element)[:_LONGEST])


def node_of(element: etree._Element) -> Node:
    """The text of an element with its line."""
    return Node(text_of(element)[:_LONGEST], line_of(element))


def first(elements: Iterable[etree._Element]) -> etree._Element | None:
    """The first of these that has any text."""
    return next((each for each in elements if words(each)), None)


def with_lines(reading: Reading, lines: Mapping[str, Sequence[int]]) -> Reading:
    """The reading with the line of each statement that has none: of its field, the first one's first, and so on."""
    counts: dict[str, int] = {}
    statements = []
    for each in reading.statements:
        known = lines.get(each.field) or ()
        at = counts.get(each.field, 0)
        counts[each.field] = at + 1
        if known and each.origin.line is None:
            each = replace(each, origin=replace(each.origin, line=known[min(at, len(known) - 1)]))  # noqa: PLW2901
        statements.append(each)
    return replace(reading, statements=tuple(statements))
