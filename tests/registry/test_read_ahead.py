"""Events read ahead of what is applied: nothing of the stream's meaning moves, and no thread stays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete

from harvester.clock import SystemClock
from harvester.events import Event, Fetched, Finished, Gone, Requests, Unchanged
from harvester.stopping import Stop, Stopped
from registry import leases
from registry.errors import LeaseLostError
from registry.harvesting import apply_run, events_of, harvest_source
from registry.memory import DatabaseMemory
from registry.progress import Progress
from registry.read_ahead import MOST_EVENTS, ReadAhead
from registry.runs import RunStatus, list_runs
from registry.services import Services
from registry.source_rows import require_source
from registry.tables import lease
from tests.support.clock import HandClock
from tests.support.small_catalogue import NAMES, small_catalogue
from tests.support.small_registry import small_registry
from tests.support.store import a_document, dump, fetched, gone, harvested, listed, statuses, unchanged

ONES = [fetched(f"a/net-{number:02}", f"Net number {number}") for number in range(20)]
END = Finished(Requests())


class Reader:
    """A harvest of these events; tells how many were given out, and in which thread it was closed."""

    def __init__(self, *events: Event, trouble: BaseException | None = None) -> None:
        self.given = 0
        self.thread: threading.Thread | None = None
        self._events, self._trouble = events, trouble

    def __call__(self) -> Generator[Event, None, None]:
        try:
            for each in self._events:
                self.given += 1
                yield each
            if self._trouble is not None:
                raise self._trouble
        finally:
            self.thread = threading.current_thread()


def _steady(reader: Reader, steps: int = 3) -> int:
    """How many events a reader gives out when nobody takes them any more."""
    seen = [-1] * steps
    while len(set(seen)) > 1 or seen[0] < 0:
        threading.Event().wait(0.03)
        seen = [*seen[1:], reader.given]
    return reader.given


def test_events_come_in_their_order_read_by_another_thread_that_begins_with_the_first_one_taken() -> None:
    reader = Reader(listed(*ONES), *ONES, END)
    events = ReadAhead(Stop()).events(reader())
    assert reader.given == 0
    assert list(events) == [listed(*ONES), *ONES, END]
    assert reader.thread is not threading.current_thread()
    assert not [each for each in threading.enumerate() if each is reader.thread]


def test_events_when_none_is_taken_then_nothing_is_begun() -> None:
    stop, reader = Stop(), Reader(*ONES)
    ReadAhead(stop).events(reader()).close()
    assert (reader.given, stop.is_set()) == (0, False)


def test_read_ahead_is_bounded_by_events_and_begins_when_the_listing_is_applied() -> None:
    reader = Reader(listed(*ONES), *ONES, END)
    events = ReadAhead(Stop()).events(reader())
    next(events)
    assert _steady(reader) == 1
    next(events)
    # Those that are held, and the one that there is no room for.
    assert _steady(reader) == 1 + MOST_EVENTS + 1
    next(events)
    assert _steady(reader) == 2 + MOST_EVENTS + 1
    events.close()


def test_read_ahead_is_bounded_by_bytes_and_one_event_may_be_larger_than_that() -> None:
    large = [replace(each, documents=(a_document("README.md", bytes(1000), None),)) for each in ONES]
    reader = Reader(*large, END)
    events = ReadAhead(Stop(), most_bytes=2500).events(reader())
    next(events)
    assert _steady(reader) == 3
    events.close()
    assert list(ReadAhead(Stop(), most_bytes=10).events(Reader(*large, END)())) == [*large, END]


@pytest.mark.parametrize("trouble", [OSError("the disk is full"), Stopped("enough"), KeyboardInterrupt()])
def test_trouble_of_the_reading_is_raised_behind_what_was_read_before(trouble: BaseException) -> None:
    taken: list[Event] = []
    with pytest.raises(type(trouble)) as raised:
        taken.extend(_each(ReadAhead(Stop()).events(Reader(*ONES[:3], trouble=trouble)()), taken.append))
    assert raised.value is trouble
    assert taken == ONES[:3]


def _each(events: Iterator[Event], told: Callable[[Event], None]) -> list[Event]:
    for event in events:
        told(event)
    return []


def test_reading_when_nobody_takes_any_more_then_it_ends_wherever_it_waits() -> None:
    stop, waiting = Stop(), threading.Event()

    def reads() -> Generator[Event, None, None]:
        yield ONES[0]
        waiting.set()
        over = threading.Event()
        stop.on_set(over.set)  # as connections are cut
        over.wait(60)
        stop.check()

    events = ReadAhead(stop).events(reads())
    next(events)
    waiting.wait(5)
    events.close()
    assert stop.is_set()

    full = Reader(*ONES)
    events = ReadAhead(Stop()).events(full())
    next(events)
    _steady(full)
    events.close()
    assert full.thread is not None


def test_memory_of_an_entry_waits_until_what_was_read_of_it_is_applied() -> None:
    """Also of one that is listed twice: the second reading is told what the first one led to."""
    ahead, told = ReadAhead(Stop()), []
    applied: list[str] = []

    def reads() -> Generator[Event, None, None]:
        for each in (ONES[0], ONES[1], ONES[0]):
            ahead.wait_for(each.entry.key)
            told.append(list(applied))
            yield each

    for event in ahead.events(reads()):
        assert isinstance(event, type(ONES[0]))
        threading.Event().wait(0.05)
        applied.append(event.entry.key)
    assert told[0] == []
    assert told[2][:1] == [ONES[0].entry.key]


def test_memory_of_an_entry_when_nobody_applies_any_more_then_it_waits_no_longer() -> None:
    ahead = ReadAhead(Stop())
    ends: list[str] = []

    def reads() -> Generator[Event, None, None]:
        yield ONES[0]
        try:
            ahead.wait_for(ONES[0].entry.key)
        except Stopped as told:
            ends.append(str(told))
            raise

    events = ahead.events(reads())
    next(events)
    events.close()
    assert ends == ["nobody takes what is read"]


def _ahead(*events: Event, trouble: BaseException | None = None) -> Generator[Event, None, None]:
    return ReadAhead(Stop()).events(Reader(*events, trouble=trouble)())


def test_run_when_read_ahead_then_the_store_is_what_it_would_be(services: Services) -> None:
    events: list[Fetched | Gone | Unchanged] = [*ONES[:12], gone("b/none"), unchanged("a/net-00")]
    ahead = apply_run(services, require_source(services.database, "hub"), _ahead(listed(*events), *events, END))
    plain = harvested(services, "old", *events)
    assert ahead.counts == plain.counts | {"created": 12, "updated": ahead.counts["updated"]}
    assert ahead.status is plain.status


@pytest.mark.parametrize(
    ("fault", "status"), [(OSError("the disk is full"), "failed"), (KeyboardInterrupt(), "interrupted")]
)
def test_run_when_the_reading_breaks_then_what_was_read_is_kept_and_the_run_says_so(
    services: Services, fault: BaseException, status: str
) -> None:
    with pytest.raises(type(fault)):
        apply_run(
            services, require_source(services.database, "hub"),
            _ahead(listed(*ONES[:5]), *ONES[:5], trouble=fault),
        )
    (run,) = list_runs(services.database)
    assert (run.status, run.counts["fetched"]) == (status, 5)
    assert len(statuses(services)) == 5


def test_run_when_its_lease_is_lost_then_the_reading_ends_too(services: Services) -> None:
    reader, stop = Reader(listed(*ONES), *ONES, END), Stop()

    def thief(progress: Progress) -> None:
        if progress.done == 3:
            with services.database.write() as connection:
                connection.execute(delete(lease))
                leases.take(connection, "harvest:hub", "elsewhere.example.org 12 34 1", services.clock.now())

    with pytest.raises(LeaseLostError):
        apply_run(services, require_source(services.database, "hub"), ReadAhead(stop).events(reader()), thief)
    assert len(statuses(services)) == 3
    assert reader.given < len(ONES)
    assert reader.thread is not None


@pytest.mark.parametrize("number", [0, 1, 4])
def test_harvest_when_stopped_by_a_person_at_any_entry_then_the_next_one_goes_on(
    tmp_path: Path, number: int
) -> None:
    def press(progress: Progress) -> None:
        if progress.done == number:
            raise KeyboardInterrupt

    with small_catalogue() as standin:
        with small_registry(standin, tmp_path / "whole") as registry:
            registry.harvest()
            wanted = registry.modules()
        with small_registry(standin, tmp_path / "cut") as registry:
            with pytest.raises(KeyboardInterrupt):
                harvest_source(registry.services, "hub", progress=press)
            asked = len(standin.requests)
            (run,) = list_runs(registry.services.database)
            assert (run.status, run.counts["fetched"]) == (RunStatus.INTERRUPTED, number)
            threading.Event().wait(0.2)
            assert len(standin.requests) == asked
            run, code = registry.harvest()
            assert (run.counts["unchanged"], run.counts["fetched"], code) == (number, len(NAMES) - number, 0)
            assert registry.modules() == wanted


def test_run_when_told_to_stop_then_all_that_was_read_before_is_applied(services: Services) -> None:
    stop, waiting = Stop(), threading.Event()

    def reads() -> Generator[Event, None, None]:
        yield listed(*ONES[:6])
        yield from ONES[:5]
        waiting.set()
        stop.wait(SystemClock(), 60)

    def end(progress: Progress) -> None:
        if progress.done == 1:
            waiting.wait(5)
            stop.set("the process was told to end")

    source = require_source(services.database, "hub")
    run = apply_run(services, source, ReadAhead(stop).events(reads()), end, stop=stop)
    assert (run.status, run.counts["fetched"]) == (RunStatus.INTERRUPTED, 5)
    assert run.problem is not None
    assert run.problem["message"] == "the process was told to end"


def test_harvest_when_read_ahead_or_not_then_the_same_store(tmp_path: Path) -> None:
    today = SystemClock().now().replace(microsecond=0)
    with small_catalogue() as standin:
        with small_registry(standin, tmp_path / "ahead", clock=HandClock(today)) as registry:
            registry.harvest()
            ahead = dump(registry.services)
        with small_registry(standin, tmp_path / "after", clock=HandClock(today)) as registry:
            services = registry.services
            source = require_source(services.database, "hub")
            apply_run(services, source, events_of(services, source, DatabaseMemory(services.database)))
            assert dump(services) == ahead


def test_entry_when_looked_up_then_whoever_applies_is_waited_for_first(services: Services) -> None:
    asked: list[str] = []
    assert DatabaseMemory(services.database, before_entry=asked.append).entry("hub", "github.com/a/one") is None
    assert DatabaseMemory(services.database, before_entry=asked.append, forget=True).entry("hub", "x") is None
    assert asked == ["github.com/a/one"]
