"""What is due, and a worker that runs it once, whoever else works on the same registry and whatever fails beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from typing_extensions import override

from harvester.clock import Clock, SystemClock
from registry import scheduler as scheduler_module
from registry.changes import last_sequence
from registry.database import Database
from registry.due import due_sources, outlook
from registry.harvesting import harvest_source
from registry.runs import RunStatus, count_runs, list_runs
from registry.scheduler import Drift, Scheduler
from registry.search.engine import SearchEngine, SearchUnavailableError
from registry.services import Services, embedded_engine
from registry.settings import Settings
from registry.sources import disable, import_sources
from tests.standin.server import StandIn
from tests.support.clock import HandClock
from tests.support.processes import seconds_until
from tests.support.small_catalogue import SOURCES, small_catalogue
from tests.support.small_registry import small_registry
from tests.support.store import fetched, harvested, unchanged

HOUR = 3600


@pytest.fixture(autouse=True)
def whole_log() -> Iterator[None]:
    """The log as it is before a command sets its level: everything is told."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


def _wind(services: Services, seconds: float) -> None:
    assert isinstance(services.clock, HandClock)
    services.clock.advance(seconds)


def _run(services: Services, name: str = "hub") -> None:
    harvested(services, name, fetched("a/one", "One"))


@contextmanager
def _working(*all_services: Services) -> Iterator[list[Scheduler]]:
    schedulers = [Scheduler(each) for each in all_services]
    for each in schedulers:
        each.start()
    try:
        yield schedulers
    finally:
        for each in schedulers:
            each.stop(5)


@contextmanager
def _second(services: Services) -> Iterator[Services]:
    """The same registry as another process would open it."""
    with Services(
        services.settings, Database(services.settings.database_address()), services.clock, embedded_engine
    ) as other:
        other.limits = services.limits
        yield other


MANY = "".join(
    f'[[source]]\nname = "s{number}"\nkind = "github"\nrepositories = ["a/one", "b/two"]\nschedule = "6h"\n\n'
    for number in range(8)
)


@pytest.mark.slow
def test_worker_when_there_are_two_then_each_due_source_is_run_once(tmp_path: Path) -> None:
    with small_catalogue() as standin, small_registry(standin, tmp_path) as registry:
        services = registry.services
        import_sources(services.database, MANY)
        with _second(services) as other, _working(services, other):
            seconds_until(lambda: not due_sources(services) and not count_runs(services.database, status="running"))
            seconds_until(lambda: services.search.sequence() == last_sequence(services.database) > 0)
        runs = list_runs(services.database)
        assert sorted(run.source for run in runs) == ["hub", *(f"s{number}" for number in range(8))]
        assert {run.status for run in runs} <= {RunStatus.OK, RunStatus.FINDINGS}


def test_run_when_somebody_was_quicker_then_it_is_left_to_them(local: Services) -> None:
    from registry.errors import BusyError

    _run(local)
    with pytest.raises(BusyError) as error:
        harvest_source(local, "hub", after=0)
    assert str(error.value) == "source 'hub': another process has begun a run of it meanwhile; that one counts"
    assert count_runs(local.database) == 1
    harvested(local, "hub", unchanged("a/one"))  # the lease was given back


class _Late:
    """An engine that is away for the first few times."""

    def __init__(self, times: int) -> None:
        self.times = times

    def __call__(self, settings: Settings, clock: Clock) -> SearchEngine:
        self.times -= 1
        if self.times >= 0:
            raise SearchUnavailableError("the index is away")
        return embedded_engine(settings, clock)


def test_worker_when_a_follower_fails_then_it_says_so_once_and_goes_on(tmp_path: Path) -> None:
    with small_catalogue() as standin, small_registry(standin, tmp_path) as registry, capture_logs() as logs:
        services = replace(registry.services, open_engine=_Late(2))
        with _working(services):
            seconds_until(lambda: any(row["event"] == "harvested" for row in logs))
            seconds_until(lambda: any(row["event"] == "the followers go on" for row in logs))
            assert services.search.sequence() == last_sequence(services.database)
        waits = [row["problem"] for row in logs if row["event"] == "a follower waits"]
        assert waits == ["the index is away"]


@pytest.mark.parametrize("trouble", ["secondary-limit:30", "timeout:19"])
@pytest.mark.slow
def test_worker_when_it_is_told_to_end_then_the_harvest_stops_and_goes_on_at_the_next_start(
    tmp_path: Path, trouble: str
) -> None:
    with small_catalogue() as standin, small_registry(standin, tmp_path) as registry, capture_logs() as logs:
        services = registry.services
        standin.fault("/repos/c/reef/commits", trouble, times=1)
        # Waits are real: the limit says half a minute, the slow answer is waited for as long.
        slow = replace(services, clock=SystemClock(), limits=replace(services.limits, read_s=30, total_s=60))
        with _working(slow) as (worker,):
            seconds_until(lambda: any("/c/reef/commits" in row.target for row in standin.requests))
            assert worker.stop(3) == []
        (run,) = list_runs(services.database)
        assert (run.status, run.counts["fetched"], run.counts["failed"]) == (RunStatus.INTERRUPTED, 2, 0)
        assert run.trigger == "schedule"
        assert run.problem is not None
        assert run.problem["message"] == "the process was told to end"
        (told,) = [row for row in logs if row["event"] == "harvest stopped"]
        assert (told["source"], told["problem"]) == ("hub", "the process was told to end")
        assert outlook(services, "hub").next.why == "interrupted"
        run, code = registry.harvest()
        assert (run.counts["unchanged"], run.counts["fetched"], code) == (2, 5, 0)


