"""When a source is due next, and why: one pure decision, from what the database knows of the source and its last run.

A due time is answered by the run that begins after it, so that no clock that is set back brings it again, and what
was missed is made up for once, however often it was missed. Border: `registry.schedules` computes times,
`registry.standing` writes what moves a source, `registry.scheduler` looks and runs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from registry.credentials import credential_states, secret_of
from registry.errors import SourceError
from registry.resting import rests
from registry.runs import Run, RunStatus, newest_runs
from registry.schedules import Schedule, spread
from registry.services import Services
from registry.source_files import Source
from registry.source_rows import follows, home_of, list_sources, require_source
from registry.standing import FOR_EVER, PERSON
from registry.work import stamp_of

BACK_OFF, LONGEST_BACK_OFF = timedelta(minutes=15), timedelta(days=1)
# A push comes seldom alone: what a webhook wants waits so long after the last start.
SETTLE = timedelta(minutes=1)
# A start that lies further ahead than this was written by a clock that was wrong.
CREDIBLE = timedelta(days=1)
SCHEDULED = "schedule"


@dataclass(frozen=True, slots=True)
class Next:
    """The next run of a source: `at` None when it is not run by itself, `why` in words, `trigger` as runs have it."""

    at: datetime | None
    why: str
    trigger: str = SCHEDULED

    def is_due(self, now: datetime) -> bool:
        """Whether it should begin now."""
        return self.at is not None and self.at <= now

    def as_json(self) -> dict[str, str]:
        """The keys `next`, absent when it is not run by itself, and `next_why`."""
        return ({} if self.at is None else {"next": stamp_of(self.at.astimezone(UTC))}) | {"next_why": self.why}


@dataclass(frozen=True, slots=True)
class Outlook:
    """A source, its last run, its next one, and whether that should begin now."""

    source: Source
    last: Run | None
    next: Next
    due: bool

    def as_json(self) -> dict[str, Any]:
        """The form of `modreg sources list --json`: its keys, how it stands, its last run and its next one."""
        last = {"last_run": self.last.ended or self.last.started, "status": self.last.status.value} if self.last else {}
        return {**self.source.as_json(), **last, **self.next.as_json()}


def outlooks(services: Services) -> list[Outlook]:
    """How every source stands, in the order of registration."""
    sources, runs, now = list_sources(services.database), newest_runs(services.database), services.clock.now()
    own = credential_states(services.database)
    places = {each.name: _place(services, each, own=each.name in own) for each in sources}
    closed = rests(services.database, set(places.values()), now)
    found = []
    for each in sources:
        last = runs.get(each.name)
        following = next_run(each, last, closed.get(places[each.name]), now)
        found.append(Outlook(each, last, following, following.is_due(now)))
    return _in_order(found)


def outlook(services: Services, name: str) -> Outlook:
    """How one source stands. Raises `SourceError` that names those there are."""
    source = require_source(services.database, name)
    return next(each for each in outlooks(services) if each.source.name == source.name)


def due_sources(services: Services) -> list[str]:
    """The sources that should run now, in the order of registration."""
    return [each.source.name for each in outlooks(services) if each.due]


def _in_order(found: list[Outlook]) -> list[Outlook]:
    """What follows the records of others waits with its first run for those that run now: it finds more then."""
    if not any((each.due or _runs(each)) and not follows(each.source) for each in found):
        return found
    waits = Next(None, "never harvested, after the sources that it follows")
    return [
        replace(each, next=waits, due=False) if each.due and each.last is None and follows(each.source) else each
        for each in found
    ]


def _runs(each: Outlook) -> bool:
    return each.last is not None and each.last.status is RunStatus.RUNNING


def next_run(source: Source, last: Run | None, closed_until: datetime | None, now: datetime) -> Next:
    """Decide it.

    Args:
        source: as it is registered and stands.
        last: its last run.
        closed_until: before when its server answers nothing to its credential.
        now: the moment.
    """
    if last is not None and last.status is RunStatus.RUNNING:
        return Next(None, "running")
    found = _wanted(source, last, now)
    if found.at is not None and closed_until is not None and closed_until > found.at:
        return Next(closed_until, f"the limit of its server, then {found.why}", found.trigger)
    return found


def _wanted(source: Source, last: Run | None, now: datetime) -> Next:
    """As if its server had no limits: what people, pauses and webhooks make of its own time."""
    by = source.wanted_by or ""
    if source.wanted is not None and by.partition(" ")[0] == PERSON:
        return Next(now, f"wanted by {by.removeprefix(PERSON).strip() or 'an operator'}", by)
    if not source.enabled:
        return Next(None, "disabled")
    found = _own_time(source, last, now)
    if source.wanted is not None:
        # A source that fails is not asked more often because it is pushed to.
        at = now if last is None else max(now, _moment(last.started) + SETTLE)
        sooner = found.at is None or at < found.at
        found = Next(at if sooner and not source.failures else found.at, f"wanted by {by}", by)
    if source.paused_until is not None and found.at is not None:
        until = _moment(source.paused_until)
        if source.paused_until == FOR_EVER:
            return Next(None, "paused until it is resumed")
        if until > now and until > found.at:
            return Next(until, "paused", found.trigger)
    return found


def _own_time(source: Source, last: Run | None, now: datetime) -> Next:
    """By itself: at once, after a back-off, or by its schedule."""
    if last is None:
        return Next(now, "never harvested")
    started, stopped = _moment(last.started), last.status is RunStatus.INTERRUPTED and not last.cancelled
    if started > now + CREDIBLE:
        return Next(now, "its last start lies in the future")
    if source.failures > 0 and (last.status is RunStatus.FAILED or stopped):
        return _after_failures(source, started, now, stopped=stopped)
    if stopped:
        return Next(now, "interrupted")
    if source.parked_until is not None:
        return Next(now, "it goes on after a limit")
    schedule = Schedule(source.name, source.schedule, source.timezone, source.jitter)
    return Next(schedule.after(started), SCHEDULED)


def _after_failures(source: Source, started: datetime, now: datetime, *, stopped: bool) -> Next:
    """The wait doubles with each failure in a row; after a process that died the first time there is none."""
    doubled = source.failures - (2 if stopped else 1)
    if doubled < 0:
        return Next(now, "interrupted")
    wait = min(BACK_OFF * 2 ** min(doubled, 10), LONGEST_BACK_OFF)
    times = "a failure" if source.failures == 1 else f"{source.failures} failures in a row"
    return Next(started + wait + spread(source.name, started, wait / 20), f"tried again after {times}")


def _place(services: Services, source: Source, *, own: bool) -> tuple[str, str | None]:
    """Where it asks, and as whom: what a limit counts for."""
    home = home_of(source, services.settings.endpoints)
    try:
        return home, secret_of(services, source) if own else services.settings.token(source.kind)
    except SourceError:
        # Its credential cannot be opened: the run will say so, and the others are looked at all the same.
        return home, None


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
