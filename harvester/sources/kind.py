"""What every kind of source is: a settings model, and a way to list entries and to read one.

A new kind is one file with a `SourceKind`, one row in `harvester.sources.SOURCES`, and a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from pydantic import BaseModel

from harvester.client import Client
from harvester.clock import Clock
from harvester.endpoints import Endpoints
from harvester.events import Entry, Failed, Fetched, Gone, Listed, Unchanged
from harvester.memory import Memory

Outcome: TypeAlias = Fetched | Unchanged | Gone | Failed


@dataclass(frozen=True, slots=True)
class Task:
    """One harvest of one source. `full` reads everything anew, whatever is remembered."""

    source: str
    endpoints: Endpoints
    client: Client
    memory: Memory
    clock: Clock
    full: bool = False
    token: str | None = field(default=None, repr=False)


class Source(Protocol):
    """An opened source. Both methods may raise `HarvestError`; `harvester.harvest` makes events of it."""

    def list_entries(self) -> Listed:
        """Everything the source lists, in its own order."""

    def read(self, entry: Entry) -> Outcome:
        """One entry, if it changed."""

    def is_alive(self) -> bool:
        """Whether the server answers at all; asked after several entries in a row had no answer."""


@dataclass(frozen=True, slots=True)
class SourceKind:
    """One row of the table: the name in `kind = "…"`, its own settings, and how it is opened."""

    kind: str
    settings: type[BaseModel]
    open: Callable[[Task, Any], Source]
    home: Callable[[Endpoints, Any], str]
    """The base address whose limits and credential count for a source with these settings."""
    follows: Callable[[Any], bool] = lambda _: False
    """Whether a source with these settings lists what records of others name: it is harvested after them."""
    credential: str | None = None
    """What a credential of this kind is, for people; None when the kind takes none."""
