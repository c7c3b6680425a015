"""Dates in one form: ISO 8601 dates (`YYYY-MM-DD`) or UTC date-times (`YYYY-MM-DDThh:mm:ssZ`).

Reads what metadata files hold; placeholders and impossible dates are none. Border: there is no clock here, "today"
comes in as an argument.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from vocab.identifiers.placeholders import is_placeholder

# Nobody published a machine-learning module before; such a date is a slip or an epoch of zero.
EARLIEST = "1990-01-01"
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\Z", re.ASCII)
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})\Z", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\Z", re.ASCII)
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}", re.ASCII)
_NUMBER = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<month>[a-z]{3,9})\.?"
_DAY_MONTH = re.compile(rf"{_NUMBER}[ .-]+{_MONTH},?[ .-]+(?P<year>\d{{4}})\Z", re.IGNORECASE | re.ASCII)
_MONTH_DAY = re.compile(rf"{_MONTH} +{_NUMBER},? +(?P<year>\d{{4}})\Z", re.IGNORECASE | re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def iso_date(text: object) -> str | None:
    """The date in ISO 8601, with its time in UTC when one is given; None when no date is certain.

    `12/05/2023` is none: it may be in May or in December. `25/05/2023` can be read in one way only.
    """
    if isinstance(text, datetime):
        return _utc(text)
    if isinstance(text, date):
        return text.isoformat()
    if not isinstance(text, str) or len(text) > 60:
        return None
    bare = text.strip().strip("\"'").strip()
    if not bare or is_placeholder(bare):
        return None
    if _DATE_TIME.match(bare):
        return _date_time(bare)
    return _calendar_date(bare)


def in_order(earlier: str, later: str) -> bool:
    """Whether two dates of `iso_date` stand in order, by day when one of them has no time."""
    if len(earlier) == 10 or len(later) == 10:
        return earlier[:10] <= later[:10]
    return earlier <= later


def _date_time(text: str) -> str | None:
    written = re.sub(r"\s*(?:UTC|GMT)\Z", "+00:00", re.sub(r"[zZ]\Z", "+00:00", text))
    # Git writes the offset after a blank and without a colon: `2024-08-12 10:00:00 +0200`.
    written = re.sub(r"\s+([+-]\d{2}):?(\d{2})\Z", r"\1:\2", written)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return _calendar_date(text[:10])
    return _utc(moment)


def _utc(moment: datetime) -> str | None:
    # A time without a zone is read as UTC: forges and repositories mean that.
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    except OverflowError:
        return None


def _calendar_date(text: str) -> str | None:
    for pattern in (_DATE, _BASIC):
        match = pattern.match(text)
        if match:
            return _valid(*map(int, match.groups()))
    match = _DAY_FIRST.match(text)
    if match:
        first, second, year = map(int, match.groups())
        if first > 12 or first == second:
            return _valid(year, second, first)
        return _valid(year, first, second) if second > 12 else None
    match = _DAY_MONTH.match(text) or _MONTH_DAY.match(text)
    month = match.group("month")[:3].lower() if match else ""
    if match is None or month not in _MONTHS:
        return None
    return _valid(int(match.group("year")), _MONTHS.index(month) + 1, int(match.group("day")))


def _valid(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
