"""When a request may go: one at a time for each server, not faster than its pace, never before a limit ends.

A lane is a server's budget (`Endpoints.lane`), a resource a part of it that is counted apart (GitHub's `core` and
`search`). One `Gate` may be shared by many clients of one process. Border: knows moments, not requests.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from harvester.clock import Clock
from harvester.endpoints import Endpoints
from harvester.limits import Budget

# Requests a minute that the public servers bear; GitHub counts 900 points for its secondary limit, Docker Hub 180,
# DataCite 1,000 in five minutes. A server of the operator's own (enterprise, mirror, stand-in) has no such limit.
PACES = {"github": 900, "dockerhub": 180, "oci": 300, "zenodo": 120, "zenodo_oai": 30, "datacite": 200}
DEFAULT_PACE = 300
OWN_PACE = 60_000

# Server (None: any), address, part of the budget.
_RESOURCES: tuple[tuple[str | None, re.Pattern[str], str], ...] = (
    ("github", re.compile(r"/search/"), "search"),
    ("github", re.compile(r"/graphql$"), "graphql"),
    ("zenodo", re.compile(r"/api/(records|communities/[^/]+/records)\?"), "search"),
    # The manifest of an image: a registry counts those that are fetched, and tells what is left of them on the others.
    (None, re.compile(r"/v2/.+/manifests/[^/?]+$"), "pulls"),
)


def resource_of(lane: str, url: str, method: str = "GET") -> str:
    """Which part of a lane's budget a request spends."""
    told = budget_told_of(lane, url)
    return "core" if told == "pulls" and method == "HEAD" else told


def budget_told_of(lane: str, url: str) -> str:
    """Which part of a lane's budget the answers of an address tell of, whether or not the question was for free."""
    return next((name for known, pattern, name in _RESOURCES if known in (None, lane) and pattern.search(url)), "core")


@dataclass(slots=True)
class _Lane:
    """One server: its bucket of requests, and until when its resources are closed."""

    per_minute: int
    tokens: float
    filled: float
    turn: threading.RLock = field(default_factory=threading.RLock)
    closed: dict[str, datetime] = field(default_factory=dict)
    strikes: int = 0


class Gate:
    """Budgets and paces of all servers."""

    def __init__(self, clock: Clock, endpoints: Endpoints) -> None:
        self._clock = clock
        self._endpoints = endpoints
        self._lanes: dict[str, _Lane] = {}
        self._lock = threading.Lock()

    def turn(self, lane: str) -> threading.RLock:
        """The lock of a lane, to be held for the length of one request."""
        return self._lane(lane).turn

    def closed_until(self, lane: str, resource: str) -> datetime | None:
        """Until when nothing may be asked, or None."""
        until = self._lane(lane).closed.get(resource)
        return until if until is not None and until > self._clock.now() else None

    def pause(self, lane: str) -> float:
        """Take one request out of the bucket; returns the seconds to wait before sending it."""
        state = self._lane(lane)
        capacity = max(1.0, state.per_minute / 2)  # half at once, half in the minute after: never more than the pace
        moment = self._clock.monotonic()
        state.tokens = min(capacity, state.tokens + (moment - state.filled) * capacity / 60)
        state.filled = moment
        state.tokens -= 1
        return max(0.0, -state.tokens * 60 / capacity)

    def learn(self, lane: str, resource: str, left: Budget) -> None:
        """Note what an answer said of the budget; an empty one closes the resource until its reset."""
        if left.remaining <= 0 and left.reset is not None:
            self.close(lane, left.resource or resource, left.reset)

    def close(self, lane: str, resource: str, until: datetime) -> None:
        """Ask nothing before this moment."""
        state = self._lane(lane)
        state.closed[resource] = max(until, state.closed.get(resource, until))

    def strike(self, lane: str) -> timedelta:
        """Another limit without a word how long: the wait doubles each time, from a minute."""
        state = self._lane(lane)
        state.strikes += 1
        return timedelta(minutes=min(60, 2 ** (state.strikes - 1)))

    def forgive(self, lane: str) -> None:
        """An answer came through: the next limit is again the first one."""
        self._lane(lane).strikes = 0

    def _lane(self, lane: str) -> _Lane:
        with self._lock:
            state = self._lanes.get(lane)
            if state is None:
                pace = OWN_PACE if self._endpoints.is_own(lane) else PACES.get(lane, DEFAULT_PACE)
                state = self._lanes[lane] = _Lane(pace, max(1.0, pace / 2), self._clock.monotonic())
            return state
