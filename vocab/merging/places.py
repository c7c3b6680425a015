"""Where a module lives: its records in the order of belief, the place where it is maintained today first.

A repository that sends its readers on comes after the one it sends them to, and so does one that was renamed by the
words of a catalogue; otherwise the one whose content changed
last comes first. Border: that all records are of one module was decided in `vocab.identity`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vocab.record import SourceRecord, Statement


@dataclass(frozen=True, slots=True)
class Places:
    """The records of one module in order, and the place (0 = today's) of each entry key."""

    records: tuple[SourceRecord, ...]
    place: dict[str, int]

    def of(self, statement: Statement) -> int:
        """The place a statement comes from; a curator speaks from today's place."""
        return self.place.get(statement.origin.entry, 0)


def places_of(records: Sequence[SourceRecord]) -> Places:
    """Puts records in order. The same repository in two catalogues is one place."""
    by_key: dict[str, list[SourceRecord]] = {}
    for record in sorted(records, key=lambda each: (each.key, each.source, each.revision or "")):
        by_key.setdefault(record.key, []).append(record)
    keys = sorted(by_key)
    keys.sort(key=lambda each: _last_content(by_key[each]), reverse=True)
    keys.sort(key=lambda each: _steps_on(each, by_key, frozenset()))
    place = {key: at for at, key in enumerate(keys)}
    return Places(tuple(record for key in keys for record in by_key[key]), place)


def _last_content(records: Sequence[SourceRecord]) -> str:
    return max((str(each) for record in records for each in record.values("dates.content")), default="")


def _steps_on(key: str, by_key: dict[str, list[SourceRecord]], seen: frozenset[str]) -> int:
    """How many times its readers are sent on; a banner that leads out of what we know is one step."""
    targets = {str(each) for record in by_key[key] for each in record.values("evidence.moved_to")}
    targets |= {
        other for other, records in by_key.items()
        if any(key in record.values("evidence.catalogue_rename") for record in records)
    }
    targets.discard(key)
    former = {
        str(old): other for other, records in by_key.items() if other != key
        for record in records for old in record.values("evidence.repository")
    }
    onward = {former.get(each, each) for each in targets}
    known = [each for each in onward if each in by_key and each != key and each not in seen]
    if not known:
        return 1 if targets else 0
    return 1 + max(_steps_on(each, by_key, seen | {key}) for each in known)
