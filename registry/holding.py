"""Held runs: so much was taken out of a listing that a person must say yes or no to the withdrawals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from registry import removals
from registry.catalogue import remove_entries
from registry.finding_rows import count_of_source
from registry.publishing import WITHDRAWN
from registry.runs import Run, RunStatus, held_run, held_runs, run_of, update_run
from registry.services import Services
from registry.work import Work, stamp_of

APPROVED, DISCARDED, SUPERSEDED = "approved", "discarded", "superseded"


def approve(services: Services, run_id: int, account: str | None = None) -> list[str]:
    """Carry out the removals of a held run; returns the slugs of the modules that were withdrawn.

    Whoever discarded them may think better of it: then those go that are still kept.

    Raises:
        RunError: there is no such run, or it is neither held nor discarded.
    """
    with services.database.write() as connection:
        work = Work(connection, services.settings, services.clock.now(), run_id)
        found = run_of(connection, run_id)
        if found is not None and (found.held or {}).get("decision") == DISCARDED:
            keys = removals.kept_entries(connection, found.source, _keys(found))
        else:
            found = held_run(connection, run_id)
            keys = _keys(found)
            if not (found.held or {}).get("doubtful"):
                # A run may have met some of them again since: nobody said yes to those.
                keys = removals.waiting_entries(connection, found.source, keys)
        remove_entries(work, found.source, keys)
        _decide(work, found, APPROVED, account, work.changed)
    return [slug for kind, slug in work.slugs if kind == WITHDRAWN]


def discard(services: Services, run_id: int, account: str | None = None) -> None:
    """Keep what a held run would remove, also at the next runs, until it is read again or `approve` is chosen.

    Raises:
        RunError: there is no such run, or it is not held.
    """
    with services.database.write() as connection:
        held = held_run(connection, run_id)
        work = Work(connection, services.settings, services.clock.now(), run_id)
        removals.keep(work, held.source, _keys(held))
        _decide(work, held, DISCARDED, account)


def supersede(work: Work, source: str, keys: Iterable[str] | None = None) -> None:
    """Close the held runs of a source, because a newer listing says anew what would go.

    With `keys` only those of which a newer run holds everything.
    """
    for held in held_runs(work.connection, source):
        if keys is None or set(keys) >= set(_keys(held)):
            _decide(work, held, SUPERSEDED, f"run {work.run_id}" if work.run_id else None)


def _keys(held: Run) -> list[str]:
    return list((held.held or {}).get("keys", ()))


def _decide(
    work: Work, held: Run, decision: str, account: str | None, changed: Mapping[str, int] = MappingProxyType({})
) -> None:
    found = count_of_source(work.connection, held.source)
    told = found.get("error") or found.get("warning")
    whole = RunStatus.FINDINGS if told else RunStatus.OK
    status = RunStatus.PARTIAL if held.problem or held.detail.get("missed") else whole
    counts = dict(held.counts)
    for kind, number in changed.items():
        counts[kind] = counts.get(kind, 0) + number
    update_run(
        work.connection, held.id, status=status.value, counts=counts, findings=sum(found.values()),
        has_errors=bool(found.get("error")),
        held={**(held.held or {}), "decision": decision, "by": account, "at": stamp_of(work.now)},
    )
