"""One source of kind `git` harvested from a git server on the loopback, run after run over one memory."""

from __future__ import annotations

from collections.abc import Iterator

from harvester.addresses import open_session
from harvester.bounds import Limits
from harvester.client import Client
from harvester.endpoints import Endpoints
from harvester.events import Event
from harvester.harvest import harvest
from tests.support.clock import HandClock
from tests.support.memory import DictMemory
from tests.support.small_git import SmallGit

META = {"ai4-metadata.yml": b"title: One\n", "README.md": b"# One\n", "code.py": b"1\n"}
SOURCE = "src"


class GitWorld:
    """A git server with its harvests; the operator named the server, so that it may be a private one."""

    kind = "git"

    def __init__(self, server: SmallGit, **settings: object) -> None:
        self.server = server
        self.memory = DictMemory()
        self.settings = settings
        self.limits = Limits(tries=1, connect_s=5, read_s=5, total_s=20)

    def events(self, *, full: bool = False, token: str | None = None) -> Iterator[Event]:
        """The events of one run, one by one."""
        self.server.log.clear()
        self.server.credentials.clear()
        endpoints = Endpoints.from_mapping({"github": self.server.url})
        clock = HandClock()
        with open_session(endpoints) as session:
            client = Client(
                session, self.memory, endpoints, clock, contact="us@example.org", limits=self.limits
            )
            yield from harvest(
                SOURCE, self.kind, self.settings, endpoints, client, self.memory, clock, full=full, token=token
            )

    def run(self, *, full: bool = False, token: str | None = None) -> list[Event]:
        """A whole run."""
        return self.memory.learn(SOURCE, self.events(full=full, token=token))


class GitlabWorld(GitWorld):
    """The same with a GitLab before the git server."""

    kind = "gitlab"


def listing_of(server: SmallGit, *names: str, branch: str | None = None) -> bytes:
    """A `.gitmodules` of these repositories."""
    extra = f"\tbranch = {branch}\n" if branch else ""
    return "".join(
        f'[submodule "{name}"]\n\tpath = {name}\n\turl = {server.url}/{name}.git\n{extra}' for name in names
    ).encode()


def packs(server: SmallGit) -> int:
    """How many questions with a body were asked in the last run: for refs by protocol 2, and for packs."""
    return sum(each.startswith("POST") for each in server.log)
