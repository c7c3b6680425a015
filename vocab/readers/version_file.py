"""`VERSION`: one version on the first line that is none empty. Border: anything longer is no version."""

from __future__ import annotations

import re

from vocab.readers.notes import Notes
from vocab.readers.payload_text import payload_text
from vocab.record import Document, EntryContext, Reading

READER = "version_file"

_VERSION = re.compile(r"[vV]?\.?\d[\w.+!-]{0,60}")


def read(document: Document, context: EntryContext) -> Reading:
    """Reads the version."""
    notes = Notes(READER, document, context)
    decoded = payload_text(document.body, "a version", empty_is_defect=False)
    for number, line in enumerate((decoded.text or "").split("\n"), 1):
        text = line.strip()
        if text and not text.startswith("#"):
            if _VERSION.fullmatch(text):
                notes.say("version", text, at=number)
            break
    return notes.reading(parsed=decoded.text is not None)
