from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.modules import a_bare_module, a_module
from tests.support.records import a_record
from vocab.checks import PARTS, TOLD_BY_READERS, check, completeness
from vocab.findings import FINDINGS, finding
from vocab.module import Agent, Alias, Dates, Status


def codes(*found: object) -> list[str]:
    return [getattr(each, "code", "") for each in found]


def test_check_of_a_whole_module_finds_nothing() -> None:
    assert check(a_module(), []) == ()


def test_check_of_a_bare_module_names_every_missing_part() -> None:
    found = check(a_bare_module(), [])

    assert codes(*found) == [part.code for part in PARTS]
    assert found[0].message == "“Bird song detector” has no summary."


def test_check_of_a_withdrawn_module_finds_nothing() -> None:
    assert check(a_bare_module(status=Status.WITHDRAWN), []) == ()


def test_check_of_a_tool_asks_for_no_training_data_and_no_tasks() -> None:
    found = codes(*check(a_bare_module(type="tool"), []))

    assert "missing-licence" in found
    assert not {"missing-training-data", "missing-tasks", "missing-libraries"} & set(found)


def test_check_when_the_only_author_is_inferred_misses_authors() -> None:
    module = a_module(authors=(Agent("hub", kind="organisation", inferred=True),))

    assert [each.message for each in check(module, [])] == ["“Bird song detector” has no stated authors."]


def test_check_when_the_module_has_a_doi_of_its_own_there_is_something_to_cite() -> None:
    module = a_module(publications=())
    assert codes(*check(module, [])) == []
    assert codes(*check(replace(module, identifiers=()), [])) == ["missing-doi", "missing-publication"]


@pytest.mark.parametrize("title", ["bird_song_detector", "Bird-Song-Detector", "birdsong"])
def test_check_when_the_title_is_the_repositorys_name_tells(title: str) -> None:
    module = a_module(title=title, aliases=(Alias("repository", "github.com/hub/birdsong"),))

    (found,) = check(module, [])

    assert (found.code, found.found, found.expected) == ("title-is-repository-name", title, "a title for people")


def test_check_when_a_reader_told_it_with_file_and_line_does_not_tell_again() -> None:
    record = a_record("hub/birdsong")
    told = finding("value-template-text", "the title is the name of the repository", file="metadata.json", line=2)

    assert check(a_module(title="bird_song_detector"), [replace(record, findings=(told,))]) == ()


def test_check_when_updated_before_created_tells() -> None:
    (found,) = check(a_module(dates=Dates(created="2024-07-03", updated="2023-07-03")), [])

    assert found.message == "It was updated 2023-07-03, before it was created 2024-07-03."


def test_check_when_text_was_wrongly_encoded_shows_the_place() -> None:
    (found,) = check(a_module(summary="Hears which bird of M\u00c3\u00a1laga sings"), [])

    assert (found.code, found.field) == ("text-odd", "summary")
    assert found.found == "ch bird of M\u00c3\u00a1laga sings"


def test_check_when_the_summary_is_an_essay_tells_its_length() -> None:
    (found,) = check(a_module(summary="bird " * 100), [])

    assert (found.code, found.found, found.expected) == ("summary-too-long", "500", "300 characters")


def test_completeness_goes_from_nothing_to_one_and_names_the_parts() -> None:
    assert completeness(a_module()).value == 1
    assert completeness(a_bare_module()).value == 0
    half = completeness(a_bare_module(summary="Hears birds", version="1"))
    assert (half.present, half.value) == (("summary", "version"), 0.147)


def test_tables_of_checks_name_findings_that_exist() -> None:
    assert {part.code for part in PARTS} | set(TOLD_BY_READERS) <= set(FINDINGS)
    assert {code for told in TOLD_BY_READERS.values() for code in told} <= set(FINDINGS)
