from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.documents import a_reading, found, parts
from vocab.readers.releases import version_of

FACTS: dict[str, Any] = {
    "id": 4711,
    "full_name": "Hub/Fish-Finder",
    "html_url": "https://github.com/Hub/Fish-Finder",
    "description": " Finds fish ",
    "homepage": "https://fish.sea.eu/page",
    "topics": ["pytorch", "deep-sea", "docker"],
    "license": {"spdx_id": "Apache-2.0"},
    "created_at": "2021-03-04T05:06:07Z",
    "archived": False,
    "fork": False,
}


def a_commit(sha: str, day: int, tree: str, *parents: str, message: str = "work") -> dict[str, Any]:
    return {
        "sha": sha, "parents": [{"sha": each} for each in parents],
        "commit": {"message": message, "tree": {"sha": tree}, "committer": {"date": f"2024-01-{day:02}T00:00:00Z"}},
    }


def test_repository_facts_are_said() -> None:
    record = a_reading({"api:repository": json.dumps(FACTS)})
    assert record.values("evidence.numeric_id") == ["4711"]
    assert record.values("summary") == ["Finds fish"]
    assert parts(record, "licence.declared", "spdx") == ["Apache-2.0"]
    assert record.values("dates.created") == ["2021-03-04T05:06:07Z"]
    assert record.values("libraries") == ["pytorch"]
    assert record.values("keywords") == ["deep sea"]
    assert parts(record, "links", "rel", "url") == [
        ("source_code", "https://github.com/Hub/Fish-Finder"), ("homepage", "https://fish.sea.eu/page"),
    ]
    licence = next(each for each in record.statements if each.field == "licence.declared")
    assert (licence.origin.reader, licence.origin.rule, licence.origin.url) == (
        "github",
        "told by the forge",
        FACTS["html_url"],
    )


def test_repository_with_an_undecided_licence_and_empty_facts_says_nothing_of_them() -> None:
    facts = {**FACTS, "license": {"spdx_id": "NOASSERTION"}, "description": None, "homepage": "", "topics": None}
    record = a_reading({"api:repository": json.dumps(facts)})
    assert record.values("licence.declared") == []
    assert record.values("summary") == []
    assert parts(record, "links", "rel") == ["source_code"]


def test_archived_repository_is_told() -> None:
    record = a_reading({"api:repository": json.dumps({**FACTS, "archived": True})})
    assert [each.message for each in found(record, "repository-archived")] == [
        "the forge says that the repository is archived"
    ]


def test_source_link_of_the_forge_stands_in_only_where_the_metadata_has_none() -> None:
    metadata = "links:\n  source_code: https://github.com/hub/code\n"
    record = a_reading({"api:repository": json.dumps(FACTS), "ai4-metadata.yml": metadata})
    assert ("source_code", "https://github.com/Hub/Fish-Finder") not in parts(record, "links", "rel", "url")


def test_date_of_the_content_leaves_keep_alive_commits_out() -> None:
    commits = [
        a_commit("c4", 20, "t2", "c3"),
        a_commit("c3", 15, "t9", "c2", message="Keep-alive commit"),
        a_commit("c2", 10, "t2", "c1"),
        a_commit("c1", 5, "t1"),
    ]
    commits[0]["commit"]["tree"]["sha"] = "t9"
    record = a_reading({"api:commits": json.dumps(commits)})
    assert record.values("dates.content") == ["2024-01-10T00:00:00Z"]
    assert record.values("evidence.commits") == ["c4", "c3", "c2", "c1"]


