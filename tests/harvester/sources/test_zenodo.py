"""The ordinary way of a source of kind `zenodo`: what it lists, what it asks for, and what it does not ask again."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_plus

import pytest
from pydantic import ValidationError

from harvester.events import Fetched, Unchanged
from harvester.sources.zenodo import ZENODO, ZenodoSettings
from harvester.sources.zenodo_follow import MOST_LETTERS
from tests.support.harvests import cost, kinds, of
from tests.support.small_zenodo import Deposit, concept
from tests.support.zenodo_runs import ZenodoRuns, entry, fetched, keys, listed, told

SEA: dict[str, Any] = {"communities": ("sea",)}


# Communities


def test_community_gives_one_entry_for_each_concept_with_all_its_versions() -> None:
    world = ZenodoRuns(*concept(101, 3, **SEA), *concept(201, **SEA), *concept(301), communities=["sea"])
    events = world.run()
    assert kinds(events) == ["Listed", "Fetched", "Fetched", "Finished"]
    first = of(Fetched, events)[0]
    assert (first.key, first.url, first.revision) == (
        "doi:10.5281/zenodo.100", "https://zenodo.org/records/103", "103",
    )
    assert first.entry.listing.named_by == ()
    assert first.counters == {"views": 7, "downloads": 2}
    record, versions = (json.loads(each.body) for each in first.documents)
    assert [each.path for each in first.documents] == ["api:zenodo-record", "api:zenodo-versions"]
    assert (record["id"], record["metadata"]["creators"][0]["person_or_org"]["family_name"]) == ("103", "Fisher")
    assert [each["id"] for each in versions["hits"]["hits"]] == ["103", "102", "101"]
    assert "creators" not in versions["hits"]["hits"][0]["metadata"]


def test_record_is_kept_without_what_moves_by_itself() -> None:
    world = ZenodoRuns(*concept(101, **SEA), communities=["sea"])
    record = json.loads(of(Fetched, world.run())[0].documents[0].body)
    assert "stats" not in record
    assert record["links"] == {"self_html": "https://zenodo.org/records/101"}
    assert record["files"]["entries"] == {"a.zip": {"key": "a.zip", "size": 1}}


def test_community_is_asked_by_its_id_and_its_records_by_pages() -> None:
    world = ZenodoRuns(*(each for at in range(40) for each in concept(101 + 10 * at, **SEA)), communities=["sea"])
    assert len(fetched(world.run())) == 40
    assert [path.partition("?")[0] for path in world.zenodo.paths] == [
        "/communities/sea", "/communities/id-of-sea/records", "/communities/id-of-sea/records",
    ]
    assert [(each["size"], each["page"]) for each in world.zenodo.searches()] == [("25", "1"), ("25", "2")]


def test_token_is_sent_and_makes_larger_pages() -> None:
    world = ZenodoRuns(*concept(101, **SEA), communities=["sea"])
    world.run(token="secret")
    assert [each["size"] for each in world.zenodo.searches()] == ["100"]
    assert {each.headers["Authorization"] for each in world.zenodo.requests} == {"Bearer secret"}


def test_empty_community_is_no_error() -> None:
    world = ZenodoRuns(*concept(101), communities=["empty"])
    assert kinds(world.run()) == ["Listed", "Finished"]


# Again


def test_second_harvest_of_an_unchanged_world_asks_for_one_page_of_each_list() -> None:
    world = ZenodoRuns(*(each for at in range(60) for each in concept(101 + 10 * at, **SEA)), communities=["sea"])
    first, second = world.run(), world.run()
    assert (cost(first)[0], cost(second)[0]) == (4, 2)
    assert kinds(second) == ["Listed", *["Unchanged"] * 60, "Finished"]
    assert second[-1].requests.avoided == 2 + 2 * 60  # type: ignore[union-attr]
    assert not [each for each in world.zenodo.requests if "If-None-Match" in each.headers]


def test_second_harvest_keeps_nothing_new() -> None:
    world = ZenodoRuns(*concept(101, 3, **SEA), communities=["sea"], follow=True)
    world.run()
    before = (dict(world.memory.payloads), dict(world.memory.validators))
    world.run()
    assert (world.memory.payloads, world.memory.validators) == before


def test_views_alone_change_nothing_but_the_counters() -> None:
    world = ZenodoRuns(*concept(101, **SEA), communities=["sea"])
    world.run()
    world.zenodo.deposits[101].views = 99
    events = world.run()
    assert kinds(events) == ["Listed", "Unchanged", "Finished"]
    assert of(Unchanged, events)[0].counters["views"] == 99


def test_new_version_is_read_with_the_others_without_asking_for_the_rest_of_the_list() -> None:
    world = ZenodoRuns(*(each for at in range(60) for each in concept(101 + 10 * at, **SEA)), communities=["sea"])
    world.run()
    world.zenodo.deposits[502] = Deposit(502, 500, 2, updated="2026-01-01T00:00:00+00:00", **SEA)
    events = world.run()
    assert fetched(events) == ["doi:10.5281/zenodo.500"]
    versions = json.loads(of(Fetched, events)[0].documents[1].body)
    assert [each["id"] for each in versions["hits"]["hits"]] == ["502", "501"]
    assert [each["page"] for each in world.zenodo.searches()] == ["1", "2"]


def test_edited_record_is_read_anew() -> None:
    world = ZenodoRuns(*concept(101, **SEA), *concept(201, **SEA), communities=["sea"])
    world.run()
    world.zenodo.deposits[101].title = "Better fish finder"
    world.zenodo.deposits[101].updated = "2026-01-01T00:00:00+00:00"
    assert fetched(world.run()) == ["doi:10.5281/zenodo.100"]


def test_harvest_in_full_reads_everything_anew() -> None:
    world = ZenodoRuns(*(each for at in range(30) for each in concept(101 + 10 * at, **SEA)), communities=["sea"])
    world.run()
    events = world.run(full=True)
    assert len(fetched(events)) == 30
    assert len(world.zenodo.searches()) == 2


# Keys and shapes


@pytest.mark.parametrize("shape", ["native", "today", "old"])
def test_every_shape_gives_the_same_entry(shape: str) -> None:
    world = ZenodoRuns(*concept(101, 2, repository="Sea/Fish", **SEA), shape=shape, communities=["sea"])
    events = world.run()
    assert keys(events) == ["doi:10.5281/zenodo.100"]
    assert of(Fetched, events)[0].revision == "102"
    assert of(Fetched, events)[0].counters["views"] == 7


@pytest.mark.parametrize(
    ("doi", "key"),
    [
        (None, "zenodo:100"),
        ("10.11646/Fish.7", "doi:10.11646/fish.7"),
        ("10.5072/zenodo.101", "doi:10.5072/zenodo.101"),  # a sandbox
    ],
)
def test_key_is_what_the_record_can_be_named_by(doi: str | None, key: str) -> None:
    world = ZenodoRuns(*concept(101, doi=doi, **SEA), communities=["sea"])
    assert keys(world.run()) == [key]


# Queries and DOIs


def test_query_is_sent_as_it_is_written_and_completed_by_the_versions_it_does_not_find() -> None:
    world = ZenodoRuns(*concept(101, 3), queries=['recid:"103"'])
    events = world.run()
    assert keys(events) == ["doi:10.5281/zenodo.100"]
    assert len(json.loads(of(Fetched, events)[0].documents[1].body)["hits"]["hits"]) == 3
    assert [each["q"] for each in world.zenodo.searches()] == ['recid:"103"', "conceptrecid:(100)"]


@pytest.mark.parametrize("doi", ["10.5281/zenodo.100", "https://doi.org/10.5281/ZENODO.102", "zenodo.org/records/103"])
def test_doi_of_a_version_or_of_all_versions_gives_the_concept(doi: str) -> None:
    world = ZenodoRuns(*concept(101, 3), dois=[doi])
    events = world.run()
    assert keys(events) == ["doi:10.5281/zenodo.100"]
    assert len(json.loads(of(Fetched, events)[0].documents[1].body)["hits"]["hits"]) == 3


def test_doi_of_another_archive_is_told_and_not_asked_for() -> None:
    world = ZenodoRuns(*concept(101), dois=["10.17882/101899", "10.5281/zenodo.101"])
    events = world.run()
    assert keys(events) == ["doi:10.5281/zenodo.100"]
    assert told(events) == [("doi-elsewhere", "10.17882/101899 is no DOI of Zenodo, so it is not asked for.")]


# Following


def test_followed_doi_is_listed_for_those_who_name_it() -> None:
    world = ZenodoRuns(*concept(101, 2, type="dataset"), follow=True)
    world.name("doi", "10.5281/zenodo.102", "dataset", "github.com/sea/fish", "github.com/sea/reef")
    world.name("doi", "10.17882/101899", "dataset")
    events = world.run()
    assert keys(events) == ["doi:10.5281/zenodo.100"]
    listing = entry(events, "doi:10.5281/zenodo.100").listing
    assert (listing.named_by, listing.roles) == (("github.com/sea/fish", "github.com/sea/reef"), ("dataset",))


def test_followed_repository_gives_the_records_that_are_made_of_it() -> None:
    world = ZenodoRuns(
        *concept(101, 3, repository="sea/fish"), *concept(201, repository="sea/fish-2"),
        *concept(301, repository="sea/fish", relation="cites"), follow=True,
    )
    world.name("repository", "github.com/sea/fish", "own", "github.com/sea/fish")
    world.name("repository", "github.com/sea/fish", "code", "github.com/sea/container")
    events = world.run()
    assert keys(events) == ["doi:10.5281/zenodo.100"]
    listing = entry(events, "doi:10.5281/zenodo.100").listing
    assert listing.named_by == ("github.com/sea/container", "github.com/sea/fish")
    assert listing.roles == ("code", "own")
    assert told(events) == []
    assert [each["q"] for each in world.zenodo.searches()] == [
        "related.identifier:(https???github.com?sea?fish*)"
        r' OR custom_fields.code\:codeRepository:(https???github.com?sea?fish*) OR "sea/fish"'
    ]


def test_owner_of_three_repositories_is_asked_for_as_a_whole() -> None:
    world = ZenodoRuns(
        *concept(101, repository="sea/fish"), *concept(201, repository="sea/crab"),
        *concept(301, repository="sea/stranger"), follow=True,
    )
    for name in ("fish", "crab", "reef"):
        world.name("repository", f"github.com/sea/{name}", "own", f"github.com/sea/{name}")
    events = world.run()
    assert keys(events) == ["doi:10.5281/zenodo.100", "doi:10.5281/zenodo.200"]
    assert [each["q"] for each in world.zenodo.searches()] == [
        "related.identifier:(https???github.com?sea?*)"
        r" OR custom_fields.code\:codeRepository:(https???github.com?sea?*)"
    ]


def test_record_with_other_letters_is_found_by_its_title() -> None:
    world = ZenodoRuns(*concept(101, repository="Sea/Fish", title="Sea/Fish: v1"), follow=True)
    world.name("repository", "github.com/sea/fish", "own")
    assert keys(world.run()) == ["doi:10.5281/zenodo.100"]


def test_many_things_are_asked_for_in_few_searches_that_are_not_too_long() -> None:
    world = ZenodoRuns(*concept(101), follow=True)
    for number in range(1000, 1100):
        world.name("doi", f"10.5281/zenodo.{number}", "dataset")
        world.name("repository", f"github.com/owner-{number}/some-module", "own")
    world.run()
    queries = [each["q"] for each in world.zenodo.searches()]
    assert len(queries) < 30
    assert max(len(quote_plus(each)) for each in queries) <= MOST_LETTERS


def test_nothing_is_asked_when_nothing_is_named() -> None:
    world = ZenodoRuns(*concept(101), follow=True)
    assert kinds(world.run()) == ["Listed", "Finished"]
    assert world.zenodo.requests == []


def test_what_is_also_in_a_community_is_listed_for_its_own_sake() -> None:
    world = ZenodoRuns(*concept(101, repository="sea/fish", **SEA), communities=["sea"], follow=True)
    world.name("repository", "github.com/sea/fish", "own")
    assert entry(world.run(), "doi:10.5281/zenodo.100").listing.named_by == ()


def test_what_no_module_names_any_more_is_not_listed() -> None:
    world = ZenodoRuns(*concept(101), follow=True)
    world.name("doi", "10.5281/zenodo.101", "dataset")
    world.run()
    world.memory.names.clear()
    assert listed(world.run()).entries == ()
    assert world.zenodo.requests == []


# Settings


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "give at least one of communities, queries, dois, follow = true; found none"),
        ({"follow": False}, "give at least one of communities, queries, dois, follow = true; found none"),
        ({"communities": []}, "Tuple should have at least 1 item after validation, not 0"),
        ({"communities": ["a b"]}, r"String should match pattern '^[A-Za-z0-9][\w.-]{0,99}$'"),
        ({"queries": [" "]}, "String should have at least 1 character"),
        ({"dois": ["10.5281"]}, "'10.5281' is no DOI, write it like 10.5281/zenodo.1234"),
        ({"url": "https://zenodo.org"}, "Extra inputs are not permitted"),
    ],
)
def test_settings_that_are_not_right_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ZenodoSettings.model_validate(settings)
    assert caught.value.errors()[0]["msg"].removeprefix("Value error, ") == message


def test_settings_are_described_for_forms() -> None:
    described = ZenodoSettings.model_json_schema()["properties"]
    assert sorted(described) == ["communities", "dois", "follow", "queries"]
    assert all(each["description"] for each in described.values())


def test_source_that_follows_is_harvested_after_the_others() -> None:
    assert ZENODO.follows(ZenodoSettings(follow=True))
    assert not ZENODO.follows(ZenodoSettings(communities=("sea",)))
