from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.documents import a_reading, found, parts

PROJECT: dict[str, Any] = {
    "id": 4711, "path_with_namespace": "hub/fish-finder", "web_url": "https://github.com/hub/fish-finder",
    "description": " Finds fish \r\n", "topics": ["pytorch", "deep-sea"], "created_at": "2021-03-04T05:06:07.000Z",
    "license": {"key": "apache-2.0", "name": "Apache License 2.0"}, "archived": False, "star_count": 7,
}


def test_facts_of_a_project_are_said() -> None:
    record = a_reading({"api:gitlab-project": json.dumps(PROJECT)})
    assert record.values("evidence.numeric_id") == ["4711"]
    assert record.values("summary") == ["Finds fish"]
    assert parts(record, "licence.declared", "spdx") == ["Apache-2.0"]
    assert record.values("dates.created") == ["2021-03-04T05:06:07Z"]
    assert (record.values("libraries"), record.values("keywords")) == (["pytorch"], ["deep sea"])
    assert parts(record, "links", "rel", "url") == [("source_code", "https://github.com/hub/fish-finder")]
    (said,) = [each for each in record.statements if each.field == "licence.declared"]
    assert (said.origin.reader, said.origin.rule) == ("gitlab", "told by the forge")


@pytest.mark.parametrize(
    ("key", "spdx"),
    [("mit", "MIT"), ("gpl-3.0", "GPL-3.0-only"), ("bsd-3-clause", "BSD-3-Clause"), ("eupl-1.2", "EUPL-1.2")],
)
def test_licence_is_known_by_the_key_that_gitlab_gives_it(key: str, spdx: str) -> None:
    record = a_reading({"api:gitlab-project": json.dumps({**PROJECT, "license": {"key": key}})})
    assert parts(record, "licence.declared", "spdx") == [spdx]


@pytest.mark.parametrize("licence", [None, {"key": "other", "name": "Other"}, {}, "mit"])
def test_licence_that_is_not_decided_is_none(licence: object) -> None:
    record = a_reading({"api:gitlab-project": json.dumps({**PROJECT, "license": licence})})
    assert record.values("licence.declared") == []


def test_archived_project_and_fork_are_told() -> None:
    facts = {**PROJECT, "archived": True, "forked_from_project": {"web_url": "https://gitlab.com/sea/origin"}}
    record = a_reading({"api:gitlab-project": json.dumps(facts)})
    assert len(found(record, "repository-archived")) == 1
    assert parts(record, "relations", "type", "target") == [("derived_from", "https://gitlab.com/sea/origin")]


def test_releases_are_versions_and_the_last_one_dates_the_module() -> None:
    releases = [
        {"tag_name": "v1.2.0", "released_at": "2025-03-01T00:00:00Z", "_links": {"self": "https://gitlab.com/a/b/-/releases/v1.2.0"}},
        {"tag_name": "v2.0.0", "released_at": "2099-01-01T00:00:00Z", "upcoming_release": True},
        {"tag_name": "v1.1.0-rc1", "released_at": "2026-01-01T00:00:00Z"},
        {"tag_name": "model", "released_at": "2026-01-01T00:00:00Z"},
    ]
    record = a_reading({"api:gitlab-releases": json.dumps(releases)})
    assert parts(record, "versions", "name", "release") == [("1.2.0", True), ("1.1.0-rc1", None)]
    assert record.values("version") == ["1.2.0"]
    assert record.values("dates.issued") == ["2025-03-01T00:00:00Z"]


def test_tags_of_a_fork_are_kept_only_where_they_were_released() -> None:
    fork = {**PROJECT, "forked_from_project": {"web_url": "https://gitlab.com/sea/origin"}}
    tags = [{"name": name, "object": name, "commit": name} for name in ("v1.0", "v2.0")]
    record = a_reading({
        "api:gitlab-project": json.dumps(fork), "api:git-refs": json.dumps({"tags": tags}),
        "api:gitlab-releases": json.dumps([{"tag_name": "v2.0", "released_at": "2025-03-01T00:00:00Z"}]),
    })
    assert {each["name"] for each in record.values("versions") if isinstance(each, dict)} == {"2.0"}
    assert [each.found for each in found(record, "tags-inherited")] == ["1"]


def test_recorded_project_is_read(shared: Path) -> None:
    body = (shared / "recordings" / "gitlab" / "project" / "perceval-project.json").read_bytes()
    record = a_reading({"api:gitlab-project": body})
    assert record.values("evidence.numeric_id") == ["36528"]
    assert record.values("dates.created") == ["2014-03-19T13:18:45Z"]
    assert len(record.values("summary")) == 1
    assert not record.unparsed


@pytest.mark.parametrize("path", ["api:gitlab-project", "api:gitlab-releases"])
@pytest.mark.parametrize("body", ["", "<html>", "1", "[" * 100_000])
def test_what_is_no_answer_of_gitlab_is_told(path: str, body: str) -> None:
    record = a_reading({path: body})
    assert record.unparsed == (path,)
    assert [each.message for each in found(record, "document-not-text")] == [
        f"the answer for {path} is no JSON of its form"
    ]


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
KEYS = st.sampled_from([*PROJECT, "forked_from_project", "tag_name", "released_at", "_links", "self", "key"])
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6))


@given(path=st.sampled_from(["api:gitlab-project", "api:gitlab-releases"]), value=ANYTHING)
def test_whatever_json_comes_nothing_is_raised(path: str, value: object) -> None:
    assert not found(a_reading({path: json.dumps(value)}), "reader-failed")
