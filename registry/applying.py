"""The events of one run, one after the other, into the catalogue; and what the run's row says in the end.

Border: `registry.catalogue` knows what an event does to the store; here it is counted, and a payload that breaks our
own code is kept from harming the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

import structlog
from sqlalchemy.exc import SQLAlchemyError

from harvester.events import (
    Event,
    Failed,
    Fetched,
    Finished,
    Gone,
    Listed,
    ListingFailed,
    Problem,
    Requests,
    Unchanged,
)
from registry import catalogue
from registry.entries import Roll, is_lasting
from registry.errors import LeaseLostError
from registry.holding import supersede
from registry.removals import Rules
from registry.run_reports import MOST_FAILURES, Failure, failure_of, keep_failure
from registry.runs import RunStatus
from registry.source_rows import park
from registry.work import Work

log = structlog.get_logger(__name__)

Transaction: TypeAlias = Callable[[], AbstractContextManager[Work]]
_COUNTED: dict[type, str] = {Fetched: "fetched", Unchanged: "unchanged", Gone: "failed", Failed: "failed"}


@dataclass(slots=True)
class Tally:
    """What a run did so far. `missed` entries could not be read though nobody says that they are gone.

    `failed` counts failures by kind; `failures` are those of a run that is not kept, one by one.
    """

    counts: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    listing_failed: bool = False
    finished: Finished | None = None
    problem: Problem | None = None
    roll: Roll | None = None
    held: dict[str, Any] | None = None
    listed_at: datetime | None = None
    failed: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    slugs: list[tuple[str, str]] = field(default_factory=list)

    def status(self, findings: dict[str, int]) -> RunStatus:
        """How the run ended, the worst first; `findings` by severity are those of the whole source."""
        if self.listing_failed:
            return RunStatus.FAILED
        if self.held is not None:
            return RunStatus.HELD
        if self.finished is None or not self.finished.complete or self.missed:
            return RunStatus.PARTIAL
        return RunStatus.FINDINGS if findings.get("error") or findings.get("warning") else RunStatus.OK

    def note(self, event: Event, work: Work) -> None:
        """Count an event that was applied."""
        if type(event) in _COUNTED:
            final = isinstance(event, Gone) and event.final
            self.counts["gone" if final else _COUNTED[type(event)]] += 1
        match event:
            case Listed():
                self.counts["listed"], self.listed_at = len(event.entries), work.now
            case ListingFailed():
                self.listing_failed, self.problem = True, event.problem
            case Failed():
                self.missed += not is_lasting(event)
            case Finished():
                self.finished, self.problem = event, self.problem or event.problem
            case _:
                pass
        self.counts.update(work.changed)
        self.slugs += work.slugs
        failure = failure_of(event)
        # A harvest that has no listing ends with the same problem.
        if failure is not None and not (self.listing_failed and isinstance(event, Finished)):
            self._note_failure(failure, work)

    def requests(self) -> dict[str, Any]:
        """What the harvest cost, for keeping; nothing before its end."""
        return requests_form(self.finished.requests) if self.finished else {}

    def _note_failure(self, failure: Failure, work: Work) -> None:
        self.failed[failure.kind] += 1
        position = self.failed.total()
        if position > MOST_FAILURES:
            return
        if work.run_id is None:
            self.failures.append(replace(failure, position=position))
        else:
            keep_failure(work.connection, work.run_id, position, failure)


def requests_form(spent: Requests) -> dict[str, Any]:
    """What a harvest cost, for keeping."""
    form = asdict(spent)
    return {name: value for name, value in form.items() if value != {} or name == "by_status"}


def apply_event(transaction: Transaction, source: str, event: Event, rules: Rules, tally: Tally) -> None:
    """Apply one event in a transaction. A payload that breaks our own code fails its entry, not the run."""
    try:
        with transaction() as work:
            _apply(work, source, event, rules, tally)
            tally.note(event, work)
    except (SQLAlchemyError, LeaseLostError):
        raise
    except Exception as error:
        if not isinstance(event, (Fetched, Unchanged)):
            raise
        log.exception("an entry could not be applied", source=source, entry=event.entry.key)
        event = Failed(event.entry, _own_fault(error))
        with transaction() as work:
            _apply(work, source, event, rules, tally)
            tally.note(event, work)


def _apply(work: Work, source: str, event: Event, rules: Rules, tally: Tally) -> None:
    match event:
        case Listed():
            tally.roll = catalogue.apply_listing(work, source, event, rules)
            if tally.roll.whole:
                supersede(work, source)
        case ListingFailed():
            catalogue.apply_listing_failed(work, source, event)
        case Fetched():
            catalogue.apply_fetched(work, source, event)
        case Unchanged():
            catalogue.apply_unchanged(work, source, event)
        case Gone():
            catalogue.apply_gone(work, source, event)
        case Failed():
            catalogue.apply_failed(work, source, event)
        case Finished():
            _finish(work, source, event, rules, tally)


def _finish(work: Work, source: str, event: Finished, rules: Rules, tally: Tally) -> None:
    park(work.connection, source, event.parked_until)
    if event.complete and tally.roll is not None:
        tally.held = catalogue.apply_removals(work, source, tally.roll, rules)
        if tally.held is not None:
            supersede(work, source, tally.held["keys"])


def _own_fault(error: Exception) -> Problem:
    return Problem(
        kind="defect",
        message=f"the registry could not make sense of it ({type(error).__name__})",
        mend="Tell the operators of this registry; their log has the details.",
        stage="applying",
    )
