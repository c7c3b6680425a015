"""The write path: what each event of a harvest does to the store, in one transaction.

Payloads, the source record, the modules it touches, their faces, OAI-PMH rows and changes.

Killed between two events it loses nothing; what was applied is found unchanged by the next harvest. Border: `apply`
takes events, `settle_records` is the part that curation and rebuilding use too. Nothing here reaches for the network.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from harvester.events import Failed, Fetched, Gone, Listed, ListingFailed, Unchanged
from registry import entries, removals
from registry.aliases import mentioning, slug_mention
from registry.components import Member, settle
from registry.entries import Roll
from registry.finding_rows import entry_scope, findings_of_scopes, listing_scope, replace_findings
from registry.payloads import keep_payloads
from registry.publishing import Published, bury, prepare, publish
from registry.reading import KeptDocument, Version
from registry.records import (
    context_of,
    documents_of,
    is_telling,
    keep_record,
    listing_form,
    load_records,
    record_id_of,
    rename_record,
    retire_record,
)
from registry.removals import Rules
from registry.rendering import render
from registry.tables import module, source_record
from registry.work import Work, stamp_of
from vocab.findings import finding
from vocab.identifiers import EntryKind, entry_kind
from vocab.record import EntryContext, Finding


def apply_listing(work: Work, source: str, event: Listed, rules: Rules) -> Roll:
    """Keep a trustworthy listing; returns what it means for what was listed before. Nothing is taken out yet."""
    connection = work.connection
    roll = entries.keep_listing(connection, source, event)
    roll = replace(roll, doubtful=roll.doubtful and not rules.follows)
    gone = () if roll.doubtful else roll.missing
    news = removals.note_missing(connection, source, gone, rules.grace_runs, stamp_of(work.now))
    # What the list no longer has does not stand beside what took its place there, even while its removal waits.
    settle_records(work, entries.records_of(connection, source, {*news, *roll.returned}))
    return roll


def apply_removals(work: Work, source: str, roll: Roll, rules: Rules) -> dict[str, Any] | None:
    """Take out what is due at the end of a run that was whole; returns what must be held instead."""
    due = removals.due_entries(work.connection, source, roll, rules.grace_runs)
    if roll.doubtful or rules.hold(len(due), roll.known):
        held = {"keys": due, "known": roll.known, "removals": removals.what_would_go(work, source, due)}
        return held | ({"doubtful": True} if roll.doubtful else {})
    remove_entries(work, source, due)
    return None


def remove_entries(work: Work, source: str, keys: Iterable[str]) -> None:
    """Take entries out of a source: modules that nobody else lists are withdrawn."""
    retired = removals.delist(work, source, keys)
    if retired:
        settle_records(work, retired)


def apply_listing_failed(work: Work, source: str, event: ListingFailed) -> None:
    """A listing could not be had or believed: say so, remove nothing."""
    problem = event.problem
    found = finding("listing-failed", problem.message, source=source, found=problem.kind)
    replace_findings(work.connection, listing_scope(source), (replace(found, mend=problem.mend),))


def apply_fetched(work: Work, source: str, event: Fetched) -> None:
    """Keep a newly read entry and bring the modules that it touches up to it."""
    connection = work.connection
    before = entries.entry_row(connection, source, event.entry.key)
    old_key = before.record_key if before else None
    hashes = keep_payloads(connection, [each.body for each in event.documents])
    versions = [
        KeptDocument(each.path, Version(sha256, each.url, each.commit))
        for each, sha256 in zip(event.documents, hashes, strict=True)
    ]
    entries.mark_read(
        connection, source, event.entry, entries.of_fetching(event.findings), record_key=event.key,
        fingerprint=event.fingerprint, revision=event.revision, counters=event.counters or None,
    )
    orphan = None
    if old_key and old_key != event.key and not entries.living_entries(connection, source, old_key):
        orphan = rename_record(connection, source, old_key, event.key)
    if orphan is not None:
        retire_record(connection, orphan, work.next_sequence())
        settle_records(work, (orphan,))
    record_id = record_id_of(connection, source, event.key)
    context = EntryContext(
        source, event.key, event.url, event.revision, entries.listing_for(connection, source, event.key)
    )
    kept = documents_of(connection, record_id) if record_id is not None else []
    bodies = {sha256: each.body for each, sha256 in zip(event.documents, hashes, strict=True)}
    _read(work, context, _with_history(versions, kept), event.previous_keys, bodies)


def apply_unchanged(work: Work, source: str, event: Unchanged) -> bool:
    """An entry is as it was: write only what moved around it, its place in the list or counters.

    Returns:
        Whether anything was written.
    """
    connection = work.connection
    counters = {"counters": event.counters} if event.counters else {}
    record_id = record_id_of(connection, source, event.key)
    told = entries.told_before(connection, source, event.entry)
    if record_id is None:
        return entries.mark_read(connection, source, event.entry, told, record_key=event.key, **counters)
    context, previous = context_of(connection, record_id)
    speaks = entry_kind(event.key) is EntryKind.REPOSITORY and is_telling(connection, record_id)
    found = told if speaks else (*told, *_why_no_module(connection, record_id, context))
    written = entries.mark_read(connection, source, event.entry, found, record_key=event.key, **counters)
    listing = entries.listing_for(connection, source, event.key)
    retired = connection.scalar(select(source_record.c.retired).where(source_record.c.id == record_id))
    if listing_form(listing) != listing_form(context.listing) or retired is not None:
        moved = EntryContext(context.source, context.entry, context.url, context.revision, listing)
        _read(work, moved, documents_of(connection, record_id), previous)
        return True
    if written:
        settle_records(work, (record_id,))
    return written


def apply_gone(work: Work, source: str, event: Gone) -> None:
    """The source says that an entry does not exist: its last good record stays public, with a finding.

    One that is gone for ever waits for the end of the run.
    """
    if event.final and removals.note_final(work.connection, source, event):
        return
    module_id = entries.module_of(work.connection, source, event.entry.key)
    if entries.mark_gone(work.connection, source, event, module_id) and module_id is not None:
        _settle_modules(work, {module_id})


def apply_failed(work: Work, source: str, event: Failed) -> None:
    """An entry could not be read this time: its last good record stays public, with a finding."""
    module_id = entries.module_of(work.connection, source, event.entry.key)
    if entries.mark_failed(work.connection, source, event, module_id) and module_id is not None:
        _settle_modules(work, {module_id})


def settle_records(
    work: Work, record_ids: Iterable[int], lost_keys: Iterable[str] = (), *, again: bool = False
) -> list[Published]:
    """Bring everything near these records up to date.

    Modules, findings, changes, faces, OAI-PMH rows, and the modules whose relations mean something else now. With
    `again` faces are compared though nothing moved.
    """
    done: dict[int, Published] = {}
    pending, lost = set(record_ids), set(lost_keys)
    touched: set[str] = set()
    while pending:
        for each in _publish_all(work, settle(work.connection, pending, lost, work.uri), touched, again=again):
            touched |= each.touched
            done[each.module_id] = each
        others = mentioning(work.connection, touched) - done.keys()
        pending, lost = _records_of(work, others), set()
    return list(done.values())


def _publish_all(work: Work, members: list[Member], touched: set[str], *, again: bool) -> list[Published]:
    """Publish the modules of one component: all aliases, then forms, then faces, which show each other's titles."""
    prepared = [prepare(work, each) for each in members]
    published = [publish(work, each) for each in prepared]
    for member in members:
        published += [bury(work, each, _slug(work, member.module_id)) for each in member.absorbed]
    moved = touched.union(*(each.touched for each in published))
    for one in published:
        shows = {slug_mention(relation.target) for relation in one.module.relations}
        render(work, one, again=again or not shows.isdisjoint(moved))
    return published


