"""What an `oci` source remembers between runs beside the answers themselves.

How a registry wants to be asked, so that no question is wasted on being told; what was not there, for the day: an
image that is not public today is not asked for at every run, and one that is published is seen tomorrow; until when a
registry lets nobody ask. Kept as validators of addresses with a fragment, which no answer has. Border: digests and
bodies are remembered under their own addresses by `oci_registry`.
"""

from __future__ import annotations

from datetime import datetime

from harvester.clock import Clock
from harvester.errors import iso
from harvester.memory import Memory, Validator

# No answer is given back for such a row.
_NO_ANSWER = 404


class Notebook:
    """Short texts by place. With `anew` what was true for the day counts no more: a full harvest."""

    def __init__(self, memory: Memory, clock: Clock, *, anew: bool = False) -> None:
        self._memory = memory
        self._clock = clock
        self._anew = anew

    def text(self, place: str) -> str | None:
        """What was written for ever."""
        kept = self._memory.validator(place, "")
        body = self._memory.payload(kept.sha256) if kept is not None else None
        return body.decode(errors="replace") if body is not None else None

    def write(self, place: str, text: str) -> None:
        """Write for ever, until something else is written."""
        self._keep(place, text, None)

    def of_today(self, place: str) -> str | None:
        """What was written today (UTC)."""
        kept = self._memory.validator(place, "")
        if kept is None or self._anew or kept.last_modified != self._today():
            return None
        return self.text(place)

    def write_for_today(self, place: str, text: str) -> None:
        """Write something that holds until midnight (UTC)."""
        self._keep(place, text, self._today())

    def rest(self, place: str) -> datetime | None:
        """Until when nothing may be asked here; None when it may."""
        kept = self._memory.validator(place, "")
        until = datetime.fromisoformat(kept.last_modified) if kept is not None and kept.last_modified else None
        return until if until is not None and until > self._clock.now() else None

    def write_rest(self, place: str, until: datetime) -> None:
        """Write until when nothing may be asked here."""
        self._keep(place, "", iso(until))

    def _today(self) -> str:
        return self._clock.now().date().isoformat()

    def _keep(self, place: str, text: str, until: str | None) -> None:
        with self._memory.together():
            sha256 = self._memory.keep_payload(text.encode())
            self._memory.keep_validator(Validator(place, "", None, until, sha256, _NO_ANSWER))
