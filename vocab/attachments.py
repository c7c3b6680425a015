"""To which module an image, a DOI record or an OAI item belongs: to one at most, by explicit links, never by likeness.

The strongest link decides: a curator's ruling; what the thing says itself, of which repository or module it is; that a
module names it as its own; that a module names the code which the thing says it is made from. What a thing says of
itself holds against a module that names it. Where several modules claim it and nothing decides, it belongs to none, so
no thing ever makes two modules one. Border: repositories were grouped before, in `vocab.identity`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from vocab.bundles import Bundle, Bundles, bundled, reason
from vocab.evidence import Evidence
from vocab.evidence_facts import RETIRED_PREFIX, Subject, last_part, who_bears
from vocab.evidence_names import name_signature
from vocab.findings import finding
from vocab.identifiers import EntryKind, doi_key, entry_kind, image_key, value_of
from vocab.record import Finding, SourceRecord, Statement
from vocab.references import references_in
from vocab.things import OWN_ROLES, Thing, called, own_things

Pages = Mapping[str, frozenset[tuple[str, str]]]


@dataclass(frozen=True, eq=False)
class Home:
    """A group of repositories, to which things may belong."""

    subjects: tuple[Subject, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        """Under which keys its repositories are listed."""
        return frozenset(each.key for each in self.subjects)

    @property
    def key(self) -> str:
        """The first of its keys, by which homes are sorted."""
        return min(self.keys)

    @cached_property
    def names(self) -> frozenset[str]:
        """The images and DOIs that it calls its own."""
        return frozenset(one for each in self.records for one in own_things(each))

    @cached_property
    def code(self) -> frozenset[str]:
        """The code repositories that it names."""
        return frozenset(one for each in self.subjects for one in each.texts("evidence.code"))

    @property
    def records(self) -> tuple[SourceRecord, ...]:
        """The records of its repositories."""
        return tuple(one for each in self.subjects for one in each.records)

    def bears_name_of(self, image: str) -> bool:
        """Is one of its repositories called like this image?"""
        words = name_signature(last_part(image))
        return bool(words) and any(words == name_signature(last_part(each)) for one in self.subjects
                                   for each in (one.key, *one.former_keys))

    @property
    def is_listed(self) -> bool:
        """Does any source list one of its repositories today?"""
        return any(not each.source.startswith(RETIRED_PREFIX) for each in self.records)

    def naming(self, identities: frozenset[str]) -> list[tuple[SourceRecord, Statement, str]]:
        """Where it names one of these as its own, each once for a record: record, statement, and what is named."""
        found: dict[tuple[str, str, str], tuple[SourceRecord, Statement, str]] = {}
        for record in self.records:
            # What is evidence alone bears no name that people know.
            for statement in sorted(record.statements, key=lambda each: each.field.startswith("evidence.")):
                for named in _own_in(statement):
                    if named in identities:
                        found.setdefault((record.source, record.key, named), (record, statement, named))
        return list(found.values())


@dataclass(frozen=True, slots=True)
class Disowned:
    """A DOI or image that a module names as its own and that says it is of another; `entry` is the naming record's."""

    source: str
    entry: str
    thing: str
    of: str


@dataclass(slots=True)
class Attached:
    """Which things belong to which home, which stand alone, and what was doubtful."""

    at_home: dict[Home, list[Bundle]] = field(default_factory=lambda: defaultdict(list))
    evidence: dict[Home, list[Evidence]] = field(default_factory=lambda: defaultdict(list))
    alone: list[Bundle] = field(default_factory=list)
    disowned: list[Disowned] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def put(self, bundle: Bundle, home: Home, evidence: Evidence) -> None:
        """Let a thing belong to a home."""
        self.at_home[home].append(bundle)
        self.evidence[home].append(evidence)


def attach(
    things: Sequence[Thing], homes: Sequence[Home], joins: Sequence[frozenset[str]], split: frozenset[frozenset[str]],
    pages: Pages,
) -> Attached:
    """Say to which home each thing belongs.

    Args:
        things: all things near.
        homes: the groups of repositories near.
        joins: the keys that curators joined.
        split: the pairs of keys that they split.
        pages: addresses of modules that are known already, compared form, with the records they were made of.
    """
    bundles = bundled(things, joins, split)
    chooser = _Chooser(homes, joins, split, pages)
    _join_by_known_pages(bundles, pages)
    found = Attached()
    for bundle in bundles.all():
        chosen = chooser.choose(bundle, found)
        if chosen is not None:
            found.put(bundle, *chosen)
        else:
            found.alone.append(bundle)
    _join_the_lonely(bundles, chooser, found)
    _join_the_named(bundles, found)
    return found


