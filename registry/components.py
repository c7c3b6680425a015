"""From source records that changed to the modules that they touch: load the neighbourhood, group it, name the modules.

`vocab.identity` decides what belongs together; this file decides which *module* a group is. A module follows the
records that were its own from the first; where two modules become one, the older keeps its slug and the other one is
kept as merged into it; where one splits again, each gets back what it was. What is near is loaded by
`registry.neighbourhoods`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, bindparam, select

from registry.neighbourhoods import as_listed, describing, giving, neighbourhood, things_for
from registry.records import StoredRecord
from registry.slugs import new_slug
from registry.tables import module, ruling, source_record
from vocab.canonical import to_json
from vocab.evidence_facts import RETIRED_PREFIX
from vocab.identity import Grouping, Ruling, group
from vocab.module import Relation, Status
from vocab.record import Finding, Json, SourceRecord
from vocab.things import is_repository

# Asked for everything that is regrouped; made once, because making a statement takes as long as running it.
_RULINGS = select(ruling.c.kind, ruling.c.entry_keys).order_by(ruling.c.id)
_SLUGS = select(module.c.id, module.c.slug).where(module.c.id.in_(bindparam("modules", expanding=True)))


@dataclass(slots=True)
class Member:
    """One group of a component: its records, and the module that it is. `absorbed` went into that module.

    `makers` are the ids of the records that are reason enough for a module; the others only tell of it. `things` are
    records of others that tell of what it names, `disowned` what it names as its own and what says that it is of
    another module: identity of the thing → of what.
    """

    records: list[StoredRecord]
    evidence: list[Json]
    makers: frozenset[int]
    module_id: int = 0
    absorbed: list[int] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    things: list[SourceRecord] = field(default_factory=list)
    disowned: dict[str, str] = field(default_factory=dict)

    @property
    def living(self) -> list[StoredRecord]:
        """The records that speak for the module: those a source lists, else those that did at the end.

        What a list is without any more does not speak beside what took its place there. Of a module that is gone the
        makers speak that were listed last, with what told of it then: what goes later moves nothing.
        """
        if self.gone:
            last = max((each.retired or 0 for each in self.records if each.id in self.makers), default=0)
            return [
                each for each in self.records
                if each.retired == last or (each.id not in self.makers and (each.retired or last + 1) > last)
            ]
        now = [each for each in self.records if each.retired is None]
        in_place = {each.record.source for each in now if not each.absent and each.id in self.makers}
        return [each for each in now if not each.absent or each.record.source not in in_place]

    @property
    def speaking(self) -> tuple[SourceRecord, ...]:
        """What `living` says."""
        return tuple(each.record for each in self.living)

    @property
    def gone(self) -> bool:
        """Whether no source lists any of its makers: what only tells of a module keeps none alive."""
        return all(each.retired is not None for each in self.records if each.id in self.makers)


def settle(
    connection: Connection, record_ids: Iterable[int], lost_keys: Iterable[str], uri: Callable[[str], str]
) -> list[Member]:
    """Group everything near these records anew and assign modules; returns the groups with their modules.

    Args:
        connection: the transaction.
        record_ids: the records that changed.
        lost_keys: blocking keys that a record had before: what it was together with through them is looked at too.
        uri: the persistent address of a module of this slug.
    """
    rulings = load_rulings(connection)
    ids = set(record_ids)
    while True:
        near = neighbourhood(connection, ids, lost_keys, rulings, uri)
        grouping = group([as_listed(each) for each in near.stored], rulings, near.pages)
        members = _assign(connection, _members(grouping, near.stored))
        # An item may have given the address of a module before there was one.
        met = {each.id for each in near.stored}
        if giving(connection, (each.module_id for each in members), uri) <= met:
            break
        ids |= met
    _relate(connection, grouping, members)
    alive = [each for each in members if not each.gone]
    told = describing(connection, (one for each in alive for one in each.speaking))
    for each in alive:
        each.things = things_for(each.speaking, told)
    return members


def load_rulings(connection: Connection) -> list[Ruling]:
    """Every ruling of the curators, oldest first."""
    rows = connection.execute(_RULINGS).all()
    return [Ruling(row.kind, frozenset(row.entry_keys)) for row in rows]


def _members(grouping: Grouping, stored: Sequence[StoredRecord]) -> list[Member]:
    by_name = {(each.record.source, each.record.key): each for each in stored}

    def of(member: tuple[str, str]) -> StoredRecord:
        return by_name[member[0].removeprefix(RETIRED_PREFIX), member[1]]

    return [
        Member(
            records=sorted(map(of, each.members), key=lambda one: one.id),
            evidence=[to_json(one) for one in each.evidence],
            makers=frozenset(of(one).id for one in each.makers),
        )
        for each in grouping.groups
    ]


def _assign(connection: Connection, members: Sequence[Member]) -> list[Member]:
    """Say which module each group is; returns the groups that are one.

    A group with makers becomes a module when it is none yet. One without is a module only while that was made for one
    of its records and nobody else goes on as it: then it is withdrawn. The others are of no module.
    """
    claims: dict[int, list[tuple[tuple[bool, bool, int], Member]]] = {}
    for each in members:
        for module_id in sorted(_claimed(each)):
            own = [record.id for record in each.records if record.home_id == module_id]
            held = [record.id for record in each.records if record.module_id == module_id]
            claims.setdefault(module_id, []).append(((not each.makers, not own, min(own or held)), each))
    owned: dict[int, list[int]] = {}
    for module_id, claimants in sorted(claims.items()):
        owner = min(claimants, key=lambda each: each[0])[1]
        owned.setdefault(id(owner), []).append(module_id)
    found = []
    for each in sorted(members, key=lambda one: one.records[0].id):
        own = owned.get(id(each), [])
        if own or each.makers:
            each.module_id = _oldest_public(connection, own) if own else _new_module(connection, each)
            each.absorbed = [one for one in own if one != each.module_id]
            found.append(each)
        _move_records(connection, each, fresh=not own)
    return found


def _claimed(member: Member) -> set[int]:
    """The modules that a group may go on as: those made for its records, and those its makers are of."""
    homes = {each.home_id for each in member.records}
    held = {each.module_id for each in member.records if each.id in member.makers}
    return {each for each in homes | held if each is not None}


def _oldest_public(connection: Connection, ids: Sequence[int]) -> int:
    """Which of several modules the group goes on as: whole before merged, published before others, then the oldest."""
    if len(ids) == 1:
        return ids[0]
    rows = connection.execute(
        select(module.c.id, module.c.merged_into, module.c.status).where(module.c.id.in_(ids))
    ).all()
    best = min(rows, key=lambda row: (row.merged_into is not None, row.status != Status.PUBLISHED.value, row.id))
    return int(best.id)


def _new_module(connection: Connection, member: Member) -> int:
    makers = [each for each in member.records if each.id in member.makers]
    first = min(makers, key=lambda each: (not is_repository(each.record), each.id))
    slug = new_slug(connection, first.record)
    created = connection.execute(
        module.insert().values(
            slug=slug, status=Status.DRAFT.value, title=slug, form=b"", content_hash="", origins=b"{}", sets=[],
            approved=False,
        )
    ).inserted_primary_key
    assert created is not None
    return int(created[0])


def _move_records(connection: Connection, member: Member, *, fresh: bool) -> None:
    """Let the records say which module they are of; a maker's home is the module that was made for it."""
    module_id = member.module_id or None
    for each in member.records:
        home = each.home_id
        if module_id is not None and each.id in member.makers and (fresh or home is None):
            home = module_id
        if (each.module_id, each.home_id) != (module_id, home):
            connection.execute(
                source_record.update()
                .where(source_record.c.id == each.id)
                .values(module_id=module_id, home_id=home)
            )


