"""What only all files of a repository together tell."""

from __future__ import annotations

import json

from tests.support.documents import a_reading, found, parts

FORK = {
    "id": 7, "full_name": "hub/fish-finder", "html_url": "https://github.com/hub/fish-finder", "fork": True,
    "parent": {"html_url": "https://github.com/upstream/trawler"},
}


def _commits(*names: str) -> str:
    return json.dumps([{"sha": name, "commit": {"committer": {"date": "2024-08-12T00:00:00Z"}}} for name in names])


def _tags(**commits: str) -> str:
    tags = [{"name": name.replace("_", "."), "commit": {"sha": commit}} for name, commit in commits.items()]
    return json.dumps(tags)


def test_the_last_tags_before_a_fork_go_on_counting_and_are_not_ours() -> None:
    record = a_reading({
        "api:repository": json.dumps(FORK), "api:commits": _commits("c9", "c2"),
        "api:tags": _tags(v2_7_3="c2", v2_7_2="u2", v2_7_1="u1"),
    })
    assert parts(record, "versions", "name") == []
    assert [each.message for each in found(record, "tags-inherited")] == [
        "3 of 3 tags belong to the project this is a fork of"
    ]


def test_a_tag_among_those_of_the_upstream_project_is_not_ours_but_a_row_of_its_own_is() -> None:
    record = a_reading({
        "api:repository": json.dumps(FORK), "api:commits": _commits("c9", "c8", "c2"),
        "api:tags": _tags(v2_7_3="c2", v2_14_0="u2", v2_6_0="u1", v3_0_0="c9", v0_1_0="c8"),
    })
    assert sorted(parts(record, "versions", "name")) == ["0.1.0", "3.0.0"]


def test_a_tag_that_the_fork_released_is_ours() -> None:
    releases = [{"tag_name": "v2.8.0", "published_at": "2024-09-01T00:00:00Z"}]
    record = a_reading({
        "api:repository": json.dumps(FORK), "api:commits": _commits("c9"), "api:releases": json.dumps(releases),
        "api:tags": _tags(v2_8_0="c9", v2_7_3="u3"),
    })
    assert set(parts(record, "versions", "name")) == {"2.8.0"}


def test_metadata_without_licence_beside_a_licence_file_is_a_contradiction() -> None:
    licence = "GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n"
    metadata = {"title": "Fish", "license": "No license file", "sources": {}}
    record = a_reading({"metadata.json": json.dumps(metadata, indent=1), "LICENSE": licence})
    assert found(record, "licence-missing") == []
    (told,) = found(record, "conflict-licence")
    assert (told.file, told.line, told.message) == (
        "metadata.json", 3, "The metadata says `No license file`, the licence file is GPL-3.0-only."
    )
    assert told.mend == "Declare GPL-3.0-only, or replace the licence file."


def test_metadata_without_licence_and_no_licence_file_is_told_as_missing() -> None:
    record = a_reading({"metadata.json": json.dumps({"title": "Fish", "license": "No license file", "sources": {}})})
    assert [each.code for each in record.findings if "licence" in each.code] == ["licence-missing"]


def test_a_citation_may_call_the_software_by_the_name_of_its_repository() -> None:
    record = a_reading({"CITATION.cff": "cff-version: 1.2.0\ntitle: fish-finder\nmessage: Cite it.\n"})
    assert found(record, "value-template-text") == []


def test_a_quotation_mark_that_closes_nothing_is_taken_away_and_told() -> None:
    record = a_reading({"ai4-metadata.yml": 'title: Screens of 10"\nsummary: Fused to 10m"\nlinks: {}\n'})
    assert record.values("title") == ['Screens of 10"']
    assert record.values("summary") == ["Fused to 10m"]
    (told,) = found(record, "quote-alone")
    assert (told.line, told.message, told.expected) == (
        2, "a quotation mark at the end of `summary` closes nothing", "Fused to 10m"
    )
