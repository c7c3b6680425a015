"""Zenodo's OAI-PMH as it was recorded: a community in each format, deletions, errors with HTTP 422, faults."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from typing_extensions import override

from harvester.addresses import open_session
from harvester.bounds import Limits
from harvester.client import Client
from harvester.clock import SystemClock
from harvester.endpoints import Endpoints
from harvester.events import Event, Fetched, Finished, Gone, Listed, ListingFailed
from harvester.harvest import harvest
from tests.support.harvests import kinds, of
from tests.support.memory import DictMemory
from vocab.readers import read_entry
from vocab.record import EntryContext, SourceRecord

pytestmark = pytest.mark.corpus

ZENODO = "https://zenodo.org/oai2d"
SET = "user-ai4eosc"
RECORDS = 25
QUICK = Limits(connect_s=2, read_s=1, total_s=5, tries=2, backoff_s=0.01)


class HastyClock(SystemClock):
    """The clock of the machine, for whoever does not want to wait."""

    @override
    def sleep(self, seconds: float) -> None:
        """Go on at once."""


class World:
    """Zenodo's repository at the replay, harvested as often as a test likes over one memory."""

    def __init__(self, replay: Any, **settings: Any) -> None:
        self.replay = replay
        replay.reset()  # also the limits: this clock does not wait for them
        self.memory = DictMemory()
        self.settings = {"url": ZENODO, "set": SET} | settings

    def run(self) -> list[Event]:
        endpoints, clock = Endpoints.from_mapping({"zenodo_oai": self.replay.zenodo_oai}), HastyClock()
        with open_session(endpoints, QUICK.total_s) as session:
            client = Client(session, self.memory, endpoints, clock, contact="us@sea.eu", limits=QUICK)
            events = harvest("z", "oaipmh", self.settings, endpoints, client, self.memory, clock)
            return self.memory.learn("z", events)


def _records(events: list[Event]) -> list[SourceRecord]:
    return [
        read_entry(EntryContext("z", each.key, each.url, each.revision, each.entry.listing), each.documents)
        for each in of(Fetched, events)
    ]


@pytest.mark.parametrize("prefix", ["oai_dc", "oai_datacite", "datacite", "datacite4", "oai_datacite4"])
def test_community_when_in_any_format_tells_of_its_repositories(replay: Any, prefix: str) -> None:
    events = World(replay, prefix=prefix).run()
    records = _records(events)
    assert len(records) == RECORDS
    assert {each.code for record in records for each in record.findings} <= {"maintainer-unclear"}
    assert all(record.values("title") and record.values("evidence.about_doi") for record in records)
    repositories = {str(each) for record in records for each in record.values("evidence.about_repository")}
    assert len(repositories) == 8
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert (finished.complete, finished.requests.sent) == (True, 2)


def test_community_when_harvested_again_costs_one_request_that_says_422(replay: Any) -> None:
    world = World(replay)
    world.run()
    before = (dict(world.memory.payloads), dict(world.memory.validators))
    events = world.run()
    assert kinds(events) == ["Listed", "Finished"]
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.requests.by_status == {"422": 1}
    assert (world.memory.payloads, world.memory.validators) == before


def test_record_when_deleted_at_zenodo_is_gone_though_it_says_that_it_keeps_no_deletions(replay: Any) -> None:
    world = World(replay)
    first = of(Fetched, world.run())[0]
    number = int(first.key.rpartition(":")[2])
    requests.post(f"{replay.control}/zenodo", json={"op": "delete", "id": number}, timeout=5)
    try:
        (gone,) = of(Gone, world.run())
        assert (gone.entry.key, gone.final) == (first.key, True)
    finally:
        replay.reset()


def test_set_and_format_when_there_are_none_are_told_apart(replay: Any) -> None:
    (failed,) = of(ListingFailed, World(replay, set="user-ai4eos").run())
    assert failed.problem.message == "The repository has no set `user-ai4eos`."
    assert failed.problem.mend == "Did you mean `user-ai4eosc`?"
    (failed,) = of(ListingFailed, World(replay, prefix="datacite3").run())
    assert failed.problem.message.startswith("The repository has no format `datacite3`; it has `oai_dc`, `datacite`, ")
    (failed,) = of(ListingFailed, World(replay, url=replay.zenodo_oai.replace("oai2d", "records/1")).run())
    assert "not" in failed.problem.message


def test_everything_when_listed_comes_page_by_page(replay: Any) -> None:
    world = World(replay, set=None, prefix="datacite")
    events = world.run()
    listed = events[0]
    assert isinstance(listed, Listed)
    assert listed.whole
    assert len(of(Fetched, events)) == len(listed.entries) > 200
    assert all(not each.unparsed for each in _records(events))


FAULTS = (
    "status:500", "status:503", "status:404", "html", "html:503", "timeout", "truncate", "reset", "garbage-json",
    "empty-200", "gzip-bomb:64", "huge:64", "redirect-loop", "redirect-private",
)


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_when_it_stays_costs_no_record_and_no_exception(replay: Any, fault: str) -> None:
    world = World(replay, set=None, prefix="oai_dc", datestamps="ignore")
    with replay.faulty(fault, match="resumptionToken"):
        events = world.run()
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert (finished.complete, len(of(Fetched, events))) == (False, 50)
    with replay.faulty(fault, match="/oai2d"):
        (failed,) = of(ListingFailed, world.run())
    assert failed.problem.message
    replay.reset()
    events = world.run()
    assert isinstance(events[0], Listed)
    assert events[0].whole
    assert len(world.memory.entries) == len(events[0].entries) > 200


@pytest.mark.parametrize("fault", ["truncate", "reset", "garbage-json", "empty-200", "html", "status:502"])
def test_fault_when_it_passes_is_not_noticed(replay: Any, fault: str) -> None:
    world = World(replay, set=None)
    with replay.faulty(fault, match="resumptionToken", times=1):
        events = world.run()
    assert isinstance(events[0], Listed)
    assert (events[0].whole, events[0].problem) == (True, None)


def test_answers_when_in_another_encoding_than_they_say_cost_only_what_cannot_be_read(replay: Any) -> None:
    world = World(replay, set=None)
    with replay.faulty("wrong-charset", match="/oai2d"):
        events = world.run()
    assert isinstance(events[0], (Listed, ListingFailed))
    world.run()
    assert len(world.memory.entries) > 200
