"""The clock of the worker: looks what is due and runs it, keeps followers in step.

APScheduler keeps time only. What is due is decided from the database at every look (`registry.due`), so that a source
changed in the console or by another worker is seen, and the lease of `registry.harvesting` lets one worker run one
source. Jobs are code and are never stored.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from harvester.clock import Clock, SystemClock
from harvester.stopping import Stop
from registry.database import cause_of
from registry.due import Outlook, due_sources, outlooks
from registry.errors import BusyError, LeaseLostError, RegistryError
from registry.followers import run_followers
from registry.harvesting import abandon_runs, harvest_source, mark_interrupted
from registry.retention import keep_tidy
from registry.runs import RunStatus
from registry.search.engine import SearchUnavailableError
from registry.services import Services
from registry.source_rows import home_of, require_source
from registry.standing import LOOK_EVERY_S

_LOG = structlog.get_logger(__name__)
FOLLOW_EVERY_S = 1.0
TIDY_EVERY_S = 86_400.0
AT_ONCE = 4
# How often it is asked whether the machine's clock was set back, and by how much it may lag without a word.
STEADY_S, SLACK_S = 5.0, 1.0
_SAID = {
    "look": ("nobody looks what is due", "what is due is looked at again"),
    "follow": ("a follower waits", "the followers go on"),
    "tidy": ("old runs are not summarised", "old runs are summarised again"),
}


class Scheduler:
    """The jobs of one worker process. They are timed by the machine's clock, what is due by that of the services."""

    def __init__(
        self, services: Services, *, look_every_s: float = LOOK_EVERY_S, follow_every_s: float = FOLLOW_EVERY_S
    ) -> None:
        """Nothing runs before `start`."""
        self._services = services
        self._every_s = {"look": look_every_s, "follow": follow_every_s, "tidy": TIDY_EVERY_S}
        self._ending = threading.Event()
        self._changed = threading.Condition()
        self._busy: dict[str, Stop] = {}
        self._homes: dict[str, str] = {}
        self._trouble = _Trouble()
        pools = {"default": 2, "harvests": AT_ONCE}
        self._jobs = BackgroundScheduler(
            timezone="UTC",
            executors={name: {"type": "threadpool", "max_workers": size} for name, size in pools.items()},
        )

    def start(self) -> None:
        """Begin to look for due sources and to follow the change log."""
        steady = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        now = SystemClock().now()
        for name, step in (("look", self._look), ("follow", self._follow), ("tidy", self._tidy)):
            self._jobs.add_job(step, "interval", seconds=self._every_s[name], id=name, next_run_time=now, **steady)
        self._jobs.start()
        threading.Thread(target=self._keep_steady, name="steady clock", daemon=True).start()

    def end(self) -> None:
        """Say that it is to end: nothing new is begun, and what runs stops, whatever it waits for."""
        self._ending.set()
        with self._changed:
            running = list(self._busy.values())
        for each in running:
            each.set("the process was told to end")

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

    def _keep_steady(self) -> None:
        """When the clock was set back by hours, APScheduler would look again hours later: wake its jobs."""
        drift = Drift(self._services.clock)
        while not self._ending.wait(STEADY_S):
            lost_s = drift.set_back_s()
            if lost_s > SLACK_S:
                _LOG.warning("the clock was set back", seconds=round(lost_s))
                for name in self._every_s:
                    self._jobs.modify_job(name, next_run_time=SystemClock().now())

    # Looking -------------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        with self._trouble.told("look"):
            mark_interrupted(self._services)
            for name in due_sources(self._services):
                self._begin(name)

    def _begin(self, name: str) -> None:
        """Begin with a source, unless it or another one of its server is at it: a server is asked one at a time."""
        home = home_of(require_source(self._services.database, name), self._services.settings.endpoints)
        with self._changed:
            if name in self._busy or home in self._homes.values() or self._ending.is_set():
                return
            self._busy[name], self._homes[name] = Stop(), home
        self._jobs.add_job(self._harvest, args=[name], executor="harvests", misfire_grace_time=None)

    def _harvest(self, name: str) -> None:
        try:
            # Looked at again: while this one waited for its turn, another worker may have been at it.
            found = next((each for each in outlooks(self._services) if each.source.name == name), None)
            if found is not None and found.due and not self._ending.is_set():
                self._run(found, self._busy[name])
        except SQLAlchemyError as error:
            _LOG.error("harvest failed", source=name, problem=cause_of(error))
        finally:
            with self._changed:
                self._busy.pop(name, None)
                self._homes.pop(name, None)
                self._changed.notify_all()
            self._look_again()

    def _look_again(self) -> None:
        """Look now, for sources that waited for their server."""
        with suppress(JobLookupError):  # it ends meanwhile
            if not self._ending.is_set():
                self._jobs.modify_job("look", next_run_time=SystemClock().now())

    def _run(self, found: Outlook, stop: Stop) -> None:
        name, after = found.source.name, found.last.id if found.last is not None else 0
        try:
            run = harvest_source(self._services, name, after=after, trigger=found.next.trigger, stop=stop)
        except (BusyError, LeaseLostError):
            # Another worker was quicker: its run is the one.
            return
        except RegistryError as failed:
            _LOG.error("harvest failed", source=name, problem=str(failed))
            return
        said = "harvest stopped" if run.status is RunStatus.INTERRUPTED else "harvested"
        problem = {"problem": run.problem["message"]} if run.problem else {}
        _LOG.info(said, source=name, run=run.id, status=run.status.value, trigger=run.trigger, **run.counts, **problem)

    def _tidy(self) -> None:
        with self._trouble.told("tidy"):
            done = keep_tidy(self._services)
            if done.summarised or done.payloads:
                _LOG.info("old runs summarised", **done.as_json())

    def _follow(self) -> None:
        with self._trouble.told("follow"):
            run_followers(self._services)


class Drift:
    """How far the clock of the day fell behind the time that really passed."""

    def __init__(self, clock: Clock) -> None:
        """It counts from now."""
        self._clock = clock
        self._last = (clock.now(), clock.monotonic())

    def set_back_s(self) -> float:
        """Seconds by which the clock was set back since this was asked last; negative when it was put forward."""
        day, passed = self._last
        self._last = (self._clock.now(), self._clock.monotonic())
        return (self._last[1] - passed) - (self._last[0] - day).total_seconds()


class _Trouble:
    """What keeps a step from working: told when it begins and when it is over, not at every step."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    @contextmanager
    def told(self, step: str) -> Iterator[None]:
        """The step is the block."""
        trouble: str | None = None
        try:
            yield
        except (SearchUnavailableError, BusyError) as away:
            trouble = str(away)
        except DBAPIError as away:
            trouble = f"the database does not answer ({cause_of(away)})"
        known = self._known.pop(step, None)
        if trouble is not None:
            self._known[step] = trouble
        if trouble != known:
            begun, over = _SAID[step]
            if trouble is None:
                _LOG.info(over)
            else:
                _LOG.warning(begun, problem=trouble)
