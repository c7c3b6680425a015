"""The one place that reads the time and sleeps; everything else is given a `Clock`.

Tests hand in a clock of their own, so that waiting for a quota takes no time. Border: no other module of the house
calls `datetime.now`, `time.time` or `time.sleep`.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is, and how to wait."""

    def now(self) -> datetime:
        """The moment, aware and in UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, for measuring."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def wait(self, over: threading.Event, seconds: float) -> bool:
        """Wait, but no longer than until the event is set; returns whether it is."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The moment, aware and in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait; a negative time is none."""
        if seconds > 0:
            time.sleep(seconds)

    def wait(self, over: threading.Event, seconds: float) -> bool:
        """Wait, but no longer than until the event is set; returns whether it is."""
        return over.wait(max(0.0, seconds))