def test_date_of_the_content_counts_a_merge_and_a_commit_whose_parent_is_not_on_the_page() -> None:
    merge = [a_commit("m", 9, "t1", "a", "b"), a_commit("a", 8, "t1", "z")]
    assert a_reading({"api:commits": json.dumps(merge)}).values("dates.content") == ["2024-01-09T00:00:00Z"]
    alone = [a_commit("a", 8, "t1", "z")]
    assert a_reading({"api:commits": json.dumps(alone)}).values("dates.content") == ["2024-01-08T00:00:00Z"]


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("1.2.0", "1.2.0"),
        ("v1.2.0", "1.2.0"),
        ("v.0.1.0", "0.1.0"),
        ("V2", "2"),
        ("release-1.0", "1.0"),
        ("1.0.0-rc1", "1.0.0-rc1"),
        ("v1.0.0-alpha", "1.0.0-alpha"),
        ("model", None),
        ("api-v1", None),
        ("0.3.2-cpu", None),
        ("0.0.0.0.0.0.0.0.1-test", None),
        ("2024", None),
        ("latest", None),
        ("", None),
    ],
)
def test_version_of_a_tag(tag: str, version: str | None) -> None:
    assert version_of(tag) == version


def test_tags_are_versions_and_the_highest_final_one_is_the_current() -> None:
    tags = [{"name": name, "commit": {"sha": name}} for name in ("v1.9.0", "v1.10.0", "v2.0.0-rc1", "model")]
    record = a_reading({"api:tags": json.dumps(tags)})
    assert parts(record, "versions", "name", "commit", "url") == [
        ("1.9.0", "v1.9.0", "https://github.com/hub/fish-finder/tree/v1.9.0"),
        ("1.10.0", "v1.10.0", "https://github.com/hub/fish-finder/tree/v1.10.0"),
        ("2.0.0-rc1", "v2.0.0-rc1", "https://github.com/hub/fish-finder/tree/v2.0.0-rc1"),
    ]
    assert record.values("version") == ["1.10.0"]
    assert [each.found for each in found(record, "tag-not-a-version")] == ["model"]


def test_releases_give_versions_with_dates_and_the_date_of_issue() -> None:
    releases = [
        {"tag_name": "v1.1.0", "published_at": "2024-03-01T00:00:00Z", "html_url": "https://github.com/hub/fish-finder/releases/tag/v1.1.0"},
        {"tag_name": "v1.2.0-rc1", "published_at": "2024-04-01T00:00:00Z", "prerelease": True},
        {"tag_name": "v9", "draft": True}, {"tag_name": "nightly", "published_at": "2024-05-01T00:00:00Z"},
    ]
    record = a_reading({"api:releases": json.dumps(releases)})
    assert parts(record, "versions", "name", "date", "release") == [
        ("1.1.0", "2024-03-01T00:00:00Z", True), ("1.2.0-rc1", "2024-04-01T00:00:00Z", None),
    ]
    assert record.values("dates.issued") == ["2024-03-01T00:00:00Z"]
    assert record.values("version") == ["1.1.0"]


def test_tags_of_a_fork_are_ours_only_when_their_commit_is() -> None:
    fork = {**FACTS, "fork": True, "parent": {"html_url": "https://github.com/upstream/trawler"}}
    record = a_reading(
        {
            "api:repository": json.dumps(fork),
            "api:commits": json.dumps([a_commit("c1", 5, "t1")]),
            "api:tags": json.dumps(
                [{"name": "v9.0.0", "commit": {"sha": "u1"}}, {"name": "v0.1.0", "commit": {"sha": "c1"}}]
            ),
        }
    )
    assert parts(record, "relations", "type", "target") == [("derived_from", "https://github.com/upstream/trawler")]
    assert parts(record, "versions", "name") == ["0.1.0"]
    assert record.values("version") == []
    assert [each.found for each in found(record, "tags-inherited")] == ["1"]


@pytest.mark.parametrize("body", ["<html>502</html>", "[1, 2", "null", '"text"'])
@pytest.mark.parametrize("path", ["api:repository", "api:commits", "api:tags", "api:releases"])
def test_answer_of_another_shape_is_told_and_says_nothing(path: str, body: str) -> None:
    record = a_reading({path: body})
    assert record.unparsed == (path,)
    assert len(found(record, "document-not-text")) == 1
    assert {each.origin.reader for each in record.statements} == {"listing"}
