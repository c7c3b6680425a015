"""What a source lists, entry by entry: how each stands, and which were taken out of the list.

Border: this file keeps entries and their findings; what an entry says is kept in `registry.records`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from harvester.errors import BrokenRecord, ElsewhereRepository, EmptyRepository, NoModule
from harvester.events import Entry, Failed, Gone, Listed, Problem
from registry.finding_rows import entry_scope, findings_of_scopes, listing_scope, replace_findings, storable
from registry.records import chunks, listing_form, listing_of
from registry.tables import entry, source_record
from vocab.canonical import to_json
from vocab.findings import finding
from vocab.record import Finding, Listing

# What fetching tells of an entry that was read; it holds until the entry is read anew.
_OF_FETCHING = frozenset({
    "branch-missing", "document-too-large", "image-tag-missing", "repository-renamed", "tree-truncated",
})


# An entry that is listed is not missing.
_BACK = {"missing": 0, "absent_since": None}

# Kind of a problem → its finding, where it is no failure of the run.
_LASTING = {
    EmptyRepository.kind: "entry-empty", ElsewhereRepository.kind: "entry-elsewhere",
    BrokenRecord.kind: "record-broken", NoModule.kind: "entry-no-module",
}


class State(StrEnum):
    """How an entry stands. `new`: listed, not looked at yet; `delisted`: the source lists it no more."""

    NEW = "new"
    OK = "ok"
    UNREACHABLE = "unreachable"
    FAILED = "failed"
    DELISTED = "delisted"


# Asked several times for every entry; made once, because making a statement takes as long as running it.
_HERE = (entry.c.source == bindparam("source")) & (entry.c.key == bindparam("key"))
_ENTRY = select(entry).where(_HERE)
_LIVING = (
    select(entry)
    .where(entry.c.source == bindparam("source"), entry.c.record_key == bindparam("record_key"))
    .where(entry.c.state != State.DELISTED)
    .order_by(entry.c.key)
)
_MODULE = (
    select(source_record.c.module_id)
    .join(entry, (entry.c.source == source_record.c.source) & (entry.c.record_key == source_record.c.key))
    .where(_HERE)
)


@dataclass(frozen=True, slots=True)
class Roll:
    """What the listing of a run means for the entries known before it.

    `whole`: what it is without is `missing`; `returned` are those that were missing and are in it. `doubtful`: it is
    empty where something was before, which nobody believes but a person.
    """

    known: int
    whole: bool
    missing: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    doubtful: bool = False


def keep_listing(connection: Connection, source: str, event: Listed) -> Roll:
    """Keep what a source lists and where; returns what that means, which nothing was done about yet."""
    replace_findings(connection, listing_scope(source), event.findings)
    kept = {row.key: row for row in connection.execute(select(entry).where(entry.c.source == source))}
    listed = {each.key: each for each in reversed(event.entries)}
    keys = dict.fromkeys(each.key for each in event.entries)
    new = [_new(source, listed[key]) for key in keys if key not in kept]
    if new:
        connection.execute(entry.insert(), new)
    for row in (kept[key] for key in keys if key in kept):
        # The place is kept with the outcome of the entry, so that what depends on it moves in the same transaction.
        # One that was taken out is back when it was read: a deleted header is listed too.
        if row.state != State.DELISTED:
            _update(connection, row, **_BACK)
    before = [row for row in kept.values() if row.state != State.DELISTED]
    gone = (row.key for row in before if row.key not in listed and row.kept is None)
    whole = event.whole and event.problem is None
    return Roll(
        known=len(before), whole=whole, missing=tuple(sorted(gone)) if whole else (),
        returned=tuple(sorted(row.key for row in before if row.missing and row.key in listed)),
        doubtful=whole and not event.entries and bool(before),
    )


def records_of(connection: Connection, source: str, keys: Iterable[str]) -> set[int]:
    """The records that these entries lead to."""
    found: set[int] = set()
    for chunk in chunks(sorted(keys)):
        question = (
            select(source_record.c.id)
            .join(entry, (entry.c.source == source_record.c.source) & (entry.c.record_key == source_record.c.key))
            .where(entry.c.source == source, entry.c.key.in_(chunk))
        )
        found.update(connection.scalars(question))
    return found


def mark_gone(connection: Connection, source: str, event: Gone, module_id: int | None) -> bool:
    """The source says that an entry does not exist; returns whether that is news."""
    said = f"{event.entry.url} answered {event.status}: {event.reason}"
    found = _entry_finding("entry-unreachable", said, source, event.entry, found=str(event.status))
    problem = {"kind": "gone", "message": storable(event.reason), "status": event.status}
    return _mark(connection, source, event.entry, State.UNREACHABLE, problem, found, module_id)


def mark_failed(connection: Connection, source: str, event: Failed, module_id: int | None) -> bool:
    """An entry could not be read this time; returns whether that is news."""
    problem = event.problem
    said = f"{event.entry.url}: {problem.message}"
    code = _LASTING.get(problem.kind, "entry-failed")
    found = replace(_entry_finding(code, said, source, event.entry, found=problem.kind), mend=problem.mend)
    return _mark(connection, source, event.entry, State.FAILED, problem_form(problem), found, module_id)


def is_lasting(event: Failed) -> bool:
    """Whether it is a state of the entry that only its owner or an operator can end, not a failure of this run."""
    return event.problem.kind in _LASTING


def mark_read(connection: Connection, source: str, listed: Entry, findings: Iterable[Finding], **values: Any) -> bool:
    """An entry was read, or is as it was; returns whether anything of it is news."""
    row = entry_row(connection, source, listed.key) or _insert(connection, source, listed)
    module_id = module_of(connection, source, listed.key)
    replaced = replace_findings(connection, entry_scope(source, listed.key), findings, module_id)
    news = {"problem": None, "kept": None, "gone": None, **_BACK, **_place(listed), **values}
    return _update(connection, row, state=State.OK.value, **news) or replaced


def of_fetching(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those of the findings of a fetched entry that are about the fetching; the others its documents tell again."""
    return tuple(each for each in findings if each.code in _OF_FETCHING)


