"""Everything a part of the registry works with, opened together: settings, database, search, clock.

Whoever starts a process (command line, web server, worker, test) opens the services once and hands them on; nothing
below reaches for a global.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from typing_extensions import override

from harvester.bounds import Limits
from harvester.clock import Clock, SystemClock
from registry.database import Database, open_database, require_current
from registry.search.engine import SearchEngine
from registry.settings import Settings


@dataclass(slots=True)
class Services(AbstractContextManager["Services"]):
    """Settings, database, search engine, clock, and what one request to a source may cost.

    The engine is opened when it is first asked for.
    """

    settings: Settings
    database: Database
    clock: Clock
    open_engine: Callable[[Settings, Clock], SearchEngine]
    limits: Limits = field(default_factory=Limits)
    _engine: SearchEngine | None = None
    _opening: threading.Lock = field(default_factory=threading.Lock)

    @property
    def search(self) -> SearchEngine:
        """The search engine. Raises `SearchUnavailableError` when it cannot be opened."""
        with self._opening:
            if self._engine is None:
                self._engine = self.open_engine(self.settings, self.clock)
            return self._engine

    def close(self) -> None:
        """Give back files and connections."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None
        self.database.close()

    @override
    def __enter__(self) -> Self:
        return self

    @override
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_services(
    settings: Settings,
    clock: Clock | None = None,
    open_engine: Callable[[Settings, Clock], SearchEngine] | None = None,
    *,
    migrated: bool = True,
) -> Services:
    """The services of these settings. With `migrated` (the default) the database must be at the newest revision.

    Raises:
        DatabaseError: one line that says why the database cannot be used.
    """
    database = open_database(settings)
    if migrated:
        require_current(database)
    return Services(settings, database, clock or SystemClock(), open_engine or embedded_engine)


def embedded_engine(settings: Settings, clock: Clock) -> SearchEngine:
    """The search engine in the home folder."""
    # Imported when first needed: the engine's library is large, and most commands never search.
    from registry.search.tantivy_engine import EmbeddedEngine  # noqa: PLC0415

    return EmbeddedEngine(settings.home / "index", clock)
