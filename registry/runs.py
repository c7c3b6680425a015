"""Runs: one harvest of one source each, what it found and cost, and whether a person must say yes to it.

A status can be believed: `ok`, `ok with findings`, `partial` (some entries or the end are missing), `held` (so much was
taken out of the list that nothing is taken out before a person approves), `failed`, `interrupted`, and `running`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, select

from registry.database import Database
from registry.errors import RunError
from registry.leases import is_over
from registry.tables import lease, run
from registry.work import Work, stamp_of

COUNTS = ("listed", "fetched", "unchanged", "created", "updated", "withdrawn", "restored", "gone", "failed")
# What lists of runs show of each.
COLUMNS = ("source", "status", *(name for name in COUNTS if name not in ("restored", "gone")), "findings")


class RunStatus(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    OK = "ok"
    FINDINGS = "ok with findings"
    PARTIAL = "partial"
    HELD = "held"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `held`: the keys that the listing took out, out of how many, and what was decided about them.

    `findings` counts those of the whole source, `has_errors` says whether one of them is an error. `trigger`: what
    began it: `schedule`, `hand` (a command), or who wanted it, `person NAME` or `webhook HOOK EVENT`. `cancelled`:
    somebody asked it to stop. `detail`: findings and failures in figures, see `registry.run_reports`.
    """

    id: int
    source: str
    status: RunStatus
    started: str
    ended: str | None
    counts: dict[str, int]
    requests: dict[str, Any]
    findings: int
    problem: dict[str, Any] | None = None
    held: dict[str, Any] | None = None
    has_errors: bool = False
    trigger: str = "hand"
    cancelled: bool = False
    detail: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form of `modreg runs list --json`; absent values are absent."""
        form = {
            "id": self.id, "source": self.source, "status": self.status.value, "started": self.started,
            "ended": self.ended, **{name: self.counts.get(name, 0) for name in COUNTS}, "requests": self.requests,
            "findings": self.findings, "problem": self.problem, "held": self.held, "trigger": self.trigger,
            "cancelled": self.cancelled or None, **self.detail,
        }
        return {name: value for name, value in form.items() if value is not None}


def list_runs(
    database: Database,
    *,
    source: str | None = None,
    status: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Run]:
    """Runs, newest first, optionally of one source or status; those with an id below `before`."""
    question = select(run).order_by(run.c.id.desc()).limit(limit)
    for column, wanted in ((run.c.source, source), (run.c.status, status)):
        if wanted is not None:
            question = question.where(column == wanted)
    if before is not None:
        question = question.where(run.c.id < before)
    with database.read() as connection:
        return [_run(row) for row in connection.execute(question)]


def newest_runs(database: Database) -> dict[str, Run]:
    """The last run of every source that was ever harvested, by the source's name."""
    newest = select(func.max(run.c.id)).group_by(run.c.source)
    with database.read() as connection:
        return {row.source: _run(row) for row in connection.execute(select(run).where(run.c.id.in_(newest)))}


def count_runs(database: Database, *, source: str | None = None, status: str | None = None) -> int:
    """How many runs there are, optionally of one source or status."""
    question = select(func.count()).select_from(run)
    for column, wanted in ((run.c.source, source), (run.c.status, status)):
        if wanted is not None:
            question = question.where(column == wanted)
    with database.read() as connection:
        return connection.scalar(question) or 0


def run_by_id(database: Database, run_id: int) -> Run | None:
    """One run, or None."""
    with database.read() as connection:
        return run_of(connection, run_id)


def run_of(connection: Connection, run_id: int) -> Run | None:
    """One run as a transaction sees it, or None."""
    row = connection.execute(select(run).where(run.c.id == run_id)).first()
    return _run(row) if row else None


def start_run(connection: Connection, source: str, started: str, holder: str, trigger: str = "hand") -> int:
    """A new row for a run that begins."""
    created = connection.execute(
        run.insert().values(
            source=source, status=RunStatus.RUNNING.value, started=started, counts={}, requests={}, findings=0,
            holder=holder, trigger=trigger,
        )
    ).inserted_primary_key
    assert created is not None
    return int(created[0])


