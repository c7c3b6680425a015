"""Harvests of any kind of source over one memory: from a server in memory, or from the replay of the real ones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from requests.adapters import BaseAdapter

from harvester.addresses import open_session
from harvester.bounds import Limits
from harvester.client import Client
from harvester.endpoints import Endpoints
from harvester.events import Event, Finished, Requests
from harvester.harvest import harvest
from harvester.memory import Named
from tests.support.answers import session_of
from tests.support.clock import HandClock
from tests.support.memory import DictMemory

E = TypeVar("E")
SOURCE = "src"
CONTACT = "mailto:us@example.org"


class Runs:
    """Run after run of one source, each with a new client over the same memory; `adapter` is the server."""

    def __init__(self, kind: str, adapter: BaseAdapter, **settings: object) -> None:
        self.kind = kind
        self.adapter = adapter
        self.settings: Mapping[str, object] = settings
        self.memory = DictMemory()
        self.clock = HandClock()
        self.endpoints = Endpoints()

    def name(self, kind: str, *values: str, role: str = "own", by: str = "github.com/sample/module") -> None:
        """Let records of other sources name these things."""
        self.memory.names.setdefault(kind, []).extend(Named(value, role, (by,)) for value in values)

    def run(self, *, full: bool = False, token: str | None = None, tries: int = 1) -> list[Event]:
        """One harvest."""
        return self.memory.learn(SOURCE, self.stream(full=full, token=token, tries=tries))

    def stream(self, *, full: bool = False, token: str | None = None, tries: int = 1) -> Iterator[Event]:
        """One harvest, event by event, of which the memory learns nothing by itself."""
        session, limits = session_of(self.adapter), Limits(tries=tries)
        client = Client(session, self.memory, self.endpoints, self.clock, contact=CONTACT, limits=limits)
        return harvest(
            SOURCE, self.kind, self.settings, self.endpoints, client, self.memory, self.clock, full=full, token=token
        )


class Replayed:
    """Run after run of sources over the replay, with one memory and a clock that does not wait."""

    def __init__(self, server: Any) -> None:
        self.endpoints = Endpoints.from_json(json.dumps(server.urls))
        self.memory = DictMemory()
        self.clock = HandClock()

    def run(self, kind: str, settings: Mapping[str, object], *, source: str = SOURCE, token: str | None = None,
            limits: Limits | None = None, full: bool = False) -> list[Event]:
        """One harvest."""
        with open_session(self.endpoints, header_s=(limits or Limits()).total_s) as session:
            client = Client(session, self.memory, self.endpoints, self.clock, contact=CONTACT, limits=limits)
            stream = harvest(
                source, kind, settings, self.endpoints, client, self.memory, self.clock, full=full, token=token
            )
            return self.memory.learn(source, stream)

    def pass_time(self, **time: float) -> None:
        """Let days go by."""
        self.clock.advance(timedelta(**time).total_seconds())


def of(kind: type[E], events: list[Event]) -> list[E]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]


def kinds(events: list[Event]) -> list[str]:
    """What became of the harvest, in order."""
    return [type(event).__name__ for event in events]


def counted(events: list[Event]) -> dict[str, int]:
    """How many events of each kind there were."""
    return dict(Counter(kinds(events)))


def spent(events: list[Event]) -> Requests:
    """What the run cost."""
    finished = events[-1]
    assert isinstance(finished, Finished)
    return finished.requests
