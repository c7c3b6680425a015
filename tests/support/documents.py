"""Documents and readings for tests of the readers."""

from __future__ import annotations

import hashlib
from typing import Any

from vocab.readers import read_entry
from vocab.record import Document, EntryContext, Finding, Json, Listing, SourceRecord

COMMIT = "c0ffee"


def a_document(path: str, text: str | bytes, *, commit: str | None = COMMIT, stale: bool = False) -> Document:
    """One document of an entry."""
    body = text.encode() if isinstance(text, str) else text
    return Document(path, body, hashlib.sha256(body).hexdigest(), commit=commit, stale=stale)


def a_context(name: str = "hub/fish-finder", listing: Listing | None = None) -> EntryContext:
    """The context of a repository `owner/name` on GitHub."""
    return EntryContext("hub", f"github.com/{name.lower()}", f"https://github.com/{name}", COMMIT, listing)


def a_reading(
    files: dict[str, str | bytes], name: str = "hub/fish-finder", listing: Listing | None = None
) -> SourceRecord:
    """What the readers make of a repository with these files."""
    return read_entry(a_context(name, listing), [a_document(path, text) for path, text in files.items()])


def found(record: SourceRecord, code: str) -> list[Finding]:
    """The findings of one code."""
    return [each for each in record.findings if each.code == code]


def place(record: SourceRecord, code: str) -> tuple[str | None, int | None]:
    """File and line of the only finding of a code."""
    (only,) = found(record, code)
    return only.file, only.line


def parts(record: SourceRecord, field: str, *names: str) -> list[Any]:
    """The named parts of every value of a field: bare for one name, tuples for several."""
    values: list[Json] = record.values(field)
    rows = [tuple(each.get(name) for name in names) for each in values if isinstance(each, dict)]
    return [row[0] for row in rows] if len(names) == 1 else rows
