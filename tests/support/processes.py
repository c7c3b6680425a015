"""`modreg` as a process of its own, over a stand-in, as an operator or a supervisor runs it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from harvester.clock import SystemClock
from tests.standin.server import StandIn

CHECKOUT = Path(__file__).resolve().parents[2]
MODREG = (sys.executable, "-c", "from registry.cli import main; main()")
TOO_LONG_S = 60
SECRET = "s3cret-5f0c"


def environment_of(home: Path, standin: StandIn, **settings: str) -> dict[str, str]:
    """The environment of a registry in this folder that harvests a stand-in; `settings` without their prefix."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "endpoints.json").write_text(json.dumps(dict(standin.endpoints)), "utf-8")
    (home / "registry.toml").write_text("", "utf-8")
    ours = {
        "HOME": str(home), "ENDPOINTS": str(home / "endpoints.json"), "CONFIG": str(home / "registry.toml"),
        "GITHUB_TOKEN": SECRET,
    }
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MODREG_")}
    return plain | {f"MODREG_{name.upper()}": value for name, value in (ours | settings).items()}


def modreg(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*MODREG, *arguments], env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False,
        timeout=TOO_LONG_S,
    )


@contextmanager
def started(environment: Mapping[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command that runs; it is killed at the end, or when it takes too long, so that no test hangs."""
    with subprocess.Popen(
        [*MODREG, *arguments], env=environment, cwd=CHECKOUT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        watch = threading.Timer(TOO_LONG_S, process.kill)
        watch.start()
        try:
            yield process
        finally:
            watch.cancel()
            if process.poll() is None:
                process.kill()
            watch.join()


def seconds_until(true: Callable[[], object], patience_s: float = 20) -> float:
    """How long it took until something was true. Raises `AssertionError` after the patience."""
    clock = SystemClock()
    begun = clock.monotonic()
    while not true():
        assert clock.monotonic() - begun < patience_s, f"not so after {patience_s} s"
        clock.sleep(0.02)
    return clock.monotonic() - begun


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
