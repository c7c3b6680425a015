"""Payload bytes → text, or the reason why they are none.

Bounds the size, strips a byte order mark, recognises a web page or binary content that came instead of the file.
Border: no format is parsed here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from vocab.readers.tree import Defect

MAX_BYTES = 1_000_000

_WEB_PAGE = re.compile(rb"^\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BINARY_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class PayloadText:
    """`text` is `None` when the payload is none; `marked` says that a byte order mark stood before it."""

    text: str | None
    defects: list[Defect] = field(default_factory=list)
    marked: bool = False


def payload_text(body: bytes, expected: str, *, empty_is_defect: bool = True) -> PayloadText:
    """The text of a payload; `expected` says what should be in it, for the finding (`JSON`, `YAML`, …)."""
    if len(body) > MAX_BYTES:
        told = f"the file has {len(body)} bytes and is not read"
        return _refused("document-too-large", told, f"{len(body)} bytes", "1 MB")
    if _WEB_PAGE.match(body[:4096]):
        return _refused("document-not-text", f"a web page stands here instead of {expected}", "a web page", expected)
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return _decoded(body[len(mark):], encoding, expected, marked=True, empty_is_defect=empty_is_defect)
    return _decoded(body, "utf-8", expected, marked=False, empty_is_defect=empty_is_defect)


def _decoded(body: bytes, encoding: str, expected: str, *, marked: bool, empty_is_defect: bool) -> PayloadText:
    defects: list[Defect] = []
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as problem:
        line = body[: problem.start].count(b"\n") + 1
        text = body.decode("cp1252" if encoding == "utf-8" else encoding, errors="replace")
        defects.append(Defect("text-not-utf8", line, "bytes that are not UTF-8, read as Windows-1252"))
    # Surrogates cannot be encoded again, and line endings must count alike everywhere.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    odd = sum(1 for char in text if (char < " " and char not in "\n\t\f\v") or char in "\x7f\ufffd")
    if odd and odd > len(text) * _BINARY_SHARE:
        return _refused(
            "document-not-text", f"binary content stands here instead of {expected}", "binary content", expected
        )
    if empty_is_defect and not text.strip():
        return _refused("document-not-text", "the file is empty", "an empty file", expected)
    return PayloadText(text, defects, marked)


def _refused(code: str, message: str, found: str, expected: str) -> PayloadText:
    return PayloadText(None, [Defect(code, 1, message, found=found, expected=expected)])
