"""When sources run, by command: pause, resume, run, cancel, and what is shown of the next run."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from harvester.clock import SystemClock
from registry.runs import start_run
from registry.services import open_services
from registry.settings import load_settings
from tests.registry.cli.conftest import SOURCES, Modreg
from tests.standin.server import StandIn


def _shown(modreg: Modreg, name: str = "sample-tools") -> dict[str, object]:
    (found,) = [each for each in modreg("sources", "list", "--json").json if each["name"] == name]
    shown = modreg("sources", "show", name, "--json").json
    at_once = {"next"} if shown["next_why"] in ("never harvested", "wanted by an operator") else set()  # it is "now"
    both = found.keys() - at_once
    assert {key: shown.get(key) for key in both} == {key: found[key] for key in both}
    return dict(found)


def _init(modreg: Modreg) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))


def test_source_when_listed_and_shown_then_with_its_next_run(modreg: Modreg) -> None:
    _init(modreg)
    assert _shown(modreg)["next_why"] == "never harvested"
    modreg("harvest", "sample-tools")
    found = _shown(modreg)
    assert found["next_why"] == "schedule"
    following = datetime.fromisoformat(str(found["next"]))
    assert SystemClock().now() < following < SystemClock().now() + timedelta(days=8)
    told = modreg("sources", "list").out
    assert "NEXT_WHY" in told
    assert f"{found['next']}  schedule" in told
    shown = modreg("sources", "show", "sample-tools").out
    assert f"next: {found['next']}\nnext_why: schedule\n" in shown


def test_source_when_paused_then_a_harvest_of_all_leaves_it_out_and_one_of_it_does_not(
    modreg: Modreg, standin: StandIn
) -> None:
    _init(modreg)
    told = modreg("sources", "pause", "sample-tools")
    assert (told.code, told.out) == (0, "sample-tools: paused until it is resumed\n")
    found = _shown(modreg)
    assert (found["next_why"], "next" in found) == ("paused until it is resumed", False)
    assert "sample-tools" not in [run["source"] for run in modreg("harvest", "--json").json]
    assert not any("/sample-tools/" in row.target for row in standin.requests)
    assert [run["source"] for run in modreg("harvest", "sample-tools", "--json").json] == ["sample-tools"]
    told = modreg("sources", "resume", "sample-tools")
    assert (told.code, told.out) == (0, "sample-tools: resumed\n")
    assert _shown(modreg)["next_why"] == "schedule"


@pytest.mark.parametrize(
    ("until", "expected"),
    [("2996-12-01T08:00Z", "2996-12-01T08:00:00Z"), ("2996-12-01T08:00:00+02:00", "2996-12-01T06:00:00Z"),
     ("2996-12-01", "2996-12-01T00:00:00Z")],
)
def test_pause_until_a_moment(modreg: Modreg, until: str, expected: str) -> None:
    _init(modreg)
    told = modreg("sources", "pause", "sample-tools", "--until", until)
    assert told.out == f"sample-tools: paused until {expected}\n"
    found = _shown(modreg)
    assert (found["next"], found["next_why"]) == (expected, "paused")


def test_pause_for_a_time(modreg: Modreg) -> None:
    _init(modreg)
    told = modreg("sources", "pause", "sample-tools", "--until", "3d").out
    until = datetime.fromisoformat(told.split()[-1])
    assert timedelta(days=2.9) < until - SystemClock().now() < timedelta(days=3.1)


@pytest.mark.parametrize("until", ["soon", "", " ", "99999999d", "2026-13-01", "x" * 500])
def test_pause_when_the_moment_is_none_then_one_line(modreg: Modreg, until: str) -> None:
    _init(modreg)
    told = modreg("sources", "pause", "sample-tools", "--until", until)
    assert (told.code, told.err.count("\n")) == (2, 1)
    assert told.err.startswith("modreg: until: found ")
    assert told.err.endswith("expected a moment such as 2026-12-01T08:00Z, a day, or a time such as 3d\n")


def test_run_when_asked_for_then_a_worker_is_to_take_it(modreg: Modreg) -> None:
    _init(modreg)
    modreg("harvest", "sample-tools")
    told = modreg("sources", "run", "sample-tools")
    assert (told.code, told.out) == (0, "sample-tools: a worker takes it within 15 s, if one runs\n")
    found = _shown(modreg)
    assert (found["next_why"], found["wanted_by"]) == ("wanted by an operator", "person")
    (run,) = modreg("harvest", "sample-tools", "--json").json
    assert run["trigger"] == "hand"
    assert _shown(modreg)["next_why"] == "schedule"


@pytest.mark.parametrize("command", [["pause"], ["resume"], ["run"]])
def test_command_when_the_source_is_unknown_then_one_line_that_names_those_there_are(
    modreg: Modreg, command: list[str]
) -> None:
    _init(modreg)
    told = modreg("sources", *command, "nowhere")
    assert told.code == 2
    assert told.err.startswith("modreg: source 'nowhere': there is none of this name; registered are: ")


def test_run_when_cancelled_then_told_so_and_a_run_at_its_end_is_not(
    modreg: Modreg, monkeypatch: pytest.MonkeyPatch
) -> None:
    _init(modreg)
    monkeypatch.setenv("MODREG_LOG_LEVEL", "ERROR")
    with open_services(load_settings()) as services, services.database.write() as connection:
        number = start_run(connection, "sample-tools", "2026-11-24T00:00:00Z", "elsewhere 12 345 1")
    told = modreg("runs", "cancel", str(number))
    assert (told.code, told.out) == (0, f"run {number}: told to stop\n")
    assert "It was cancelled by an operator." in modreg("runs", "show", str(number)).out
    told = modreg("runs", "cancel", str(number))
    assert (told.code, told.err) == (1, f"modreg: run {number}: found status 'interrupted', expected a running run\n")
