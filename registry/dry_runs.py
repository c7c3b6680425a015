"""Dry runs: what a harvest would change, value by value; nothing of it stays.

The source is asked first, while nobody is kept from writing; what it answers lies on a shelf (`registry.shelf`), not
in memory. Then the events are applied in one transaction, which is compared with the store and rolled back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from harvester.events import Event
from registry import runs
from registry.applying import Tally, apply_event
from registry.entries import problem_form
from registry.finding_rows import count_of_source
from registry.moved import Moved, moved_modules
from registry.removals import Rules
from registry.run_reports import Failure, figures_of
from registry.runs import Run
from registry.services import Services
from registry.shelf import Shelf
from registry.work import Work, stamp_of


@dataclass(frozen=True, slots=True)
class DryRun(Run):
    """A run that was none: it has the id 0 and is not kept. `moved`: the modules that it would change, and how."""

    moved: tuple[Moved, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def changes(self) -> tuple[tuple[str, str], ...]:
        """(kind, slug) of each module that would change."""
        return tuple((each.kind, each.module) for each in self.moved if each.kind is not None)

    @override
    def as_json(self) -> dict[str, Any]:
        """The form of `modreg harvest --dry-run --json`: that of a run, with `failures` and `changes`."""
        # Not super(): a class with slots is another one than the one that is written here.
        return Run.as_json(self) | {
            "failures": [each.as_json() for each in self.failures],
            "changes": [each.as_json() for each in self.moved if each.kind is not None],
        }


def apply_dry(
    services: Services, source: str, events: Iterable[Event], rules: Rules, shelf: Shelf | None = None
) -> DryRun:
    """Apply events in one transaction that is rolled back; returns what it would have changed."""
    shelf = shelf or Shelf()
    waiting = [shelf.lighten(event) for event in events]
    now, tally = services.clock.now(), Tally()
    with services.database.write() as connection:
        whole = Work(connection, services.settings, now)

        # A savepoint each, so that one entry that breaks does not take the others with it.
        @contextmanager
        def transaction() -> Iterator[Work]:
            with connection.begin_nested():
                yield Work(connection, services.settings, now)

        for event in waiting:
            apply_event(transaction, source, shelf.whole(event), rules, tally)
        found = count_of_source(connection, source)
        figures = figures_of(connection, source, tally.failed)
        whole.slugs.extend(tally.slugs)
        moved = tuple(moved_modules(services, whole, {slug for _, slug in tally.slugs}))
        connection.rollback()
    return DryRun(
        id=0, source=source, status=tally.status(found), started=stamp_of(now), ended=stamp_of(now),
        counts=dict.fromkeys(runs.COUNTS, 0) | tally.counts, requests=tally.requests(), findings=sum(found.values()),
        problem=problem_form(tally.problem), held=tally.held, has_errors=bool(found.get("error")), detail=figures,
        moved=moved, failures=tuple(tally.failures),
    )
