"""What the servers saw of two whole harvests: refusals, requests, time beside the least that latency and limits allow.

    python benchmarks/politeness.py [ENDPOINTS.json] [--latency-ms 50] [--sources config/sources.toml]

The endpoints file is that of a replay of the source APIs with a `control` address, whose own counters are the referee:
they count what came in, whatever we believe to have sent. Without a file the replay in `../shared` beside the checkout
is started for the time of the measurement. A fresh registry harvests every enabled source by
`modreg harvest`, and once more. The least time of a server is its requests one after the other at the given latency,
or the windows of its limit that so many requests fill; sources run one after another, so the floor of a harvest is
their sum. Exit code 1 when a server had to refuse more than the first request of a window, when the harvest takes more
than 1.3 times the floor, or when fewer than 99 % of the second run's requests were avoided or answered 304.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
TARGET = 1.3
AVOIDED = 0.99
REFUSALS = (403, 429)
ROW = "{:<12}{:>9}{:>7}{:>9}{:>9}{:>10}"
# Servers whose limits are windows in seconds: the option of the replay that has the number, and the window.
WINDOWS = {
    "github": ("rate_limit", 3600), "dockerhub": ("dockerhub_rate_limit", 60), "zenodo": ("zenodo_user_rate_limit", 60),
}


@dataclass(frozen=True)
class Seen:
    """What the servers counted during one harvest: by API requests, 304s, refusals; and how long it took."""

    requests: Mapping[str, int]
    not_modified: int
    refused: Mapping[str, int]
    seconds: float

    @property
    def sent(self) -> int:
        """All requests."""
        return sum(self.requests.values())


class Replay:
    """The control address of a replay."""

    def __init__(self, endpoints: Path) -> None:
        """Read where it is. Raises `SystemExit` when the file names no `control`."""
        urls = json.loads(endpoints.read_text(encoding="utf-8"))
        if "control" not in urls:
            raise SystemExit(f"{endpoints}: it names no `control` address; use the file that the replay prints")
        self.address = str(urls["control"])

    def call(self, method: str, path: str, body: object = None) -> Any:
        """One control call."""
        data = None if body is None else json.dumps(body).encode()
        question = urllib.request.Request(self.address + path, data=data, method=method)  # noqa: S310 - loopback
        with urllib.request.urlopen(question, timeout=60) as answer:  # noqa: S310
            return json.load(answer)

    def watch(self, work: Sequence[str], environment: Mapping[str, str]) -> Seen:
        """Run a command and tell what the servers counted meanwhile."""
        self.call("DELETE", "/stats")
        begun = time.monotonic()
        _run(work, environment)
        seconds = time.monotonic() - begun
        counts = self.call("GET", "/stats")["counts"]
        requests: Counter[str] = Counter()
        refused: Counter[str] = Counter()
        for row in counts:
            requests[row["api"]] += row["count"]
            refused[row["api"]] += row["count"] if row["status"] in REFUSALS else 0
        not_modified = sum(row["count"] for row in counts if row["status"] == 304)
        return Seen(requests, not_modified, +refused, seconds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(description="Two harvests as the servers saw them.")
    parser.add_argument("endpoints", type=Path, nargs="?", help="what a running replay printed [start one]")
    parser.add_argument("--latency-ms", type=float, default=50)
    parser.add_argument("--sources", type=Path, default=CHECKOUT / "config" / "sources.toml")
    options = parser.parse_args(arguments)
    if options.endpoints is not None:
        return _measure(options.endpoints, options)
    with tempfile.TemporaryDirectory(prefix="politeness-replay-") as folder, _started(Path(folder)) as endpoints:
        return _measure(endpoints, options)


@contextmanager
def _started(folder: Path) -> Iterator[Path]:
    """The replay beside the checkout, as long as it is needed."""
    program = CHECKOUT.parent / "shared" / "replay" / "serve.py"
    if not program.exists():
        raise SystemExit(f"there is no {program}: start a replay, and name the file that it printed")
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    command = [sys.executable, str(program), "--port", str(port), "--rate-limit", "5000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        assert process.stdout is not None
        endpoints = folder / "endpoints.json"
        endpoints.write_bytes(process.stdout.readline())
        try:
            yield endpoints
        finally:
            process.terminate()


def _measure(endpoints: Path, options: argparse.Namespace) -> int:
    """Two harvests over this replay."""
    replay = Replay(endpoints)
    replay.call("POST", "/reset")
    limits = replay.call("GET", "")["options"]
    with tempfile.TemporaryDirectory(prefix="politeness-") as home:
        environment = _environment(Path(home), endpoints.resolve())
        modreg = [sys.executable, "-c", "from registry.cli import main; main()"]
        for command in (["init"], ["sources", "import", str(options.sources.resolve())]):
            _run([*modreg, *command], environment)
        replay.call("POST", "/latency", {"ms": options.latency_ms})
        try:
            first = replay.watch([*modreg, "harvest"], environment)
            second = replay.watch([*modreg, "harvest"], environment)
        finally:
            replay.call("POST", "/latency", {"ms": 0})
    return _report(first, second, options.latency_ms / 1000, limits)


def _report(first: Seen, second: Seen, latency: float, limits: Mapping[str, Any]) -> int:
    _tell(ROW.format("server", "requests", "again", "refused", "allowed", "least s"))
    floor, worst = 0.0, 0
    for api in sorted({*first.requests, *second.requests}):
        least, allowed = _least(api, first.requests.get(api, 0), latency, limits)
        floor += least
        refused = first.refused.get(api, 0) + second.refused.get(api, 0)
        worst = max(worst, refused - allowed)
        sent = first.requests.get(api, 0), second.requests.get(api, 0)
        _tell(ROW.format(api, *sent, refused, allowed, f"{least:.1f}"))
    ratio = first.seconds / floor if floor else math.inf
    whole = second.sent - second.not_modified
    spared = 1 - whole / first.sent if first.sent else 0.0
    _tell(f"first harvest   {first.seconds:.1f} s, floor {floor:.1f} s: ratio {ratio:.2f} (at most {TARGET})")
    _tell(f"second harvest  {second.seconds:.1f} s, {second.sent} requests, {second.not_modified} of them 304; "
          f"{spared:.2%} of the first run's requests avoided or 304 (at least {AVOIDED:.0%})")
    return int(worst > 0 or ratio > TARGET or spared < AVOIDED)


def _least(api: str, requests: int, latency: float, limits: Mapping[str, Any]) -> tuple[float, int]:
    """The least seconds that so many requests take, and how many refusals the ends of windows excuse."""
    option, window = WINDOWS.get(api, ("", 0))
    full = max(0, math.ceil(requests / limits[option]) - 1) if option else 0
    return max(requests * latency, float(full * window)), full


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")


def _run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """A command as an operator runs it. 3 says: done, and something was found."""
    done = subprocess.run(  # noqa: S603 - a program of our own
        command, env=dict(environment), cwd=CHECKOUT, check=False, capture_output=True, text=True
    )
    if done.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command[-2:])} ended with {done.returncode}: {done.stderr[-600:]}")


def _environment(home: Path, endpoints: Path) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MODREG_")}
    return plain | {
        "MODREG_HOME": str(home / "var"), "MODREG_ENDPOINTS": str(endpoints), "MODREG_GITHUB_TOKEN": "benchmark",
        "MODREG_ZENODO_TOKEN": "benchmark", "MODREG_LOG_LEVEL": "ERROR", "MODREG_ADMIN_EMAIL": "bench@example.org",
    }


if __name__ == "__main__":
    raise SystemExit(main())
