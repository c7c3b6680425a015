"""What a run tells beside its counts: every failure with what came instead of an answer, and findings in figures.

Border: `registry.runs` keeps the row of a run; here stands what hangs on it, and the whole report of one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Connection, func, select

from harvester.events import Event, Failed, Finished, Gone, ListingFailed, Problem
from registry.database import Database
from registry.errors import RunError
from registry.finding_rows import storable
from registry.payloads import payload_of
from registry.progress import progress_of
from registry.runs import Run
from registry.services import Services
from registry.tables import finding
from registry.work_tables import run_failure
from vocab.findings import FINDINGS

# So many failures of one run are kept one by one; the others are counted.
MOST_FAILURES = 1000


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be had: of an entry, or of the run as a whole. `kind` is the class of the trouble.

    `payload`: the SHA-256 of what came instead of an answer, if something came; `position` is its number in the run.
    """

    entry: str | None
    stage: str
    kind: str
    message: str
    mend: str
    url: str | None = None
    status: int | None = None
    payload: str | None = None
    retry_at: str | None = None
    position: int = 0

    def as_json(self) -> dict[str, Any]:
        """One of `failures` in `modreg runs show --json`; absent values are absent."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def failure_of(event: Event) -> Failure | None:
    """The failure that an event tells of, or None."""
    match event:
        case Failed():
            return _of_problem(event.entry.key, event.problem)
        case ListingFailed():
            return _of_problem(None, event.problem)
        case Gone() if not event.final:
            mend = FINDINGS["entry-unreachable"].mend
            return Failure(event.entry.key, "entry", "gone", event.reason, mend, event.entry.url, event.status)
        case Finished() if event.problem is not None:
            return _of_problem(None, event.problem)
        case _:
            return None


def keep_failure(connection: Connection, run_id: int, position: int, failure: Failure) -> None:
    """Keep a failure of a run under its number."""
    values = {name: storable(value) for name, value in asdict(failure).items()}
    connection.execute(run_failure.insert().values(values | {"run_id": run_id, "position": position}))


def list_failures(database: Database, run_id: int) -> list[Failure]:
    """The failures of a run that are kept one by one, in their order."""
    columns = [run_failure.c[each.name] for each in fields(Failure)]
    question = select(*columns).where(run_failure.c.run_id == run_id).order_by(run_failure.c.position)
    with database.read() as connection:
        return [Failure(*row) for row in connection.execute(question)]


def payload_of_failure(database: Database, run_id: int, position: int) -> bytes:
    """What came instead of an answer. Foreign bytes: to be looked at as text, never rendered.

    Raises:
        RunError: the run has no such failure, or nothing came.
    """
    here = (run_failure.c.run_id == run_id) & (run_failure.c.position == position)
    with database.read() as connection:
        row = connection.execute(select(run_failure.c.payload).where(here)).first()
        body = payload_of(connection, row.payload) if row is not None and row.payload else None
    if row is None:
        raise RunError(f"run {run_id}: it has no failure {position}; `modreg runs show {run_id}` shows them")
    if body is None:
        raise RunError(f"run {run_id}: of failure {position} nothing is kept that came instead of an answer")
    return body


def figures_of(connection: Connection, source: str, failures: Counter[str]) -> dict[str, Any]:
    """The findings of a source by code and severity, and the failures of a run by kind."""
    rows = connection.execute(
        select(finding.c.code, finding.c.severity, func.count())
        .where(finding.c.source == source)
        .group_by(finding.c.code, finding.c.severity)
    ).all()
    codes: Counter[str] = Counter()
    severities: Counter[str] = Counter()
    for row in rows:
        codes[row.code] += row[2]
        severities[row.severity] += row[2]
    return {
        "findings_by_code": dict(codes), "findings_by_severity": dict(severities), "failures_by_kind": dict(failures),
    }


def report_of(services: Services, run: Run) -> dict[str, Any]:
    """Everything that is known of a run: the form of `modreg runs show --json` and of its page in the API."""
    form = run.as_json()
    progress = progress_of(run, services.clock.now())
    if progress is not None:
        form["progress"] = progress.as_json()
    form["failures"] = [each.as_json() for each in list_failures(services.database, run.id)]
    return form


def _of_problem(entry: str | None, problem: Problem) -> Failure:
    return Failure(
        entry, problem.stage, problem.kind, problem.message, problem.mend, problem.url, problem.status,
        problem.payload, problem.retry_at,
    )
