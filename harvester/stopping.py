"""Telling a harvest to stop: from another thread, within seconds, whatever it waits for.

A `Stop` is set once, with a reason. A harvest meets it at its next wait (`StoppableClock`), at its next request, and in
the middle of an answer that does not come, because the connections that were opened under it are cut
(`harvester.addresses`). Border: who wants it to stop, and what becomes of the run, is the registry's business.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from harvester.clock import Clock


class Stopped(BaseException):
    """A harvest was told to stop. No error of a source, so that no handler of errors keeps it from ending."""


class Stop:
    """Set by one thread, met by another; the first reason stays."""

    def __init__(self) -> None:
        self._set = threading.Event()
        self._lock = threading.Lock()
        self._reason = ""
        self._actions: list[Callable[[], object]] = []

    @property
    def reason(self) -> str:
        """Why, or nothing while it is not set."""
        return self._reason

    def is_set(self) -> bool:
        """Whether it is to stop."""
        return self._set.is_set()

    def set(self, reason: str) -> None:
        """Let it stop, now."""
        with self._lock:
            if self._set.is_set():
                return
            self._reason = reason
            self._set.set()
            actions, self._actions = self._actions, []
        for act in actions:
            act()

    def on_set(self, act: Callable[[], object]) -> None:
        """Have something done when it is set, or at once when it is already."""
        with self._lock:
            if not self._set.is_set():
                self._actions.append(act)
                return
        act()

    def check(self) -> None:
        """Raise `Stopped` when it is set."""
        if self._set.is_set():
            raise Stopped(self._reason)

    def wait(self, clock: Clock, seconds: float) -> None:
        """Wait by this clock, and raise `Stopped` as soon as it is set."""
        self.check()
        clock.wait(self._set, seconds)
        self.check()


class StoppableClock:
    """A clock whose waits, and whose measuring of an answer that comes slowly, end with a `Stop`."""

    def __init__(self, clock: Clock, stop: Stop) -> None:
        self._clock = clock
        self._stop = stop

    def now(self) -> datetime:
        """The moment."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Seconds that never run backwards. Raises `Stopped`."""
        self._stop.check()
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait. Raises `Stopped` when told to stop meanwhile."""
        self._stop.wait(self._clock, seconds)

    def wait(self, over: threading.Event, seconds: float) -> bool:
        """Wait until an event is set, at most so long; returns whether it is. Raises `Stopped` before and after."""
        self._stop.check()
        done = self._clock.wait(over, seconds)
        self._stop.check()
        return done
