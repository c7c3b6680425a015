"""Payload bytes → `SourceRecord`: one reader for each kind of document, all of them in one table.

`read_entry` reads the documents of one entry and never raises because of what is in them: what cannot be read becomes
findings. Which of two values wins is not decided here but in `vocab.merge`. Border: no network, no clock, no store.
A new format is a file with a `read`, a row in `READERS` and a test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vocab.findings import finding
from vocab.identifiers import EntryKind, entry_kind, repository_key
from vocab.readers import (
    ai4_v2,
    citation_cff,
    codemeta,
    csl,
    datacite,
    deep_v1,
    dockerfile,
    dockerhub,
    git,
    github,
    gitlab,
    huggingface,
    licence_file,
    listing,
    metadata,
    oai_about,
    oai_datacite,
    oai_dc,
    oci,
    pyproject,
    readme,
    setup_cfg,
    setup_py,
    version_file,
    zenodo,
    zenodo_json,
)
from vocab.readers.notes import Notes
from vocab.readers.whole_entry import Told, settled
from vocab.record import Document, EntryContext, Finding, Origin, Reading, SourceRecord, Statement

__all__ = ["READERS", "ReaderSpec", "read_entry", "reader_of"]


@dataclass(frozen=True, slots=True)
class ReaderSpec:
    """One row: the reader's name, the paths it reads, its function, and whether it reads module metadata proper."""

    name: str
    paths: re.Pattern[str]
    read: Callable[[Document, EntryContext], Reading]
    is_metadata: bool = False


def _paths(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})\Z", re.IGNORECASE)


_METADATA_PATHS = _paths(r"(?:ai4-)?metadata\.(?:ya?ml|json)")
_SHAPES = {ai4_v2.READER: ai4_v2, deep_v1.READER: deep_v1}


def _read_metadata(document: Document, context: EntryContext) -> Reading:
    """Reads a metadata file by the shape of its content, whatever its name and version say."""
    parsed = metadata.parse_document(document)
    named = deep_v1 if document.path.lower() == deep_v1.FILE_NAME else ai4_v2
    root = parsed.root
    usable = root is not None and isinstance(root.value, dict) and bool(root.value)
    shape = _SHAPES[metadata.shape_of(root)] if root is not None and usable else named
    notes = Notes(shape.READER, document, context)
    notes.tell_all(parsed.defects)
    if root is None or not usable:
        if root is not None or not parsed.defects:
            notes.tell("shape-unexpected", "the file holds no keys and values", at=root or 1, expected="metadata")
        return notes.reading(parsed=False)
    if shape is not named or document.path.lower().startswith("metadata.y"):
        notes.tell(
            "file-name-unexpected", f"{document.path} holds metadata that belongs into {shape.FILE_NAME}", at=1,
            found=document.path, expected=shape.FILE_NAME,
        )
    shape.state(notes, root)
    return notes.reading(parsed=parsed.complete)


_ROWS = (
    ReaderSpec("ai4_v2", _METADATA_PATHS, _read_metadata, is_metadata=True),
    ReaderSpec("deep_v1", _METADATA_PATHS, _read_metadata, is_metadata=True),
    ReaderSpec("citation_cff", _paths(r"CITATION\.cff"), citation_cff.read),
    ReaderSpec("codemeta", _paths(r"codemeta\.json"), codemeta.read),
    ReaderSpec("zenodo_json", _paths(r"\.zenodo\.json"), zenodo_json.read),
    ReaderSpec("pyproject", _paths(r"pyproject\.toml"), pyproject.read),
    ReaderSpec("setup_cfg", _paths(r"setup\.cfg"), setup_cfg.read),
    ReaderSpec("setup_py", _paths(r"setup\.py"), setup_py.read),
    ReaderSpec("version_file", _paths(r"VERSION(?:\.txt)?"), version_file.read),
    ReaderSpec("licence_file", _paths(r"(?:LICEN[CS]E|COPYING)(?:[-_.][\w.-]+)?"), licence_file.read),
    ReaderSpec("dockerfile", _paths(r"(?:docker/)?Dockerfile"), dockerfile.read),
    ReaderSpec("readme", _paths(r"README(?:\.(?:md|markdown|rst|txt))?"), readme.read),
    ReaderSpec("github", _paths(r"api:(?:repository|commits|tags|releases)"), github.read),
    ReaderSpec("gitlab", _paths(r"api:gitlab-(?:project|releases)"), gitlab.read),
    ReaderSpec("huggingface", _paths(r"api:huggingface-model"), huggingface.read, is_metadata=True),
    ReaderSpec("git", _paths(r"api:git-(?:refs|commits)"), git.read),
    ReaderSpec("dockerhub", _paths(r"api:dockerhub-(?:repository|tags)"), dockerhub.read),
    ReaderSpec("oci", _paths(r"api:oci-image(?:-platform|-config)?"), oci.read),
    ReaderSpec("zenodo", _paths(r"api:zenodo-(?:record|versions)"), zenodo.read),
    ReaderSpec("datacite", _paths(r"api:datacite-doi"), datacite.read),
    ReaderSpec("csl", _paths(r"api:doi-csl"), csl.read),
    ReaderSpec("oai_dc", _paths(r"oai:oai_dc"), oai_dc.read),
    ReaderSpec("oai_datacite", _paths(r"oai:(?:oai_)?datacite"), oai_datacite.read),
    ReaderSpec("oai_about", _paths(r"oai:about"), oai_about.read),
    ReaderSpec("listing", _paths(r"listing:entry"), lambda _document, context: listing.read(context)),
)

