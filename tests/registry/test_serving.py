"""The processes that stay, as an operator runs them: they serve, harvest, follow, and end when they are told to."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from harvester.clock import SystemClock
from registry.database import head_revision
from registry.harvesting import harvest_source
from registry.runs import Run, RunStatus, list_runs
from registry.services import Services, open_services
from registry.settings import load_settings
from tests.standin.server import StandIn
from tests.support.processes import environment_of, free_port, modreg, seconds_until, started
from tests.support.small_catalogue import METADATA, NAMES, SOURCES, files_of, small_catalogue
from tests.support.small_registry import small_registry

pytestmark = pytest.mark.slow
Environment = dict[str, str]


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with small_catalogue() as running:
        yield running


@pytest.fixture
def environment(standin: StandIn, tmp_path: Path) -> Environment:
    """The settings of a registry that knows the small catalogue and has not harvested it."""
    with small_registry(standin, tmp_path / "home"):
        return environment_of(tmp_path / "home", standin)


@pytest.fixture
def services(environment: Environment) -> Iterator[Services]:
    """The same registry, opened by the test beside the process."""
    with open_services(load_settings(environ=environment)) as opened:
        yield opened


def _get(port: int, path: str) -> Any:
    answer = requests.get(f"http://127.0.0.1:{port}{path}", timeout=10)
    answer.raise_for_status()
    return answer.json()


def _answers(port: int) -> bool:
    try:
        return bool(_get(port, "/healthz")["status"] == "ok")
    except requests.ConnectionError:
        return False


def _ended(process: subprocess.Popen[str], number: signal.Signals, within_s: float = 5) -> str:
    """Tell a process to end; returns its standard error."""
    begun = SystemClock().monotonic()
    process.send_signal(number)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    assert SystemClock().monotonic() - begun < within_s
    assert "Traceback" not in errors
    return errors


def _done(services: Services) -> list[Run]:
    return [run for run in list_runs(services.database) if run.status is not RunStatus.RUNNING]


def _lines(errors: str) -> list[dict[str, Any]]:
    """The log: every line but the greeting is JSON."""
    rows = [json.loads(line) for line in errors.splitlines() if not line.startswith("Module Registry at http")]
    assert all({"event", "level", "timestamp"} <= row.keys() for row in rows)
    return rows


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_up_serves_harvests_what_is_due_follows_and_ends(
    standin: StandIn, environment: Environment, services: Services, number: signal.Signals
) -> None:
    port = free_port()
    with started(environment, "up", "--port", str(port)) as process:
        assert seconds_until(lambda: _answers(port)) < 5 * 2  # two, when every core is busy with other tests
        seconds_until(lambda: _done(services))
        seconds_until(lambda: _get(port, "/api/v1/search?q=reefs")["total"] == 2)
        standin.change("a/one", METADATA, files_of("Sardines and anchovies")[METADATA])
        assert harvest_source(services, "hub").counts["updated"] == 1
        assert seconds_until(lambda: _get(port, "/api/v1/search?q=anchovies")["total"] == 1) < 2
        with socket.create_connection(("127.0.0.1", port)):  # somebody's browser keeps its connection open
            errors = _ended(process, number)
    rows = _lines(errors)
    (row,) = [row for row in rows if row["event"] == "harvested"]
    assert (row["source"], row["status"], row["fetched"]) == ("hub", "ok with findings", len(NAMES))
    assert [row for row in rows if "apscheduler" in row.get("logger", "") or row["level"] in ("warning", "error")] == []


def test_up_when_a_harvest_is_stuck_ends_all_the_same_and_the_next_start_goes_on(
    standin: StandIn, environment: Environment, services: Services
) -> None:
    standin.fault("/repos/c/reef/commits", "timeout:30", times=1)
    with started(environment, "up", "--port", str(free_port())) as process:
        seconds_until(lambda: any("/c/reef/commits" in row.target for row in standin.requests))
        _ended(process, signal.SIGTERM)
    assert [run.status for run in list_runs(services.database)] == [RunStatus.INTERRUPTED]
    with started(environment, "worker") as process:
        seconds_until(lambda: len(_done(services)) == 2)
        _ended(process, signal.SIGTERM)
    run = list_runs(services.database)[0]
    assert (run.status, run.counts["unchanged"], run.counts["fetched"]) == (RunStatus.FINDINGS, 2, 5)


def test_web_and_worker_are_the_same_as_two_processes(
    standin: StandIn, environment: Environment, services: Services
) -> None:
    port = free_port()
    with (
        started(environment, "web", "--port", str(port), "--processes", "2") as web,
        started(environment, "worker") as worker,
    ):
        seconds_until(lambda: _answers(port))
        seconds_until(lambda: _done(services))
        seconds_until(lambda: _get(port, "/api/v1/search?q=reefs")["total"] == 2)
        assert len(_get(port, "/api/v1/modules")["items"]) == len(NAMES)
        standin.change("a/one", METADATA, files_of("Sardines and anchovies")[METADATA])
        harvest_source(services, "hub")
        # Each of the two web processes looks at the index at most once a second.
        assert seconds_until(lambda: all(_get(port, "/api/v1/search?q=anchovies")["total"] for _ in range(6))) < 4
        _lines(_ended(worker, signal.SIGTERM))
        with pytest.raises(requests.HTTPError):
            _get(port, "/admin/welcome/planted-door")
        errors = _ended(web, signal.SIGTERM)
    assert "planted-door" not in errors
    assert any("/admin/welcome/…" in row["event"] for row in _lines(errors))


@pytest.mark.parametrize("command", ["up", "web"])
def test_server_when_the_port_is_taken_says_so_in_a_line(environment: Environment, command: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = modreg(environment, command, "--port", str(port))
    reason = "cannot be listened on (Address already in use); choose another with --host and --port"
    assert (told.returncode, told.stdout, told.stderr) == (1, "", f"modreg: 127.0.0.1:{port} {reason}\n")


@pytest.mark.parametrize("command", ["up", "web", "worker"])
def test_process_before_init_says_what_to_do(standin: StandIn, tmp_path: Path, command: str) -> None:
    told = modreg(environment_of(tmp_path / "new", standin), command)
    assert (told.returncode, told.stdout) == (1, "")
    newest = head_revision()
    assert told.stderr == f"modreg: database: found an empty one, expected revision {newest}; run `modreg init`\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_harvest_when_it_is_told_to_end_stops_at_once_and_the_next_one_goes_on(
    standin: StandIn, environment: Environment, services: Services, number: signal.Signals
) -> None:
    standin.fault("/repos/c/reef/commits", "timeout:30", times=1)
    with started(environment, "harvest") as process:
        seconds_until(lambda: any("/c/reef/commits" in row.target for row in standin.requests))
        begun = SystemClock().monotonic()
        process.send_signal(number)
        out, errors = process.communicate()
    assert SystemClock().monotonic() - begun < 3
    assert (process.returncode, out) == (1, "")
    assert errors == "modreg: hub: stopped; the next harvest goes on where this one was\n"
    (run,) = list_runs(services.database)
    assert (run.status, run.counts["fetched"]) == (RunStatus.INTERRUPTED, 2)
    assert run.problem is not None
    assert run.problem["message"] == f"stopped by {number.name}"
    told = modreg(environment, "harvest", "--json")
    (form,) = json.loads(told.stdout)
    assert (told.returncode, form["unchanged"], form["fetched"]) == (0, 2, 5)


def test_harvest_when_another_process_is_at_a_source_leaves_it_to_it(
    standin: StandIn, environment: Environment
) -> None:
    more = SOURCES.replace('"hub"', '"other"', 1)
    (Path(environment["MODREG_HOME"]) / "more.toml").write_text(more, "utf-8")
    assert modreg(environment, "sources", "import", f"{environment['MODREG_HOME']}/more.toml").returncode == 0
    standin.fault("/repos/c/reef/commits", "timeout:30", times=1)
    with started(environment, "harvest", "hub") as process:
        seconds_until(lambda: any("/c/reef/commits" in row.target for row in standin.requests))
        told = modreg(environment, "harvest", "--json")
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert told.returncode == 3
    assert told.stderr.startswith("modreg: harvest:hub: process ")
    assert told.stderr.count("\n") == 1
    assert [(form["source"], form["fetched"]) for form in json.loads(told.stdout)] == [("other", len(NAMES))]
