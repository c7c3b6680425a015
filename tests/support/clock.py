"""A clock that tests wind by hand: waiting takes no time and is written down."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class HandClock:
    """A `Clock`; `slept` holds every wait."""

    def __init__(self, start: datetime = START) -> None:
        self.moment = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)

    def wait(self, over: threading.Event, seconds: float) -> bool:
        if not over.is_set():
            self.sleep(seconds)
        return over.is_set()

    def advance(self, seconds: float) -> None:
        """Let time pass without anybody waiting."""
        self.moment += timedelta(seconds=seconds)