def _relate(connection: Connection, grouping: Grouping, members: Sequence[Member]) -> None:
    """Hand relations and doubts to the modules that they speak of."""
    of_key: dict[str, Member] = {}
    for each in members:
        for one in each.records:
            if one.record.key not in of_key or one.retired is None:
                of_key[one.record.key] = each
    ids = [each.module_id for each in members] if grouping.relations else []
    slugs = {row.id: row.slug for row in connection.execute(_SLUGS, {"modules": ids})} if ids else {}
    for relation in grouping.relations:
        left, right = of_key.get(relation.a), of_key.get(relation.b)
        if left is not None and right is not None and left is not right:
            left.relations.append(Relation(relation.type, slugs[right.module_id]))
            if relation.type == "successor":
                right.relations.append(Relation("predecessor", slugs[left.module_id]))
    _tell(grouping, of_key)


def _tell(grouping: Grouping, of_key: Mapping[str, Member]) -> None:
    for found in grouping.findings:
        member = of_key.get(found.entry or "")
        if member is not None:
            member.findings.append(_listed(found))
    for each in grouping.disowned:
        if each.entry in of_key:
            of_key[each.entry].disowned[each.thing] = each.of


def _listed(found: Finding) -> Finding:
    return replace(found, source=found.source.removeprefix(RETIRED_PREFIX)) if found.source else found
