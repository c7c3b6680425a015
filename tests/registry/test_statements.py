"""How many statements an entry costs: few, and no more in a large registry than in a small one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from sqlalchemy import event

from harvester.events import Event, Finished, Listed, Requests
from registry.harvesting import apply_run
from registry.services import Services
from registry.source_rows import require_source
from tests.support.store import fetched, listed, unchanged

NAMES = ("otter", "beaver", "heron", "newt", "pike", "perch", "stork", "crane", "swift", "robin", "wren", "finch")
OTHERS = ("lichen", "moss", "fern", "birch", "alder", "aspen", "rowan", "hazel", "larch", "maple", "cedar", "holly")
# Measured: 58 and 11, whatever else the store holds.
MOST_FETCHED, MOST_UNCHANGED = 62, 13


@contextmanager
def _counted(services: Services) -> Iterator[list[str]]:
    """The statements that the block sends."""
    sent: list[str] = []

    def note(*told: object) -> None:
        sent.append(str(told[2]))

    event.listen(services.database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(services.database.engine, "before_cursor_execute", note)


def _costs(services: Services, events: list[Event]) -> list[int]:
    """The statements of each event; an event is applied before the next one is taken."""
    marks: list[int] = []
    with _counted(services) as sent:

        def given() -> Iterator[Event]:
            for each in events:
                marks.append(len(sent))
                yield each
            marks.append(len(sent))

        apply_run(services, require_source(services.database, "hub"), given())
    return [after - before for before, after in pairwise(marks)]


def test_entry_when_read_then_few_statements_however_many_modules_there_are(local: Services) -> None:
    entries = [fetched(f"a/{name}", f"The {name}", number=at) for at, name in enumerate(NAMES + OTHERS, 1)]
    costs = _costs(local, [listed(*entries), *entries, Finished(Requests())])[1:-1]
    assert max(costs) <= MOST_FETCHED
    assert costs[-1] <= costs[1]


def test_entry_when_unchanged_then_few_statements_and_none_that_writes(local: Services) -> None:
    entries = [fetched(f"a/{name}", f"The {name}", number=at) for at, name in enumerate(NAMES, 1)]
    apply_run(local, require_source(local.database, "hub"), [listed(*entries), *entries, Finished(Requests())])
    again: list[Event] = [Listed(tuple(each.entry for each in entries)), *(unchanged(f"a/{name}") for name in NAMES)]
    costs = _costs(local, [*again, Finished(Requests())])[1:-1]
    assert max(costs) <= MOST_UNCHANGED