READERS: dict[str, ReaderSpec] = {row.name: row for row in _ROWS}


def reader_of(path: str) -> ReaderSpec | None:
    """The first row that reads a document of this path."""
    return next((row for row in _ROWS if row.paths.match(path)), None)


def read_entry(context: EntryContext, documents: Sequence[Document]) -> SourceRecord:
    """What one source says about one entry.

    Documents of paths that no reader knows are passed over. A document that is `stale` stands in for a newer one that
    does not parse, which is told.
    """
    told: list[Told] = []
    findings: list[Finding] = []
    for document in sorted(documents, key=lambda each: (each.path, each.stale)):
        row = reader_of(document.path)
        if row is None:
            continue
        reading = _read_one(row, document, context)
        told.append(Told(_reader_in(reading, row), document.path, reading))
        if document.stale:
            findings.append(_kept(context, document))
    told.append(Told(listing.READER, "", listing.read(context)))
    is_repository = entry_kind(context.entry) is EntryKind.REPOSITORY
    if is_repository and not any((row := reader_of(each.path)) and row.is_metadata for each in documents):
        findings.append(
            finding(
                "no-metadata",
                "the repository has no metadata file",
                source=context.source,
                entry=context.entry,
                found="none",
                expected="ai4-metadata.yml",
            )
        )
    found = settled(context, told)
    own = _own_repository(context) if is_repository else []
    statements = [*own, *(one for each in found for one in each.reading.statements)]
    findings += [one for each in found for one in each.reading.findings]
    unparsed = tuple(each.path for each in found if not each.reading.parsed)
    return SourceRecord(
        context.source, context.entry, context.url, context.revision, tuple(statements), tuple(findings), unparsed,
        followed=context.listing is not None and bool(context.listing.named_by),
    )


def _read_one(row: ReaderSpec, document: Document, context: EntryContext) -> Reading:
    try:
        return row.read(document, context)
    except Exception as problem:  # noqa: BLE001 - one payload must not take the rest of the entry with it
        made = finding(
            "reader-failed",
            f"the reader {row.name} failed with {type(problem).__name__}",
            source=context.source,
            entry=context.entry,
            file=document.path,
            line=1,
            found=type(problem).__name__,
        )
        return Reading((), (made,), parsed=False)


def _reader_in(reading: Reading, row: ReaderSpec) -> str:
    """The reader that a metadata file turned out to be for."""
    return next((each.origin.reader for each in reading.statements), row.name)


def _kept(context: EntryContext, document: Document) -> Finding:
    return finding(
        "last-good-kept",
        f"{document.path} is shown as it was at commit {document.commit or 'unknown'}",
        source=context.source,
        entry=context.entry,
        file=document.path,
        found=document.commit or "an earlier commit",
    )


def _own_repository(context: EntryContext) -> list[Statement]:
    """The keys by which the repository is known."""
    keys = dict.fromkeys([context.entry, repository_key(context.url) or context.entry])
    origin = Origin(context.source, context.entry, listing.READER, "entry", url=context.url)
    return [Statement("evidence.repository", key, origin) for key in keys]
