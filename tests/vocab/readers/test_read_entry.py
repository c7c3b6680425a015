from __future__ import annotations

import re

import pytest

from tests.support.documents import a_context, a_document, a_reading, found, parts
from vocab.fields import FIELDS
from vocab.readers import READERS, ReaderSpec, read_entry, reader_of
from vocab.record import CatalogueNote, Document, EntryContext, Listing, Reading


def test_entry_without_metadata_is_told_and_still_says_what_other_files_say() -> None:
    record = a_reading({"VERSION": "0.1.0\n", "src/main.py": "x = 1\n"})
    (told,) = found(record, "no-metadata")
    assert told.mend == "Add an `ai4-metadata.yml` at the root of the repository."
    assert told.entry == "github.com/hub/fish-finder"
    assert record.values("version") == ["0.1.0"]


def test_entry_says_the_repository_it_is_about_and_where_it_is_listed() -> None:
    listing = Listing("https://github.com/hub/old-name.git", "MODULES.yml", 7, None, "fish")
    record = a_reading({}, listing=listing)
    assert record.values("evidence.repository") == ["github.com/hub/fish-finder", "github.com/hub/old-name"]
    assert parts(record, "aliases", "kind", "value") == [("catalogue_name", "fish")]
    alias = next(each for each in record.statements if each.field == "aliases")
    assert (alias.origin.reader, alias.origin.file, alias.origin.line) == ("listing", "MODULES.yml", 7)


def test_entry_says_what_commits_of_its_catalogue_say_with_the_commit_and_no_other_repository_of_its_own() -> None:
    notes = (
        CatalogueNote("renamed", "github.com/hub/pup", "c1"), CatalogueNote("replaces", "github.com/lab/cub", "c2"),
    )
    listing = Listing("https://github.com/hub/fish-finder", ".gitmodules", 7, notes=notes)
    record = a_reading({}, listing=listing)
    told = [each for each in record.statements if each.origin.rule == "catalogue commit"]
    assert [(each.field, each.value, each.origin.file, each.origin.commit) for each in told] == [
        ("evidence.catalogue_rename", "github.com/hub/pup", ".gitmodules", "c1"),
        ("evidence.replaces", "github.com/lab/cub", ".gitmodules", "c2"),
    ]
    assert set(record.values("evidence.repository")) == {"github.com/hub/fish-finder"}


def test_stale_document_is_read_and_told() -> None:
    record = read_entry(
        a_context(), [a_document("ai4-metadata.yml", "title: Fish\nlinks: {}\n", commit="0ld", stale=True)]
    )
    assert record.values("title") == ["Fish"]
    (told,) = found(record, "last-good-kept")
    assert told.message == "ai4-metadata.yml is shown as it was at commit 0ld"
    assert told.mend == "Mend the newer version of ai4-metadata.yml; until then the one of commit 0ld is shown."


def test_reader_that_fails_is_told_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(document: Document, context: EntryContext) -> Reading:
        raise ZeroDivisionError(document.path, context.entry)

    row = ReaderSpec("version_file", re.compile("VERSION"), fail)
    monkeypatch.setattr("vocab.readers._ROWS", (row, *READERS.values()))
    record = a_reading({"VERSION": "1", "ai4-metadata.yml": "title: Fish\nlinks: {}\n"})
    assert record.values("title") == ["Fish"]
    assert record.unparsed == ("VERSION",)
    (told,) = found(record, "reader-failed")
    assert (told.file, told.message) == ("VERSION", "the reader version_file failed with ZeroDivisionError")


@pytest.mark.parametrize(
    ("path", "reader"),
    [
        ("ai4-metadata.yml", "ai4_v2"),
        ("metadata.json", "ai4_v2"),
        ("CITATION.cff", "citation_cff"),
        ("LICENCE", "licence_file"),
        ("LICENSE-MIT", "licence_file"),
        ("COPYING.md", "licence_file"),
        ("readme.rst", "readme"),
        ("README", "readme"),
        ("docker/Dockerfile", "dockerfile"),
        ("api:tags", "github"),
        ("api:tree", None),
        ("docs/metadata.json", None),
        ("LICENSES/x", None),
        ("requirements.txt", None),
        ("metadata.json.bak", None),
    ],
)
def test_reader_of_a_path(path: str, reader: str | None) -> None:
    row = reader_of(path)
    assert (row.name if row else None) == reader


def test_order_of_the_documents_changes_nothing() -> None:
    documents = [
        a_document("metadata.json", '{"title": "Fish", "sources": {}}'), a_document("VERSION", "1.0"),
        a_document("ai4-metadata.yml", "title: Fish\nlinks: {}\n"),
    ]
    assert read_entry(a_context(), documents) == read_entry(a_context(), documents[::-1])


def test_every_stated_field_is_a_known_one_and_every_value_is_plain_json() -> None:
    record = a_reading({"ai4-metadata.yml": "title: Fish\nlinks:\n  source_code: https://github.com/hub/fish-finder\n"})
    assert {each.field for each in record.statements} <= FIELDS.keys()
    assert all(isinstance(each.value, (str, dict)) for each in record.statements)
