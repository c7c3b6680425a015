"""How a source stands with the clock: wanted now, paused, failing. One function for each thing that moves it.

Border: what follows from it, the next due time, is decided in `registry.due`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection

from registry.database import Database
from registry.errors import SourceError
from registry.runs import RunStatus
from registry.schedules import duration
from registry.source_files import Source
from registry.source_rows import require_source
from registry.tables import source
from registry.work import stamp_of

# A pause without an end.
FOR_EVER = "9999-12-31T23:59:59Z"
PERSON, WEBHOOK = "person", "webhook"
# How often workers look what is due: how long a wish may take to be seen.
LOOK_EVERY_S = 15.0


def want(connection: Connection, names: Iterable[str], by: str, now: datetime) -> None:
    """Make sources due now. `by` begins with `person` or `webhook`: a person's wish overrides pause and back-off."""
    wish = source.update().where(source.c.name.in_(list(names)))
    if by.partition(" ")[0] == WEBHOOK:
        # What a person asked for stays theirs.
        wish = wish.where(source.c.wanted_by.is_(None) | source.c.wanted_by.startswith(WEBHOOK))
    connection.execute(wish.values(wanted=stamp_of(now), wanted_by=by))


def run_now(database: Database, name: str, now: datetime, account: str | None = None) -> Source:
    """Let a worker harvest a source as soon as it can. Raises `SourceError` for a name that is not registered."""
    require_source(database, name)
    with database.write() as connection:
        want(connection, [name], f"{PERSON} {account or ''}".strip(), now)
    return require_source(database, name)


def until_of(text: str, now: datetime) -> datetime:
    """The moment that a person wrote: a stamp, a day, or a time from now such as `3d`. Raises `SourceError`."""
    text = text.strip()
    try:
        if not text[-1:].isdigit() and not text.endswith("Z"):
            return now + duration(text)
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise SourceError(
            f"until: found {text[:60]!r}, expected a moment such as 2026-12-01T08:00Z, a day, or a time such as 3d"
        ) from None


def pause(database: Database, name: str, now: datetime, until: datetime | None = None) -> Source:
    """Keep a source from being harvested by its schedule, until a moment or until it is resumed.

    Raises:
        SourceError: there is none of this name, or the moment is over.
    """
    require_source(database, name)
    if until is not None and until <= now:
        raise SourceError(f"source {name!r}: until: found {stamp_of(until)}, expected a moment to come")
    with database.write() as connection:
        stamp = FOR_EVER if until is None else stamp_of(until)
        connection.execute(source.update().where(source.c.name == name).values(paused_until=stamp))
    return require_source(database, name)


def resume(database: Database, name: str) -> Source:
    """End a pause. What was due meanwhile is due once. Raises `SourceError` for a name that is not registered."""
    require_source(database, name)
    with database.write() as connection:
        connection.execute(source.update().where(source.c.name == name).values(paused_until=None))
    return require_source(database, name)


def begun(connection: Connection, name: str) -> None:
    """A run begins: whatever was wanted so far is what it does; what is wanted from now on is the next one's."""
    here = (source.c.name == name) & source.c.wanted.is_not(None)
    connection.execute(source.update().where(here).values(wanted=None, wanted_by=None))


def ended(connection: Connection, name: str, status: RunStatus, *, parked: bool = False) -> None:
    """A run has ended: count the failures in a row.

    A run that was stopped says nothing of the source, nor does one that a limit kept from asking anything.
    """
    if status is RunStatus.FAILED:
        failed(connection, name)
    elif status is not RunStatus.INTERRUPTED and not parked:
        here = (source.c.name == name) & (source.c.failures > 0)
        connection.execute(source.update().where(here).values(failures=0))


def failed(connection: Connection, name: str) -> None:
    """A run failed, or its process died of it."""
    connection.execute(source.update().where(source.c.name == name).values(failures=source.c.failures + 1))
