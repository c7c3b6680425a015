"""One source of kind `github` harvested from a small GitHub in memory, run after run over one memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from harvester.bounds import Limits
from harvester.client import Client
from harvester.endpoints import Endpoints
from harvester.events import Event, Fetched, Finished
from harvester.harvest import harvest
from tests.support.answers import session_of
from tests.support.clock import HandClock
from tests.support.memory import DictMemory
from tests.support.small_github import Repo, SmallGithub

E = TypeVar("E")
TOKEN = "t"
META = {"ai4-metadata.yml": b"title: One\n", "README.md": b"# One\n", "code.py": b"1\n"}


class World:
    """A small GitHub with its harvests; `run` is one run with a new client over the same memory."""

    def __init__(self, *repos: Repo, **settings: object) -> None:
        self.github = SmallGithub(*repos)
        self.memory = DictMemory()
        self.clock = HandClock()
        self.settings: Mapping[str, object] = settings or {"catalogue": "sample/catalogue"}

    def run(self, *, full: bool = False, token: str | None = TOKEN) -> list[Event]:
        self.github.requests.clear()
        endpoints = Endpoints()
        session, limits = session_of(self.github), Limits(tries=1)
        client = Client(session, self.memory, endpoints, self.clock, contact="us@example.org", limits=limits)
        events = harvest(
            "src", "github", self.settings, endpoints, client, self.memory, self.clock, full=full, token=token
        )
        return self.memory.learn("src", events)


def of(kind: type[E], events: list[Event]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def catalogue(*names: str, branch: str | None = None) -> Repo:
    rows = [
        f'[submodule "{name}"]\n\tpath = {name}\n\turl = https://github.com/{name}\n'
        + (f"\tbranch = {branch}\n" if branch else "")
        for name in names
    ]
    return Repo("sample/catalogue", {".gitmodules": "".join(rows).encode(), "README.md": b"list\n"})


def cost(events: list[Event]) -> tuple[int, int]:
    finished = events[-1]
    assert isinstance(finished, Finished)
    return finished.requests.sent, finished.requests.quota_used


def finding_codes(events: list[Event]) -> list[str]:
    return [finding.code for event in of(Fetched, events) for finding in event.findings]
