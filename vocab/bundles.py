"""Which images, DOI records and OAI items are one thing, before anybody asks of which module they are.

They are when they bear the same identifier, whoever says so: a DOI record names its versions, and the items that bear
those are one thing with it. An address of their own joins them only when no source has two things there, because some
portals call their home page the address of everything. Border: repositories are not looked at here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from vocab.evidence import STRENGTH, Evidence
from vocab.things import SOFTWARE, Thing, called, tells


class Bundle:
    """Things that are one."""

    def __init__(self, thing: Thing) -> None:
        self.things = [thing]
        self.evidence: list[Evidence] = []
        if len(thing.records) > 1:
            sources = ", ".join(sorted(thing.sources))
            self.evidence.append(
                Evidence("same-thing", thing.key, thing.key, f"listed by {sources}", STRENGTH["same-thing"])
            )

    @property
    def key(self) -> str:
        """The first key in it, by which bundles are sorted."""
        return min(each.key for each in self.things)

    @property
    def keys(self) -> frozenset[str]:
        """The keys of its things."""
        return frozenset(each.key for each in self.things)

    @property
    def sources(self) -> frozenset[str]:
        """The sources that have a record of it."""
        return frozenset(one for each in self.things for one in each.sources)

    @property
    def identities(self) -> frozenset[str]:
        """By what it is called."""
        return frozenset(one for each in self.things for one in each.identities)

    @property
    def names(self) -> frozenset[str]:
        """The other things that it calls its own."""
        return frozenset(one for each in self.things for one in each.names) - self.identities

    @property
    def repositories(self) -> tuple[str, ...]:
        """Of which repositories it says that it is."""
        return tuple(sorted({one for each in self.things for one in each.repositories}))

    @property
    def is_software(self) -> bool:
        """Is it something that can be a module? It is when one record says so, or none says what it is."""
        said = {str(value) for each in self.things for one in each.records for value in one.values("evidence.thing")}
        return not said or not said.isdisjoint(SOFTWARE)

    @property
    def members(self) -> tuple[tuple[str, str], ...]:
        """The (source, key) pairs of its records."""
        return tuple(sorted(one for each in self.things for one in each.members))

    @property
    def makers(self) -> frozenset[tuple[str, str]]:
        """Those of its members that are reason enough for a module."""
        if not self.is_software:
            return frozenset()
        records = (one for each in self.things for one in each.records)
        return frozenset((each.source, each.key) for each in records if not each.followed and tells(each))


class Bundles:
    """The bundles while they grow; what a curator split is never put together."""

    def __init__(self, things: Sequence[Thing], split: Iterable[frozenset[str]]) -> None:
        self._of = {each.key: Bundle(each) for each in things}
        self._split = frozenset(split)

    def of(self, key: str) -> Bundle:
        """The bundle that a thing is in."""
        return self._of[key]

    def has(self, key: str) -> bool:
        """Is there a thing of this key?"""
        return key in self._of

    def all(self) -> list[Bundle]:
        """The bundles as they stand, sorted."""
        return sorted({id(each): each for each in self._of.values()}.values(), key=lambda each: each.key)

    def join(self, a: Bundle, b: Bundle, evidence: Evidence) -> bool:
        """Make two bundles one, unless a curator split them; returns whether they are."""
        if a is b:
            return True
        if any(frozenset((x, y)) in self._split for x in a.keys for y in b.keys):
            return False
        a.things += b.things
        a.evidence += [*b.evidence, evidence]
        for each in b.things:
            self._of[each.key] = a
        return True

    def join_where_alone(self, holders: Iterable[Bundle], kind: str, why: str) -> list[Bundle]:
        """Join all of these when no source has two things among them; returns those that stay apart for that."""
        found = sorted({id(each): each for each in holders}.values(), key=lambda each: each.key)
        if any(not a.sources.isdisjoint(b.sources) for a, b in combinations(found, 2)):
            return found
        for each in found[1:]:
            self.join(found[0], each, reason(kind, found[0].key, each.key, why))
        return []


def reason(kind: str, a: str, b: str, detail: str) -> Evidence:
    """A piece of evidence between two keys."""
    first, second = sorted((a, b))
    return Evidence(kind, first, second, detail, STRENGTH[kind])


def bundled(things: Sequence[Thing], joins: Iterable[frozenset[str]], split: Iterable[frozenset[str]]) -> Bundles:
    """The things put together by what a curator says and by what they are called."""
    bundles = Bundles(things, split)
    known = {each.key for each in things}
    for keys in sorted(joins, key=sorted):
        named = sorted(keys & known)
        for a, b in combinations(named, 2):
            bundles.join(bundles.of(a), bundles.of(b), reason("ruling", a, b, "a curator joined them"))
    for identity, holders in _holders(things, "identities"):
        for each in holders[1:]:
            why = f"{called(holders[0])} and {called(each)} are both {called(identity)}"
            bundles.join(bundles.of(holders[0]), bundles.of(each), reason("same-thing", holders[0], each, why))
    for page, holders in _holders(things, "pages"):
        why = f"{called(holders[0])} and {called(holders[-1])} say that their page is {page}"
        bundles.join_where_alone((bundles.of(each) for each in holders), "same-page", why)
    return bundles


def _holders(things: Sequence[Thing], what: str) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = defaultdict(list)
    for each in things:
        for value in getattr(each, what):
            found[value].append(each.key)
    return [(value, sorted(found[value])) for value in sorted(found) if len(found[value]) > 1]
