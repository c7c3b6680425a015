"""Held runs: so much was taken out of a listing that a person must say yes or no to the withdrawals."""

from __future__ import annotations

from registry.catalogue import remove_entries
from registry.finding_rows import count_of_source
from registry.publishing import WITHDRAWN
from registry.runs import Run, RunStatus, held_run, update_run
from registry.services import Services
from registry.work import Work, stamp_of


def approve(services: Services, run_id: int, account: str | None = None) -> list[str]:
    """Carry out the removals of a held run; returns the slugs of the modules that were withdrawn.

    Raises:
        RunError: there is no such run, or it is not held.
    """
    with services.database.write() as connection:
        held = held_run(connection, run_id)
        work = Work(connection, services.settings, services.clock.now(), run_id)
        remove_entries(work, held.source, (held.held or {}).get("keys", ()))
        _decide(work, held, "approved", account)
    return [slug for kind, slug in work.slugs if kind == WITHDRAWN]


def discard(services: Services, run_id: int, account: str | None = None) -> None:
    """Leave everything as it is after a held run.

    Raises:
        RunError: there is no such run, or it is not held.
    """
    with services.database.write() as connection:
        held = held_run(connection, run_id)
        _decide(Work(connection, services.settings, services.clock.now(), run_id), held, "discarded", account)


def _decide(work: Work, held: Run, decision: str, account: str | None) -> None:
    found = count_of_source(work.connection, held.source)
    told = found.get("error") or found.get("warning")
    status = RunStatus.PARTIAL if held.problem else RunStatus.FINDINGS if told else RunStatus.OK
    counts = dict(held.counts)
    for kind, number in work.changed.items():
        counts[kind] = counts.get(kind, 0) + number
    update_run(
        work.connection, held.id, status=status.value, counts=counts, findings=sum(found.values()),
        has_errors=bool(found.get("error")),
        held={**(held.held or {}), "decision": decision, "by": account, "at": stamp_of(work.now)},
    )
