"""What is due, and a worker that runs it once, whoever else works on the same registry and whatever fails beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from harvester.clock import Clock
from registry.changes import last_sequence
from registry.database import Database
from registry.due import due_sources
from registry.harvesting import harvest_source
from registry.runs import RunStatus, count_runs, list_runs
from registry.scheduler import Scheduler
from registry.search.engine import SearchEngine, SearchUnavailableError
from registry.services import Services, embedded_engine
from registry.settings import Settings
from registry.sources import import_sources
from tests.standin.server import StandIn
from tests.support.clock import HandClock
from tests.support.processes import seconds_until
from tests.support.small_catalogue import small_catalogue
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


def test_worker_when_it_is_told_to_end_then_the_harvest_stops_and_goes_on_at_the_next_start(tmp_path: Path) -> None:
    with small_catalogue() as standin, small_registry(standin, tmp_path) as registry, capture_logs() as logs:
        services = registry.services
        standin.fault("/repos/c/reef/commits", "secondary-limit:30", times=1)
        # A clock that really waits: the limit says half a minute.
        with _working(replace(services, clock=_Slow(services.clock))) as (worker,):
            seconds_until(lambda: any("/c/reef/commits" in row.target for row in standin.requests))
            assert worker.stop(5) == []
        (run,) = list_runs(services.database)
        assert (run.status, run.counts["fetched"]) == (RunStatus.INTERRUPTED, 2)
        assert run.problem is not None
        assert run.problem["message"] == "the process was told to end"
        assert {"event": "harvest stopped", "source": "hub", "log_level": "info"} in logs
        run, code = registry.harvest()
        assert (run.counts["unchanged"], run.counts["fetched"], code) == (2, 5, 0)


class _Slow:
    """A clock whose waits are real; the worker's own replaces them."""

    def __init__(self, clock: Clock) -> None:
        self.now, self.monotonic = clock.now, clock.monotonic

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"somebody waits for {seconds} s where the worker cannot end it")


@pytest.mark.slow
def test_worker_when_a_harvest_does_not_stop_in_time_then_its_run_is_marked(tmp_path: Path) -> None:
    standin: StandIn
    with small_catalogue() as standin, small_registry(standin, tmp_path) as registry:
        services = registry.services
        services.limits = replace(services.limits, read_s=2, tries=1)
        standin.fault("/repos/c/reef/commits", "timeout:4", times=1)
        with _working(services) as (worker,):
            seconds_until(lambda: any("/c/reef/commits" in row.target for row in standin.requests))
            assert worker.stop(0.2) == ["hub"]
            (run,) = list_runs(services.database)
            assert run.status is RunStatus.INTERRUPTED
            seconds_until(lambda: worker.stop(1) == [])
        assert [run.status for run in list_runs(services.database)] == [RunStatus.INTERRUPTED]
        assert registry.harvest()[1] == 0
