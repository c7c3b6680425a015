"""XML from outside, parsed without what makes it dangerous: no document type, no entities, no network, bounded.

What comes is told in words (`UnsafeXmlError`), also a web page that stands where XML was expected. Elements keep their
line. Border: no format is known here. XML 1.0 §2.8 (prolog), §4.3.3 (encodings).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from lxml import etree

from vocab.plain_text import xml_legal

MAX_BYTES = 12 * 1024 * 1024
# An element takes some hundred bytes of memory, however short it is written.
MAX_MARKS = 600_000

_DECLARATION = re.compile(rb"<\?xml\b[^>]{0,300}\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_PROLOG = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_WEB_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
# One byte or two for each character of ASCII: in these a document type cannot hide.
_KNOWN = re.compile(r"(?:utf-(?:8|16(?:-[lb]e)?)|ascii|iso8859-\d{1,2}|cp125\d)")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));")


class UnsafeXmlError(ValueError):
    """What came is no XML that is read here; `line` where it is known. `broken`: it is XML that is not well-formed."""

    def __init__(self, seen: str, line: int | None = None, *, broken: bool = False) -> None:
        super().__init__(seen)
        self.seen = seen
        self.line = line
        self.broken = broken


def parse_xml(body: bytes) -> etree._Element:
    """The root of a document, without comments and processing instructions.

    Raises:
        UnsafeXmlError: it is empty, too large, a web page, declares a document type, or is not well-formed.
    """
    text = utf8_of(body)
    begin = _after_prolog(text)
    if _WEB_PAGE.match(text, begin):
        raise UnsafeXmlError("it is a web page", 1)
    if text[begin : begin + 9].upper() == b"<!DOCTYPE":
        raise UnsafeXmlError("it declares a document type, which is not read", text.count(b"\n", 0, begin) + 1)
    if not text.startswith(b"<", begin):
        raise UnsafeXmlError("it is no XML", 1)
    if text.count(b"<") > MAX_MARKS:
        raise UnsafeXmlError(f"it has more than {MAX_MARKS} tags")
    try:
        return etree.fromstring(text, _parser())
    except etree.XMLSyntaxError as error:
        line = error.position[0] or None
        said = re.sub(r", line \d+.*\Z", "", " ".join(str(error.msg or "").split()))[:150]
        raise UnsafeXmlError(f"it is not well-formed: {said or 'it cannot be parsed'}", line, broken=True) from None


def utf8_of(body: bytes) -> bytes:
    """The document in UTF-8 and without a declaration; its lines stay where they are.

    Raises:
        UnsafeXmlError: there is nothing, too much, or it is in an encoding that is not read.
    """
    if len(body) > MAX_BYTES:
        raise UnsafeXmlError(f"it has {len(body)} bytes, more than {MAX_BYTES}")
    if not body.strip():
        raise UnsafeXmlError("it is empty")
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        body = _recoded(body, "utf-16")
    elif body.startswith((b"<\0", b"\0<")):
        body = _recoded(body, "utf-16-le" if body.startswith(b"<\0") else "utf-16-be")
    body = body.removeprefix(codecs.BOM_UTF8)
    declared = _DECLARATION.match(body, len(body) - len(body.lstrip()))
    if declared is None:
        return body
    named = _ENCODING.search(declared.group())
    rest = declared.group().count(b"\n") * b"\n" + body[declared.end():]
    return _recoded(rest, named.group(1).decode("ascii")) if named else rest


def without_illegal(body: bytes) -> bytes:
    """The same document without the characters that XML forbids, as they are or by number.

    Raises:
        UnsafeXmlError: as `utf8_of`, or it is not UTF-8 after all.
    """
    text = _decoded(utf8_of(body))
    return xml_legal(_REFERENCE.sub(_legal_reference, text)).encode()


def payload_of(element: etree._Element) -> bytes:
    """An element as a document of its own, with the namespaces that hold for it."""
    written: bytes = etree.tostring(element, encoding="utf-8", with_tail=False)
    return written


def canonical_of(element: etree._Element) -> bytes:
    """The same for every way of writing the same element: exclusive canonical XML, or as it stands where there is none.

    Raises nothing: canonical XML refuses relative namespaces, which strangers do write.
    """
    try:
        written: bytes = etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
    except (etree.LxmlError, ValueError):
        return payload_of(element)
    return written


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace_of(element: etree._Element) -> str:
    """The namespace of an element; empty when it has none."""
    return str(element.tag)[1:].rpartition("}")[0] if str(element.tag).startswith("{") else ""


def children_of(element: etree._Element | None, name: str | None = None) -> Iterator[etree._Element]:
    """The direct children, those of one local name when it is given, whatever their namespace."""
    for each in element if element is not None else ():
        if name is None or local_name(each) == name:
            yield each


def text_of(element: etree._Element | None) -> str:
    """All text in an element, as it stands."""
    return "".join(str(each) for each in element.itertext()) if element is not None else ""


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, attribute_defaults=False,
        huge_tree=False, recover=False, remove_comments=True, remove_pis=True, encoding="utf-8",
    )


def _after_prolog(text: bytes) -> int:
    """Where the first thing begins that is no blank, comment or processing instruction."""
    at = 0
    while found := _PROLOG.match(text, at):
        at = found.end()
    return at


def _recoded(body: bytes, encoding: str) -> bytes:
    """The body in UTF-8. One that says it is UTF-8 stays as it is: the parser tells where it is not."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        name = ""
    if not _KNOWN.fullmatch(name):
        raise UnsafeXmlError(f"it is in an encoding that is not read: {encoding}", 1)
    if name in {"utf-8", "ascii"}:
        return body
    try:
        text = body.decode(name)
    except UnicodeDecodeError as error:
        raise UnsafeXmlError(f"it is not in {encoding}, as it says: {error.reason}", 1, broken=True) from None
    return _DECLARATION.sub(b"", text.encode("utf-8", "replace"), count=1)


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise UnsafeXmlError("it is not UTF-8, as it says", line, broken=True) from None


def _legal_reference(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else int(found[2])
    return found[0] if number <= 0x10FFFF and xml_legal(chr(number)) else ""
