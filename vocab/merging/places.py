"""Where a module lives: its records in the order of belief, the place where it is maintained today first.

A repository that sends its readers on comes after the one it sends them to, and so does one that was renamed by the
words of a catalogue; otherwise the one whose content changed last comes first. An image, a DOI record or an OAI item is
no place: it speaks of the place that it is of. Border: that all records are of one module was decided in
`vocab.identity`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vocab.record import SourceRecord, Statement
from vocab.things import identities_of, is_repository, own_things, repositories_of


@dataclass(frozen=True, slots=True)
class Places:
    """The records of one module in order, repositories first, and the place (0 = today's) of each entry key."""

    records: tuple[SourceRecord, ...]
    place: dict[str, int]

    @property
    def repositories(self) -> tuple[SourceRecord, ...]:
        """The records of repositories."""
        return tuple(each for each in self.records if is_repository(each))

    @property
    def things(self) -> tuple[SourceRecord, ...]:
        """The records of images, DOIs and OAI items."""
        return tuple(each for each in self.records if not is_repository(each))

    def name_of(self, place: int) -> str:
        """What people call a place: its repository."""
        return next((each.key for each in self.records if self.place[each.key] == place), "")

    def of(self, statement: Statement) -> int:
        """The place a statement comes from; a curator speaks from today's place."""
        return self.place.get(statement.origin.entry, 0)


def places_of(records: Sequence[SourceRecord]) -> Places:
    """Puts records in order. The same repository in two catalogues is one place."""
    by_key: dict[str, list[SourceRecord]] = {}
    things = []
    for record in sorted(records, key=lambda each: (each.key, each.source, each.revision or "")):
        if is_repository(record):
            by_key.setdefault(record.key, []).append(record)
        else:
            things.append(record)
    keys = sorted(by_key)
    keys.sort(key=lambda each: _last_content(by_key[each]), reverse=True)
    keys.sort(key=lambda each: _steps_on(each, by_key, frozenset()))
    place = {key: at for at, key in enumerate(keys)}
    repositories = [record for key in keys for record in by_key[key]]
    of_things = {each.key: _place_of_thing(each, repositories, place) for each in things}
    things.sort(key=lambda each: of_things[each.key])
    return Places((*repositories, *things), place | of_things)


def _place_of_thing(thing: SourceRecord, repositories: Sequence[SourceRecord], place: dict[str, int]) -> int:
    """The place it says that it is of, else the latest one that names it; today's when neither is known."""
    said = repositories_of(thing)
    called = identities_of(thing)
    about = [each for each in repositories if not said.isdisjoint({each.key, *each.values("evidence.repository")})]
    naming = [each for each in repositories if not called.isdisjoint(own_things(each))]
    return min((place[each.key] for each in about or naming), default=0)


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
