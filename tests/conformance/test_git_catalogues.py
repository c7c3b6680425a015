"""The three real catalogues of GitHub by git alone: 84 listings without one request to an API.

The repositories are made from the real files and served by git on the loopback, which plays github.com.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from typing_extensions import override

from harvester.client import Client
from harvester.endpoints import Endpoints
from harvester.events import Event, Fetched, Finished, Gone, Listed, Unchanged
from harvester.harvest import harvest
from tests.conftest import missing
from tests.support.answers import session_of
from tests.support.clock import HandClock
from tests.support.harvests import of
from tests.support.memory import DictMemory
from tests.support.small_git import HAS_GIT, SmallGit

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

CATALOGUES = {"deephdc/deep-oc": 32, "ai4os-hub/modules-catalog": 46, "ai4os/tools-catalog": 6}


class Instead(HTTPAdapter):
    """Sends what is meant for github.com to the server on the loopback, and nothing to anybody else."""

    def __init__(self, server: SmallGit) -> None:
        super().__init__()
        self.server = server
        self.hosts: set[str] = set()

    @override
    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        self.hosts.add(parts.netloc)
        # As there, letter case does not matter.
        request.url = f"{self.server.url}{parts.path.lower()}{f'?{parts.query}' if parts.query else ''}"
        return super().send(request, *args, **kwargs)


@dataclass(slots=True)
class GitHub:
    """github.com by git, and what was remembered of it."""

    server: SmallGit
    adapter: Instead
    memory: DictMemory

    def run(self, catalogue: str) -> list[Event]:
        endpoints, clock = Endpoints(), HandClock()
        session = session_of(self.adapter)
        client = Client(session, self.memory, endpoints, clock, contact="us@example.org")
        settings = {"catalogue": f"https://github.com/{catalogue}"}
        stream = harvest(catalogue, "git", settings, endpoints, client, self.memory, clock)
        events = self.memory.learn(catalogue, stream)
        session.close()
        return events


@pytest.fixture
def github(shared: Path, tmp_path: Path) -> Iterator[GitHub]:
    if not HAS_GIT:
        missing("git is not installed with its `git-http-backend`")
    with SmallGit(tmp_path, "git") as server:
        for each in json.loads((shared / "corpus" / "index.json").read_bytes()):
            server.create(each["repo"].lower(), files_of(shared, each["repo"]))
        yield GitHub(server, Instead(server), DictMemory())


def files_of(shared: Path, repository: str) -> dict[str, bytes]:
    folder = shared / "corpus" / "github" / repository / "files"
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def test_real_catalogues_are_harvested_by_git_without_any_api(github: GitHub, shared: Path) -> None:
    first = {catalogue: github.run(catalogue) for catalogue in CATALOGUES}
    asked = len(github.server.log)
    assert {name: len(of(Listed, events)[0].entries) for name, events in first.items()} == CATALOGUES
    fetched = [event for events in first.values() for event in of(Fetched, events)]
    gone = [event for events in first.values() for event in of(Gone, events)]
    assert len(fetched) + len(gone) == 84
    assert len(fetched) > 65
    assert github.adapter.hosts == {"github.com"}
    assert asked <= 4 * 3 + 3 * len(fetched) + 2 * len(gone)
    spellings = {row["repo"].lower(): row["repo"] for row in json.loads((shared / "corpus/index.json").read_bytes())}
    for event in fetched:
        real = files_of(shared, spellings[event.key.partition("/")[2]])
        kept = {each.path: each.body for each in event.documents if not each.path.startswith("api:")}
        assert kept
        assert kept == {path: body for path, body in real.items() if path in kept}
        assert {"README.md", "ai4-metadata.yml", "metadata.json"} & real.keys() <= kept.keys()

    again = {catalogue: github.run(catalogue) for catalogue in CATALOGUES}
    assert sum(len(of(Unchanged, events)) for events in again.values()) == len(fetched)
    assert sum(len(of(Gone, events)) for events in again.values()) == len(gone)
    second = [of(Finished, events)[0].requests for events in again.values()]
    assert sum(each.sent for each in second) == len(github.server.log) - asked
    assert sum(each.sent for each in second) <= 84 + 2 * 3 + len(gone)
    assert sum(each.avoided for each in second) >= 2 * len(fetched)
