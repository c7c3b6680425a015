"""What a source has no more: absences, tombstones, why a module went, and what a person wants kept all the same.

Nothing is taken out before the end of a run that was whole. An entry that a whole listing is without is missing; after
as many such listings as its source has grace it is due. A source that says that an entry is gone for ever (`Gone` with
`final`) makes it due at once. What a person decided to keep is left out of all this until it is read again.
Border: `registry.entries` keeps the entries themselves; `registry.holding` has a person decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from harvester.events import Gone
from registry.entries import Roll, State, entry_row, living_entries
from registry.finding_rows import entry_scope, replace_findings
from registry.records import chunks, record_id_of, retire_record
from registry.tables import entry, module, source_record
from registry.work import Work, stamp_of

_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Rules:
    """What of a source's settings decides on removals: when they are carried out, and when they hold the run.

    A source that `follows` lists what records of ours name: when it lists nothing, nothing is named.
    """

    grace_runs: int
    removal_share: float
    removal_count: int
    follows: bool = False

    def hold(self, removed: int, known: int) -> bool:
        """Whether so much would be removed that a person must say yes."""
        return removed > self.removal_count and removed > self.removal_share * known


def note_missing(connection: Connection, source: str, keys: Iterable[str], grace_runs: int, now: str) -> list[str]:
    """Count one more listing without these entries; returns those that the listing before still had."""
    news: list[str] = []
    for chunk in chunks(sorted(keys)):
        here = (entry.c.source == source) & entry.c.key.in_(chunk)
        news += connection.scalars(select(entry.c.key).where(here, entry.c.missing == 0).order_by(entry.c.key))
        connection.execute(entry.update().where(here, entry.c.missing == 0).values(absent_since=now))
        # More than the grace need not be counted: a run in which nothing moved writes nothing.
        counted = here & (entry.c.missing < grace_runs)
        connection.execute(entry.update().where(counted).values(missing=entry.c.missing + 1))
    return news


def note_final(connection: Connection, source: str, event: Gone) -> bool:
    """The source says that an entry is gone for ever: it is due, unless nothing was ever known of it.

    Returns:
        False when a person keeps the entry: then it is one that cannot be reached, and no more.
    """
    row = entry_row(connection, source, event.entry.key)
    if row is None or row.state == State.DELISTED:
        return True
    if row.kept is not None:
        return False
    said = {"reason": _one_line(event.reason), "status": event.status}
    # What was never read is part of no module: it goes without a word.
    news: dict[str, Any] = {"gone": said} if row.record_key else {"gone": said, "state": State.DELISTED.value}
    if any(row._mapping[name] != value for name, value in news.items()):
        connection.execute(entry.update().where(entry.c.id == row.id).values(news))
    return True


def due_entries(connection: Connection, source: str, roll: Roll, grace_runs: int) -> list[str]:
    """The entries that are to be taken out at the end of a run with this listing, by key."""
    living = (entry.c.source == source) & (entry.c.state != State.DELISTED) & entry.c.kept.is_(None)
    due = set(connection.scalars(select(entry.c.key).where(living, entry.c.gone.is_not(None))))
    for chunk in chunks(roll.missing):
        here = entry.c.key.in_(chunk) & (entry.c.missing >= grace_runs)
        due.update(connection.scalars(select(entry.c.key).where(living, here)))
    return sorted(due.union(roll.missing) if roll.doubtful else due)


def what_would_go(work: Work, source: str, keys: Iterable[str]) -> list[dict[str, Any]]:
    """For a person who decides: each entry with the module that it is part of, and the reason."""
    found: list[dict[str, Any]] = []
    for chunk in chunks(sorted(keys)):
        question = (
            select(entry, module.c.slug, module.c.title)
            .outerjoin(
                source_record,
                (source_record.c.source == entry.c.source) & (source_record.c.key == entry.c.record_key),
            )
            .outerjoin(module, module.c.id == source_record.c.module_id)
            .where(entry.c.source == source, entry.c.key.in_(chunk))
            .order_by(entry.c.key)
        )
        for row in work.connection.execute(question):
            form = {"key": row.key, "module": row.slug, "title": row.title, "reason": _reason(row, stamp_of(work.now))}
            found.append({name: value for name, value in form.items() if value is not None})
    return found


def delist(work: Work, source: str, keys: Iterable[str]) -> set[int]:
    """Take entries out; their records are retired when no other entry of the source leads to them.

    Returns:
        The records that were retired.
    """
    connection, generation, now = work.connection, work.next_sequence(), stamp_of(work.now)
    retired: set[int] = set()
    for key in sorted(keys):
        row = entry_row(connection, source, key)
        if row is None or row.state == State.DELISTED:
            continue
        values = {"state": State.DELISTED.value, "fingerprint": None, "problem": None, "kept": None}
        connection.execute(entry.update().where(entry.c.id == row.id).values(values))
        replace_findings(connection, entry_scope(source, key), ())
        record_id = record_id_of(connection, source, row.record_key) if row.record_key else None
        if record_id is not None and not living_entries(connection, source, row.record_key):
            retire_record(connection, record_id, generation, _reason(row, now))
            retired.add(record_id)
    return retired


def keep(work: Work, source: str, keys: Iterable[str]) -> None:
    """A person wants these entries to stay, though their source has them no more, until they are read again."""
    for chunk in chunks(sorted(keys)):
        here = (entry.c.source == source) & entry.c.key.in_(chunk) & (entry.c.state != State.DELISTED)
        work.connection.execute(entry.update().where(here).values(kept=stamp_of(work.now)))


def waiting_entries(connection: Connection, source: str, keys: Iterable[str]) -> list[str]:
    """Those of these entries that their source has no more, by what it said last."""
    found: list[str] = []
    for chunk in chunks(sorted(keys)):
        away = (entry.c.missing > 0) | entry.c.gone.is_not(None)
        here = (entry.c.source == source) & entry.c.key.in_(chunk) & away & (entry.c.state != State.DELISTED)
        found += connection.scalars(select(entry.c.key).where(here).order_by(entry.c.key))
    return found


def kept_entries(connection: Connection, source: str, keys: Iterable[str]) -> list[str]:
    """Those of these entries that are here only because a person wants them to stay."""
    found: list[str] = []
    for chunk in chunks(sorted(keys)):
        here = (entry.c.source == source) & entry.c.key.in_(chunk) & entry.c.kept.is_not(None)
        found += connection.scalars(select(entry.c.key).where(here).order_by(entry.c.key))
    return found


def _reason(row: Row[Any], now: str) -> str:
    """Why an entry goes, for everybody who reads the tombstone."""
    if row.gone:
        return f"withdrawn at its source: {row.gone['reason']}"
    return f"no longer listed by {row.source} since {(row.absent_since or now)[:10]}"


def _one_line(text: str) -> str:
    """A foreign text as part of a sentence of ours: no control characters, not too long."""
    line = "".join(each for each in " ".join(text.split()) if each.isprintable())
    return line if len(line) <= _LONGEST_REASON else f"{line[: _LONGEST_REASON - 1]}…"
