"""Servers that named a time before which they answer nothing, so that nobody asks them earlier, in any process.

Kept by server and credential, beside the remembered answers: all sources of one server share its quota, and another
credential has another one. Border: the harvest itself finds out that a limit is reached; here it is only remembered.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from harvester.answers import Credential
from harvester.errors import Parked
from harvester.events import Finished, Requests
from harvester.memory import Memory, Validator
from registry.database import Database
from registry.tables import validator
from registry.work import stamp_of

_REFUSED = 429


def remember_rest(memory: Memory, home: str, token: str | None, until: str | None) -> None:
    """Keep until when the server at this base address answers nothing to this credential; None: it answers."""
    url, shown = _place(home, token)
    if until is None and memory.validator(url, shown) is None:
        return
    memory.keep_validator(Validator(url, shown, None, until, memory.keep_payload(b""), _REFUSED))


def rest(memory: Memory, home: str, kind: str, token: str | None, now: datetime) -> Finished | None:
    """The end of a harvest that must not begin yet, or None when the server may be asked."""
    kept = memory.validator(*_place(home, token))
    if kept is None or kept.last_modified is None:
        return None
    until = datetime.fromisoformat(kept.last_modified)
    if until <= now:
        return None
    parked = Parked(f"The limit of {kind} is used up until {kept.last_modified}; nothing was asked.", until)
    return Finished(Requests(), complete=False, problem=parked.problem("limit"), parked_until=kept.last_modified)


def rests(
    database: Database, places: Collection[tuple[str, str | None]], now: datetime
) -> dict[tuple[str, str | None], datetime]:
    """Of these servers and credentials those that may not be asked yet, with the moment from which on they may."""
    kept = {_place(home, token): (home, token) for home, token in places}
    columns = validator.c
    question = select(columns.url, columns.token, columns.last_modified).where(
        columns.url.in_({url for url, _ in kept}), columns.last_modified > stamp_of(now)
    )
    with database.read() as connection:
        rows = connection.execute(question).all()
    found = {kept.get((row.url, row.token)): datetime.fromisoformat(row.last_modified) for row in rows}
    return {place: until for place, until in found.items() if place is not None}


def _place(home: str, token: str | None) -> tuple[str, str]:
    """Where it is kept. The fragment keeps it apart from answers, whose addresses have none."""
    return f"{home}#rest", Credential(token, home).fingerprint if token else ""
