"""The real catalogues: every listing accounted for, the second harvest free, no fault harms a neighbour."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from harvester.addresses import open_session
from harvester.bounds import MIB, Limits
from harvester.client import Client
from harvester.clock import SystemClock
from harvester.endpoints import Endpoints
from harvester.events import Event, Fetched, Finished, Gone, Listed
from harvester.harvest import harvest
from tests.support.memory import DictMemory

pytestmark = pytest.mark.corpus

CATALOGUES = {"deephdc/deep-oc": 32, "ai4os-hub/modules-catalog": 46, "ai4os/tools-catalog": 6}
TOKEN = "replay"
SMALL = "ai4os/tools-catalog"
QUICK = Limits(connect_s=2, read_s=0.3, total_s=0.4, max_bytes=8 * MIB, tries=2)


class ImpatientClock(SystemClock):
    """The real time, but waiting is skipped; what it would have been is added to the time."""

    def __init__(self) -> None:
        self.skipped = 0.0

    def now(self) -> datetime:  # type: ignore[explicit-override]
        return super().now() + timedelta(seconds=self.skipped)

    def sleep(self, seconds: float) -> None:  # type: ignore[explicit-override]
        self.skipped += max(0.0, seconds)


class Harvester:
    """Runs harvests against the replay, over one memory."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.endpoints = Endpoints.from_json(json.dumps(server.urls))
        self.memory = DictMemory()
        self.clock = ImpatientClock()

    def run(
        self, catalogue: str, limits: Limits | None = None, token: str | None = TOKEN, **settings: object
    ) -> list[Event]:
        with open_session(self.endpoints, header_s=(limits or Limits()).total_s) as session:
            client = Client(
                session, self.memory, self.endpoints, self.clock, contact="mailto:us@example.org", limits=limits
            )
            chosen = settings or {"catalogue": catalogue}
            stream = harvest(
                catalogue, "github", chosen, self.endpoints, client, self.memory, self.clock, token=token
            )
            return self.memory.learn(catalogue, stream)


@pytest.fixture
def harvester(replay: Any) -> Iterator[Harvester]:
    replay.reset()
    yield Harvester(replay)
    replay.reset()


def kinds(events: list[Event]) -> Counter[str]:
    return Counter(type(event).__name__ for event in events)


def test_harvest_of_the_three_catalogues_accounts_for_every_listing_and_the_second_is_free(
    harvester: Harvester,
) -> None:
    first = {catalogue: harvester.run(catalogue) for catalogue in CATALOGUES}
    for catalogue, listings in CATALOGUES.items():
        listed = first[catalogue][0]
        assert isinstance(listed, Listed)
        assert len(listed.entries) == listings
        outcomes = [event.entry.key for event in first[catalogue][1:-1] if not isinstance(event, (Listed, Finished))]  # type: ignore[union-attr]
        assert outcomes == [entry.key for entry in listed.entries]
    total = sum((kinds(events) for events in first.values()), Counter())
    assert total == {"Listed": 3, "Fetched": 72, "Gone": 12, "Finished": 3}
    gone = [event for events in first.values() for event in events if isinstance(event, Gone)]
    assert all(event.entry.listing.file and event.entry.listing.line and event.status == 404 for event in gone)
    for event in (event for events in first.values() for event in events if isinstance(event, Fetched)):
        assert {"api:repository", "api:commits", "api:tree", "api:tags"} <= {each.path for each in event.documents}

    harvester.server.reset("stats")
    second = {catalogue: harvester.run(catalogue) for catalogue in CATALOGUES}
    assert sum((kinds(events) for events in second.values()), Counter()) == {
        "Listed": 3, "Unchanged": 72, "Gone": 12, "Finished": 3,
    }
    stats = harvester.server.stats(log=100)
    assert stats["charged"] == 0
    assert stats["requests"] == stats["not_modified"] <= 13
    assert all(row["user_agent"].startswith("module-registry/") for row in stats["log"])


def test_harvest_with_graphql_is_the_same_as_without_for_less_than_half_of_the_requests(harvester: Harvester) -> None:
    found: list[list[Event]] = []
    sent: list[int] = []
    blobs: list[dict[str, str]] = []
    for graphql in (harvester.endpoints.graphql, Endpoints().graphql):
        harvester.endpoints = replace(harvester.endpoints, graphql=graphql)
        harvester.memory = DictMemory()
        events = [event for catalogue in CATALOGUES for event in harvester.run(catalogue)]
        sent.append(sum(event.requests.sent for event in events if isinstance(event, Finished)))
        found.append([event for event in events if not isinstance(event, Finished)])
        blobs.append(harvester.memory.blobs)
    assert found[0] == found[1]
    assert blobs[0] == blobs[1]
    assert sent[0] < 250
    assert sent[1] > 600


def test_harvest_of_an_organisation_and_of_single_repositories(harvester: Harvester) -> None:
    assert kinds(harvester.run("hub", organisation="ai4os-hub")) == {
        "Listed": 1, "Fetched": 36, "Failed": 1, "Finished": 1,
    }
    harvester.server.reset("stats")
    again = harvester.run("hub", organisation="ai4os-hub")
    assert kinds(again) == {"Listed": 1, "Unchanged": 36, "Failed": 1, "Finished": 1}
    stats = harvester.server.stats()
    assert (stats["requests"], stats["charged"]) == (1, 0)
    some = harvester.run("some", repositories=["ai4os/ai4-cvat", "deephdc/mods", "nobody/nothing"])
    assert [(event.key, event.previous_keys) for event in some if isinstance(event, Fetched)] == [
        ("github.com/ai4os/ai4os-cvat", ("github.com/ai4os/ai4-cvat",)), ("github.com/deephdc/mods", ()),
    ]
    assert [event.entry.key for event in some if isinstance(event, Gone)] == ["github.com/nobody/nothing"]


