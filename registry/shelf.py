"""Bytes for the length of a dry run, by their SHA-256: a few in memory, more in a file that nobody else sees.

Border: nothing of it outlives the process. What stays is in `registry.payloads`.
"""

from __future__ import annotations

import hashlib
import tempfile
import weakref
from dataclasses import replace

from harvester.events import Event, Fetched

_IN_MEMORY = 8 * 1024 * 1024


class Shelf:
    """See the module."""

    def __init__(self) -> None:
        """Nothing is on it."""
        self._places: dict[str, tuple[int, int]] = {}
        self._size = 0
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with this object
        weakref.finalize(self, self._file.close)

    def put(self, body: bytes) -> str:
        """Keep bytes, once; returns their SHA-256."""
        sha256 = hashlib.sha256(body).hexdigest()
        if sha256 not in self._places:
            self._file.seek(self._size)
            self._file.write(body)
            self._places[sha256] = (self._size, len(body))
            self._size += len(body)
        return sha256

    def get(self, sha256: str) -> bytes | None:
        """The bytes with this hash, or None."""
        place = self._places.get(sha256)
        if place is None:
            return None
        self._file.seek(place[0])
        return self._file.read(place[1])

    def lighten(self, event: Event) -> Event:
        """An event without the bytes of its documents, which are put here."""
        if not isinstance(event, Fetched):
            return event
        light = (replace(each, body=b"", sha256=self.put(each.body)) for each in event.documents)
        return replace(event, documents=tuple(light))

    def whole(self, event: Event) -> Event:
        """An event that was lightened, with its bytes again."""
        if not isinstance(event, Fetched):
            return event
        return replace(
            event, documents=tuple(replace(each, body=self.get(each.sha256) or b"") for each in event.documents)
        )
