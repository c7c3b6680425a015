"""`make demo` as a person sees it: harvested, served, and what it prints can be typed."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.standin.demo import CHECKOUT

DEMO = (sys.executable, "-m", "tests.standin.demo")
TOO_LONG_S = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The demo as a process; it is killed when it does not come to its end, so that no test hangs."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PORT", "WORLD")}
    command = [*DEMO, *arguments]
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        watch = threading.Timer(TOO_LONG_S, process.kill)
        watch.start()
        try:
            yield process
        finally:
            watch.cancel()
            process.terminate()
            watch.join()


def lines_until_told(process: subprocess.Popen[str]) -> list[str]:
    """What is printed, up to and with the lines to try."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if "/origins" in line:
            break
    return lines


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here: the lines of the demo are typed with it")
def test_demo_serves_the_sample_world_and_its_lines_work_as_printed(tmp_path: Path) -> None:
    port = free_port()
    with demo("--port", str(port), "--home", str(tmp_path / "demo")) as process:
        lines = lines_until_told(process)
        typed = [line.strip() for line in lines if line.startswith("  curl ")]
        assert len(typed) == 5, "\n".join(lines)
        said = [
            subprocess.check_output(["sh", "-c", f"{line} --fail --silent --show-error"], text=True) for line in typed
        ]
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
    search, records, turtle, module, origins = said
    assert json.loads(search)["total"] >= 3
    assert records.count("<record>") == 33
    assert "Thermal anomalies from drones" in turtle
    shown = json.loads(module)
    assert [each["tag"] for each in shown["distributions"] if "digest" in each] == ["latest", "1.2.0"]
    assert [each["doi"] for each in shown["versions"] if "doi" in each] == [
        "10.5281/zenodo.999900520", "10.5281/zenodo.999900510",
    ]
    assert "ai4-metadata.yml" in origins
    assert any(f"http://127.0.0.1:{port}" in line for line in lines)


def test_demo_with_a_port_that_is_taken_says_so_before_it_harvests(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with demo("--port", str(port), "--home", str(tmp_path / "demo")) as process:
            told, _ = process.communicate()
    reason = f"[Errno {errno.EADDRINUSE}] {os.strerror(errno.EADDRINUSE)}"
    mend = "choose another: make demo PORT=8001"
    assert told == f"demo: PORT={port}: 127.0.0.1:{port} cannot be used ({reason}); {mend}\n"
    assert process.returncode == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file or directory"),
        ("<html>", "is no JSON (Expecting value: line 1 column 1 (char 0))"),
        ("[]", "holds no JSON object"),
    ],
)
def test_demo_with_a_wrong_world_says_what_would_be_right(tmp_path: Path, content: str | None, reason: str) -> None:
    world = tmp_path / "world.json"
    if content is not None:
        world.write_text(content)
    with demo("--port", str(free_port()), "--world", str(world)) as process:
        told, _ = process.communicate()
    assert told == f"demo: WORLD={world}: {reason}; name a MODREG_ENDPOINTS file, or `live`\n"
    assert process.returncode == 1


def test_demo_removes_no_folder_that_it_has_not_made(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with demo("--port", str(free_port()), "--home", str(tmp_path)) as process:
        told, _ = process.communicate()
    reason = "holds what no demo has made; name another folder with --home, or remove it yourself"
    assert told == f"demo: {tmp_path}: {reason}\n"
    assert (tmp_path / "thesis.tex").read_text() == "mine"