def test_harvest_after_a_push_reads_only_what_was_pushed(harvester: Harvester) -> None:
    harvester.run(SMALL)
    harvester.server.mutate(repo="ai4os/ai4os-cvat", op="put-file", path="ai4-metadata.yml", content="title: New\n")
    harvester.server.reset("stats")
    events = harvester.run(SMALL)
    assert kinds(events) == {"Listed": 1, "Fetched": 1, "Unchanged": 4, "Gone": 1, "Finished": 1}
    fetched = next(event for event in events if isinstance(event, Fetched))
    assert {each.path: each.body for each in fetched.documents}["ai4-metadata.yml"] == b"title: New\n"
    assert harvester.server.stats()["charged"] <= 5  # the owner's list, commits, tree, the file, tags


def test_harvest_of_a_renamed_repository_keeps_its_old_name(harvester: Harvester) -> None:
    harvester.run(SMALL)
    harvester.server.mutate(repo="ai4os/ai4os-cvat", op="rename", to="ai4os-annotator")
    renamed = [event for event in harvester.run(SMALL) if isinstance(event, Fetched)]
    assert [(event.key, event.previous_keys) for event in renamed] == [
        ("github.com/ai4os/ai4os-annotator", ("github.com/ai4os/ai4os-cvat",))
    ]


def test_harvest_of_a_deleted_or_private_repository_says_gone_and_comes_back(harvester: Harvester) -> None:
    harvester.run(SMALL)
    harvester.server.mutate(repo="ai4os/ai4os-cvat", op="delete-repo")
    harvester.server.mutate(repo="ai4os/ai4os-llm", op="make-private")
    assert kinds(harvester.run(SMALL)) == {"Listed": 1, "Unchanged": 3, "Gone": 3, "Finished": 1}
    harvester.server.reset("mutations")
    assert kinds(harvester.run(SMALL)) == {"Listed": 1, "Unchanged": 5, "Gone": 1, "Finished": 1}


@pytest.mark.parametrize("content", ["", "[submodule \"x\"]\n\tpath = x\n\turl = https://gith", "<html></html>\n"])
def test_harvest_of_a_listing_that_was_spoilt_says_only_that(harvester: Harvester, content: str) -> None:
    harvester.run(SMALL)
    harvester.server.mutate(repo=SMALL, op="put-file", path=".gitmodules", content=content)
    assert kinds(harvester.run(SMALL)) == {"ListingFailed": 1, "Finished": 1}


def test_harvest_without_a_token_parks_when_the_quota_is_used_up_and_asks_nothing_more(harvester: Harvester) -> None:
    harvester.server.rate_limit(api="github", resource="core", remaining=20, reset_in=3600)
    harvester.server.reset("stats")
    finished = harvester.run(SMALL, token=None)[-1]
    assert isinstance(finished, Finished)
    assert finished.complete is False
    assert finished.parked_until is not None
    assert harvester.server.stats()["requests"] == 20


@pytest.mark.parametrize("style", ["retry-after", "retry-after-date", "gh-limited-by", "body-only"])
def test_harvest_through_a_secondary_limit_waits_and_goes_on(harvester: Harvester, style: str) -> None:
    harvester.server.secondary_limit(status=403, retry_after=5, times=1, style=style)
    events = harvester.run(SMALL)
    assert kinds(events) == {"Listed": 1, "Fetched": 5, "Gone": 1, "Finished": 1}
    assert harvester.clock.skipped >= 4


MODES = (
    "status:500", "status:403", "status:429", "status:404", "status:451", "status:204", "status:304", "html",
    "html:503",
    "timeout:1", "drip:2000", "truncate", "reset", "garbage-json", "empty-200", "gzip-bomb:64", "huge:30",
    "redirect-loop", "redirect-private", "wrong-charset",
)
PLACES = ("/tools-catalog$", r"/ai4os/repos|/repos/ai4os/ai4os-(cvat|llm)$", r"ai4os-cvat/commits", r"ai4os-llm/git/")


@pytest.mark.parametrize("mode", MODES)
def test_harvest_under_any_fault_ends_in_order_and_the_next_one_is_whole(harvester: Harvester, mode: str) -> None:
    for place in PLACES:
        harvester.memory = DictMemory()
        with harvester.server.faulty(mode, place):
            events = harvester.run(SMALL, QUICK)
        names = [type(event).__name__ for event in events]
        # A limit that is met at the listing says nothing of the listing: the harvest only ends.
        assert names[0] in ("Listed", "ListingFailed") or names == ["Finished"]
        assert names[-1] == "Finished"
        if names[0] == "Listed" and isinstance(events[-1], Finished) and events[-1].complete:
            assert len(events) == CATALOGUES[SMALL] + 2
            assert names.count("Fetched") >= 3
        after = kinds(harvester.run(SMALL))
        assert (after["Fetched"] + after["Unchanged"], after["Gone"], after["Failed"]) == (5, 1, 0)