def _slug(work: Work, module_id: int) -> str:
    found: str = work.connection.execute(select(module.c.slug).where(module.c.id == module_id)).scalar_one()
    return found


def _read(
    work: Work, context: EntryContext, documents: list[KeptDocument], previous: Iterable[str],
    at_hand: Mapping[str, bytes] | None = None,
) -> None:
    """Read an entry's documents, keep the record, and settle what it touches."""
    connection = work.connection
    record_id, telling, lost = keep_record(connection, context, documents, previous, at_hand)
    if telling or lost:
        settle_records(work, (record_id,), lost)
    if not telling or entry_kind(context.entry) is not EntryKind.REPOSITORY:
        for row in entries.living_entries(connection, context.source, context.entry):
            scope = entry_scope(context.source, row.key)
            told = entries.of_fetching(findings_of_scopes(connection, (scope,)))
            replace_findings(connection, scope, (*told, *_why_no_module(connection, record_id, context)))


def _why_no_module(connection: Connection, record_id: int, context: EntryContext) -> tuple[Finding, ...]:
    """What is wrong with the files from which a module could have been read, or that there are none.

    What an image or DOI that is of no module says badly is told of it alone; that it makes none needs no mend.
    """
    (kept,) = load_records(connection, (record_id,))
    broken = tuple(each for each in kept.record.findings if each.file in kept.record.unparsed)
    if entry_kind(context.entry) is not EntryKind.REPOSITORY:
        return broken if kept.module_id is None else ()
    nothing = finding(
        "no-metadata",
        f"{context.url} says nothing about a module: no metadata file and no README",
        source=context.source, entry=context.entry, expected="ai4-metadata.yml",
        file=context.listing.file if context.listing else None, line=context.listing.line if context.listing else None,
    )
    return broken or (nothing,)


def _with_history(versions: list[KeptDocument], kept: list[KeptDocument]) -> list[KeptDocument]:
    """The documents as they came, each with its last good version; those that are gone come last, without a current."""
    good = {each.path: each.good for each in kept}
    came = [KeptDocument(each.path, each.current, good.get(each.path)) for each in versions]
    paths = {each.path for each in came}
    return came + [KeptDocument(each.path, None, each.good) for each in kept if each.path not in paths and each.good]


def _records_of(work: Work, module_ids: set[int]) -> set[int]:
    here = source_record.c.module_id.in_(sorted(module_ids))
    return set(work.connection.scalars(select(source_record.c.id).where(here))) if module_ids else set()


def _settle_modules(work: Work, module_ids: set[int]) -> None:
    settle_records(work, _records_of(work, module_ids))
