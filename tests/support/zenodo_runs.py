"""One source of kind `zenodo` harvested from a small Zenodo in memory, run after run over one memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harvester.bounds import Limits
from harvester.client import Client
from harvester.endpoints import Endpoints
from harvester.events import Entry, Event, Fetched, Listed, ListingFailed
from harvester.harvest import harvest
from harvester.memory import Named
from tests.support.answers import session_of
from tests.support.clock import HandClock
from tests.support.harvests import of
from tests.support.memory import DictMemory
from tests.support.small_zenodo import Deposit, SmallZenodo


class ZenodoRuns:
    """`run` is one run with a new client over the same memory."""

    def __init__(self, *deposits: Deposit, shape: str = "native", **settings: Any) -> None:
        self.zenodo = SmallZenodo(*deposits, shape=shape)
        self.memory = DictMemory()
        self.clock = HandClock()
        self.settings = settings

    def name(self, kind: str, value: str, role: str, *keys: str) -> None:
        """Let records of other sources name something."""
        self.memory.names.setdefault(kind, []).append(Named(value, role, keys or ("github.com/sea/fish",)))

    def run(self, *, full: bool = False, token: str | None = None) -> list[Event]:
        self.zenodo.requests.clear()
        endpoints = Endpoints()
        session, limits = session_of(self.zenodo), Limits(tries=1)
        client = Client(session, self.memory, endpoints, self.clock, contact="us@example.org", limits=limits)
        events = harvest(
            "zen", "zenodo", self.settings, endpoints, client, self.memory, self.clock, full=full, token=token
        )
        return self.memory.learn("zen", events)

    def refusal(self) -> tuple[str, str]:
        """What is wrong with the listing, and how it is mended."""
        (failed,) = of(ListingFailed, self.run())
        return failed.problem.message, failed.problem.mend


def listed(events: Iterable[Event]) -> Listed:
    """The listing of a run."""
    (found,) = of(Listed, list(events))
    return found


def entry(events: Iterable[Event], key: str) -> Entry:
    """One entry of the listing."""
    return next(each for each in listed(events).entries if each.key == key)


def keys(events: Iterable[Event]) -> list[str]:
    """The keys that were listed."""
    return [each.key for each in listed(events).entries]


def told(events: Iterable[Event]) -> list[tuple[str, str]]:
    """What the listing tells: codes and messages."""
    return [(each.code, each.message) for each in listed(events).findings]


def fetched(events: Iterable[Event]) -> list[str]:
    """The keys that were read anew."""
    return [each.key for each in of(Fetched, list(events))]
