"""`make bench`: how long the main ways take on the sample world, as a table one can compare with yesterday's.

Measures what an operator waits for, by the commands and addresses they use. It judges nothing: the tests do that.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from flask.testing import FlaskClient

from registry.services import open_services
from registry.settings import load_settings
from registry.web import create_app
from tests.standin.server import StandIn

SOURCES = Path(__file__).parent / "standin" / "demo-sources.toml"
QUESTIONS = ("plankton", "image classification", "tensorflw", "a", "speech OR audio")
REPEATS = 40


def main() -> int:
    """Run every measurement; returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="modreg-bench-") as folder, StandIn() as standin:
        environment = _environment(Path(folder), standin)
        _row("measured", "milliseconds", "remark")
        _modreg(environment, "init")
        _modreg(environment, "sources", "import", str(SOURCES))
        for name in ("harvest, first", "harvest, unchanged"):
            before = len(standin.requests)
            spent = _timed(lambda: _modreg(environment, "harvest"))
            sent = standin.requests[before:]
            _row(name, f"{spent:.0f}", f"{len(sent)} requests, {sum(each.charged for each in sent)} charged")
        _row("rebuild all", f"{_timed(lambda: _modreg(environment, 'rebuild', 'all')):.0f}", "offline")
        with _client(environment) as client:
            _reading(client)
    return 0


def _reading(client: FlaskClient) -> None:
    """The addresses that people and portals read, each asked many times."""
    slug = client.get("/api/v1/modules?limit=1").get_json()["items"][0]["slug"]
    _row("OAI-PMH, all records", f"{_timed(lambda: _whole_list(client)):.0f}", "oai_dc")
    addresses = {
        "catalogue page": "/modules",
        "module page": f"/modules/{slug}",
        "module as Turtle": f"/modules/{slug}.ttl",
        "module as JSON": f"/api/v1/modules/{slug}",
        **{f"search {text!r}": f"/api/v1/search?q={text.replace(' ', '+')}" for text in QUESTIONS},
    }
    for name, address in addresses.items():
        times = [_timed(partial(_get, client, address)) for _ in range(REPEATS)]
        _row(name, f"{statistics.median(times):.1f}", f"median of {REPEATS}, slowest {max(times):.0f}")


def _whole_list(client: FlaskClient) -> int:
    count, address = 0, "/oai?verb=ListRecords&metadataPrefix=oai_dc"
    while True:
        text = _get(client, address)
        count += text.count("<record>")
        token = re.search(r"<resumptionToken[^>]*>([^<]+)</resumptionToken>", text)
        if token is None:
            return count
        address = f"/oai?verb=ListRecords&resumptionToken={token[1]}"


def _get(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"bench: {address} answered {answer.status}")
    return answer.get_data(as_text=True)


@contextmanager
def _client(environment: dict[str, str]) -> Iterator[FlaskClient]:
    with open_services(load_settings(environ=environment)) as services:
        yield create_app(services).test_client()


def _environment(folder: Path, standin: StandIn) -> dict[str, str]:
    endpoints = folder / "endpoints.json"
    endpoints.write_text(json.dumps(dict(standin.endpoints)), encoding="utf-8")
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MODREG_")}
    return plain | {
        "MODREG_HOME": str(folder / "home"), "MODREG_ENDPOINTS": str(endpoints), "MODREG_GITHUB_TOKEN": "sample",
        "MODREG_LOG_LEVEL": "ERROR",
    }


def _modreg(environment: dict[str, str], *arguments: str) -> None:
    """A command as an operator runs it, start of the program included. 3 says: done, and something was found."""
    command = [sys.executable, "-c", "from registry.cli import main; main()", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise SystemExit(f"bench: modreg {' '.join(arguments)} ended with {done.returncode}: {done.stderr[-500:]}")


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _row(*cells: str) -> None:
    print(f"{cells[0]:<32}{cells[1]:>14}  {cells[2]}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
