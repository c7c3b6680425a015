"""A limit is told with its time, and what opens doors is never told: not on a screen, in a log, an answer or a row."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.accounts import first_link, set_password
from registry.harvesting import harvest_source
from registry.logs import configure_logs
from registry.services import open_services
from registry.settings import load_settings
from registry.web import create_app
from tests.registry.cli.conftest import SOURCES, Modreg, commands, environment_of
from tests.standin.server import StandIn

TOKEN, KEY, PASSWORD, DOOR = "ghp_planted0token", "planted0key0of0the0registry", "planted password 1", "planted0door"
PLANTED = (TOKEN, KEY, PASSWORD, DOOR)


@pytest.fixture(autouse=True)
def quiet_again() -> Iterator[None]:
    """Whatever level a test sets for the log of the process, the next one finds the usual one."""
    yield
    configure_logs()


def test_limit_is_shown_with_its_time_and_asks_nothing_before(modreg: Modreg, standin: StandIn) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    standin.limits.set(12)
    assert modreg("harvest", "sample-tools").code == 3
    spent = len(standin.requests)
    told = modreg("harvest", "sample-tools")
    (form,) = modreg("sources", "list", "--json").json[1:2]
    until = form["parked_until"]
    assert (told.code, len(standin.requests)) == (3, spent)
    assert f"The limit of github is used up until {until}; nothing was asked." in told.out
    assert f"parked_until: {until}" in modreg("sources", "show", "sample-tools").out
    shown = modreg("runs", "show", "1").out
    assert "status: partial" in shown
    assert f"retry_at: {until}" in shown
    assert f"Nothing: the source goes on after {until}." in shown


def test_secrets_are_in_no_output_answer_log_or_row(
    tmp_path: Path, standin: StandIn, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    environment = environment_of(home, standin) | {
        "MODREG_GITHUB_TOKEN": TOKEN, "MODREG_SECRET_KEY": KEY, "MODREG_LOG_LEVEL": "DEBUG",
    }
    modreg = commands(environment, monkeypatch, capfd)
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    said: list[str] = []
    standin.fault("/repos/sample-tools/chat-llm/commits", "reset")
    capfd.readouterr()
    with open_services(load_settings(environ=environment)) as services:
        now = services.clock.now()
        set_password(services.database, first_link(services.database, now), PASSWORD, now)
        configure_logs("DEBUG")
        assert harvest_source(services, "sample-tools").requests["sent"] > 3
        said += capfd.readouterr()
        assert "urllib3" in said[-1]  # the most talkative library did talk
        client = create_app(services).test_client()
        said += [client.get(path).text for path in ("/api/v1/sources", "/api/v1/runs", "/api/v1/findings", "/sources")]
        said += [repr(services.settings), repr(services)]
    assert any(row.with_token for row in standin.requests)
    for command in (
        ("sources", "list", "--json"), ("sources", "show", "sample-tools", "--json"), ("runs", "list", "--json"),
        ("findings", "--json"), ("check",),
    ):
        told = modreg(*command)
        said += [told.out, told.err]
    with sqlite3.connect(home / "registry.sqlite3") as connection:
        said.append("\n".join(connection.iterdump()))
    connection.close()
    said += [file.read_bytes().decode("latin-1") for file in home.rglob("*") if file.is_file()]
    assert [planted for planted in PLANTED if any(planted in text for text in said)] == []


@pytest.mark.parametrize(
    "url",
    [f"postgresql://modreg:{DOOR}@127.0.0.1:1/modreg", f"postgresql://modreg:{DOOR}@127.0.0.1:port/modreg", f"mysql://u:{DOOR}@h/d"],
)
def test_password_of_the_database_is_not_in_what_is_said_when_it_cannot_be_used(
    modreg: Modreg, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("MODREG_DATABASE_URL", url)
    for command in (("init",), ("harvest",), ("up", "--port", "8099")):
        told = modreg(*command)
        assert told.code in (1, 2)
        assert told.err.startswith("modreg: ")
        assert told.err.count("\n") == 1
        assert DOOR not in told.out + told.err


def test_log_line_of_a_library_is_json_with_its_traceback_inside(capfd: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")
    trouble = ValueError("of two\nlines")
    logging.getLogger("apscheduler.executors.default").error("Job %s failed", "look", exc_info=trouble)
    logging.getLogger("apscheduler.scheduler").info("Added job")
    logging.getLogger("alembic.runtime.migration").info("Context impl")
    logging.getLogger("waitress").info("Serving")
    rows = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(row["event"], row["level"], row["logger"]) for row in rows] == [
        ("Job look failed", "error", "apscheduler.executors.default"), ("Serving", "info", "waitress"),
    ]
    assert "ValueError: of two\nlines" in rows[0]["exception"]
