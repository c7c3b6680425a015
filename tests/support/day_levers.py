"""The levers of a played world: what happens to repositories, quotas and servers in the course of a day.

Two worlds have them: the stand-in of this checkout, in this process, and any server that names its own in an endpoints
file as `control`.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import requests

from harvester.clock import Clock
from tests.standin.server import StandIn


class Levers(Protocol):
    """What can be done to a world."""

    def read(self, repo: str, path: str) -> str:
        """A file as it is."""

    def write(self, repo: str, path: str, text: str) -> None:
        """A commit in which one file is another."""

    def create(self, repo: str, files: dict[str, str]) -> None:
        """A new repository."""

    def break_down(self, match: str) -> None:
        """Addresses that match answer with a page of HTML until `mend`."""

    def mend(self) -> None:
        """They answer again."""

    def limit(self, remaining: int, until: datetime) -> None:
        """Leave GitHub's quota so many requests until a moment of the played day."""

    def pass_to(self, moment: datetime) -> None:
        """The played day has come so far."""

    def refused(self) -> int:
        """How many requests were refused because of a limit."""


@dataclass
class StandInLevers:
    """Those of the stand-in of this checkout, whose limits follow the clock of the day."""

    standin: StandIn

    def read(self, repo: str, path: str) -> str:
        return _file(f"{self.standin.endpoints['github']}", repo, path)

    def write(self, repo: str, path: str, text: str) -> None:
        self.standin.change(repo, path, text)

    def create(self, repo: str, files: dict[str, str]) -> None:
        self.standin.create_repo(repo, files)

    def break_down(self, match: str) -> None:
        self.standin.fault(match, "html")

    def mend(self) -> None:
        self.standin.faults.rules.clear()

    def limit(self, remaining: int, until: datetime) -> None:
        now = self.standin.limits.clock.now()
        self.standin.limits.set(remaining, int((until - now).total_seconds()))

    def pass_to(self, moment: datetime) -> None:
        del moment

    def refused(self) -> int:
        return sum(row.status in (403, 429) for row in self.standin.requests)


@dataclass
class ControlledLevers:
    """Those of a server with a control address; its own clock is the machine's, so its limits are lifted in time.

    A reset that it names is taken for as far away as it is by its own clock (`Date`), which is right here too.
    """

    github: str
    control: str
    clock: Clock
    limited_until: datetime | None = field(default=None)

    def read(self, repo: str, path: str) -> str:
        return _file(self.github, repo, path)

    def write(self, repo: str, path: str, text: str) -> None:
        self._do("mutate", repo=repo, op="put-file", path=path, content=text, message="A change of the day")

    def create(self, repo: str, files: dict[str, str]) -> None:
        self._do("mutate", repo=repo, op="create-repo", files=files)

    def break_down(self, match: str) -> None:
        self._do("faults", [{"match": match, "mode": "html"}])

    def mend(self) -> None:
        requests.delete(f"{self.control}/faults", timeout=30).raise_for_status()

    def limit(self, remaining: int, until: datetime) -> None:
        self.limited_until = until
        ahead = int((until - self.clock.now()).total_seconds())
        self._do("rate-limit", api="github", resource="core", remaining=remaining, reset_in=ahead)

    def pass_to(self, moment: datetime) -> None:
        if self.limited_until is not None and moment >= self.limited_until:
            self.limited_until = None
            self._do("reset", what=["limits"])

    def refused(self) -> int:
        stats = requests.get(f"{self.control}/stats?log=0", timeout=30).json()
        by_status = [each.get("by_status", {}) for each in stats.get("apis", {}).values()]
        return sum(int(found.get(status, 0)) for found in by_status for status in ("403", "429"))

    def _do(self, lever: str, rules: list[dict[str, Any]] | None = None, **form: Any) -> None:
        answer = requests.post(f"{self.control}/{lever}", json=rules if rules is not None else form, timeout=60)
        answer.raise_for_status()


def _file(github: str, repo: str, path: str) -> str:
    headers = {"User-Agent": "day", "Authorization": "Bearer lever"}
    answer = requests.get(f"{github}/repos/{repo}/contents/{path}", headers=headers, timeout=30)
    answer.raise_for_status()
    return base64.b64decode(answer.json()["content"]).decode()


