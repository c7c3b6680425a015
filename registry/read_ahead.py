"""A harvest reads on in a thread of its own while what it read before is applied: waiting and working overlap.

Nothing of the stream's meaning moves. Events are given out in their order, and what ends the stream is raised behind
the last of them. What a source asks the memory about an entry is answered when everything read of that entry was
applied (`wait_for`), and nothing is read before the listing is, so that a source cannot tell that it is ahead. A few
events and bytes are held at most: a process that is killed read little that the next run reads again.

Whoever stops taking events ends the thread, at once, before he does anything else. Border: knows no database.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

from harvester.events import Event, Failed, Fetched, Gone, Listed, Unchanged
from harvester.stopping import Stop, Stopped

MOST_EVENTS = 8
MOST_BYTES = 8 * 2**20
_NOBODY = "nobody takes what is read"


class ReadAhead:
    """The stream of one harvest; `stop` ends it."""

    def __init__(self, stop: Stop, *, most_events: int = MOST_EVENTS, most_bytes: int = MOST_BYTES) -> None:
        self._stop = stop
        self._most_events = most_events
        self._most_bytes = most_bytes
        # Read and not applied; the first one is being applied.
        self._events: deque[Event] = deque()
        self._moved = threading.Condition()
        self._read_all = self._given_up = False

    def events(self, source: Generator[Event, None, None]) -> Generator[Event, None, None]:
        """The events of a harvest that begins with the first one that is taken. Raises what the harvest raises."""
        with ThreadPoolExecutor(1, "read-ahead") as threads:
            reading = threads.submit(self._read, source)
            try:
                while (event := self._next()) is not None:
                    yield event
                    self._applied()
            finally:
                self._give_up()
        reading.result()

    def wait_for(self, key: str) -> None:
        """Wait until everything that was read of an entry is applied. For the reading thread; raises `Stopped`."""
        with self._moved:
            self._wait_until(lambda: all(_key_of(each) != key for each in self._events))

    # The thread that reads -------------------------------------------------------------------------------------------

    def _read(self, source: Generator[Event, None, None]) -> None:
        try:
            with closing(source):
                for event in source:
                    self._put(event)
        finally:
            with self._moved:
                self._read_all = True
                self._moved.notify_all()

    def _put(self, event: Event) -> None:
        size = _size_of(event)
        with self._moved:
            self._wait_until(lambda: self._has_room(size))
            self._events.append(event)
            self._moved.notify_all()
            if isinstance(event, Listed):
                self._wait_until(lambda: not self._events)

    def _has_room(self, size: int) -> bool:
        """Whether one more event may be held; the largest one may be, alone."""
        held = sum(map(_size_of, self._events))
        return not self._events or (len(self._events) < self._most_events and held + size <= self._most_bytes)

    def _wait_until(self, ready: Callable[[], bool]) -> None:
        self._moved.wait_for(lambda: self._given_up or ready())
        if self._given_up:
            raise Stopped(_NOBODY)

    # The thread that takes -------------------------------------------------------------------------------------------

    def _next(self) -> Event | None:
        with self._moved:
            self._moved.wait_for(lambda: self._events or self._read_all)
            return self._events[0] if self._events else None

    def _applied(self) -> None:
        with self._moved:
            self._events.popleft()
            self._moved.notify_all()

    def _give_up(self) -> None:
        with self._moved:
            self._given_up = True
            self._moved.notify_all()
            is_reading = not self._read_all
        if is_reading:
            self._stop.set(_NOBODY)


@contextmanager
def ended(events: Iterable[Event]) -> Iterator[None]:
    """However the block ends, the stream ends too, before anything else is done about it."""
    try:
        yield
    finally:
        if isinstance(events, Generator):
            events.close()


def _key_of(event: Event) -> str | None:
    return event.entry.key if isinstance(event, (Fetched, Unchanged, Gone, Failed)) else None


def _size_of(event: Event) -> int:
    return sum(len(each.body) for each in event.documents) if isinstance(event, Fetched) else 0
