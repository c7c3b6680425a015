"""When a source is due: an interval such as `6h`, or five fields of cron in UTC. Border: APScheduler keeps the time."""

from __future__ import annotations

import re
from datetime import UTC

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

_INTERVAL = re.compile(r"([1-9][0-9]{0,4})\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SHORTEST_S = 60
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}

EXPECTED = 'an interval such as "6h" (s, m, h, d, w; at least a minute) or cron such as "0 */6 * * *"'


def trigger(text: str) -> CronTrigger | IntervalTrigger:
    """The schedule that a text names. Raises `ValueError` that says what would be right."""
    interval = _INTERVAL.fullmatch(text.strip())
    if interval is not None:
        number, unit = int(interval[1]), interval[2]
        if number * _SECONDS[unit] < _SHORTEST_S:
            raise ValueError(EXPECTED)
        return IntervalTrigger(**{_UNITS[unit]: number}, timezone=UTC)
    try:
        return CronTrigger.from_crontab(text, timezone=UTC)
    except (ValueError, TypeError):
        raise ValueError(EXPECTED) from None
