"""Where a record came from: `oai:about`, the envelope of a harvested record without its payload.

Its header and moment make one hop of provenance; what the record's own `about` says came before is nested in it.
Nothing of it is shown as the module's; OAI-PMH gives it out again. OAI-PMH 2.0 §2.5, Guidelines: provenance.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from vocab.provenance import OriginDescription, origin_in, origin_of
from vocab.readers.notes import Notes
from vocab.readers.oai_formats import OAI_NAMESPACE
from vocab.readers.xml_document import root_of, words
from vocab.record import Document, EntryContext, Reading
from vocab.safe_xml import children_of, namespace_of

READER = "oai_about"
# A payload without a namespace can only be the format that every repository has.
_UNKNOWN = "http://www.openarchives.org/OAI/2.0/oai_dc/"


def read(document: Document, context: EntryContext) -> Reading:
    """Reads an envelope."""
    notes = Notes(READER, document, context)
    root = root_of(notes, document.body, "OAI-PMH")
    record = next(_own(root, "record"), None)
    header = next(_own(record, "header"), None)
    if root is None or header is None:
        return notes.reading(parsed=root is not None)
    harvested = words(next(_own(root, "responseDate"), None))
    datestamp = words(next(_own(header, "datestamp"), None)) or harvested
    origin = origin_of(
        words(next(_own(root, "request"), None)), words(next(_own(header, "identifier"), None)), datestamp,
        _namespace(record), harvested or datestamp, before=_before(record),
    )
    notes.say("evidence.provenance", origin.to_json() if origin is not None else None)
    return notes.reading()


def _namespace(record: etree._Element | None) -> str:
    """That of the payload, of which the bare root was kept."""
    found = (namespace_of(each) for metadata in _own(record, "metadata") for each in children_of(metadata))
    return next(filter(None, found), _UNKNOWN)


def _before(record: etree._Element | None) -> OriginDescription | None:
    """What the record says of where it came from itself."""
    for about in _own(record, "about"):
        for provenance in children_of(about, "provenance"):
            found = origin_in(next(children_of(provenance, "originDescription"), None))
            if found is not None:
                return found
    return None


def _own(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    return (each for each in children_of(element, name) if namespace_of(each) == OAI_NAMESPACE)
