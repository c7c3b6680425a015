"""The stream of one harvest of a source that is scripted: what is tried once more, what is kept of useless answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from pydantic import BaseModel

from harvester.bounds import Limits
from harvester.client import Client
from harvester.endpoints import Endpoints
from harvester.errors import (
    HarvestError,
    ListingUnusable,
    Parked,
    ProtocolAnswer,
    Refused,
    ServerTrouble,
    TimedOut,
    UnexpectedAnswer,
    Unreachable,
)
from harvester.events import Entry, Event, Failed, Finished, Listed, ListingFailed, Problem, Unchanged
from harvester.harvest import harvest
from harvester.sources import SOURCES
from harvester.sources.kind import Outcome, SourceKind, Task
from tests.support.answers import Canned, Scripted, in_order, session_of
from tests.support.clock import HandClock
from tests.support.memory import DictMemory
from vocab.record import Listing

URL = "https://things.example.org"
Step = HarvestError | Problem | float | None


class Settings(BaseModel):
    """Nothing to set."""


class Script:
    """A source whose listings and entries go wrong as often as they have errors left; a number is time that passes."""

    def __init__(self, entries: Mapping[str, Sequence[Step]], *listings: HarvestError, alive: bool = True) -> None:
        self.entries = {key: list(steps) for key, steps in entries.items()}
        self.listings = list(listings)
        self.alive = alive
        self.read_keys: list[str] = []
        self.opened = 0
        self.adapter = Scripted(in_order(Canned(200, b"<html>no</html>")))
        self.memory, self.clock = DictMemory(), HandClock()

    def run(self) -> list[Event]:
        """All events of one harvest."""
        endpoints = Endpoints()
        client = Client(
            session_of(self.adapter), self.memory, endpoints, self.clock, contact="x", limits=Limits(tries=1)
        )
        return list(harvest("src", "script", {}, endpoints, client, self.memory, self.clock))


class ScriptedSource:
    """The source of a script."""

    def __init__(self, task: Task, script: Script) -> None:
        self._client, self._script = task.client, script
        script.opened += 1

    def list_entries(self) -> Listed:
        """Everything, or the next error."""
        if self._script.listings:
            error = self._script.listings.pop(0)
            self._client.get(f"{URL}/list")
            raise error
        return Listed(tuple(Entry(key, f"{URL}/{key}", Listing(key)) for key in self._script.entries))

    def read(self, entry: Entry) -> Outcome:
        """The entry, or its next error."""
        self._script.read_keys.append(entry.key)
        steps = self._script.entries[entry.key]
        step = steps.pop(0) if steps else None
        if isinstance(step, float):
            self._script.clock.advance(step)
            step = steps.pop(0)
        if isinstance(step, HarvestError):
            if step.url is not None:
                self._client.get(step.url)
            raise step
        return Failed(entry, step) if isinstance(step, Problem) else Unchanged(entry, entry.key)

    def is_alive(self) -> bool:
        """Whether the server answers."""
        if not self._script.alive:
            raise Unreachable("No answer.")
        return True


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> type[Script]:
    """Scripts are sources of the kind `script`."""
    current: list[Script] = []

    class Registered(Script):
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs)  # type: ignore[arg-type]
            current[:] = [self]

    row = SourceKind(
        "script", Settings, lambda task, _: ScriptedSource(task, current[0]), lambda *_: URL
    )
    monkeypatch.setitem(SOURCES, "script", row)
    return Registered


def outcomes(events: list[Event]) -> list[tuple[str, str]]:
    """(key, kind of event) of the entries, in order."""
    return [(one.entry.key, type(one).__name__) for one in events if isinstance(one, (Failed, Unchanged))]


PASSING = [
    Unreachable("reset"), TimedOut("slow"), ServerTrouble("500"), UnexpectedAnswer("no JSON"),
    Problem("unexpected-answer", "no JSON", "", "entry"),
]


@pytest.mark.parametrize("trouble", PASSING, ids=lambda each: each.kind)
def test_entry_when_trouble_passes_then_read_at_the_end(script: type[Script], trouble: Step) -> None:
    events = script({"a": [trouble], "b": []}).run()

    assert outcomes(events) == [("b", "Unchanged"), ("a", "Unchanged")]
    assert isinstance(events[-1], Finished)
    assert events[-1].complete


def test_entry_when_trouble_stays_then_failed_once_with_the_last_word(script: type[Script]) -> None:
    told = script({"a": [ServerTrouble("first"), ServerTrouble("second")], "b": []})
    events = told.run()

    assert outcomes(events) == [("b", "Unchanged"), ("a", "Failed")]
    (failed,) = (one for one in events if isinstance(one, Failed))
    assert failed.problem.message == "second"
    assert told.read_keys == ["a", "b", "a"]


@pytest.mark.parametrize("trouble", [Refused("403"), ProtocolAnswer("idDoesNotExist", "no")])
def test_entry_when_asking_again_would_not_help_then_failed_in_its_place(
    script: type[Script], trouble: HarvestError
) -> None:
    told = script({"a": [trouble], "b": []})

    assert outcomes(told.run()) == [("a", "Failed"), ("b", "Unchanged")]
    assert told.read_keys == ["a", "b"]


def test_entries_when_very_many_fail_then_a_hundred_are_tried_once_more(script: type[Script]) -> None:
    told = script({f"e{number:03}": [ServerTrouble("500")] for number in range(130)})
    events = told.run()

    assert len(told.read_keys) == 230
    assert [kind for _, kind in outcomes(events)] == ["Unchanged"] * 100 + ["Failed"] * 30
    assert len({key for key, _ in outcomes(events)}) == 130


def test_entries_when_the_second_try_takes_long_then_the_rest_is_left(script: type[Script]) -> None:
    told = script({
        "a": [ServerTrouble("500"), 400.0, ServerTrouble("500")], "b": [ServerTrouble("500")],
    })

    assert outcomes(told.run()) == [("a", "Failed"), ("b", "Failed")]
    assert told.read_keys == ["a", "b", "a"]


def test_entries_when_the_second_try_meets_silence_then_the_rest_is_left(script: type[Script]) -> None:
    told = script({f"e{number}": [ServerTrouble("500"), Unreachable("silent")] for number in range(9)})

    assert [kind for _, kind in outcomes(told.run())] == ["Failed"] * 9
    assert len(told.read_keys) == 9 + 5


def test_entries_that_wait_when_the_source_is_parked_then_failed_before_the_end(script: type[Script]) -> None:
    told = script({"a": [ServerTrouble("500")], "b": []})
    told.entries["b"] = [Parked("limit", told.clock.now() + timedelta(hours=1))]
    events = told.run()

    assert outcomes(events) == [("a", "Failed")]
    assert isinstance(events[-1], Finished)
    assert (events[-1].complete, events[-1].parked_until) == (False, "2026-01-02T04:04:05Z")


def test_entries_that_wait_when_the_second_try_is_parked_then_all_are_told(script: type[Script]) -> None:
    told = script({"a": [ServerTrouble("1")], "b": [ServerTrouble("2")], "c": []})
    told.entries["a"].append(Parked("limit", told.clock.now() + timedelta(hours=1)))
    events = told.run()

    assert outcomes(events) == [("c", "Unchanged"), ("a", "Failed"), ("b", "Failed")]
    assert isinstance(events[-1], Finished)
    assert not events[-1].complete


def test_entries_that_wait_when_the_server_is_down_then_failed_before_the_end(script: type[Script]) -> None:
    told = script({f"e{number}": [Unreachable("silent")] for number in range(9)}, alive=False)
    events = told.run()

    assert [kind for _, kind in outcomes(events)] == ["Failed"] * 5
    assert isinstance(events[-1], Finished)
    assert events[-1].problem is not None
    assert events[-1].problem.stage == "server"


def test_listing_when_it_makes_no_sense_then_asked_for_once_more_by_a_new_source(script: type[Script]) -> None:
    told = script({"a": []}, UnexpectedAnswer("an HTML page"))
    events = told.run()

    assert outcomes(events) == [("a", "Unchanged")]
    assert told.opened == 2
    assert isinstance(events[-1], Finished)
    assert (events[-1].requests.retries, events[-1].requests.waits) == (1, {"backoff": 1.0})


@pytest.mark.parametrize(("errors", "tries"), [
    ([UnexpectedAnswer("an HTML page"), UnexpectedAnswer("an HTML page")], 2), ([ListingUnusable("empty")], 1),
    ([Refused("403")], 1), ([ProtocolAnswer("badVerb", "no")], 1),
])
def test_listing_when_it_stays_bad_then_failed(
    script: type[Script], errors: list[HarvestError], tries: int
) -> None:
    told = script({"a": []}, *errors)
    events = told.run()

    assert [type(each) for each in events] == [ListingFailed, Finished]
    assert told.opened == tries


def test_useless_answer_when_it_came_from_the_address_of_the_error_then_kept(script: type[Script]) -> None:
    told = script({"a": [UnexpectedAnswer("no JSON", url=f"{URL}/a?token=x")] * 2})
    (failed,) = (one for one in told.run() if isinstance(one, Failed))

    assert failed.problem.payload == hashlib.sha256(b"<html>no</html>").hexdigest()
    assert failed.problem.url == f"{URL}/a?token=***"
    assert told.memory.payload(failed.problem.payload) == b"<html>no</html>"


def test_useless_answer_when_the_listing_is_one_then_kept(script: type[Script]) -> None:
    told = script({}, *[UnexpectedAnswer("no JSON", url=f"{URL}/list")] * 2)
    (failed,) = (one for one in told.run() if isinstance(one, ListingFailed))

    assert failed.problem.payload in told.memory.payloads


def test_useless_answers_when_large_and_many_then_the_beginning_of_twenty(script: type[Script]) -> None:
    told = script({f"e{number}": [UnexpectedAnswer("no", url=f"{URL}/{number}")] * 2 for number in range(30)})
    bodies = [Canned(200, bytes([number]) * 300_000) for number in range(60)]
    told.adapter.answer = in_order(*bodies)

    kept = [one.problem.payload for one in told.run() if isinstance(one, Failed)]

    assert [each is not None for each in kept] == [True] * 20 + [False] * 10
    assert {len(told.memory.payloads[each]) for each in kept if each} == {256 * 1024}


def test_error_when_nothing_came_then_no_payload(script: type[Script]) -> None:
    told = script({"a": []})
    told.entries["a"] = [TimedOut("slow", url=f"{URL}/other"), TimedOut("slow")]
    (failed,) = (one for one in told.run() if isinstance(one, Failed))

    assert failed.problem.payload is None
