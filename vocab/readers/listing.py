"""Where and under which name a catalogue lists the entry. Border: the catalogue's file is read by the harvester."""

from __future__ import annotations

from vocab.identifiers import repository_key
from vocab.record import EntryContext, Origin, Reading, Statement

READER = "listing"


def read(context: EntryContext) -> Reading:
    """Reads the listing of the context; there is no document for it."""
    listing = context.listing
    if listing is None:
        return Reading()
    origin = Origin(
        context.source, context.entry, READER, "listed", file=listing.file, line=listing.line, url=listing.url
    )
    statements = [
        Statement("evidence.repository", repository_key(listing.url) or context.entry, origin, raw=listing.url)
    ]
    if listing.name:
        statements.append(Statement("aliases", {"kind": "catalogue_name", "value": listing.name}, origin))
    return Reading(tuple(statements))
