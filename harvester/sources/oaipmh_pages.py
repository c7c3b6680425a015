"""One answer of an OAI-PMH repository: from its bytes to an element, with what had to be put right.

A page that breaks off is refused as a whole, because nobody can say what is missing. In a page that is all there, a
record that is not well-formed costs itself alone: it is cut out and told. Characters that XML forbids are dropped, an
envelope without its namespace is given it. Border: what the records are is not known here. OAI-PMH 2.0 §3.2.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from lxml import etree

from vocab.readers.oai_formats import OAI_NAMESPACE
from vocab.safe_xml import UnsafeXmlError, children_of, local_name, namespace_of, parse_xml, utf8_of, without_illegal
from vocab.text import one_line

NAMESPACE = OAI_NAMESPACE

FORBIDDEN_CHARACTERS = "text without the characters that XML forbids"
NO_NAMESPACE = f"the namespace {NAMESPACE} on every answer"

_END = re.compile(rb"</(?:[\w.-]+:)?OAI-PMH\s*>\s*\Z")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?OAI-PMH\b[^>]*>")
# A record is where a header follows at once: MARC has elements of that name inside the metadata.
_RECORD = re.compile(rb"<(?:[\w.-]+:)?record\b[^>]*>\s*<(?:[\w.-]+:)?header\b")
_RECORD_END = re.compile(rb"</(?:[\w.-]+:)?record\s*>")
_IDENTIFIER = re.compile(rb"<(?:[\w.-]+:)?identifier\b[^>]*>([^<]{1,2000})</")
_DATESTAMP = re.compile(rb"<(?:[\w.-]+:)?datestamp\b[^>]*>([^<]{1,100})</")


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that is no XML: who it is, why it cannot be read, and its bytes."""

    identifier: str
    datestamp: str | None
    seen: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """An answer whose envelope is good. `defects` say what an endpoint should do and did not."""

    root: etree._Element
    defects: tuple[str, ...] = ()
    bad: tuple[BadRecord, ...] = ()


def read_page(body: bytes) -> Page:
    """The page that these bytes are.

    Raises:
        UnsafeXmlError: they are none, or not all of one (`broken`).
    """
    try:
        return _page(parse_xml(body))
    except UnsafeXmlError as error:
        if not error.broken:
            raise
        first = error
    try:
        return _page(parse_xml(without_illegal(body)), (FORBIDDEN_CHARACTERS,))
    except UnsafeXmlError:
        return _without_bad_records(body, first)


def _page(root: etree._Element, defects: tuple[str, ...] = (), bad: tuple[BadRecord, ...] = ()) -> Page:
    if local_name(root) != "OAI-PMH":
        raise UnsafeXmlError(f"it is XML of another kind, `{local_name(root)[:80]}`")
    if namespace_of(root) == NAMESPACE:
        return Page(root, defects, bad)
    _give_namespace(root)
    return Page(root, (*defects, NO_NAMESPACE), bad)


def _give_namespace(root: etree._Element) -> None:
    """Put the envelope into its namespace; what stands in `metadata` and `about` stays as it is."""
    own = namespace_of(root)
    waiting = [root]
    while waiting:
        element = waiting.pop()
        name = local_name(element)
        element.tag = f"{{{NAMESPACE}}}{name}"
        if name not in {"metadata", "about", "description", "setDescription"}:
            waiting += [each for each in children_of(element) if namespace_of(each) == own]


def _without_bad_records(body: bytes, first: UnsafeXmlError) -> Page:
    """The page without the records that are not well-formed. Raises the first error when that does not help."""
    text = utf8_of(body)
    root, starts = _ROOT.search(text), [each.start() for each in _RECORD.finditer(text)]
    last = next((each.end() for each in reversed(list(_RECORD_END.finditer(text)))), 0)
    if root is None or not starts or not _END.search(text) or last <= starts[-1]:
        raise first
    good: list[bytes] = []
    bad: list[BadRecord] = []
    for start, end in zip(starts, [*starts[1:], last], strict=True):
        piece = text[start:end]
        seen = _fault(root.group(), piece)
        if seen is None:
            good.append(piece)
        else:
            bad.append(_bad_record(piece, seen))
    if not bad:
        raise first
    try:
        return _page(parse_xml(b"".join((text[: starts[0]], *good, text[last:]))), (), tuple(bad))
    except UnsafeXmlError:
        raise first from None


def _fault(root: bytes, piece: bytes) -> str | None:
    """What is wrong with a record, or None. It is tried within the root that declares its namespaces."""
    name = root[1:].split(maxsplit=1)[0].rstrip(b">")
    try:
        parse_xml(b"".join((root, piece, b"</", name, b">")))
    except UnsafeXmlError as error:
        return error.seen
    return None


def _bad_record(piece: bytes, seen: str) -> BadRecord:
    identifier, datestamp = _IDENTIFIER.search(piece), _DATESTAMP.search(piece)
    return BadRecord(_plain(identifier) or "", _plain(datestamp), seen, piece)


def _plain(found: re.Match[bytes] | None) -> str | None:
    return one_line(html.unescape(found.group(1).decode("utf-8", "replace"))) if found else None