class _Stubborn:
    """A clock whose waits cannot be ended."""

    def __init__(self, clock: Clock) -> None:
        self.now, self.monotonic, self.sleep = clock.now, clock.monotonic, clock.sleep
        self.released = threading.Event()
        self.waits = threading.Event()

    def wait(self, over: threading.Event, seconds: float) -> bool:
        del seconds
        self.waits.set()
        self.released.wait(10)
        return over.is_set()


@pytest.mark.slow
def test_worker_when_a_harvest_does_not_stop_in_time_then_its_run_is_marked(tmp_path: Path) -> None:
    standin: StandIn
    with small_catalogue() as standin, small_registry(standin, tmp_path) as registry:
        services = registry.services
        clock = _Stubborn(services.clock)
        standin.fault("/repos/c/reef/commits", "secondary-limit:30", times=1)
        with _working(replace(services, clock=clock)) as (worker,):
            seconds_until(clock.waits.is_set)
            assert worker.stop(0.2) == ["hub"]
            (run,) = list_runs(services.database)
            assert run.status is RunStatus.INTERRUPTED
            clock.released.set()
            seconds_until(lambda: worker.stop(1) == [])
        assert [run.status for run in list_runs(services.database)] == [RunStatus.INTERRUPTED]
        assert registry.harvest()[1] == 0


def test_drift_is_how_far_the_day_fell_behind_what_passed() -> None:
    clock = _TwoHands()
    drift = Drift(clock)
    clock.pass_s(5)
    assert drift.set_back_s() == 0
    clock.pass_s(5, 5 - 2 * HOUR)
    assert drift.set_back_s() == 2 * HOUR
    clock.pass_s(5, 5 + 3 * HOUR)
    assert drift.set_back_s() == -3 * HOUR
    clock.pass_s(5)
    assert drift.set_back_s() == 0


class _TwoHands(HandClock):
    """A clock of the day that is set, beside the time that really passes."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def pass_s(self, seconds: float, day_s: float | None = None) -> None:
        self.passed += seconds
        self.advance(seconds if day_s is None else day_s)

    @override
    def monotonic(self) -> float:
        return self.passed


def _noted(looks: list[int]) -> Callable[[Services], list[str]]:
    def look(_: Services) -> list[str]:
        looks.append(1)
        return []

    return look


def test_worker_when_the_clock_was_set_back_by_hours_then_it_looks_again_at_once(
    local: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, looks = _TwoHands(), list[int]()
    monkeypatch.setattr(scheduler_module, "STEADY_S", 0.05)
    services = replace(local, clock=clock)
    disable(local.database, "hub")
    disable(local.database, "old")
    worker = Scheduler(services, look_every_s=3 * HOUR, follow_every_s=3 * HOUR)
    monkeypatch.setattr(scheduler_module, "due_sources", _noted(looks))
    with capture_logs() as logs:
        worker.start()
        try:
            seconds_until(lambda: looks)
            # To APScheduler, whose clock is the machine's, its next look is hours away now: as after such a step.
            clock.pass_s(5, 5 - 2 * HOUR)
            seconds_until(lambda: len(looks) == 2)
        finally:
            worker.stop(5)
    assert [row["seconds"] for row in logs if row["event"] == "the clock was set back"] == [2 * HOUR]


def test_worker_when_the_database_is_away_then_it_says_so_once_and_goes_on(
    local: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, looks = [True], list[int]()

    def look(_: Services) -> list[str]:
        looks.append(1)
        if away[0]:
            raise OperationalError("SELECT 1", {}, ConnectionError("the server closed the connection"))
        return []

    monkeypatch.setattr(scheduler_module, "due_sources", look)
    worker = Scheduler(local, look_every_s=0.05, follow_every_s=60)
    with capture_logs() as logs:
        worker.start()
        try:
            seconds_until(lambda: len(looks) > 3)
            away[0] = False
            seconds_until(lambda: any(row["event"] == "what is due is looked at again" for row in logs))
        finally:
            worker.stop(5)
    told = [row["problem"] for row in logs if row["event"] == "nobody looks what is due"]
    assert told == ["the database does not answer (the server closed the connection)"]


def test_worker_when_two_sources_of_one_server_are_due_then_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_it: list[str] = []
    most: list[int] = []

    def slow(services: Services, name: str, **rest: object) -> object:
        at_it.append(name)
        most.append(len(at_it))
        threading.Event().wait(0.2)
        try:
            return harvest_source(services, name, **rest)  # type: ignore[arg-type]
        finally:
            at_it.remove(name)

    with small_catalogue() as standin, small_registry(standin, tmp_path) as registry:
        for name in ("second", "third"):
            import_sources(registry.services.database, SOURCES.replace('"hub"', f'"{name}"'))
        monkeypatch.setattr(scheduler_module, "harvest_source", slow)
        with _working(registry.services):
            seconds_until(lambda: len(list_runs(registry.services.database)) == 3)
            seconds_until(lambda: not count_runs(registry.services.database, status=RunStatus.RUNNING.value))
    assert max(most) == 1
