"""Answers whose head does not come in time are cut off, however they drip: by one thread for all requests of a session.

A thread for each request would cost two changes of threads for each, which is much where another thread works all the
time. All requests have the same time, so that a watch which sleeps no longer than that meets every deadline without
being told of new ones. Border: how long is allowed is decided by whoever opens the session.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from harvester.clock import SystemClock
from harvester.errors import TimedOut


@dataclass(slots=True, eq=False)
class _Waiting:
    """A request whose answer has not begun, and the moment at which it is late."""

    opened: socket.socket
    until: float
    late: bool = False


class Deadlines:
    """The requests of one session that wait for the head of their answer."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._clock = SystemClock()
        self._waiting: set[_Waiting] = set()
        self._moved = threading.Condition()
        self._watch: threading.Thread | None = None

    @contextmanager
    def bounded(self, opened: socket.socket) -> Iterator[None]:
        """Cut the connection when the block takes longer than allowed.

        Raises:
            TimedOut: it took longer.
        """
        one = _Waiting(opened, self._clock.monotonic() + self._seconds)
        with self._moved:
            self._waiting.add(one)
            if self._watch is None:
                self._watch = threading.Thread(target=self._look, name="deadlines", daemon=True)
                self._watch.start()
        try:
            yield
        finally:
            with self._moved:  # nothing is cut behind the block, when the connection is somebody else's already
                self._waiting.discard(one)
            if one.late:  # what http.client made of the rest is no answer: it takes an end for the end of the head
                raise TimedOut(f"The answer did not begin within {self._seconds:g} s.")

    def end(self) -> None:
        """Watch no more. What is asked afterwards is watched anew."""
        with self._moved:
            self._watch = None
            self._moved.notify_all()

    def _look(self) -> None:
        """Cut off what is late; until nothing waits."""
        with self._moved:
            while self._waiting and self._watch is threading.current_thread():
                now = self._clock.monotonic()
                for each in self._waiting:
                    if each.until <= now and not each.late:
                        each.late = True
                        shut(each.opened)
                known = (each.until for each in self._waiting if not each.late)
                self._moved.wait(min((*known, now + self._seconds)) - now)
            if self._watch is threading.current_thread():
                self._watch = None


def shut(opened: socket.socket) -> None:
    """Cut a connection, also one that another thread waits for."""
    try:
        opened.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # closed in the meantime: what we wanted
