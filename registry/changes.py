"""Questions about the change log: what happened to which module, in order."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from registry.database import Database
from registry.tables import change, module


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the change log. `kind`: created, updated, withdrawn or restored."""

    sequence: int
    slug: str
    kind: str
    datestamp: str
    run: int | None


def list_changes(database: Database, after: int = 0, limit: int = 100, slug: str | None = None) -> list[Change]:
    """Changes with a greater sequence number than `after`, oldest first, optionally of one module."""
    question = (
        select(change.c.sequence, module.c.slug, change.c.kind, change.c.datestamp, change.c.run_id)
        .join(module, change.c.module_id == module.c.id)
        .where(change.c.sequence > after)
        .order_by(change.c.sequence)
        .limit(limit)
    )
    if slug is not None:
        question = question.where(module.c.slug == slug)
    with database.read() as connection:
        return [Change(*row) for row in connection.execute(question)]


def last_sequence(database: Database) -> int:
    """The sequence number of the newest change; 0 when there is none."""
    with database.read() as connection:
        return connection.scalar(select(func.max(change.c.sequence))) or 0


def last_datestamp(database: Database) -> str | None:
    """The datestamp of the newest change, or None."""
    with database.read() as connection:
        return connection.scalar(select(change.c.datestamp).order_by(change.c.sequence.desc()).limit(1))
