"""A source of kind `zenodo` over the replay of the real one: real records in every shape, real limits, real errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from harvester.addresses import open_session
from harvester.bounds import Limits
from harvester.client import Client
from harvester.clock import SystemClock
from harvester.endpoints import Endpoints
from harvester.events import Event, Fetched, Gone, ListingFailed
from harvester.harvest import harvest
from harvester.memory import Named
from tests.support.harvests import cost, kinds, of
from tests.support.memory import DictMemory
from tests.support.zenodo_runs import keys, listed

pytestmark = pytest.mark.corpus


class Runs:
    """Harvests over one memory."""

    def __init__(self, replay: Any) -> None:
        self.replay = replay
        self.endpoints = Endpoints.from_mapping({"zenodo": replay.zenodo})
        self.memory = DictMemory()

    def run(self, *, token: str | None = None, full: bool = False, **settings: Any) -> list[Event]:
        clock = SystemClock()
        with open_session(self.endpoints, 30) as session:
            limits = Limits(tries=1, backoff_s=0.01)
            client = Client(session, self.memory, self.endpoints, clock, contact="us@example.org", limits=limits)
            events = harvest(
                "zen", "zenodo", settings, self.endpoints, client, self.memory, clock, full=full, token=token
            )
            return self.memory.learn("zen", events)


@pytest.fixture
def runs(replay: Any) -> Iterator[Runs]:
    replay.reset()
    yield Runs(replay)
    replay.reset()


def test_community_of_the_modules_is_eight_concepts_with_twenty_five_versions(runs: Runs) -> None:
    first, second = runs.run(communities=["ai4eosc"]), runs.run(communities=["ai4eosc"])
    versions = [json.loads(each.documents[1].body)["hits"]["hits"] for each in of(Fetched, first)]
    assert (len(versions), sum(map(len, versions))) == (8, 25)
    assert keys(first) == [f"doi:10.5072/zenodo.9000{number}000" for number in range(1, 9)]
    assert kinds(second) == ["Listed", *["Unchanged"] * 8, "Finished"]
    assert (cost(first)[0], cost(second)[0]) == (2, 2)


def test_unknown_community_is_not_the_whole_of_zenodo(runs: Runs) -> None:
    (failed,) = of(ListingFailed, runs.run(communities=["AI4EOSC"]))
    assert failed.problem.message == "Zenodo's community 'AI4EOSC' does not exist."


def test_doi_of_a_superseded_version_leads_to_the_concept(runs: Runs) -> None:
    events = runs.run(dois=["10.5072/zenodo.90001007", "10.5281/zenodo.5173799"])
    assert keys(events) == ["doi:10.5072/zenodo.90001000", "doi:10.5281/zenodo.4691101"]
    assert len(json.loads(of(Fetched, events)[0].documents[1].body)["hits"]["hits"]) == 7


def test_query_with_a_slash_is_told_as_what_it_is(runs: Runs) -> None:
    (failed,) = of(ListingFailed, runs.run(queries=["doi:10.5281/zenodo.5173799"]))
    assert failed.problem.message.endswith("search answers 500, as it does to a query that it cannot read.")
    assert len(keys(runs.run(queries=['doi:"10.5281/zenodo.5173799"']))) == 1


def test_records_of_repositories_are_found_in_one_search(runs: Runs) -> None:
    named = ("ai4os-hub/diamorph-detection", "ai4os-hub/dogs-breed-detector", "deephdc/mods", "deephdc/nothing")
    runs.memory.names["repository"] = [Named(f"github.com/{name}", "own", (f"github.com/{name}",)) for name in named]
    events = runs.run(follow=True)
    assert [(each.key, each.listing.named_by) for each in listed(events).entries] == [
        ("doi:10.5072/zenodo.90003000", ("github.com/ai4os-hub/dogs-breed-detector",)),
        ("doi:10.5072/zenodo.90004000", ("github.com/ai4os-hub/diamorph-detection",)),
        ("doi:10.5072/zenodo.90007000", ("github.com/deephdc/mods",)),
    ]
    assert cost(events)[0] == 1


def test_withdrawn_record_is_gone_with_its_reason(runs: Runs) -> None:
    runs.run(communities=["ai4eosc"])
    answer = requests.post(f"{runs.replay.control}/zenodo", json={"op": "delete", "id": 90007007}, timeout=10)
    assert answer.status_code == 200
    (gone,) = of(Gone, runs.run(communities=["ai4eosc"]))
    assert (gone.entry.key, gone.status, gone.final) == ("doi:10.5072/zenodo.90007000", 410, True)
    assert gone.reason.startswith("The record was withdrawn from Zenodo")


def test_tombstones_of_real_records_are_read(runs: Runs) -> None:
    events = runs.run(dois=["10.5281/zenodo.22705918", "10.5281/zenodo.22705920", "10.5281/zenodo.999999999"])
    assert [each.message for each in listed(events).findings] == [
        "10.5281/zenodo.22705918: The record was withdrawn from Zenodo on 2026-09-11 (spam: User was blocked).",
        "10.5281/zenodo.22705920: The record was withdrawn from Zenodo on 2026-09-19 (retracted).",
    ]
    assert [each.reason for each in of(Gone, events)] == ["The record is not known to Zenodo (404)."]


def test_default_agent_of_a_library_is_turned_away_and_ours_is_not(runs: Runs) -> None:
    assert requests.get(f"{runs.replay.zenodo}/api/communities/ai4eosc", timeout=10).status_code == 403
    assert kinds(runs.run(communities=["ai4eosc"]))[0] == "Listed"


def test_years_of_releases_come_one_after_the_other_and_end_as_they_are_today(runs: Runs) -> None:
    seen = []
    for day in ("2019-01-01", "2020-06-01", "2024-06-01", "2025-06-01", None):
        runs.replay.time(day)
        events = runs.run(communities=["ai4eosc"])
        seen.append(len(listed(events).entries))
    assert seen == sorted(seen)
    assert seen[-1] == 8
    fresh = Runs(runs.replay)
    fresh.run(communities=["ai4eosc"])
    assert runs.memory.entries == fresh.memory.entries


@pytest.mark.parametrize(
    "mode", ["status:503", "html", "html:403", "empty-200", "garbage-json", "truncate", "reset", "huge:30",
             "gzip-bomb:64", "redirect-loop", "redirect-private", "wrong-charset"],
)
def test_fault_of_the_server_fails_the_listing_and_loses_nothing(runs: Runs, mode: str) -> None:
    runs.run(communities=["ai4eosc"])
    before = dict(runs.memory.entries)
    with runs.replay.faulty(mode, match="/zenodo/api/"):
        events = runs.run(communities=["ai4eosc"])
    if mode == "wrong-charset":  # its letters are wrong, its form is right
        assert kinds(events)[0] in ("Listed", "ListingFailed")
    else:
        assert kinds(events) == ["ListingFailed", "Finished"]
    assert runs.memory.entries.keys() == before.keys()
    assert kinds(runs.run(communities=["ai4eosc"]))[0] == "Listed"