def told_before(connection: Connection, source: str, listed: Entry) -> tuple[Finding, ...]:
    """What fetching an entry told of it when it was last read, with the place where it is listed now."""
    place = listed.listing
    kept = of_fetching(findings_of_scopes(connection, (entry_scope(source, listed.key),)))
    return tuple(replace(each, line=place.line) if each.file == place.file else each for each in kept)


def entry_row(connection: Connection, source: str, key: str) -> Row[Any] | None:
    """The entry as it is kept, or None."""
    return connection.execute(_ENTRY, {"source": source, "key": key}).first()


def living_entries(connection: Connection, source: str, record_key: str) -> list[Row[Any]]:
    """The entries of a source that lead to one record and are listed, by key."""
    return list(connection.execute(_LIVING, {"source": source, "record_key": record_key}))


def listing_for(connection: Connection, source: str, record_key: str) -> Listing | None:
    """The place where a record is listed: that of its first entry by key, whichever was read last.

    An entry that is listed for its own sake comes before those that are there because others name them.
    """
    rows = living_entries(connection, source, record_key)
    own = [row for row in rows if not (row.listing or {}).get("named_by")]
    return listing_of((own or rows)[0].listing) if rows else None


def module_of(connection: Connection, source: str, key: str) -> int | None:
    """The module that an entry's last good record is of, or None."""
    return connection.scalar(_MODULE, {"source": source, "key": key})


def problem_form(problem: Problem | None) -> Any:
    """A problem for keeping."""
    form = to_json(problem)
    return {name: storable(value) for name, value in form.items()} if isinstance(form, dict) else None


def _entry_finding(
    code: str, message: str, source: str, listed: Entry, *, found: str, expected: str | None = None
) -> Finding:
    place = listed.listing
    return finding(
        code, message, source=source, entry=listed.key, file=place.file, line=place.line, found=found, expected=expected
    )


def _mark(
    connection: Connection,
    source: str,
    listed: Entry,
    state: State,
    problem: Any,
    found: Finding,
    module_id: int | None,
) -> bool:
    row = entry_row(connection, source, listed.key) or _insert(connection, source, listed)
    told = (found, *told_before(connection, source, listed))
    replaced = replace_findings(connection, entry_scope(source, listed.key), told, module_id)
    return _update(connection, row, state=state.value, problem=problem, **_BACK, **_place(listed)) or replaced


def _insert(connection: Connection, source: str, listed: Entry) -> Row[Any]:
    connection.execute(entry.insert(), _new(source, listed))
    row = entry_row(connection, source, listed.key)
    assert row is not None
    return row


def _new(source: str, listed: Entry) -> dict[str, Any]:
    return {"source": source, "key": listed.key, "state": State.NEW.value, "missing": 0, **_place(listed)}


def _place(listed: Entry) -> dict[str, Any]:
    return {"url": listed.url, "listing": listing_form(listed.listing)}


def _update(connection: Connection, row: Row[Any], **values: Any) -> bool:
    """Write what is news of an entry."""
    news = {name: value for name, value in values.items() if row._mapping[name] != value}
    if news:
        connection.execute(entry.update().where(entry.c.id == row.id).values(news))
    return bool(news)
