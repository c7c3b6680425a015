"""The clock of the worker: harvests sources when they are due, keeps followers in step.

APScheduler keeps time only. What is due is read from the database at every look, so that a source changed in the
console or by another worker is seen, and the lease of `registry.harvesting` lets one worker run one source. Jobs are
code and are never stored.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from registry.database import Database
from registry.errors import BusyError, RegistryError
from registry.followers import run_followers
from registry.harvesting import harvest_source
from registry.runs import list_runs
from registry.schedules import trigger
from registry.search.engine import SearchUnavailableError
from registry.services import Services
from registry.sources import list_sources

_LOG = structlog.get_logger(__name__)
LOOK_EVERY_S = 15
FOLLOW_EVERY_S = 1
AT_ONCE = 4


def due_sources(database: Database, now: datetime) -> list[str]:
    """The enabled sources that should run now: never run, or their time has come since the last start, once.

    A source that is parked is not due before the time that its server named.
    """
    due: list[str] = []
    for source in list_sources(database, enabled=True):
        if source.parked_until is not None and _moment(source.parked_until) > now:
            continue
        last = next(iter(list_runs(database, source=source.name, limit=1)), None)
        if last is None:
            due.append(source.name)
            continue
        started = _moment(last.started)
        following = trigger(source.schedule).get_next_fire_time(started, started)
        if following is not None and following <= now:
            due.append(source.name)
    return due


class Scheduler:
    """The jobs of one worker process."""

    def __init__(self, services: Services) -> None:
        """Nothing runs before `start`."""
        self._services = services
        self._jobs = BackgroundScheduler(
            timezone="UTC", executors={"default": {"type": "threadpool", "max_workers": AT_ONCE + 2}}
        )

    def start(self) -> None:
        """Begin to look for due sources and to follow the change log."""
        steady = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None, "replace_existing": True}
        now = self._services.clock.now()
        self._jobs.add_job(self._look, "interval", seconds=LOOK_EVERY_S, id="look", next_run_time=now, **steady)
        self._jobs.add_job(self._follow, "interval", seconds=FOLLOW_EVERY_S, id="follow", **steady)
        self._jobs.start()

    def stop(self) -> None:
        """End after the entry that is being harvested; what was done is kept, the rest is the next run's."""
        self._jobs.shutdown(wait=False)

    def _look(self) -> None:
        for name in due_sources(self._services.database, self._services.clock.now()):
            if self._jobs.get_job(f"harvest {name}") is None:
                self._jobs.add_job(
                    self._harvest, args=[name], id=f"harvest {name}", max_instances=1, misfire_grace_time=None
                )

    def _harvest(self, name: str) -> None:
        try:
            run = harvest_source(self._services, name)
        except BusyError:
            # Another worker was quicker: its run is the one.
            return
        except RegistryError as failed:
            _LOG.error("harvest failed", source=name, problem=str(failed))
            return
        _LOG.info("harvested", source=name, status=run.status.value, **run.counts)

    def _follow(self) -> None:
        try:
            run_followers(self._services)
        except (SearchUnavailableError, BusyError) as away:
            _LOG.warning("a follower waits", problem=str(away))


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
