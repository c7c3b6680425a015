"""From the kept documents of one entry to its source record, by the rule "nothing vanishes because something failed".

A document that does not parse is replaced by its last good version, and its findings stay. A metadata file that is
gone without another in its place stays in its last good version too. What a document means is not known here:
`vocab.readers` reads. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from vocab.findings import finding
from vocab.readers import read_entry, reader_of
from vocab.record import Document, EntryContext, Finding, SourceRecord
from vocab.things import tells


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document: which payload, and where it came from."""

    sha256: str
    url: str | None = None
    commit: str | None = None


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document of an entry: its version now (None: the file is gone) and the last one that parsed."""

    path: str
    current: Version | None
    good: Version | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """The record, and the documents as they are to be kept. `telling`: somebody wrote something about a module."""

    record: SourceRecord
    documents: tuple[KeptDocument, ...]
    telling: bool


def read_documents(
    context: EntryContext, documents: Sequence[KeptDocument], payload: Callable[[str], bytes]
) -> Read:
    """Read the documents of one entry, each in its current version or, where that says nothing, its last good one."""
    present = [each for each in documents if each.current is not None]
    gone = [each for each in documents if each.current is None and each.good is not None]

    def read(stale: Sequence[KeptDocument]) -> SourceRecord:
        return read_entry(context, _documents(present, stale, payload))

    first = record = read(())
    unparsed = set(first.unparsed)
    stale = [each for each in present if each.path in unparsed and each.good and each.good.sha256 != _sha256(each)]
    if stale:
        record = read(stale)
    metadata = [each for each in gone if _is_metadata(each.path)]
    if metadata and any(each.code == "no-metadata" for each in record.findings):
        stale += metadata
        record = read(stale)
    words = [each for each in gone if not _is_metadata(each.path) and not each.path.startswith("api:")]
    if words and not tells(record):
        stale += words
        record = read(stale)
    stays = {each.path for each in stale}
    kept = [_with_good(each, unparsed) for each in documents if each.current is not None or each.path in stays]
    found = _findings(first, record, stale, context)
    return Read(replace(record, findings=found, unparsed=first.unparsed), tuple(kept), tells(record))


def _is_metadata(path: str) -> bool:
    """Whether this is a file in which an owner describes a module."""
    reader = reader_of(path)
    return reader is not None and reader.is_metadata


def _sha256(document: KeptDocument) -> str | None:
    return document.current.sha256 if document.current else None


def _documents(
    present: Sequence[KeptDocument], stale: Sequence[KeptDocument], payload: Callable[[str], bytes]
) -> list[Document]:
    replaced = {each.path: each for each in stale}
    chosen: list[tuple[str, Version | None, bool]] = [
        (each.path, each.good if each.path in replaced else each.current, each.path in replaced) for each in present
    ]
    at_hand = {each.path for each in present}
    chosen += [(each.path, each.good, True) for each in stale if each.path not in at_hand]
    return [
        Document(path, payload(version.sha256), version.sha256, version.url, version.commit, stale=old)
        for path, version, old in chosen
        if version is not None
    ]


def _with_good(document: KeptDocument, unparsed: set[str]) -> KeptDocument:
    if document.current is None or document.path in unparsed:
        return document
    return replace(document, good=document.current)


def _findings(
    first: SourceRecord, record: SourceRecord, stale: Sequence[KeptDocument], context: EntryContext
) -> tuple[Finding, ...]:
    """The findings of what was read, those of the broken versions, and one for each last good version that is shown."""
    paths = {each.path for each in stale}
    broken = [each for each in first.findings if stale and (each.file in paths or each.code == "no-metadata")]
    told = {each.file for each in record.findings if each.code == "last-good-kept"}
    kept = [
        finding(
            "last-good-kept",
            f"{each.path}: the version of commit {each.good.commit or 'unknown'} is shown, "
            f"because {'the newer one cannot be read' if each.current else 'the file is gone'}",
            source=context.source, entry=context.entry, file=each.path, found=each.good.commit or each.good.sha256,
        )
        for each in stale
        if each.good is not None and each.path not in told
    ]
    return tuple(dict.fromkeys((*broken, *record.findings, *kept)))
