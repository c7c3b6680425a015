"""Text that is safe to publish: without the characters XML forbids, and without markup where plain text is due.

Border: nothing here knows a field or a format. XML 1.0 §2.2 (characters), §2.4 (escaping).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]*|!--.*?--|![A-Za-z][^<>]*|\?[^<>]*)>", re.DOTALL)
_BLANKS = re.compile(r"[^\S\n]+")
_GAPS = re.compile(r"\s*\n\s*\n\s*")
_MARKDOWN = MarkdownIt("commonmark").enable("table")
# Longer texts are not remembered, so that memory stays small whatever is harvested.
_SHORT = 20_000

_TEXT_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}
_ATTRIBUTE_ESCAPES = _TEXT_ESCAPES | {ord('"'): "&quot;", ord("\t"): "&#9;", ord("\n"): "&#10;"}


def xml_legal(text: str) -> str:
    """The text without the characters that no XML 1.0 document may hold, lone surrogates among them."""
    return _NOT_XML.sub("", text)


def is_xml_legal(text: str) -> bool:
    """Whether `xml_legal` would change nothing."""
    return _NOT_XML.search(text) is None


def xml_text(text: str) -> str:
    """The text as the content of an XML element."""
    return xml_legal(text).translate(_TEXT_ESCAPES)


def xml_attribute(text: str) -> str:
    """The text as the value of an XML attribute in double quotes; white space survives normalisation."""
    return xml_legal(text).translate(_ATTRIBUTE_ESCAPES)


def plain_text(markdown: str) -> str:
    """What a reader sees of a Markdown text: no markup, no HTML, one empty line between blocks."""
    return _remembered(markdown) if len(markdown) <= _SHORT else _plain_text(markdown)


def _plain_text(markdown: str) -> str:
    blocks = (_block_text(token) for token in _MARKDOWN.parse(xml_legal(markdown)))
    joined = _without_tags("\n\n".join(block for block in blocks if block.strip()))
    return _GAPS.sub("\n\n", _BLANKS.sub(" ", joined)).strip()


# Every face of a module asks for the same few texts.
_remembered = lru_cache(maxsize=512)(_plain_text)


def plain_line(markdown: str) -> str:
    """`plain_text` on one line."""
    return " ".join(plain_text(markdown).split())


def _block_text(token: Token) -> str:
    if token.type == "inline":
        return "".join(_inline_text(token.children or []))
    if token.type in {"fence", "code_block"}:
        return token.content
    return _without_tags(token.content) if token.type == "html_block" else ""


def _inline_text(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            yield "\n"
        elif token.type not in {"html_inline", "image"}:
            yield token.content


def _without_tags(text: str) -> str:
    """The text without tags, also those that come to light when entities are resolved or a tag is cut out."""
    while True:
        cut = xml_legal(html.unescape(_TAG.sub(" ", text)))
        if cut == text:
            return text
        text = cut
