"""Answers of APIs as plain JSON: whatever came, the caller gets the shape that was promised, or nothing and a finding.

Border: which keys an API has is known by its reader. RFC 8259.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from vocab.readers.notes import Notes
from vocab.text import one_line

MOST = 1_000
_LINE = 1_000


def answer_of(notes: Notes, whose: str) -> dict[str, Any] | None:
    """The object that a document holds; None after telling that it holds none."""
    path = notes.document.path
    try:
        answer = json.loads(notes.document.body)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict):
        return answer
    what = "another shape" if answer is not None else "something else"
    notes.tell(
        "document-not-text", f"the answer for {path} is no JSON object", found=what, expected=f"an answer of {whose}"
    )
    return None


def text(record: object, *names: str) -> str:
    """The text that stands below these keys, stripped; empty when something else does."""
    for name in names:
        record = record.get(name) if isinstance(record, dict) else None
    return record.strip() if isinstance(record, str) else ""


def line(record: object, *names: str) -> str:
    """The text below these keys on one line, not endless."""
    return one_line(text(record, *names))[:_LINE]


def objects(record: object, *names: str) -> Iterator[dict[str, Any]]:
    """The objects of the list below these keys, a thousand at most."""
    for name in names:
        record = record.get(name) if isinstance(record, dict) else None
    rows = record[:MOST] if isinstance(record, list) else ()
    yield from (each for each in rows if isinstance(each, dict))
