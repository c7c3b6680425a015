"""Where and under which name a catalogue lists the entry, and what the catalogue's commits say of it.

Border: the catalogue's file and its commits are read by the harvester.
"""

from __future__ import annotations

from vocab.identifiers import EntryKind, entry_kind, repository_key
from vocab.record import EntryContext, NoteKind, Origin, Reading, Statement

READER = "listing"
_FIELDS: dict[NoteKind, str] = {"renamed": "evidence.catalogue_rename", "replaces": "evidence.replaces"}


def read(context: EntryContext) -> Reading:
    """Reads the listing of the context; there is no document for it."""
    listing = context.listing
    if listing is None:
        return Reading()
    origin = Origin(
        context.source, context.entry, READER, "listed", file=listing.file, line=listing.line, url=listing.url
    )
    statements: list[Statement] = []
    if entry_kind(context.entry) is EntryKind.REPOSITORY:
        key = repository_key(listing.url) or context.entry
        statements.append(Statement("evidence.repository", key, origin, raw=listing.url))
    if listing.name:
        statements.append(Statement("aliases", {"kind": "catalogue_name", "value": listing.name}, origin))
    for note in listing.notes:
        said = Origin(
            context.source, context.entry, READER, "catalogue commit", file=listing.file, commit=note.commit
        )
        statements.append(Statement(_FIELDS[note.kind], note.key, said))
    return Reading(tuple(statements))
