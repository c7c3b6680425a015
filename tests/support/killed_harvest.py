"""A harvest that a test kills: `python -m tests.support.killed_harvest URL HOME` says a line after each entry."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from harvester.events import Event, Finished, Listed, Requests, Unchanged
from registry.harvesting import apply_run
from registry.memory import DatabaseMemory
from registry.progress import Progress
from registry.runs import Run
from registry.services import Services
from registry.source_rows import require_source
from tests.support.store import a_registry, fetched

ENTRIES = 12


def world(services: Services) -> Iterator[Event]:
    """What a source of twelve repositories tells; those that are known are unchanged."""
    memory = DatabaseMemory(services.database)
    events = [
        fetched(f"o{at}/net-{at // 3}", f"Net number {at // 3} of the sea", number=at + 1) for at in range(ENTRIES)
    ]
    yield Listed(tuple(each.entry for each in events))
    for each in events:
        known = memory.entry("hub", each.entry.key)
        if known is not None and known.fingerprint == each.fingerprint:
            yield Unchanged(each.entry, each.key)
        else:
            yield each
    yield Finished(Requests(sent=ENTRIES))


def harvest_world(services: Services, say: bool = False) -> Run:
    """Harvest it, with a line on standard output after each entry when asked."""

    def tell(progress: Progress) -> None:
        if say:
            sys.stdout.write(f"{progress.done}\n")
            sys.stdout.flush()

    return apply_run(services, require_source(services.database, "hub"), world(services), tell)


if __name__ == "__main__":
    with a_registry(sys.argv[1], Path(sys.argv[2]), "hub") as opened:
        harvest_world(opened, say=True)