class _Chooser:
    """Chooses the home of a thing."""

    def __init__(
        self, homes: Sequence[Home], joins: Sequence[frozenset[str]], split: frozenset[frozenset[str]], pages: Pages
    ) -> None:
        self._homes = sorted(homes, key=lambda each: each.key)
        self._joins, self._split, self._pages = joins, split, pages
        self._home_of = {subject: home for home in homes for subject in home.subjects}
        self._bearers = who_bears(sorted(self._home_of, key=lambda each: each.order))
        self._renamed: dict[str, list[Home]] = defaultdict(list)
        for home in self._homes:
            for key in sorted({one for each in home.subjects for one in each.catalogue_renames}):
                self._renamed[key].append(home)

    def choose(self, bundle: Bundle, found: Attached) -> tuple[Home, Evidence] | None:
        """The home of a bundle and the reason, or None; what is doubtful about it goes into `found`."""
        ruled = [each for each in self._homes if any(keys & each.keys and keys & bundle.keys for keys in self._joins)]
        if len(ruled) == 1:
            return ruled[0], reason("ruling", bundle.key, ruled[0].key, "a curator joined them")
        if not bundle.is_software:
            return None
        allowed = [each for each in self._homes if not self._is_split(bundle, each)]
        naming = [each for each in allowed if not each.names.isdisjoint(bundle.identities)]
        own = [(home, why) for home, why in self._by_own_word(bundle) if home in allowed]
        if own:
            return _by_own_word(bundle, own, naming, found)
        if naming:
            return _by_name(bundle, naming, found)
        coded = [each for each in allowed if not each.code.isdisjoint(bundle.repositories)]
        if len(coded) == 1:
            key = min(coded[0].code & set(bundle.repositories))
            why = f"{called(bundle.key)} says that it is of {key}, which {coded[0].key} names as its code"
            return coded[0], reason("thing-of-code", bundle.key, coded[0].key, why)
        return None

    def homes_of(self, repository: str) -> list[Home]:
        """Which homes a repository's key leads to: by today's name, else by a former one."""
        bearers = self._bearers.get(repository, ())
        led = [self._home_of[each] for each in bearers] or self._renamed.get(repository, [])
        return list(dict.fromkeys(led))

    def _is_split(self, bundle: Bundle, home: Home) -> bool:
        return any(frozenset((a, b)) in self._split for a in bundle.keys for b in home.keys)

    def _by_own_word(self, bundle: Bundle) -> list[tuple[Home, Evidence]]:
        found: dict[Home, Evidence] = {}
        for thing in bundle.things:
            for key in thing.repositories:
                for home in self.homes_of(key):
                    why = f"{called(thing.key)} says that it is of {key}"
                    found.setdefault(home, reason("thing-of-repository", thing.key, home.key, why))
        for thing in bundle.things:
            for page in sorted(thing.pages & self._pages.keys()):
                for home in self._homes:
                    if any(each in self._pages[page] for one in home.subjects for each in one.members):
                        why = f"{called(thing.key)} says that it is the module at {page}"
                        found.setdefault(home, reason("thing-of-module", thing.key, home.key, why))
        return sorted(found.items(), key=lambda each: each[0].key)


def _by_own_word(
    bundle: Bundle, own: Sequence[tuple[Home, Evidence]], naming: Sequence[Home], found: Attached
) -> tuple[Home, Evidence] | None:
    """What the thing says of itself; of several the one that names it, else the one that is listed today."""
    chosen = list(own)
    for narrower in ([each for each in own if each[0] in naming], [each for each in own if each[0].is_listed]):
        chosen = narrower if len(chosen) > 1 and len(narrower) == 1 else chosen
    if len(chosen) != 1:
        claimants = [each for each, _ in own]
        said = " and ".join(each.key for each in claimants)
        _tell_doubt(bundle, claimants, f"{called(bundle.key)} says that it is of {said}", found)
        return None
    home, why = chosen[0]
    for other in naming:
        if other is not home and all(other is not each for each, _ in own):
            _tell_other(bundle, other, why, home, found)
    return home, why


def _by_name(bundle: Bundle, naming: Sequence[Home], found: Attached) -> tuple[Home, Evidence] | None:
    """That a module names it as its own; of several the one that is listed today, or called like the image."""
    images = [value_of(each) for each in sorted(bundle.identities) if entry_kind(each) is EntryKind.IMAGE]
    chosen = [each for each in naming if each.is_listed] or list(naming)
    if len(chosen) > 1 and images:
        chosen = [each for each in chosen if any(map(each.bears_name_of, images))]
    if len(chosen) != 1:
        said = " and ".join(each.key for each in naming)
        _tell_doubt(bundle, naming, f"{called(bundle.key)} is named by {said}", found)
        return None
    record, statement, named = chosen[0].naming(bundle.identities)[0]
    why = f"{_place(record, statement)} names {called(named)}"
    return chosen[0], reason("names-thing", bundle.key, chosen[0].key, why)


