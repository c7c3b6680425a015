"""Datestamps of OAI-PMH: as they come, as they are asked for, and from where the next harvest begins.

A datestamp is kept as a day or a UTC date-time, both in ISO 8601, so that they sort as text. Border: no clock here; the
server's own moment comes in with its answer. OAI-PMH 2.0 §2.7 (selective harvesting), §3.3 (dates).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from vocab.dates import iso_date


class Granularity(StrEnum):
    """How fine a repository's datestamps are."""

    DAY = "day"
    SECOND = "second"


# A record may become visible a little after the moment it is stamped with, and two machines' clocks differ.
_OVERLAP = {Granularity.DAY: timedelta(days=1), Granularity.SECOND: timedelta(minutes=10)}
_STEP = {Granularity.DAY: timedelta(days=1), Granularity.SECOND: timedelta(seconds=1)}
# After so long nothing is under way any more that bears an older stamp than what was seen.
_SETTLED = {Granularity.DAY: timedelta(days=2), Granularity.SECOND: timedelta(days=1)}


def granularity_of(declared: str | None) -> Granularity:
    """What Identify says; anything that names no time means days, which every repository takes."""
    return Granularity.SECOND if "T" in (declared or "").upper() else Granularity.DAY


def datestamp_of(text: str | None) -> str | None:
    """A datestamp as it is kept, or None when it is none."""
    return iso_date(text.strip()) if text else None


def question_of(stamp: str, granularity: Granularity) -> str:
    """A kept datestamp as an argument in this granularity."""
    if granularity is Granularity.DAY:
        return stamp[:10]
    return stamp if len(stamp) > 10 else f"{stamp}T00:00:00Z"


def newest_of(stamp: str | None, other: str | None, bound: str) -> str | None:
    """The later of two datestamps, of those that are not after a bound: nothing was changed in the future."""
    fitting = [each for each in (stamp, other) if each is not None and each[: len(bound)] <= bound]
    return max(fitting, default=None)


def next_from(reached: str, now: str, granularity: Granularity) -> str:
    """From where the next harvest begins, when everything up to `reached` was seen.

    With an overlap while records of that age may still turn up; behind it once they cannot any more.
    """
    known, moment = _moment(reached), _moment(now)
    settled = moment - known > _SETTLED[granularity]
    try:
        begin = known + _STEP[granularity] if settled else known - _OVERLAP[granularity]
    except OverflowError:
        begin = known
    return question_of(begin.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0"), granularity)


def _moment(stamp: str) -> datetime:
    """Raises `ValueError` for what is no datestamp that `datestamp_of` gave."""
    found = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)
