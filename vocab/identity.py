"""Which source records speak of the same module, and the evidence for it.

`group` takes the strongest links between repositories first and refuses one that would put together what a curator
split, what one catalogue lists as two, or two repositories of the forge under one name; what it refuses becomes a
finding. Images, DOI records and OAI items are attached afterwards and make no two groups one. The result depends on
the records and rulings alone, not on their order. Border: pairs are weighed in `vocab.evidence`, things attached in
`vocab.attachments`; how values of a group become one module is `vocab.merge`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

from vocab.attachments import Attached, Disowned, Home, Pages, attach
from vocab.bundles import Bundle
from vocab.evidence import (
    STRENGTH,
    Doubt,
    Evidence,
    Link,
    Neighbourhood,
    link_by_likeness,
    links_by_banner,
    links_by_catalogue,
    links_by_forge,
    links_by_named_repository,
    other_repository_of_the_name,
    side_by_side,
    successors,
)
from vocab.evidence_facts import Subject, last_part, numeric_id_of, subjects_of
from vocab.evidence_names import name_signature
from vocab.findings import finding
from vocab.record import Finding, SourceRecord
from vocab.things import PAGE, identities_of, is_repository, own_things, pages_of, repositories_of, things_of

# Before a key under which a thing is looked for, not one that the record bears.
WANTED = ">"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A curator's word on entry keys: `split`, each of them is another module; `join`, all are one module."""

    kind: Literal["join", "split"]
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Group:
    """The source records of one module as (source, key), and the evidence that joined them, strongest first.

    `makers` are the members that are reason enough for a module; a group without any is none, it only waits for one.
    """

    members: tuple[tuple[str, str], ...]
    evidence: tuple[Evidence, ...] = ()
    makers: frozenset[tuple[str, str]] = frozenset()

    @property
    def keys(self) -> frozenset[str]:
        """The entry keys in the group."""
        return frozenset(key for _, key in self.members)


@dataclass(frozen=True, slots=True)
class ModuleRelation:
    """A relation between two modules: `a` is the `type` of … `b`, both as entry keys of their groups.

    `successor`: `b` replaces `a`; the registry shows it as successor of the one and predecessor of the other.
    """

    type: str
    a: str
    b: str
    detail: str


