"""Old runs become sums: for each source and month how runs ended, what they counted and what they asked.

A run whose changes are in the log stays as a row for ever, without its failures, findings and held keys, so that every
change goes on naming the run and the source that made it; runs that changed nothing go. What is never touched: runs
that go on or wait for a person, and the last run of each source. What came instead of answers goes earlier, after a
month. Border: a worker calls `keep_tidy` once a day; nothing here is undone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from registry.database import Database
from registry.records import chunks
from registry.runs import RunStatus
from registry.services import Services
from registry.tables import change, document, git_blob, payload, run, validator
from registry.work import stamp_of
from registry.work_tables import run_failure, run_summary

RUNS_AGE = timedelta(days=365)
PAYLOADS_AGE = timedelta(days=30)
# The detail of a run that is in the sums already.
_SUMMED = {"summarised": True}
# So many runs in one transaction: nobody is kept from writing for long.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Summary:
    """The runs of one source in one month that are no rows any more: how they ended, counts and requests in sum."""

    source: str
    month: str
    runs: dict[str, int]
    counts: dict[str, int]
    requests: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """The form of `modreg runs summary --json`."""
        return {"source": self.source, "month": self.month, "runs": self.runs, **self.counts, **self.requests}


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was done: runs that are sums now, those of them whose rows stay, and answers that were forgotten."""

    summarised: int
    kept: int
    payloads: int
    dry_run: bool = False

    def as_json(self) -> dict[str, Any]:
        """The form of `modreg runs prune --json`."""
        return {
            "summarised": self.summarised, "kept": self.kept, "payloads": self.payloads, "dry_run": self.dry_run,
        }

    def line(self) -> str:
        """One line for people."""
        would = "would be " if self.dry_run else ""
        return (
            f"{self.summarised} runs {would}summarised, {self.kept} of them kept as rows because changes name them, "
            f"{self.payloads} answers of failures {would}forgotten"
        )


def keep_tidy(services: Services) -> Pruned:
    """What a worker does once a day."""
    return prune(services, RUNS_AGE)


def prune(services: Services, older_than: timedelta, *, dry_run: bool = False) -> Pruned:
    """Turn runs that started longer ago than this into sums, and forget old answers of failures.

    With `dry_run` it is only said how many.
    """
    now = services.clock.now()
    answers = stamp_of(now - min(older_than, PAYLOADS_AGE))
    with services.database.read() as connection:
        ids = _old_runs(connection, now - older_than)
        kept = len(_named_by_changes(connection, ids))
        payloads = len(_old_payloads(connection, answers))
    if not dry_run:
        # Answers first: runs that go take their failures along, and with them the last word of what to forget.
        with services.database.write() as connection:
            payloads = _forget_payloads(connection, answers)
        for chunk in (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)):
            with services.database.write() as connection:
                _summarise(connection, chunk)
    return Pruned(len(ids), kept, payloads, dry_run)


def list_summaries(database: Database, source: str | None = None) -> list[Summary]:
    """The sums of old runs, newest month first, optionally of one source."""
    question = select(run_summary).order_by(run_summary.c.month.desc(), run_summary.c.source)
    if source is not None:
        question = question.where(run_summary.c.source == source)
    with database.read() as connection:
        return [Summary(*row) for row in connection.execute(question)]


def _old_runs(connection: Connection, before: datetime) -> list[int]:
    """The runs that may become sums, by id."""
    newest = select(func.max(run.c.id)).group_by(run.c.source)
    waiting = (RunStatus.RUNNING.value, RunStatus.HELD.value)
    question = (
        select(run.c.id)
        .where(run.c.started < stamp_of(before), run.c.status.not_in(waiting), run.c.id.not_in(newest))
        .where(run.c.detail.is_distinct_from(_SUMMED))
        .order_by(run.c.id)
    )
    return list(connection.scalars(question))


def _named_by_changes(connection: Connection, ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(ids):
        found.update(connection.scalars(select(change.c.run_id).where(change.c.run_id.in_(chunk)).distinct()))
    return found


def _summarise(connection: Connection, ids: Sequence[int]) -> None:
    # Asked again here: another worker may have been at it.
    fresh = select(run).where(run.c.detail.is_distinct_from(_SUMMED))
    rows = [row for chunk in chunks(ids) for row in connection.execute(fresh.where(run.c.id.in_(chunk)))]
    months: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in rows:
        months.setdefault((row.source, row.started[:7]), []).append(row)
    for (source, month), those in sorted(months.items()):
        _add(connection, source, month, those)
    named = _named_by_changes(connection, ids)
    bare = {"detail": _SUMMED, "held": None, "problem": None, "requests": {}}
    for chunk in chunks(ids):
        connection.execute(run_failure.delete().where(run_failure.c.run_id.in_(chunk)))
    for chunk in chunks(sorted(named)):
        connection.execute(run.update().where(run.c.id.in_(chunk)).values(bare))
    for chunk in chunks(sorted(set(ids) - named)):
        connection.execute(run.delete().where(run.c.id.in_(chunk)))


def _add(connection: Connection, source: str, month: str, rows: Iterable[Row[Any]]) -> None:
    """Add runs to the sum of their month."""
    here = (run_summary.c.source == source) & (run_summary.c.month == month)
    known = connection.execute(select(run_summary).where(here)).first()
    runs, counts, requests = (Counter[str](getattr(known, name, {})) for name in ("runs", "counts", "requests"))
    for row in rows:
        runs[row.status] += 1
        _sum(counts, row.counts)
        _sum(requests, row.requests)
    values = {"runs": dict(runs), "counts": dict(counts), "requests": dict(requests)}
    if known is None:
        connection.execute(run_summary.insert().values(source=source, month=month, **values))
    else:
        connection.execute(run_summary.update().where(here).values(values))


def _sum(total: Counter[str], figures: Mapping[str, Any]) -> None:
    for name, value in figures.items():
        if isinstance(value, (int, float)):
            total[name] = round(total[name] + value, 3)  # type: ignore[assignment]  # seconds are no whole numbers


def _old_payloads(connection: Connection, before: str) -> set[str]:
    """What came instead of answers in runs before this stamp."""
    question = (
        select(run_failure.c.payload)
        .join(run, run.c.id == run_failure.c.run_id)
        .where(run.c.started < before, run_failure.c.payload.is_not(None))
        .distinct()
    )
    return {each for each in connection.scalars(question) if each is not None}


def _forget_payloads(connection: Connection, before: str) -> int:
    """Forget what came instead of answers, unless something else is made of the same bytes; returns how many went."""
    old = sorted(_old_payloads(connection, before))
    ran = select(run.c.id).where(run.c.started < before)
    for chunk in chunks(old):
        here = run_failure.c.payload.in_(chunk) & run_failure.c.run_id.in_(ran)
        connection.execute(run_failure.update().where(here).values(payload=None))
    users = (
        run_failure.c.payload, document.c.sha256, document.c.good_sha256, validator.c.sha256, git_blob.c.sha256
    )
    gone = 0
    for chunk in chunks(old):
        used = {each for column in users for each in connection.scalars(select(column).where(column.in_(chunk)))}
        free = [each for each in chunk if each not in used]
        connection.execute(payload.delete().where(payload.c.sha256.in_(free)))
        gone += len(free)
    return gone
