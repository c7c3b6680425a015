"""`make demo`: a world is harvested over HTTP and the registry is served, until Ctrl-C.

Without a world it is the sample world of this folder, played by the stand-in; `--world FILE` takes the source APIs of a
`MODREG_ENDPOINTS` file, `--world live` the public ones, both with `config/sources.toml`. Everything is done by the
commands an operator has; this program only puts them in a row. Settings of the person's shell do not reach it, but
for credentials in a world that is not the sample.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import requests

from harvester.clock import SystemClock
from tests.standin.server import StandIn

CHECKOUT = Path(__file__).resolve().parents[2]
MODREG = (sys.executable, "-c", "from registry.cli import main; main()")
LIVE = "live"
HOST = "127.0.0.1"
# Stand-ins take any token, and without one they count sixty requests an hour as the real API does.
ANY_TOKEN = "sample"
DONE_BUT = 3
MARK = "demo-registry.toml"
START_S = 60


class DemoError(Exception):
    """Why the demo cannot go on, in one line."""


@dataclass(frozen=True, slots=True)
class World:
    """Where the source APIs stand (None: the public ones), which sources are harvested, and where it is kept."""

    endpoints: Mapping[str, str] | None
    sources: Path
    home: Path
    examples: tuple[str, str] | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", type=int, default=os.environ.get("PORT") or "8000")
    parser.add_argument("--world", default=os.environ.get("WORLD") or "", help="a MODREG_ENDPOINTS file, or `live`")
    parser.add_argument("--home", type=Path, help="where the registry is kept [var/demo; live: var/live]")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _stop)
    try:
        _require_free(options.port)
        with _world(options.world, options.home) as world:
            return _run(world, options.port)
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


@contextmanager
def _world(name: str, home: Path | None) -> Iterator[World]:
    """The world of this name, alive as long as it is used."""
    var, shipped = CHECKOUT / "var", CHECKOUT / "config" / "sources.toml"
    if name == LIVE:
        # What the public APIs have answered is kept: the next demo goes on where a limit stopped this one.
        yield World(None, shipped, home or var / "live")
    elif name:
        yield World(_endpoints(Path(name)), shipped, _emptied(home or var / "demo"))
    else:
        with StandIn() as standin:
            sources = Path(__file__).with_name("demo-sources.toml")
            examples = ("thermal-drone-anomaly", "phyto-cells")
            yield World(standin.endpoints, sources, _emptied(home or var / "demo"), examples)


def _emptied(home: Path) -> Path:
    """The folder without what the last demo left. Whatever else is in it is not ours to remove."""
    if home.is_dir() and any(home.iterdir()) and not (home / MARK).is_file():
        raise DemoError(f"{home}: holds what no demo has made; name another folder with --home, or remove it yourself")
    shutil.rmtree(home, ignore_errors=True)
    return home


def _endpoints(path: Path) -> Mapping[str, str]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise DemoError(f"WORLD={path}: {error.strerror}; name a MODREG_ENDPOINTS file, or `live`") from None
    except ValueError as error:
        raise DemoError(f"WORLD={path}: is no JSON ({error}); name a MODREG_ENDPOINTS file, or `live`") from None
    if not isinstance(found, dict):
        raise DemoError(f"WORLD={path}: holds no JSON object; name a MODREG_ENDPOINTS file, or `live`")
    return found


def _run(world: World, port: int) -> int:
    base = f"http://{HOST}:{port}"
    environment = _environment(world, base)
    for step in (("init",), ("sources", "import", str(world.sources)), ("harvest",)):
        print(f"\n$ modreg {' '.join(step)}", flush=True)
        code = subprocess.run([*MODREG, *step], env=environment, cwd=CHECKOUT, check=False).returncode
        if code not in (0, DONE_BUT):
            raise DemoError(f"`modreg {step[0]}` ended with {code}; what it says above tells why")
    print(f"\n$ modreg up --host {HOST} --port {port}", flush=True)
    command = [*MODREG, "up", "--host", HOST, "--port", str(port)]
    with _ended(subprocess.Popen(command, env=environment, cwd=CHECKOUT)) as server:
        _await(server, base)
        print(_what_next(base, world.examples or _examples(base), known=world.examples is not None), flush=True)
        return server.wait()


def _environment(world: World, base: str) -> dict[str, str]:
    """The settings of the demo: its own file and nothing of the person's shell but credentials."""
    home = world.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).write_text("# The demo's settings come from its environment.\n", "utf-8")
    ours = {name: value for name, value in os.environ.items() if name.startswith("MODREG_")}
    tokens = {name: value for name, value in ours.items() if name.endswith("_TOKEN")}
    plain = {name: value for name, value in os.environ.items() if name not in ours}
    environment = plain | {
        "MODREG_HOME": str(home), "MODREG_CONFIG": str(home / MARK), "MODREG_BASE_URL": base,
        # The steps of the scheduler would push away what there is to try.
        "MODREG_LOG_LEVEL": "WARNING",
    }
    if world.endpoints is None:
        return environment | tokens
    (home / "endpoints.json").write_text(json.dumps(world.endpoints, indent=2), "utf-8")
    environment["MODREG_ENDPOINTS"] = str(home / "endpoints.json")
    if world.examples:
        return environment | {"MODREG_GITHUB_TOKEN": ANY_TOKEN}
    local = urlsplit(world.endpoints.get("github", "")).hostname in (HOST, "localhost", "::1")
    return environment | ({"MODREG_GITHUB_TOKEN": ANY_TOKEN} if local else {}) | tokens


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The process, which ends with us."""
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await(server: subprocess.Popen[bytes], base: str) -> None:
    clock = SystemClock()
    end = clock.monotonic() + START_S
    while clock.monotonic() < end:
        if server.poll() is not None:
            raise DemoError(f"`modreg up` ended with {server.returncode}; what it says above tells why")
        try:
            if requests.get(f"{base}/healthz", timeout=5).ok:
                return
        except requests.ConnectionError:
            pass
        clock.sleep(0.2)
    raise DemoError(f"`modreg up` does not answer at {base}/healthz after {START_S} seconds")


def _examples(base: str) -> tuple[str, str]:
    """Two modules to show, of a world that is not ours."""
    items: list[dict[str, Any]] = requests.get(f"{base}/api/v1/modules?limit=2", timeout=30).json()["items"]
    if not items:
        raise DemoError("the harvest found no module; `modreg findings` would tell why")
    return str(items[0]["slug"]), str(items[-1]["slug"])


def _what_next(base: str, examples: tuple[str, str], known: bool) -> str:
    """What to type; of a world that is ours also what there is to see."""
    shown, explained = examples
    seen = f"""
What GitHub, Docker Hub, Zenodo and DataCite say of one module (images with digests, versions with DOIs) is on one page,
{base}/modules/{shown}, and the fourth line prints it.
"""
    return f"""
The registry is at {base} (Ctrl-C ends it). Try:

  curl '{base}/api/v1/search?q=plankton'
  curl '{base}/oai?verb=ListRecords&metadataPrefix=oai_dc'
  curl -L -H 'Accept: text/turtle' {base}/id/module/{shown}
  curl {base}/api/v1/modules/{shown}
  curl {base}/api/v1/modules/{explained}/origins
{seen if known else ""}"""


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            reason = f"PORT={port}: {HOST}:{port} cannot be used ({error}); choose another: make demo PORT=8001"
            raise DemoError(reason) from None


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