@dataclass(frozen=True, slots=True)
class Grouping:
    """Every record in exactly one group; relations between the groups; what was doubtful.

    `disowned` is what records name as their own and what says itself that it is of another module.
    """

    groups: tuple[Group, ...]
    relations: tuple[ModuleRelation, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    disowned: tuple[Disowned, ...] = ()


def group(records: Sequence[SourceRecord], rulings: Sequence[Ruling] = (), pages: Pages | None = None) -> Grouping:
    """Puts the records of one module together.

    Args:
        records: whole neighbourhoods of them (see `blocking_keys`).
        rulings: what curators decided.
        pages: addresses of modules that are known already, compared form, with the records they were made of.
    """
    near = Neighbourhood(subjects_of(each for each in records if is_repository(each)))
    clusters = _Clusters(near.subjects, rulings)
    doubts: list[Doubt] = []
    links = list(_rulings_as_links(near, rulings))
    stated = (links_by_forge, links_by_banner, links_by_named_repository, links_by_catalogue)
    for found in (each for links_by in stated for each in links_by(near)):
        if isinstance(found, Doubt):
            doubts.append(found)
        else:
            links.append(found)
    links += _links_by_likeness(near)
    for each in sorted(links, key=lambda each: (-each.strength, each.a.order, each.b.order, each.reasons[0].kind)):
        why_not = clusters.join(each)
        if why_not:
            doubts.append(Doubt(each.a, each.b, f"{each.reasons[0].detail}, but {why_not}"))
    homes = clusters.groups()
    attached = attach(
        things_of(records), tuple(homes), [each.keys for each in rulings if each.kind == "join"], clusters.split,
        pages or {},
    )
    groups = sorted((*_groups(homes, attached), *map(_group_of_things, attached.alone)), key=lambda each: each.members)
    apart = [each for each in doubts if clusters.of(each.a) != clusters.of(each.b)]
    return Grouping(
        tuple(groups), tuple(_successors(near, clusters)), (*_findings(apart), *attached.findings),
        tuple(attached.disowned),
    )


def blocking_keys(record: SourceRecord) -> frozenset[str]:
    """Keys by which any two records that `group` can join meet: they share one, or one has what the other wants.

    Who regroups after a change loads all records that are met (`partners`), again and again until no more come; the
    keys of a ruling count as shared. A key that begins with `WANTED` is one under which a thing is looked for: two
    repositories that want the same DOI do not meet by that, as long as there is no record of it.
    """
    if not is_repository(record):
        return _keys_of_thing(record)
    wanted = {f"{WANTED}{each}" for each in own_things(record)}
    wanted |= {f"{WANTED}code:{each}" for each in record.values("evidence.code") if each}
    return _keys_of_likeness(record) | wanted


def partners(key: str) -> tuple[str, ...]:
    """The keys by which other records meet one that has this key."""
    return (key.removeprefix(WANTED),) if key.startswith(WANTED) else (key, f"{WANTED}{key}")


def _keys_of_thing(record: SourceRecord) -> frozenset[str]:
    keys = set(identities_of(record)) | {PAGE + each for each in pages_of(record)}
    for each in repositories_of(record):
        keys |= {f"repository:{each}", f"code:{each}"}
    return frozenset(keys | {f"{WANTED}{each}" for each in own_things(record)})


def _keys_of_likeness(record: SourceRecord) -> frozenset[str]:
    keys = set()
    repositories = {record.key}
    for name in ("repository", "names_repository", "moved_to", "replaced_by", "catalogue_rename", "replaces"):
        repositories |= {str(each) for each in record.values(f"evidence.{name}") if each}
    images = {str(each) for each in record.values("evidence.image") if each}
    keys |= {f"repository:{each}" for each in repositories}
    keys |= {f"image:{each}" for each in images}
    subject = Subject(record.key, numeric_id_of(record), (record,))
    keys |= {f"title:{each}" for each in subject.titles}
    if subject.numeric_id is not None:
        keys.add(f"id:{subject.numeric_id}")
    names = {record.key, *subject.former_keys, *subject.moved_to, *images}
    signatures = (name_signature(last_part(each)) for each in names)
    keys |= {f"name:{' '.join(sorted(each))}" for each in signatures if each}
    return frozenset(keys)


class _Clusters:
    """The groups while they grow."""

    def __init__(self, subjects: Sequence[Subject], rulings: Sequence[Ruling]) -> None:
        self._cluster = {each: [each] for each in subjects}
        self._links: list[Link] = []
        self._explicit: set[frozenset[Subject]] = set()
        self.split = frozenset(pair for each in rulings if each.kind == "split" for pair in _pairs(each.keys))

    def of(self, subject: Subject) -> int:
        """A mark of the group the subject is in."""
        return id(self._cluster[subject])

    def join(self, link: Link) -> str | None:
        """Joins the groups of two subjects, or says why not."""
        if link.explicit:
            self._explicit.add(frozenset((link.a, link.b)))
        left, right = self._cluster[link.a], self._cluster[link.b]
        if left is not right:
            for a in left:
                for b in right:
                    if why_not := self._why_not(link, a, b):
                        return why_not
            left += right
            for each in right:
                self._cluster[each] = left
        self._links.append(link)
        return None

    def _why_not(self, link: Link, a: Subject, b: Subject) -> str | None:
        if frozenset((a.key, b.key)) in self.split:
            return f"a curator split {a.key} from {b.key}"
        if link.reasons[0].kind == "ruling":
            return None
        if a.key == b.key and other_repository_of_the_name(a, b):
            return f"the forge knows two repositories that bore the name {a.key}"
        if frozenset((a, b)) in self._explicit:
            return None
        if side_by_side(a, b):
            shared = min(a.catalogues & b.catalogues)
            return f"the catalogue {shared} lists {a.key} and {b.key} as two"
        return None

    def groups(self) -> dict[Home, list[Evidence]]:
        """The groups as they stand, each with what joined it."""
        reasons: dict[int, list[Evidence]] = defaultdict(list)
        for each in self._links:
            reasons[self.of(each.a)] += each.reasons
        clusters = {id(each): each for each in self._cluster.values()}
        return {Home(tuple(sorted(each, key=lambda one: one.order))): reasons[name] for name, each in clusters.items()}


def _groups(found: dict[Home, list[Evidence]], attached: Attached) -> Iterator[Group]:
    for home, reasons in found.items():
        things = attached.at_home.get(home, [])
        members = [one for each in home.subjects for one in each.members]
        members += [one for each in things for one in each.members]
        evidence = {
            *reasons, *(one for each in home.subjects for one in _listed_twice(each)),
            *attached.evidence.get(home, ()), *(one for each in things for one in each.evidence),
        }
        makers = {(each.source, each.key) for each in home.records if not each.followed}
        yield _group(members, evidence, makers.union(*(each.makers for each in things)))


def _group_of_things(bundle: Bundle) -> Group:
    return _group(bundle.members, bundle.evidence, bundle.makers)


def _group(
    members: Iterable[tuple[str, str]], evidence: Iterable[Evidence], makers: Iterable[tuple[str, str]]
) -> Group:
    ordered = sorted(set(evidence), key=lambda each: (-each.strength, each.kind, each.a, each.b, each.detail))
    return Group(tuple(sorted(members)), tuple(ordered), frozenset(makers))


def _listed_twice(subject: Subject) -> Iterator[Evidence]:
    if len(subject.records) > 1:
        sources = ", ".join(sorted(subject.sources))
        yield Evidence("same-repository", subject.key, subject.key, f"listed by {sources}", STRENGTH["same-repository"])


def _pairs(keys: Iterable[str]) -> Iterator[frozenset[str]]:
    return (frozenset(each) for each in combinations(sorted(keys), 2))


def _rulings_as_links(near: Neighbourhood, rulings: Sequence[Ruling]) -> Iterator[Link]:
    for ruling in sorted(rulings, key=lambda each: sorted(each.keys)):
        if ruling.kind != "join":
            continue
        named = [each for each in near.subjects if each.key in ruling.keys]
        for a, b in combinations(named, 2):
            yield Link(a, b, (Evidence("ruling", a.key, b.key, "a curator joined them", STRENGTH["ruling"]),))


def _links_by_likeness(near: Neighbourhood) -> list[Link]:
    """Likeness is looked for only among those that share a blocking key."""
    blocks: dict[str, list[Subject]] = defaultdict(list)
    for subject in near.subjects:
        for key in {key for each in subject.records for key in _keys_of_likeness(each)}:
            blocks[key].append(subject)
    pairs = {(a, b) for block in blocks.values() for a, b in combinations(block, 2) if not side_by_side(a, b)}
    ordered = sorted(pairs, key=lambda each: (each[0].order, each[1].order))
    return [found for a, b in ordered if (found := link_by_likeness(near, a, b))]


def _successors(near: Neighbourhood, clusters: _Clusters) -> Iterator[ModuleRelation]:
    told = set()
    for old, new, detail in successors(near):
        if clusters.of(old) != clusters.of(new) and (old, new) not in told:
            told.add((old, new))
            yield ModuleRelation("successor", old.key, new.key, detail)


def _findings(doubts: Iterable[Doubt]) -> Iterator[Finding]:
    for each in sorted(doubts, key=lambda each: (each.a.order, each.b.order, each.why)):
        yield finding(
            "identity-doubtful",
            f"{each.a.key} may be the same module as {each.b.key}: {each.why}; they are kept apart.",
            source=min(each.a.sources), entry=each.a.key, found=each.b.key,
        )