def newest_id(connection: Connection, source: str) -> int:
    """The number of the last run of a source; 0 when there is none."""
    return connection.scalar(select(func.max(run.c.id)).where(run.c.source == source)) or 0


def running(connection: Connection) -> list[tuple[str, str]]:
    """The source and the holder of every run that is not at its end."""
    question = select(run.c.source, run.c.holder).where(run.c.status == RunStatus.RUNNING.value)
    return [(row.source, row.holder) for row in connection.execute(question)]


def update_run(connection: Connection, run_id: int, **values: Any) -> None:
    """Write how a run stands."""
    connection.execute(run.update().where(run.c.id == run_id).values(values))


def cancel(connection: Connection, run_id: int, by: str | None) -> None:
    """Ask a run to stop, wherever it runs; it does so within seconds.

    Raises:
        RunError: there is none with this id, or it is at its end.
    """
    found = run_of(connection, run_id)
    if found is None:
        raise RunError(f"run {run_id}: there is no such run; `modreg runs list` shows them")
    if found.status is not RunStatus.RUNNING:
        raise RunError(f"run {run_id}: found status {found.status.value!r}, expected a running run")
    problem = {
        "kind": "cancelled", "message": f"It was cancelled by {by or 'an operator'}.", "stage": "harvest",
        "mend": "Nothing: what was read is kept, the next run by the schedule reads the rest.",
    }
    update_run(connection, run_id, cancelled=True, problem=problem)


def cancel_of(connection: Connection, run_id: int) -> dict[str, Any] | None:
    """Who asked a run to stop, as the problem it ends with; None when nobody did."""
    row = connection.execute(select(run.c.problem).where(run.c.id == run_id, run.c.cancelled)).first()
    found: dict[str, Any] | None = row.problem if row else None
    return found


def lost_runs(connection: Connection, now: datetime) -> list[tuple[int, str]]:
    """The id and source of runs whose process is gone or whose lease is over though they are not at their end."""
    held = {row.run_id: row for row in connection.execute(select(lease))}
    going = select(run.c.id, run.c.source, run.c.holder).where(run.c.status == RunStatus.RUNNING.value)
    lost = []
    for row in connection.execute(going).all():
        its = held.get(row.id)
        if its is None or its.holder != row.holder or is_over(its.holder, its.until, now):
            lost.append((row.id, row.source))
    return lost


def mark_interrupted(work: Work) -> list[tuple[int, str]]:
    """Mark the runs that `lost_runs` finds; returns their ids and sources."""
    lost = lost_runs(work.connection, work.now)
    for run_id, _ in lost:
        problem = cancel_of(work.connection, run_id) or {
            "kind": "interrupted", "message": "the process ended before the run did",
            "mend": "Nothing: the next run goes on where this one stopped.", "stage": "harvest",
        }
        update_run(
            work.connection, run_id, status=RunStatus.INTERRUPTED.value, ended=stamp_of(work.now), problem=problem
        )
    return lost


def held_run(connection: Connection, run_id: int) -> Run:
    """A run that waits for a person.

    Raises:
        RunError: there is none with this id, or it does not wait.
    """
    found = run_of(connection, run_id)
    if found is None:
        raise RunError(f"run {run_id}: there is no such run; `modreg runs list` shows them")
    if found.status is not RunStatus.HELD:
        raise RunError(f"run {run_id}: found status {found.status.value!r}, expected a held run")
    return found


def held_runs(connection: Connection, source: str) -> list[Run]:
    """The runs of a source that wait for a person, oldest first."""
    waiting = (run.c.source == source) & (run.c.status == RunStatus.HELD.value)
    return [_run(row) for row in connection.execute(select(run).where(waiting).order_by(run.c.id))]


def _run(row: Row[Any]) -> Run:
    return Run(
        row.id, row.source, RunStatus(row.status), row.started, row.ended, dict.fromkeys(COUNTS, 0) | row.counts,
        row.requests, row.findings,
        row.problem, row.held, has_errors=row.has_errors, trigger=row.trigger, cancelled=row.cancelled,
        detail=row.detail or {},
    )
