"""`LICENSE`, `COPYING` …: which licence the text is. Border: recognition is `vocab.licences.detect`."""

from __future__ import annotations

from vocab.licences import detect
from vocab.readers.notes import Notes
from vocab.readers.payload_text import payload_text
from vocab.record import Document, EntryContext, Reading

READER = "licence_file"


def read(document: Document, context: EntryContext) -> Reading:
    """Recognises the licence."""
    notes = Notes(READER, document, context)
    decoded = payload_text(document.body, "the text of a licence")
    notes.tell_all(decoded.defects)
    if decoded.text is None:
        return notes.reading(parsed=False)
    value = detect(decoded.text)
    if value is None:
        notes.tell(
            "licence-unknown",
            "the text is that of no licence that is known",
            at=1,
            field="licence.detected",
            expected="the unchanged text of a licence",
        )
    else:
        notes.say("licence.detected", value, at=1, rule="recognised by its text")
    return notes.reading()
