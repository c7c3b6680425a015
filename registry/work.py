"""One writing transaction of the catalogue: the connection, whose work it is, the stamp, and what it changed so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from registry.modules import titles_of
from registry.settings import Settings
from registry.tables import change
from vocab.faces import FaceContext

_LATEST = select(change.c.datestamp).order_by(change.c.sequence.desc()).limit(1)
_HIGHEST = select(func.max(change.c.sequence))


def stamp_of(moment: datetime) -> str:
    """A moment as a stamp: UTC, seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class Work:
    """What the parts of the write path hand to each other.

    `changed` counts changes by kind, `written` the derived rows that were written by table, `slugs` tells each change
    as (kind, slug) in order.
    """

    connection: Connection
    settings: Settings
    now: datetime
    run_id: int | None = None
    changed: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    slugs: list[tuple[str, str]] = field(default_factory=list)

    def datestamp(self) -> str:
        """The stamp of a change made now: never behind that of an earlier change, whatever the clock says."""
        return max(stamp_of(self.now), self.connection.scalar(_LATEST) or "")

    def next_sequence(self) -> int:
        """The next number of the change log; gapless, because there is one writer."""
        return (self.connection.scalar(_HIGHEST) or 0) + 1

    def uri(self, slug: str) -> str:
        """The persistent URI of a module."""
        return f"{self.settings.base_url}/id/module/{slug}"

    def face_context(self, slugs: Iterable[str] = ()) -> FaceContext:
        """What a face is told of this registry, with the titles of these modules."""
        return FaceContext(
            base_url=self.settings.base_url,
            repository_id=self.settings.repository_id,
            repository_name=self.settings.repository_name,
            admin_email=self.settings.admin_email,
            publisher=self.settings.publisher,
            titles_of=titles_of(self.connection, set(slugs)),
        )
