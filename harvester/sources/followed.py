"""What a source with `follow = true` lists: the things that records of other sources name, each once.

Border: what counts as named is decided in `vocab.references` and kept by the registry; how a thing is read is the
business of each kind of source.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harvester.events import Entry
from harvester.memory import Memory
from vocab.record import Listing


@dataclass(frozen=True, slots=True)
class Followed:
    """A named thing: its canonical value, the records that name it, and what it is to them, both sorted."""

    value: str
    keys: tuple[str, ...]
    roles: tuple[str, ...]

    def entry(self, key: str, url: str) -> Entry:
        """The entry by which it is listed."""
        return Entry(key, url, Listing(url, named_by=self.keys, roles=self.roles))


def followed(memory: Memory, kind: str, source: str, wanted: Callable[[str], bool] = lambda _: True) -> list[Followed]:
    """What is named, by value.

    Args:
        memory: knows the records.
        kind: of `vocab.references`.
        source: the source that follows; what its own records name does not count.
        wanted: which values it can be asked for.
    """
    keys: dict[str, set[str]] = {}
    roles: dict[str, set[str]] = {}
    for each in memory.named(kind, source):
        if wanted(each.value):
            keys.setdefault(each.value, set()).update(each.keys)
            roles.setdefault(each.value, set()).add(each.role)
    return [Followed(value, tuple(sorted(keys[value])), tuple(sorted(roles[value]))) for value in sorted(keys)]
