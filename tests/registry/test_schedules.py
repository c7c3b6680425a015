"""When a schedule is due: intervals, cron in time zones over every change of the clock, and the spread of many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.schedules import EXPECTED, EXPECTED_JITTER, EXPECTED_ZONE, Schedule, cron, duration, interval, zone

MADRID = "Europe/Madrid"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def times(text: str, start: str, count: int, timezone: str = "UTC") -> list[str]:
    """Due times from a moment on, each the first after the one before, as UTC."""
    found, moment = [], at(start)
    for _ in range(count):
        moment = Schedule("hub", text, timezone, "0s").after(moment)
        found.append(moment.strftime("%m-%d %H:%M"))
    return found


def test_interval_counts_from_the_moment() -> None:
    assert times("90m", "2026-01-31 23:00", 3) == ["02-01 00:30", "02-01 02:00", "02-01 03:30"]
    assert times("1w", "2026-03-27 12:00", 2, MADRID) == ["04-03 12:00", "04-10 12:00"]


@pytest.mark.parametrize(
    ("line", "start", "expected"),
    [
        ("17 */6 * * *", "2026-01-02 03:04", ["01-02 06:17", "01-02 12:17", "01-02 18:17", "01-03 00:17"]),
        ("0 3 31 * *", "2026-01-31 03:00", ["03-31 03:00", "05-31 03:00", "07-31 03:00", "08-31 03:00"]),
        ("0 3 last * *", "2027-12-31 00:00", ["12-31 03:00", "01-31 03:00", "02-29 03:00", "03-31 03:00"]),
        ("30 23 * * *", "2028-02-28 00:00", ["02-28 23:30", "02-29 23:30", "03-01 23:30"]),
    ],
)
def test_cron_over_ends_of_months(line: str, start: str, expected: list[str]) -> None:
    assert times(line, start, len(expected)) == expected


def test_cron_of_the_leap_day_comes_every_four_years_but_in_2100() -> None:
    schedule = Schedule("hub", "0 0 29 2 *", "UTC", "0s")
    found, moment = [], at("2088-03-01")
    for _ in range(3):
        moment = schedule.after(moment)
        found.append(moment.year)
    assert found == [2092, 2096, 2104]


@pytest.mark.parametrize(
    ("line", "days"),
    [("0 0 * * 0", "Sun"), ("0 0 * * 7", "Sun"), ("0 0 * * 1", "Mon"), ("0 0 * * sun", "Sun"),
     ("0 0 * * 6-7", "Sat Sun"), ("0 0 * * 1-5", "Mon Tue Wed Thu Fri"), ("0 0 * * 1-5/2", "Mon Wed Fri"),
     ("0 0 * * mon,4", "Mon Thu")],
)
def test_cron_counts_days_of_the_week_from_sunday(line: str, days: str) -> None:
    moment, found = at("2026-01-04 12:00"), set()
    for _ in range(7):
        moment = Schedule("hub", line, "UTC", "0s").after(moment)
        found.add(moment.strftime("%a"))
    assert found == set(days.split())


def test_cron_in_a_zone_follows_its_wall_over_the_year() -> None:
    assert times("47 3 * * *", "2026-01-10 12:00", 1, MADRID) == ["01-11 02:47"]
    assert times("47 3 * * *", "2026-07-10 12:00", 1, MADRID) == ["07-11 01:47"]


def test_cron_when_the_spring_change_skips_its_time_then_once_as_much_later() -> None:
    assert times("30 2 * * *", "2026-03-28 00:00", 3, MADRID) == ["03-28 01:30", "03-29 01:30", "03-30 00:30"]
    assert times("30 2 29 3 *", "2026-03-29 01:10", 1, MADRID) == ["03-29 01:30"]


def test_cron_when_the_autumn_change_repeats_its_time_then_the_first_of_them_alone() -> None:
    assert times("30 2 * * *", "2026-10-24 12:00", 2, MADRID) == ["10-25 00:30", "10-26 01:30"]
    # Begun late, in the hour that is repeated: the time is over for today.
    assert times("30 2 * * *", "2026-10-25 01:05", 1, MADRID) == ["10-26 01:30"]


def test_cron_of_every_half_hour_when_the_clock_changes_then_each_time_of_the_wall_is_one() -> None:
    assert times("*/30 * * * *", "2026-03-29 00:10", 4, MADRID) == [
        "03-29 00:30", "03-29 01:00", "03-29 01:30", "03-29 02:00",
    ]
    assert times("*/30 * * * *", "2026-10-24 23:40", 4, MADRID) == [
        "10-25 00:00", "10-25 00:30", "10-25 02:00", "10-25 02:30",
    ]


def test_cron_when_the_clock_moves_by_half_an_hour_then_right_too() -> None:
    lord_howe = "Australia/Lord_Howe"
    assert times("15 2 * * *", "2026-10-02 00:00", 3, lord_howe) == ["10-02 15:45", "10-03 15:45", "10-04 15:15"]
    assert times("45 1 * * *", "2026-04-03 00:00", 3, lord_howe) == ["04-03 14:45", "04-04 14:45", "04-05 15:15"]


@given(
    zone=st.sampled_from([MADRID, "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"]),
    hour=st.integers(0, 23), minute=st.integers(0, 59), day=st.integers(0, 800),
)
def test_daily_cron_in_any_zone_comes_once_on_each_day_of_the_wall(zone: str, hour: int, minute: int, day: int) -> None:
    schedule, where = Schedule("hub", f"{minute} {hour} * * *", zone, "0s"), ZoneInfo(zone)
    moment = schedule.after(at("2025-01-01 00:00") + timedelta(days=day))
    following = schedule.after(moment)
    assert following.astimezone(where).date() - moment.astimezone(where).date() == timedelta(days=1)
    local = following.astimezone(where)
    wanted = following.astimezone(where).replace(hour=hour, minute=minute, fold=0)
    exists = wanted.astimezone(UTC).astimezone(where).replace(tzinfo=None) == wanted.replace(tzinfo=None)
    assert not exists or local.replace(tzinfo=None) == wanted.replace(tzinfo=None)


@given(
    text=st.sampled_from(["1m", "6h", "2w", "* * * * *", "17 */6 * * *", "0 8,9 * * *", "30 2 * * *"]),
    jitter=st.sampled_from([None, "0s", "45s", "10m", "9d"]),
    minutes=st.integers(0, 2_000_000),
)
def test_due_time_is_put_off_within_its_bounds_and_always_alike(text: str, jitter: str | None, minutes: int) -> None:
    start = at("2026-01-01 00:00") + timedelta(minutes=minutes)
    plain = Schedule("hub", text, MADRID, "0s")
    due, gap = plain.after(start), plain.after(plain.after(start)) - plain.after(start)
    found = Schedule("hub", text, MADRID, jitter)
    widest = min(gap / 20, timedelta(minutes=10)) if jitter is None else min(duration(jitter), gap / 2)
    assert due <= found.after(start) <= due + widest
    assert found.after(start) == Schedule("hub", text, MADRID, jitter).after(start)
    # Begun at its due time it is due again at the following one, never twice for one.
    assert found.after(found.after(start)) > due + gap - timedelta(seconds=1)


def test_sources_of_one_minute_do_not_start_together() -> None:
    found = {Schedule(name, "0 */6 * * *").after(at("2026-01-02 00:00")) for name in ("hub", "tools", "old", "images")}
    assert len(found) == 4
    assert max(found) - min(found) > timedelta(minutes=1)


def test_spread_of_one_source_differs_from_time_to_time() -> None:
    schedule, moment, seen = Schedule("hub", "0 0 * * *"), at("2026-01-02 00:00"), set()
    for _ in range(5):
        moment = schedule.after(moment)
        seen.add((moment.minute, moment.second))
    assert len(seen) == 5


def read(text: str) -> object:
    """As the schedule of a source is read."""
    return interval(text) or cron(text)


def told(read: Callable[[str], object], text: str) -> str | None:
    """What is said of a text that is refused."""
    try:
        read(text)
    except ValueError as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    "text",
    ["", "6", "6x", "-1h", "0h", "30s", "* * * *", "61 * * * *", "* * * * 8", "* * * * 5-1", "0 0 l * *", "@daily"],
)
def test_schedule_when_it_is_none_then_told_what_would_be(text: str) -> None:
    assert told(read, text) == EXPECTED


@pytest.mark.parametrize("text", ["6h", "30 m", "90s", "1d", "2w", "0 */6 * * *", "17 3 * * sun", "0 0 29 2 mon"])
def test_schedule_when_interval_or_cron_then_read(text: str) -> None:
    assert told(read, text) is None


@pytest.mark.parametrize("text", ["0 0 30 2 *", "0 0 31 4,6,9,11 *"])
def test_schedule_when_its_day_never_comes_then_refused(text: str) -> None:
    assert told(read, text) == "a cron line that names a day that there is"


@pytest.mark.parametrize("name", ["", "Europe", "Mars/Base", "../../etc/passwd", "/etc/passwd", "\x00", "CET+25"])
def test_zone_when_there_is_none_then_told_what_would_be(name: str) -> None:
    assert told(zone, name) == EXPECTED_ZONE


@given(st.text(max_size=30))
def test_texts_of_any_kind_are_a_time_or_refused_in_a_sentence(text: str) -> None:
    assert told(duration, text) in (None, EXPECTED_JITTER)
    assert told(zone, text) in (None, EXPECTED_ZONE)
    assert told(read, text) in (None, EXPECTED, "a cron line that names a day that there is")
