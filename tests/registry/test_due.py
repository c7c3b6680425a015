"""When a source is due next, and why: by schedule, by wish, after failures, not while it is paused or out of quota."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.events import Event, Failed, Finished, Listed, Requests
from harvester.stopping import Stopped
from registry.due import BACK_OFF, LONGEST_BACK_OFF, Next, due_sources, next_run, outlook
from registry.errors import SourceError
from registry.harvesting import apply_run
from registry.memory import DatabaseMemory
from registry.resting import remember_rest
from registry.runs import Run, RunStatus
from registry.services import Services
from registry.source_files import Source
from registry.source_rows import require_source
from registry.sources import disable, enable, import_sources
from registry.standing import FOR_EVER, pause, resume, run_now, want
from tests.support.clock import HandClock
from tests.support.small_catalogue import small_catalogue
from tests.support.small_registry import small_registry
from tests.support.store import fetched, harvested, register, unlisted

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
HOUR = 3600


def a_source(**keys: Any) -> Source:
    defaults: dict[str, Any] = {
        "schedule": "6h", "jitter": "0s", "enabled": True, "trust": "full", "grace_runs": 1, "settings": {},
    }
    return Source(name="hub", kind="github", **(defaults | keys))


def a_run(started: str = "2026-01-02T08:00:00Z", status: str = "ok", **keys: Any) -> Run:
    return Run(1, "hub", RunStatus(status), started, None, {}, {}, 0, **keys)


def of(source: Source, last: Run | None = None, closed_until: datetime | None = None) -> tuple[str | None, str]:
    """When, as hours and minutes, and why."""
    found = next_run(source, last, closed_until, NOW)
    return None if found.at is None else found.at.strftime("%d %H:%M"), found.why


# The decision ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "last", "expected"),
    [
        ({}, None, ("02 12:00", "never harvested")),
        ({}, {}, ("02 14:00", "schedule")),
        ({}, {"started": "2026-01-01T00:00:00Z"}, ("01 06:00", "schedule")),
        ({"schedule": "15 13 * * *", "timezone": "Europe/Madrid"}, {}, ("02 12:15", "schedule")),
        ({}, {"status": "running"}, (None, "running")),
        ({}, {"status": "interrupted"}, ("02 12:00", "interrupted")),
        ({}, {"status": "interrupted", "cancelled": True}, ("02 14:00", "schedule")),
        ({"parked_until": "2026-01-02T11:00:00Z"}, {"status": "partial"}, ("02 12:00", "it goes on after a limit")),
        ({"enabled": False}, {}, (None, "disabled")),
        ({"enabled": False}, None, (None, "disabled")),
        ({"paused_until": FOR_EVER}, {}, (None, "paused until it is resumed")),
        ({"paused_until": "2026-01-03T00:00:00Z"}, {}, ("03 00:00", "paused")),
        ({"paused_until": "2026-01-02T13:00:00Z"}, {}, ("02 14:00", "schedule")),
        ({"paused_until": "2026-01-02T11:00:00Z"}, {"started": "2026-01-01T00:00:00Z"}, ("01 06:00", "schedule")),
        ({"wanted": "2026-01-02T11:59:00Z", "wanted_by": "person admin"}, {}, ("02 12:00", "wanted by admin")),
        ({"wanted": "2026-01-02T11:59:00Z", "wanted_by": "person"}, {}, ("02 12:00", "wanted by an operator")),
        (
            {"wanted": "2026-01-02T11:59:00Z", "wanted_by": "webhook github push"}, {},
            ("02 12:00", "wanted by webhook github push"),
        ),
        (
            {"wanted": "2026-01-02T11:59:40Z", "wanted_by": "webhook github push"}, {"started": "2026-01-02T11:59:30Z"},
            ("02 12:00", "wanted by webhook github push"),
        ),
        ({}, {"started": "2026-01-02T23:00:00Z"}, ("03 05:00", "schedule")),
        ({}, {"started": "2026-01-09T00:00:00Z"}, ("02 12:00", "its last start lies in the future")),
    ],
)
def test_next_run(source: dict[str, Any], last: dict[str, Any] | None, expected: tuple[str | None, str]) -> None:
    assert of(a_source(**source), None if last is None else a_run(**last)) == expected


def test_next_run_when_a_push_comes_right_after_a_start_then_a_minute_later() -> None:
    source = a_source(wanted="2026-01-02T11:59:59Z", wanted_by="webhook github push")
    found = next_run(source, a_run("2026-01-02T11:59:50Z"), None, NOW)
    assert found.at == datetime(2026, 1, 2, 12, 0, 50, tzinfo=UTC)
    assert found.as_json() == {"next": "2026-01-02T12:00:50Z", "next_why": "wanted by webhook github push"}


@pytest.mark.parametrize("keys", [{"enabled": False}, {"paused_until": FOR_EVER}])
def test_next_run_when_switched_off_or_paused_then_a_person_is_obeyed_not_a_webhook(keys: dict[str, Any]) -> None:
    wish = {"wanted": "2026-01-02T11:59:00Z"}
    assert of(a_source(**keys, **wish, wanted_by="person admin"), a_run())[0] == "02 12:00"
    assert of(a_source(**keys, **wish, wanted_by="webhook github push"), a_run())[0] is None


def test_next_run_when_its_server_has_a_limit_then_nobody_is_obeyed_before() -> None:
    until = datetime(2026, 1, 2, 12, 30, tzinfo=UTC)
    wish = {"wanted": "2026-01-02T11:59:00Z", "wanted_by": "person admin"}
    assert of(a_source(), None, until) == ("02 12:30", "the limit of its server, then never harvested")
    assert of(a_source(**wish), a_run(), until) == ("02 12:30", "the limit of its server, then wanted by admin")
    assert of(a_source(), a_run(), until) == ("02 14:00", "schedule")


def test_next_run_after_failures_waits_twice_as_long_each_time_up_to_a_day() -> None:
    started = datetime(2026, 1, 2, 11, 59, tzinfo=UTC)
    waits, words = [], []
    for failures in range(1, 12):
        found = next_run(a_source(failures=failures), a_run("2026-01-02T11:59:00Z", "failed"), None, NOW)
        assert found.at is not None
        waits.append(found.at - started)
        words.append(found.why)
    for number, wait in enumerate(waits):
        least = min(BACK_OFF * 2**number, LONGEST_BACK_OFF)
        assert least <= wait <= least * 1.05
    assert waits[-1] > waits[0] * 80
    assert words[:2] == ["tried again after a failure", "tried again after 2 failures in a row"]


def test_next_run_after_a_death_goes_on_at_once_and_waits_when_it_dies_again() -> None:
    dead = a_run("2026-01-02T11:59:00Z", "interrupted")
    assert of(a_source(failures=1), dead) == ("02 12:00", "interrupted")
    when, why = of(a_source(failures=2), dead)
    assert (when, why) == ("02 12:14", "tried again after 2 failures in a row")


def test_next_run_when_it_fails_and_is_pushed_to_then_the_wait_stays_but_a_person_is_obeyed() -> None:
    failing = {"failures": 5, "wanted": "2026-01-02T11:59:30Z"}
    last = a_run("2026-01-02T11:59:00Z", "failed")
    alone = next_run(a_source(failures=5), last, None, NOW).at
    assert next_run(a_source(**failing, wanted_by="webhook github push"), last, None, NOW).at == alone
    assert alone is not None
    assert alone > NOW + timedelta(hours=3)
    assert of(a_source(**failing, wanted_by="person admin"), last) == ("02 12:00", "wanted by admin")


@given(
    steps=st.lists(st.integers(-5 * HOUR, 9 * HOUR), max_size=60),
    schedule=st.sampled_from(["1h", "6h", "17 */2 * * *", "30 2 * * *"]),
    zone=st.sampled_from(["UTC", "Europe/Madrid"]),
    start=st.sampled_from(["2026-01-02", "2026-03-28", "2026-10-24", "2028-02-28"]),
)
def test_due_time_is_answered_once_however_the_clock_is_set(
    steps: list[int], schedule: str, zone: str, start: str
) -> None:
    """A worker looks after each step of the clock; each due time has at most one run, and what was missed has one."""
    source = a_source(schedule=schedule, timezone=zone, jitter=None)
    moment = datetime.fromisoformat(start).replace(tzinfo=UTC)
    last, answered, newest = a_run(moment.strftime("%Y-%m-%dT%H:%M:%SZ")), list[datetime](), moment
    for step in steps:
        moment += timedelta(seconds=step)
        newest = max(newest, moment)
        found = next_run(source, last, None, moment)
        assert found.at is not None
        if found.is_due(moment) and found.why == "schedule":
            answered.append(found.at)
            last = a_run(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
            assert not next_run(source, last, None, moment).is_due(moment)
    assert answered == sorted(set(answered))
    # And it does not wait for ever.
    assert next_run(source, last, None, newest + timedelta(days=2)).is_due(newest + timedelta(days=2))


# What moves it, in the database ----------------------------------------------------------------------------------


@pytest.fixture
def clock(services: Services) -> HandClock:
    assert isinstance(services.clock, HandClock)
    return services.clock


def _run(services: Services, name: str = "hub") -> Run:
    return harvested(services, name, fetched("a/one", "One"))


def test_due_when_never_run_then_all_that_are_enabled_in_their_order(services: Services) -> None:
    assert due_sources(services) == ["hub", "old"]
    disable(services.database, "hub")
    assert due_sources(services) == ["old"]
    enable(services.database, "hub")
    assert due_sources(services) == ["hub", "old"]


@pytest.mark.parametrize("schedule", ["6h", "17 */6 * * *"])
def test_due_when_many_times_were_missed_then_once(services: Services, clock: HandClock, schedule: str) -> None:
    register(services, "hub", schedule=schedule)
    _run(services)
    clock.advance(40 * HOUR)
    assert "hub" in due_sources(services)
    _run(services)
    assert "hub" not in due_sources(services)


def test_due_by_interval_counts_from_the_last_start_whatever_became_of_it(
    services: Services, clock: HandClock
) -> None:
    register(services, "hub", schedule="6h", jitter="0s")
    _run(services)
    clock.advance(6 * HOUR - 1)
    assert "hub" not in due_sources(services)
    clock.advance(1)
    assert "hub" in due_sources(services)


def test_due_when_the_schedule_is_changed_then_by_the_new_one(services: Services, clock: HandClock) -> None:
    _run(services)
    clock.advance(2 * HOUR)
    assert "hub" not in due_sources(services)
    register(services, "hub", schedule="1h", jitter="10m")
    assert "hub" in due_sources(services)


def test_pause_until_a_moment_and_until_it_is_resumed(services: Services, clock: HandClock) -> None:
    now = clock.now()
    assert pause(services.database, "hub", now, now + timedelta(hours=1)).paused_until == "2026-01-02T04:04:05Z"
    assert outlook(services, "hub").next == Next(now + timedelta(hours=1), "paused")
    assert due_sources(services) == ["old"]
    clock.advance(HOUR)
    assert due_sources(services) == ["hub", "old"]
    pause(services.database, "hub", clock.now())
    assert outlook(services, "hub").next == Next(None, "paused until it is resumed")
    clock.advance(1000 * HOUR)
    assert due_sources(services) == ["old"]
    assert resume(services.database, "hub").paused_until is None
    assert due_sources(services) == ["hub", "old"]


def test_pause_when_there_is_no_such_source_or_the_moment_is_over_then_one_line(services: Services) -> None:
    now = services.clock.now()
    with pytest.raises(SourceError) as error:
        pause(services.database, "nub", now)
    assert str(error.value).startswith("source 'nub': there is none of this name")
    with pytest.raises(SourceError) as error:
        pause(services.database, "hub", now, now)
    assert str(error.value) == "source 'hub': until: found 2026-01-02T03:04:05Z, expected a moment to come"
    with pytest.raises(SourceError):
        resume(services.database, "nub")
    with pytest.raises(SourceError):
        run_now(services.database, "nub", now)


def test_wish_is_fulfilled_by_the_next_run_and_one_that_comes_meanwhile_by_the_one_after(
    services: Services, clock: HandClock
) -> None:
    _run(services)
    assert "hub" not in due_sources(services)
    assert run_now(services.database, "hub", clock.now(), "admin").wanted_by == "person admin"
    assert outlook(services, "hub").next == Next(clock.now(), "wanted by admin", "person admin")

    def pushed_to() -> Iterator[Event]:
        assert require_source(services.database, "hub").wanted is None
        yield Listed(())
        with services.database.write() as connection:
            want(connection, ["hub"], "webhook github push", clock.now())
        yield Finished(Requests())

    apply_run(services, require_source(services.database, "hub"), pushed_to())
    clock.advance(61)
    assert outlook(services, "hub").next.trigger == "webhook github push"
    assert "hub" in due_sources(services)
    _run(services)
    assert "hub" not in due_sources(services)


def test_wish_of_a_person_is_not_taken_away_by_a_webhook(services: Services) -> None:
    now = services.clock.now()
    run_now(services.database, "hub", now, "admin")
    with services.database.write() as connection:
        want(connection, ["hub", "old"], "webhook github push", now)
    assert [require_source(services.database, name).wanted_by for name in ("hub", "old")] == [
        "person admin", "webhook github push",
    ]


def test_failures_in_a_row_are_counted_and_forgotten_at_the_first_run_that_is_none(
    services: Services, clock: HandClock
) -> None:
    def failures() -> int:
        return require_source(services.database, "hub").failures

    source = require_source(services.database, "hub")
    for number in (1, 2, 3):
        unlisted(services, "hub")
        assert failures() == number

    def ended() -> Iterator[Event]:
        yield Listed(())
        raise Stopped("the process was told to end")

    apply_run(services, source, ended())
    assert failures() == 3
    parked = Finished(Requests(), complete=False, parked_until="2026-01-02T05:00:00Z", problem=_parked())
    apply_run(services, source, iter([parked]))
    assert failures() == 3
    assert outlook(services, "hub").next.why == "it goes on after a limit"
    _run(services)
    assert failures() == 0
    clock.advance(HOUR)
    assert outlook(services, "hub").next.why == "schedule"


def _parked() -> Any:
    from harvester.errors import Parked

    return Parked("The limit of github is used up.", datetime(2026, 1, 2, 5, tzinfo=UTC)).problem("listing")


def test_due_when_interrupted_then_at_once(services: Services) -> None:
    def stopped() -> Iterator[Event]:
        yield Listed(())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply_run(services, require_source(services.database, "hub"), stopped())
    assert outlook(services, "hub").next.why == "interrupted"
    assert "hub" in due_sources(services)


def test_due_when_a_limit_stopped_it_then_when_the_limit_ends_or_the_credential_is_another(tmp_path: Path) -> None:
    clock = HandClock()
    with small_catalogue() as standin, small_registry(standin, tmp_path, clock=clock) as registry:
        services = registry.services
        registry.harvest()
        assert due_sources(services) == []
        memory, home = DatabaseMemory(services.database), services.settings.endpoints.github
        remember_rest(memory, home, "another", "2026-01-02T23:00:00Z")
        clock.advance(7 * HOUR)
        assert due_sources(services) == ["hub"]
        remember_rest(memory, home, "any", "2026-01-02T11:00:00Z")
        assert outlook(services, "hub").next.as_json() == {
            "next": "2026-01-02T11:00:00Z", "next_why": "the limit of its server, then schedule",
        }
        clock.advance(HOUR)
        assert due_sources(services) == ["hub"]


def test_entries_that_fail_are_no_failure_of_the_source(services: Services) -> None:
    from tests.support.store import failed

    entry = failed("a/one")
    assert isinstance(entry, Failed)
    assert harvested(services, "hub", entry).status is RunStatus.PARTIAL
    assert require_source(services.database, "hub").failures == 0


FOLLOWER = """
[[source]]
name = "images"
kind = "dockerhub"
follow = true
"""


def test_source_that_follows_waits_with_its_first_run_for_those_that_have_theirs(services: Services) -> None:
    import_sources(services.database, FOLLOWER)
    assert due_sources(services) == ["hub", "old"]
    assert outlook(services, "images").next.as_json() == {
        "next_why": "never harvested, after the sources that it follows"
    }
    _run(services, "hub")

    def running() -> Iterator[Event]:
        assert due_sources(services) == []
        yield Listed(())
        yield Finished(Requests())

    apply_run(services, require_source(services.database, "old"), running())
    assert due_sources(services) == ["images"]


def test_source_that_follows_waits_for_nobody_once_it_was_harvested_nor_for_who_cannot_run(
    services: Services, clock: HandClock
) -> None:
    import_sources(services.database, FOLLOWER)
    for name in ("hub", "old"):
        disable(services.database, name)
    assert due_sources(services) == ["images"]
    events: list[Event] = [Listed(()), Finished(Requests())]
    apply_run(services, require_source(services.database, "images"), events)
    for name in ("hub", "old"):
        enable(services.database, name)
    clock.advance(8 * HOUR)
    assert due_sources(services) == ["hub", "old", "images"]
