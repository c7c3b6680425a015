"""Who is told that a source fails: one message, one when it is well again, by every channel, whoever works."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from harvester.events import Event, Finished, Listed, Requests
from harvester.stopping import Stopped
from registry.alarms import MOST_TRIES, TAKEN, alarm_of, take_messages
from registry.database import Database
from registry.harvesting import apply_run
from registry.notifying import tell
from registry.runs import Run, RunStatus
from registry.services import Services, embedded_engine
from registry.source_rows import require_source
from tests.support.clock import HandClock
from tests.support.small_receiver import SmallReceiver, small_receiver
from tests.support.small_smtp import SmallSmtp, small_smtp
from tests.support.store import (
    BASE_URL,
    a_registry,
    dump,
    failed,
    fetched,
    harvested,
    register,
    unchanged,
    unlisted,
)

ADMIN = "admin@example.org"
FAILS, WELL = "Module Registry: hub fails", "Module Registry: hub is well again"


@dataclass
class World:
    """A registry that writes mail to its administrator and posts to a receiver."""

    services: Services
    smtp: SmallSmtp
    receiver: SmallReceiver

    def fail(self) -> Run:
        return unlisted(self.services, "hub")

    def work(self) -> Run:
        return harvested(self.services, "hub", fetched("a/one", "One"))

    def part(self) -> Run:
        return harvested(self.services, "hub", failed("a/one"))

    def told(self) -> list[str]:
        """Subjects of all mails, each to the administrator, which the posts say too."""
        assert all(to == ADMIN for to, _ in self.smtp.told())
        subjects = [subject for _, subject in self.smtp.told()]
        assert [each["text"].rpartition(" ")[0] for each in self.receiver.came] == subjects
        return subjects


@contextmanager
def a_world(database_url: str, home: Path, **keys: str) -> Iterator[World]:
    with small_smtp() as smtp, small_receiver() as receiver:
        mail = {"MODREG_SMTP_URL": f"smtp://127.0.0.1:{smtp.port}", "MODREG_NOTIFY_URL": f"{receiver.url}/s3cret-hook"}
        with a_registry(database_url, home, "hub", **(mail | keys)) as services:
            yield World(services, smtp, receiver)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    structlog.reset_defaults()
    with a_world(database_url, tmp_path / "home") as made:
        yield made


@pytest.fixture
def local_world(tmp_path: Path) -> Iterator[World]:
    structlog.reset_defaults()
    with a_world(f"sqlite:///{tmp_path / 'local.sqlite3'}", tmp_path / "home") as made:
        yield made


def test_source_when_it_fails_and_is_well_again_then_one_message_each(world: World) -> None:
    world.work()
    assert world.told() == []
    for _ in range(3):
        world.fail()
    assert world.told() == [FAILS]
    world.work()
    world.work()
    assert world.told() == [FAILS, WELL]
    with world.services.database.read() as connection:
        assert alarm_of(connection, "hub").as_json() is None
    world.fail()
    assert world.told() == [FAILS, WELL, FAILS]


def test_message_when_a_source_fails_then_it_says_what_since_when_and_where(local_world: World) -> None:
    assert isinstance(local_world.services.clock, HandClock)
    run = local_world.fail()
    assert local_world.smtp.mails[0].get_content().replace("\r\n", "\n") == (
        "The source hub fails, since 2026-01-02 03:04 UTC.\n\n"
        "MODULES.yml is empty.\nCheck the catalogue's file.\n\n"
        "There is no further message before it is well again.\n\n"
        f"Run {run.id}: {BASE_URL}/admin/runs/{run.id}\n"
    )
    assert local_world.receiver.came == [{
        "event": "failure", "registry": "Module Registry", "source": "hub", "run": run.id, "status": "failed",
        "since": "2026-01-02T03:04:05Z", "url": f"{BASE_URL}/admin/runs/{run.id}",
        "problem": {"kind": "listing", "message": "MODULES.yml is empty.", "mend": "Check the catalogue's file.",
                    "stage": "listing"},
        "text": f"{FAILS} {BASE_URL}/admin/runs/{run.id}",
    }]
    assert local_world.receiver.paths == ["/s3cret-hook"]
    local_world.services.clock.advance(7200)
    run = local_world.work()
    assert local_world.smtp.mails[1].get_content().replace("\r\n", "\n") == (
        "The source hub is well again. It had not been since 2026-01-02 03:04 UTC.\n\n"
        f"Run {run.id}: {BASE_URL}/admin/runs/{run.id}\n"
    )
    assert local_world.smtp.mails[0]["References"] == local_world.smtp.mails[1]["References"]
    assert local_world.receiver.came[1]["event"] == "recovery"


def test_run_when_it_is_held_then_told_at_once(local_world: World) -> None:
    names = [f"a/{number}" for number in range(10)]
    harvested(local_world.services, "hub", *(fetched(name) for name in names))
    run = harvested(local_world.services, "hub", unchanged(names[0]))
    assert run.status is RunStatus.HELD
    assert local_world.told() == ["Module Registry: hub waits for a yes: it would take out many modules"]


def test_run_when_it_reads_only_a_part_then_told_the_second_time_in_a_row(local_world: World) -> None:
    for act in (local_world.part, local_world.work, local_world.part):
        act()
    assert local_world.told() == []
    local_world.part()
    local_world.part()
    assert local_world.told() == ["Module Registry: hub was read only in part, again and again"]
    local_world.work()
    assert local_world.told()[1:] == [WELL]


def _stopped() -> Iterator[Event]:
    yield Listed(())
    raise Stopped("the process was told to end")


def test_run_when_a_limit_or_a_person_stops_it_then_nobody_is_told(local_world: World) -> None:
    from datetime import timedelta

    from harvester.errors import Parked

    services, source = local_world.services, require_source(local_world.services.database, "hub")
    limit = Parked("The limit is used up.", services.clock.now() + timedelta(hours=1)).problem("listing")
    for _ in range(3):
        apply_run(services, source, iter([Finished(Requests(), complete=False, problem=limit)]))
        apply_run(services, source, _stopped())
    assert local_world.told() == []
    local_world.fail()
    apply_run(services, source, iter([Finished(Requests(), complete=False, problem=limit)]))
    assert local_world.told() == [FAILS]


def test_source_when_it_says_who_is_told_then_they_alone(local_world: World) -> None:
    services = local_world.services
    register(services, "hub", notify=["mail:one@sample.internal", "mail:two@sample.internal"])
    register(services, "quiet", notify=["nobody"])
    local_world.fail()
    unlisted(services, "quiet")
    assert local_world.smtp.told() == [("one@sample.internal", FAILS), ("two@sample.internal", FAILS)]
    assert local_world.receiver.came == []
    assert "notify" not in require_source(services.database, "hub").as_json()


def test_address_when_a_source_names_a_private_one_then_refused_and_told_in_the_log(local_world: World) -> None:
    register(local_world.services, "hub", notify=[f"{local_world.receiver.url}/s3cret-hook"])
    with capture_logs() as logs:
        local_world.fail()
    assert local_world.receiver.came == []
    (row,) = [row for row in logs if row["event"] == "a message was not sent"]
    assert "127.0.0.1 leads to 127.0.0.1, which is not a public address." in row["problem"]
    assert (row["channel"], row["then"]) == ("127.0.0.1", "it is tried again with the next run")


def test_channel_when_it_fails_then_the_run_stands_and_it_is_tried_again_with_the_next(world: World) -> None:
    world.smtp.refuses = True
    world.receiver.status = 503
    with capture_logs() as logs:
        assert world.fail().status is RunStatus.FAILED
    rows = [(row["channel"], row["problem"]) for row in logs if row["event"] == "a message was not sent"]
    assert rows == [
        (f"mail:{ADMIN}", f"127.0.0.1:{world.smtp.port}: the server refuses the recipient"),
        ("notify_url", "The server answers 503. Nothing: it is tried again at the next run."),
    ]
    assert world.smtp.told() == []
    world.smtp.refuses, world.receiver.status = False, 204
    world.receiver.came.clear()
    world.fail()
    assert world.told() == [FAILS]
    world.fail()
    assert world.told() == [FAILS]


def test_channel_when_it_never_heard_of_the_failure_then_it_is_spared_the_recovery(local_world: World) -> None:
    local_world.smtp.refuses = True
    local_world.fail()
    local_world.smtp.refuses = False
    local_world.work()
    assert local_world.smtp.told() == []
    assert [each["event"] for each in local_world.receiver.came] == ["failure", "recovery"]


def test_channel_when_it_fails_for_ever_then_it_is_given_up(local_world: World) -> None:
    local_world.receiver.status = 404
    with capture_logs() as logs:
        for _ in range(MOST_TRIES + 3):
            local_world.fail()
    ends = [row["then"] for row in logs if row["event"] == "a message was not sent"]
    assert ends == ["it is tried again with the next run"] * (MOST_TRIES - 1) + ["it is given up"]
    assert len(local_world.smtp.mails) == 1


def test_message_when_four_processes_would_send_it_then_one_does(world: World) -> None:
    world.smtp.refuses = True
    world.receiver.status = 500
    world.fail()
    world.smtp.refuses, world.receiver.status = False, 204
    world.receiver.came.clear()
    settings = world.services.settings

    def another() -> None:
        database = Database(settings.database_address())
        with Services(settings, database, world.services.clock, embedded_engine) as services:
            tell(services, "hub")

    with ThreadPoolExecutor(4) as threads:
        for each in [threads.submit(another) for _ in range(4)]:
            each.result()
    assert world.told() == [FAILS]


def test_message_when_the_process_dies_over_it_then_another_sends_it_later(local_world: World) -> None:
    services = local_world.services
    local_world.smtp.refuses = True
    local_world.fail()
    local_world.smtp.refuses = False
    with services.database.write() as connection:
        assert len(take_messages(connection, "hub", services.clock.now())) == 1
    tell(services, "hub")
    assert local_world.smtp.told() == []
    assert isinstance(services.clock, HandClock)
    services.clock.advance(TAKEN.total_seconds() + 1)
    tell(services, "hub")
    assert local_world.smtp.told() == [(ADMIN, FAILS)]


def test_address_of_the_settings_is_in_neither_store_nor_log(local_world: World) -> None:
    local_world.receiver.status = 500
    with capture_logs() as logs:
        local_world.fail()
    assert "s3cret-hook" not in str(dump(local_world.services))
    assert "s3cret-hook" not in str(logs)


def test_nobody_is_told_where_nothing_is_set(local: Services) -> None:
    with capture_logs() as logs:
        unlisted(local, "hub")
    assert [row for row in logs if "message" in row["event"]] == []
    with local.database.read() as connection:
        found = alarm_of(connection, "hub")
    assert (found.bad, found.told, found.outbox) == (1, True, [])


def test_mail_when_a_source_wants_it_and_no_server_is_set_then_the_log_says_so(local: Services) -> None:
    register(local, "hub", notify=["mail:ops@sample.internal"])
    structlog.reset_defaults()
    with capture_logs() as logs:
        unlisted(local, "hub")
    assert [row["problem"] for row in logs if row["event"] == "a message was not sent"] == [
        "no mail server is set (MODREG_SMTP_URL)"
    ]
