"""Every historical metadata file of the real catalogues goes through the readers; those that broke say where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.documents import a_context, a_document
from vocab.readers import read_entry, reader_of
from vocab.record import SourceRecord

# What a catalogue's own list is called; it is read by the harvester.
LISTS = frozenset({".gitmodules", "MODULES.yml"})
BREAKS = frozenset({"json-repaired", "json-unreadable", "yaml-salvaged", "yaml-unreadable", "document-not-text"})


def stored_versions(shared: Path) -> Iterator[tuple[str, dict[str, Any], bytes]]:
    """Repository, row of the history and bytes of every stored version."""
    for history in sorted((shared / "corpus" / "github").glob("*/*/history.jsonl")):
        for line in history.read_text().splitlines():
            row = json.loads(line)
            if row.get("stored"):
                yield "/".join(history.parts[-3:-1]), row, (history.parent / "history" / row["stored"]).read_bytes()


def reading_of(repository: str, row: dict[str, Any], body: bytes) -> SourceRecord:
    return read_entry(a_context(repository), [a_document(row["path"].rsplit("/", 1)[-1], body, commit=row["sha"])])


def test_every_stored_file_goes_through_without_a_failed_reader(shared: Path) -> None:
    files = [each for each in (shared / "corpus" / "github").glob("*/*/history/*") if each.is_file()]
    assert len(files) == 674
    for file in files:
        for path in ("ai4-metadata.yml", "metadata.json", "CITATION.cff"):
            record = read_entry(a_context(), [a_document(path, file.read_bytes())])
            assert "reader-failed" not in {each.code for each in record.findings}, file


def test_every_version_that_did_not_parse_is_told_with_file_and_line(shared: Path) -> None:
    broken = [each for each in stored_versions(shared) if each[1]["parses"] is False]
    assert len(broken) == 39
    for repository, row, body in broken:
        told = [each for each in reading_of(repository, row, body).findings if each.code in BREAKS]
        assert told, (repository, row["sha"])
        assert all(each.file == row["path"] and each.line for each in told), (repository, row["sha"])
        assert all(each.mend for each in told)


def test_every_version_that_did_not_parse_is_recovered_or_unparsed(shared: Path) -> None:
    unparsed = []
    for repository, row, body in stored_versions(shared):
        if row["parses"] is False:
            record = reading_of(repository, row, body)
            if record.unparsed:
                unparsed.append((repository, row["sha"][:7]))
            else:
                assert record.values("title"), (repository, row["sha"])
                assert record.values("evidence.code"), (repository, row["sha"])
    # Lists whose keys were commented out: a part is lost, so the last good version stays.
    assert unparsed == [("ai4os-hub/smartbay-species-detection", "f4dc821")]


def test_every_version_that_parsed_is_read_whole_and_without_a_word_about_its_syntax(shared: Path) -> None:
    for repository, row, body in stored_versions(shared):
        name = row["path"].rsplit("/", 1)[-1]
        row_of_table = reader_of(name)
        if row["parses"] and name not in LISTS and row_of_table and row_of_table.is_metadata:
            record = reading_of(repository, row, body)
            assert record.unparsed == (), (repository, row["sha"])
            assert not BREAKS & {each.code for each in record.findings}, (repository, row["sha"])
