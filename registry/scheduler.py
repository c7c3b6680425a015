"""The clock of the worker: harvests sources when they are due, keeps followers in step.

APScheduler keeps time only. What is due is read from the database at every look, so that a source changed in the
console or by another worker is seen, and the lease of `registry.harvesting` lets one worker run one source. Jobs are
code and are never stored.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime
from typing import NoReturn

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from harvester.clock import Clock
from registry.errors import BusyError, LeaseLostError, RegistryError
from registry.followers import run_followers
from registry.harvesting import Progress, abandon_runs, harvest_source, mark_interrupted
from registry.memory import DatabaseMemory
from registry.resting import rest
from registry.runs import Run, RunStatus, count_runs, newest_runs
from registry.schedules import trigger
from registry.search.engine import SearchUnavailableError
from registry.services import Services
from registry.source_files import Source
from registry.source_rows import home_of, list_sources

_LOG = structlog.get_logger(__name__)
LOOK_EVERY_S = 15
FOLLOW_EVERY_S = 1
AT_ONCE = 4


def due_sources(services: Services) -> list[str]:
    """The enabled sources that should run now, in the order of registration.

    Due is what never ran, what was interrupted, what a limit had stopped and no longer does, and whatever had its time
    come since its last start: once, however often it came.
    """
    runs = newest_runs(services.database)
    sources = list_sources(services.database, enabled=True)
    return [each.name for each in sources if _is_due(services, each, runs.get(each.name))]


def _is_due(services: Services, source: Source, last: Run | None) -> bool:
    now, settings = services.clock.now(), services.settings
    memory = DatabaseMemory(services.database)
    home = home_of(source, settings.endpoints)
    if rest(memory, home, source.kind, settings.token(source.kind), now) is not None:
        return False
    if last is None or last.status is RunStatus.INTERRUPTED or source.parked_until is not None:
        return True
    started = datetime.fromisoformat(last.started)
    following = trigger(source.schedule).get_next_fire_time(started, started)
    return following is not None and following <= now


class Scheduler:
    """The jobs of one worker process."""

    def __init__(self, services: Services) -> None:
        """Nothing runs before `start`."""
        self._services = services
        self._ending = threading.Event()
        self._clock = _EndingClock(services.clock, self._ending)
        self._changed = threading.Condition()
        self._busy: set[str] = set()
        self._trouble: str | None = None
        pools = {"default": 2, "harvests": AT_ONCE}
        self._jobs = BackgroundScheduler(
            timezone="UTC",
            executors={name: {"type": "threadpool", "max_workers": size} for name, size in pools.items()},
        )

    def start(self) -> None:
        """Begin to look for due sources and to follow the change log."""
        steady = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        now = self._services.clock.now()
        self._jobs.add_job(self._look, "interval", seconds=LOOK_EVERY_S, id="look", next_run_time=now, **steady)
        self._jobs.add_job(self._follow, "interval", seconds=FOLLOW_EVERY_S, id="follow", next_run_time=now, **steady)
        self._jobs.start()

    def end(self) -> None:
        """Say that it is to end: nothing new is begun, and what runs stops after the entry it is at."""
        self._ending.set()

    def stop(self, patience_s: float) -> list[str]:
        """End, and wait for the harvests that run; returns the sources of those that did not stop in time.

        Their runs are marked as interrupted. What was done is kept, the rest is the next run's.
        """
        self.end()
        if self._jobs.running:
            self._jobs.shutdown(wait=False)
        with self._changed:
            self._changed.wait_for(lambda: not self._busy, patience_s)
            left = bool(self._busy)
        return abandon_runs(self._services) if left else []

    def _look(self) -> None:
        if count_runs(self._services.database, status=RunStatus.RUNNING.value):
            mark_interrupted(self._services)
        for name in due_sources(self._services):
            with self._changed:
                if name in self._busy or self._ending.is_set():
                    continue
                self._busy.add(name)
            self._jobs.add_job(self._harvest, args=[name], executor="harvests", misfire_grace_time=None)

    def _harvest(self, name: str) -> None:
        try:
            last = newest_runs(self._services.database).get(name)
            # Looked at again: while this one waited for its turn, another worker may have been at it.
            if not self._ending.is_set() and name in due_sources(self._services):
                self._run(name, last.id if last is not None else 0)
        finally:
            with self._changed:
                self._busy.discard(name)
                self._changed.notify_all()

    def _run(self, name: str, after: int) -> None:
        try:
            run = harvest_source(replace(self._services, clock=self._clock), name, progress=self._go_on, after=after)
        except (BusyError, LeaseLostError):
            # Another worker was quicker: its run is the one.
            return
        except RegistryError as failed:
            _LOG.error("harvest failed", source=name, problem=str(failed))
            return
        except KeyboardInterrupt:
            _LOG.info("harvest stopped", source=name)
            return
        problem = {"problem": run.problem["message"]} if run.problem else {}
        _LOG.info("harvested", source=name, run=run.id, status=run.status.value, **run.counts, **problem)

    def _go_on(self, progress: Progress) -> None:
        del progress
        if self._ending.is_set():
            _interrupt()

    def _follow(self) -> None:
        """One step; trouble is told when it begins and when it is over, not every second."""
        trouble: str | None = None
        try:
            run_followers(self._services)
        except (SearchUnavailableError, BusyError) as away:
            trouble = str(away)
        if trouble != self._trouble:
            self._trouble = trouble
            if trouble is None:
                _LOG.info("the followers go on")
            else:
                _LOG.warning("a follower waits", problem=trouble)


class _EndingClock:
    """The clock of a harvest, whose waits end when the process is to end."""

    def __init__(self, clock: Clock, ending: threading.Event) -> None:
        self._clock = clock
        self._ending = ending

    def now(self) -> datetime:
        """The moment."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait, or stop the harvest when the process is told to end meanwhile."""
        if seconds > 0 and self._ending.wait(seconds):
            _interrupt()


def _interrupt() -> NoReturn:
    # What a person's Ctrl-C would do to it: no handler of errors keeps it from ending.
    raise KeyboardInterrupt("the process was told to end")