def _join_by_known_pages(bundles: Bundles, pages: Pages) -> None:
    """An item that gives the address of a module of ours is one with the things that this module was made of."""
    for bundle in bundles.all():
        for thing in list(bundle.things):
            for page in sorted(thing.pages & pages.keys()):
                others = sorted(key for _, key in pages[page] if entry_kind(key) is not EntryKind.REPOSITORY)
                known = [bundles.of(key) for key in others if key != thing.key and bundles.has(key)]
                bundles.join_where_alone(
                    [bundles.of(thing.key), *known], "thing-of-module",
                    f"{called(thing.key)} says that it is the module at {page}",
                )


def _join_the_lonely(bundles: Bundles, chooser: _Chooser, found: Attached) -> None:
    """Things of one repository that we do not know are one, as far as no source has two of them."""
    holders: dict[str, list[Bundle]] = defaultdict(list)
    for bundle in found.alone:
        for key in bundle.repositories:
            if bundle.is_software and not chooser.homes_of(key):
                holders[key].append(bundle)
    for key, said in sorted(holders.items()):
        if len(said) > 1:
            why = f"{' and '.join(called(each.key) for each in said)} say that they are of {key}"
            bundles.join_where_alone([bundles.of(each.key) for each in said], "same-repository-elsewhere", why)
    found.alone = list({id(each): each for each in (bundles.of(one.key) for one in found.alone)}.values())


def _join_the_named(bundles: Bundles, found: Attached) -> None:
    """What only another thing names goes with that one: the image that an item of another registry tells of."""
    owners: list[tuple[Bundle, Home | None]] = [(each, None) for each in found.alone]
    owners += [(each, home) for home, attached in found.at_home.items() for each in attached]
    owners.sort(key=lambda each: each[0].key)
    wanted = []
    for bundle in sorted(found.alone, key=lambda each: each.key):
        naming = [each for each in owners if each[0] is not bundle and not each[0].names.isdisjoint(bundle.identities)]
        if bundle.is_software and naming and len({id(home or one) for one, home in naming}) == 1:
            wanted.append((bundle, *naming[0]))
    for bundle, other, home in wanted:
        named = min(other.names & bundle.identities)
        why = reason("names-thing", bundle.key, other.key, f"{called(other.key)} names {called(named)}")
        if home is not None:
            found.put(bundle, home, why)
        elif bundles.of(bundle.key).sources.isdisjoint(bundles.of(other.key).sources):
            bundles.join(bundles.of(other.key), bundles.of(bundle.key), why)
    gone = {id(each) for attached in found.at_home.values() for each in attached}
    left = {id(each): each for each in (bundles.of(one.key) for one in found.alone)}
    found.alone = sorted((each for name, each in left.items() if name not in gone), key=lambda each: each.key)


def _tell_doubt(bundle: Bundle, homes: Iterable[Home], why: str, found: Attached) -> None:
    for home in homes:
        record = min(home.records, key=lambda each: (each.key, each.source))
        found.findings.append(finding(
            "identity-doubtful", f"{why}: nothing says of which module it is, so it belongs to none.",
            source=record.source, entry=record.key, found=bundle.key,
        ))


def _tell_other(bundle: Bundle, home: Home, why: Evidence, other: Home, found: Attached) -> None:
    """A module names a thing that says that it is of another one."""
    for record, statement, named in home.naming(bundle.identities):
        at = statement.origin
        found.disowned.append(Disowned(record.source, record.key, named, other.key))
        found.findings.append(finding(
            "identifier-of-another", f"{_place(record, statement)} names {called(named)}, but {why.detail}.",
            source=record.source, entry=record.key, file=at.file, line=at.line, field=statement.field,
            found=value_of(named), expected=other.key,
        ))


def _own_in(statement: Statement) -> list[str]:
    keys = {"image": image_key, "doi": doi_key}
    named = (each for each in references_in(statement) if each.kind in keys and each.role in OWN_ROLES)
    return [keys[each.kind](each.value) for each in named]


def _place(record: SourceRecord, statement: Statement) -> str:
    at = statement.origin
    if not at.file:
        return record.key
    return f"{at.file}{f' line {at.line}' if at.line else ''} of {record.key}"
