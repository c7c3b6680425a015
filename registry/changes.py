"""Questions about the change log: what happened to which module, in order."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, func, select

from registry.database import Database
from registry.tables import change, module, run


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the change log. `kind`: created, updated, withdrawn or restored.

    `run` and its `source` made it; without them it was a curator, a ruling or a rebuild. `fields` are those of the
    module that moved, where there was one before.
    """

    sequence: int
    slug: str
    kind: str
    datestamp: str
    run: int | None
    source: str | None = None
    fields: tuple[str, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        """The form of `GET /api/v1/changes` and `modreg modules history --json`; absent values are absent."""
        form = asdict(self) | {"fields": list(self.fields) if self.fields is not None else None}
        return {name: value for name, value in form.items() if value is not None}


def list_changes(database: Database, after: int = 0, limit: int = 100, slug: str | None = None) -> list[Change]:
    """Changes with a greater sequence number than `after`, oldest first, optionally of one module."""
    question = _question(slug).where(change.c.sequence > after).order_by(change.c.sequence).limit(limit)
    return _changes(database, question)


def newest_changes(database: Database, slug: str, limit: int) -> list[Change]:
    """The last changes of one module, newest first."""
    return _changes(database, _question(slug).order_by(change.c.sequence.desc()).limit(limit))


def last_sequence(database: Database) -> int:
    """The sequence number of the newest change; 0 when there is none."""
    with database.read() as connection:
        return connection.scalar(select(func.max(change.c.sequence))) or 0


def last_datestamp(database: Database) -> str | None:
    """The datestamp of the newest change, or None."""
    with database.read() as connection:
        return connection.scalar(select(change.c.datestamp).order_by(change.c.sequence.desc()).limit(1))


def _question(slug: str | None) -> Select[Any]:
    columns = (change.c.sequence, module.c.slug, change.c.kind, change.c.datestamp, change.c.run_id)
    question = (
        select(*columns, run.c.source, change.c.fields)
        .join(module, change.c.module_id == module.c.id)
        .outerjoin(run, change.c.run_id == run.c.id)
    )
    return question if slug is None else question.where(module.c.slug == slug)


def _changes(database: Database, question: Select[Any]) -> list[Change]:
    with database.read() as connection:
        rows = connection.execute(question).all()
    return [
        Change(row.sequence, row.slug, row.kind, row.datestamp, row.run_id, row.source,
               tuple(row.fields) if row.fields is not None else None)
        for row in rows
    ]
