"""A run that others decide about: cancelled from anywhere, kept alive while it waits, given up when it is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from harvester.clock import SystemClock
from harvester.events import Event, Finished, Listed, Requests
from harvester.stopping import Stop
from registry import leases, watching
from registry.database import Database
from registry.due import outlook
from registry.errors import BusyError, LeaseLostError, RunError
from registry.harvesting import apply_run, harvest_source, mark_interrupted
from registry.runs import Run, RunStatus, list_runs, start_run
from registry.services import Services, embedded_engine
from registry.source_rows import require_source
from registry.tables import lease, run
from registry.watching import cancel_run
from registry.work import stamp_of
from tests.support.clock import HandClock
from tests.support.processes import seconds_until
from tests.support.small_catalogue import NAMES, small_catalogue
from tests.support.small_registry import small_registry
from tests.support.store import fetched, harvested

SOON_S = 4


@contextmanager
def beside(services: Services, name: str = "hub") -> Iterator[list[object]]:
    """A harvest of a source in another thread; what it ended with, once the block is over."""
    ends: list[object] = []

    def work() -> None:
        try:
            ends.append(harvest_source(services, name))
        except (BusyError, LeaseLostError) as error:
            ends.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield ends
    finally:
        thread.join(30)


@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["secondary-limit:40", "timeout:19"])
def test_run_when_cancelled_while_it_waits_then_it_stops_within_seconds_and_keeps_what_it_read(
    tmp_path: Path, database_url: str, trouble: str
) -> None:
    with small_catalogue() as standin, small_registry(standin, tmp_path, database_url) as registry:
        services = replace(registry.services, clock=SystemClock())
        services.limits = replace(services.limits, read_s=20.0, total_s=60.0)
        standin.fault("/repos/c/reef/commits", trouble, times=1)
        with beside(services) as ends:
            seconds_until(lambda: any("/c/reef/commits" in row.target for row in standin.requests))
            (going,) = list_runs(services.database)
            begun = SystemClock().monotonic()
            # From another process: nothing is shared but the database.
            other = Services(
                services.settings, Database(services.settings.database_address()), services.clock, embedded_engine
            )
            with other:
                cancel_run(other, going.id, "admin")
                assert list_runs(other.database)[0].problem == _cancelled("admin")
            seconds_until(lambda: ends)
        assert SystemClock().monotonic() - begun < SOON_S
        (found,) = list_runs(services.database)
        assert found == ends[0]
        assert (found.status, found.cancelled, found.problem) == (RunStatus.INTERRUPTED, True, _cancelled("admin"))
        assert (found.counts["fetched"], found.counts["failed"]) == (2, 0)
        assert outlook(services, "hub").next.why == "schedule"
        assert require_source(services.database, "hub").failures == 0
        run, code = registry.harvest()
        assert (run.counts["unchanged"], run.counts["fetched"], code) == (2, len(NAMES) - 2, 0)


def _cancelled(by: str) -> dict[str, str]:
    return {
        "kind": "cancelled", "message": f"It was cancelled by {by}.", "stage": "harvest",
        "mend": "Nothing: what was read is kept, the next run by the schedule reads the rest.",
    }


def test_cancel_when_the_run_is_none_or_at_its_end_then_one_line(services: Services) -> None:
    with pytest.raises(RunError) as error:
        cancel_run(services, 7)
    assert str(error.value) == "run 7: there is no such run; `modreg runs list` shows them"
    found = harvested(services, "hub", fetched("a/one"))
    with pytest.raises(RunError) as error:
        cancel_run(services, found.id)
    assert str(error.value) == f"run {found.id}: found status 'ok with findings', expected a running run"


def test_cancel_when_the_process_is_gone_then_the_run_is_at_its_end(services: Services) -> None:
    with services.database.write() as connection:
        number = start_run(connection, "hub", stamp_of(services.clock.now()), "elsewhere 12 345 1")
    cancel_run(services, number)
    (found,) = list_runs(services.database)
    assert (found.status, found.problem) == (RunStatus.INTERRUPTED, _cancelled("an operator"))
    assert outlook(services, "hub").next.why == "schedule"


def test_cancel_when_the_last_entry_is_read_already_then_the_run_is_what_it_is(services: Services) -> None:
    def late() -> Iterator[Event]:
        yield Listed(())
        (going,) = list_runs(services.database)
        cancel_run(services, going.id)
        yield Finished(Requests())

    found = apply_run(services, require_source(services.database, "hub"), late())
    assert (found.status, found.problem) == (RunStatus.OK, None)


@contextmanager
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Looks come soon."""
    with monkeypatch.context() as patch:
        patch.setattr(watching, "WATCH_S", 0.02)
        yield


def _until(services: Services) -> str:
    with services.database.read() as connection:
        found: str = connection.execute(select(lease.c.until)).scalar_one()
    return found


def test_lease_when_the_run_waits_for_long_then_it_is_renewed_meanwhile(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = services.clock
    assert isinstance(clock, HandClock)

    def slow() -> Iterator[Event]:
        for _ in range(5):
            before = _until(services)
            clock.advance(leases.DURATION.total_seconds() * 0.5)  # one page of a listing, and another one
            seconds_until(lambda: _until(services) > before)  # noqa: B023 - called before the next turn
            assert mark_interrupted(services) == []
        yield Listed(())
        yield Finished(Requests())

    with quick(monkeypatch):
        found = apply_run(services, require_source(services.database, "hub"), slow())
    assert found.status is RunStatus.OK


def test_lease_when_lost_then_the_run_stops_where_it_waits_and_writes_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = require_source(services.database, "hub")
    ours = threading.Event()

    def frozen() -> Iterator[Event]:
        yield Listed(())
        with services.database.write() as connection:  # a machine that was asleep for longer than its lease
            connection.execute(update(lease).values(holder="elsewhere 12 345 1"))
            connection.execute(update(run).values(status=RunStatus.INTERRUPTED.value))
        seconds_until(ours.is_set)
        yield fetched("a/one")

    stop = Stop()
    stop.on_set(ours.set)
    with quick(monkeypatch), pytest.raises(LeaseLostError) as error:
        apply_run(services, source, frozen(), stop=stop)
    assert str(error.value) == "harvest:hub: another process has taken it over; this one stops"
    assert [each.status for each in list_runs(services.database)] == [RunStatus.INTERRUPTED]


def test_machine_when_lost_then_its_source_goes_on_when_the_lease_is_over(services: Services) -> None:
    clock = services.clock
    assert isinstance(clock, HandClock)

    def going() -> Run:
        return list_runs(services.database, source="hub")[0]

    with services.database.write() as connection:  # what a process of another machine left behind
        leases.take(connection, "harvest:hub", "elsewhere 12 345 1", clock.now())
        number = start_run(connection, "hub", stamp_of(clock.now()), "elsewhere 12 345 1")
        leases.renew(connection, "harvest:hub", "elsewhere 12 345 1", clock.now(), number)
    clock.advance(leases.DURATION.total_seconds())
    assert mark_interrupted(services) == []
    with pytest.raises(BusyError):
        harvested(services, "hub", fetched("a/one"))
    clock.advance(1)
    assert mark_interrupted(services) == [number]
    assert (going().status, outlook(services, "hub").next.why) == (RunStatus.INTERRUPTED, "interrupted")
    assert harvested(services, "hub", fetched("a/one")).status is RunStatus.FINDINGS
    assert timedelta(minutes=15) == leases.DURATION
