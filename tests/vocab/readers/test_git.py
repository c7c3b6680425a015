from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.documents import a_reading, found, parts


def a_tag(name: str, commit: str, date: str | None = None, page: str | None = None) -> dict[str, Any]:
    return {"name": name, "object": commit, "commit": commit, "date": date, "page": page}


def a_commit(sha: str, day: int, tree: str, *parents: str, message: str = "work") -> dict[str, Any]:
    return {
        "sha": sha, "tree": tree, "parents": list(parents), "date": f"2024-01-{day:02}T00:00:00Z", "message": message,
    }


def refs(*tags: dict[str, Any]) -> str:
    return json.dumps({"branch": "main", "commit": "c1", "tags": list(tags)})


def test_tags_are_versions_with_the_date_and_page_that_are_known() -> None:
    record = a_reading({
        "api:git-refs": refs(
            a_tag("v1.0.0", "c0"), a_tag("v1.2.0", "c1", "2024-01-05T00:00:00Z", "https://git.sea.eu/a/b/-/tree/v1.2.0"),
            a_tag("v2.0.0-rc1", "c2", "2024-02-01T00:00:00Z"), a_tag("model", "c1"),
        )
    })
    assert parts(record, "versions", "name", "date", "commit") == [
        ("1.0.0", None, "c0"), ("1.2.0", "2024-01-05T00:00:00Z", "c1"), ("2.0.0-rc1", "2024-02-01T00:00:00Z", "c2"),
    ]
    assert record.values("version") == ["1.2.0"]
    assert record.values("dates.issued") == ["2024-01-05T00:00:00Z"]
    assert [each.found for each in found(record, "tag-not-a-version")] == ["model"]
    (said,) = [each for each in record.statements if each.field == "dates.issued"]
    assert (said.origin.reader, said.origin.rule, said.origin.file) == ("git", "last tag of a version", None)


def test_commits_are_evidence_and_the_newest_that_changed_a_file_dates_the_content() -> None:
    commits = [
        a_commit("c3", 9, "t2", "c2", message="Keep alive"), a_commit("c2", 8, "t1", "c1"),
        a_commit("c1", 7, "t1", "c0"), a_commit("c0", 1, "t0"),
    ]
    record = a_reading({"api:git-commits": json.dumps(commits)})
    assert record.values("evidence.commits") == ["c3", "c2", "c1", "c0"]
    assert record.values("dates.content") == ["2024-01-07T00:00:00Z"]
    assert record.values("dates.created") == []


def test_tags_that_came_with_another_project_are_not_those_of_the_module() -> None:
    citation = "cff-version: 1.2.0\ntitle: Annotation bench\nrepository-code: https://github.com/other/bench\n"
    record = a_reading({
        "ai4-metadata.yml": "title: Fish finder\n", "CITATION.cff": citation,
        "api:git-refs": refs(a_tag("v1.0", "old", "2020-01-01T00:00:00Z"), a_tag("v1.1", "older")),
        "api:git-commits": json.dumps([a_commit("c1", 1, "t")]),
    })
    assert record.values("versions") == record.values("version") == record.values("dates.issued") == []
    assert [each.found for each in found(record, "tags-inherited")] == ["2"]


@pytest.mark.parametrize("path", ["api:git-refs", "api:git-commits"])
@pytest.mark.parametrize("body", ["", "<html>", "1", '"x"', "[" * 100_000])
def test_what_is_not_of_the_form_is_told(path: str, body: str) -> None:
    record = a_reading({path: body})
    assert record.unparsed == (path,)
    assert [each.message for each in found(record, "document-not-text")] == [
        f"what was kept as {path} is not of its form"
    ]


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
KEYS = st.sampled_from(["tags", "name", "commit", "object", "date", "page", "sha", "tree", "parents", "message"])
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5))


@given(path=st.sampled_from(["api:git-refs", "api:git-commits"]), value=ANYTHING)
def test_whatever_json_was_kept_nothing_is_raised(path: str, value: object) -> None:
    record = a_reading({path: json.dumps(value)})
    assert not found(record, "reader-failed")
