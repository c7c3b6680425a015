"""When a source is due: an interval such as `6h`, or five fields of cron in the source's time zone, spread a little.

A cron line names times on the wall of its zone, and each of them is one due time: one that the spring change skips
comes as much later as the clock was put forward, one that the autumn change repeats counts the first time. Sources
of one minute are spread: each due time is put off by a share of the jitter that follows from the source's name and
the time alone, so that every process finds the same. Border: APScheduler reads and computes cron, nothing here runs.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger

_DURATION = re.compile(r"([0-9]{1,5})\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SHORTEST = timedelta(minutes=1)
# Without a word of the operator: a twentieth of the time to the next due time, at most ten minutes.
_SHARE, _WIDEST = 20, timedelta(minutes=10)
_LONGEST_CHANGE = timedelta(hours=3)
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A line that names no time within so many years names none (29 February of a year that is a Monday comes in 40).
_FIRST, _YEARS = datetime(2026, 1, 1, tzinfo=UTC), 50

EXPECTED = 'an interval such as "6h" (s, m, h, d, w; at least a minute) or cron such as "0 */6 * * *"'
EXPECTED_ZONE = 'a time zone such as "Europe/Madrid" or "UTC"'
EXPECTED_JITTER = 'a time such as "10m" (s, m, h, d), or "0s" for none'


@dataclass(frozen=True, slots=True)
class Schedule:
    """When one source is due. `name` spreads it among others; `jitter` None: a share of the way to the next time."""

    name: str
    text: str
    timezone: str = "UTC"
    jitter: str | None = None

    def after(self, moment: datetime) -> datetime:
        """The first due time after a moment at which the source was begun, with its jitter."""
        times = self._times(moment)
        due = next(times)
        gap = next(times) - due
        widest = min(gap / _SHARE, _WIDEST) if self.jitter is None else min(duration(self.jitter), gap / 2)
        return due + spread(self.name, due, widest)

    def _times(self, moment: datetime) -> Iterator[datetime]:
        """The due times after a moment, as they stand in the schedule."""
        step = interval(self.text)
        if step is not None:
            while True:
                moment += step
                yield moment
        yield from _cron_times(cron(self.text), zone(self.timezone), moment)


def interval(text: str) -> timedelta | None:
    """The interval that a text names, or None. Raises `ValueError` for one that is too short."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return None
    step = duration(text)
    if step < _SHORTEST:
        raise ValueError(EXPECTED)
    return step


def duration(text: str) -> timedelta:
    """The time that a text such as `10m` names. Raises `ValueError` that says what would be right."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise ValueError(EXPECTED_JITTER)
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def cron(text: str) -> CronTrigger:
    """Five fields of cron, as a trigger of wall times. Raises `ValueError` that says what would be right."""
    fields = text.split()
    if len(fields) != 5:
        raise ValueError(EXPECTED)
    try:
        minute, hour, day, month, weekday = fields
        # Wall times are computed as if of UTC, which knows no change of the clock.
        found = CronTrigger(
            minute=minute, hour=hour, day=day, month=month, day_of_week=_weekday(weekday), timezone=UTC,
            end_date=_FIRST.replace(year=_FIRST.year + _YEARS),
        )
        comes = found.get_next_fire_time(None, _FIRST) is not None
    except (ValueError, TypeError):
        raise ValueError(EXPECTED) from None
    if not comes:
        raise ValueError("a cron line that names a day that there is")
    found.end_date = None
    return found


def zone(name: str) -> tzinfo:
    """The time zone of this name. Raises `ValueError` that says what would be right."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(EXPECTED_ZONE) from None


def spread(name: str, due: datetime, widest: timedelta) -> timedelta:
    """How much a due time of this source is put off: less than `widest`, always the same, whole seconds."""
    digest = hashlib.sha256(f"{name} {due.isoformat()}".encode()).digest()
    return timedelta(seconds=int(widest.total_seconds() * int.from_bytes(digest[:4], "big") / 2**32))


def _cron_times(trigger: CronTrigger, where: tzinfo, moment: datetime) -> Iterator[datetime]:
    # Soon after a change of the clock a time may be still to come that stands earlier on the wall.
    before = moment - _LONGEST_CHANGE
    changed = before.astimezone(where).utcoffset() != moment.astimezone(where).utcoffset()
    wall = (before if changed else moment).astimezone(where).replace(tzinfo=UTC)
    last = moment
    while True:
        wall = trigger.get_next_fire_time(wall, wall)
        # `fold` is 0: the first of two, and one that is skipped is read by the clock as it was before.
        instant = wall.replace(tzinfo=where, fold=0).astimezone(UTC)
        # Not later: a repeated hour that is over, or two wall times of a spring night that are the same moment.
        if instant > last:
            last = instant
            yield instant


def _weekday(field: str) -> str:
    """Cron counts days from Sunday (0 or 7), APScheduler from Monday: numbers become names."""
    return ",".join(_weekday_part(part) for part in field.lower().split(","))


def _weekday_part(part: str) -> str:
    found = re.fullmatch(r"(\d)(?:-(\d))?(?:/(\d+))?", part)
    if found is None:
        return part
    first, last, step = int(found[1]), int(found[2] or found[1]), int(found[3] or 1)
    if not (step and first <= last < len(_WEEKDAYS)) or (found[3] and not found[2]):
        raise ValueError(part)
    return ",".join(_WEEKDAYS[day] for day in range(first, last + 1, step))
