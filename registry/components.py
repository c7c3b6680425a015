"""From source records that changed to the modules that they touch: load the neighbourhood, group it, name the modules.

`vocab.identity` decides what belongs together; this file decides which *module* a group is. A module follows the
records that were its own from the first; where two modules become one, the older keeps its slug and the other one is
kept as merged into it; where one splits again, each gets back what it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, select

from registry.records import StoredRecord, chunks, load_records
from registry.slugs import new_slug
from registry.tables import module, record_key, ruling, source_record
from vocab.canonical import to_json
from vocab.identity import Grouping, Ruling, group
from vocab.module import Relation, Status
from vocab.record import Finding, Json, SourceRecord

# A record that no source lists any more still tells what its module is, but no source lists it beside another one.
RETIRED_PREFIX = "retired:"


@dataclass(slots=True)
class Member:
    """One group of a component: its records, and the module that it is. `absorbed` went into that module."""

    records: list[StoredRecord]
    evidence: list[Json]
    module_id: int = 0
    absorbed: list[int] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def living(self) -> list[StoredRecord]:
        """The records that speak for the module: those a source lists, else those that were listed last."""
        now = [each for each in self.records if each.retired is None]
        last = max((each.retired or 0 for each in self.records), default=0)
        return now or [each for each in self.records if each.retired == last]

    @property
    def gone(self) -> bool:
        """Whether no source lists any of its records."""
        return all(each.retired is not None for each in self.records)


def settle(connection: Connection, record_ids: Iterable[int], lost_keys: Iterable[str] = ()) -> list[Member]:
    """Group everything near these records anew and assign modules; returns the groups with their modules.

    `lost_keys` are blocking keys that a record had before: what it was together with through them is looked at too.
    """
    rulings = load_rulings(connection)
    ids = _neighbourhood(connection, set(record_ids), set(lost_keys), rulings)
    stored = load_records(connection, ids)
    grouping = group([_as_listed(each) for each in stored], rulings)
    members = _members(grouping, stored)
    _assign(connection, members)
    _relate(connection, grouping, members)
    return members


def load_rulings(connection: Connection) -> list[Ruling]:
    """Every ruling of the curators, oldest first."""
    rows = connection.execute(select(ruling.c.kind, ruling.c.entry_keys).order_by(ruling.c.id)).all()
    return [Ruling(row.kind, frozenset(row.entry_keys)) for row in rows]


def _as_listed(stored: StoredRecord) -> SourceRecord:
    record = stored.record
    listed = stored.retired is None and not stored.absent
    return record if listed else replace(record, source=RETIRED_PREFIX + record.source)


def _neighbourhood(
    connection: Connection, ids: set[int], keys: set[str], rulings: Sequence[Ruling]
) -> set[int]:
    """The records that share a blocking key, a module or a ruling with these, and with those, until no more come."""
    ids |= _with_keys(connection, keys)
    ids = _telling(connection, ids) | ids
    while True:
        shared = _keys_of(connection, ids)
        found = _with_keys(connection, shared) | _of_modules(connection, _modules_of(connection, ids))
        names = _names_of(connection, ids | found)
        for each in rulings:
            if each.kind == "join" and each.keys & names:
                found |= _named(connection, each.keys)
        if found <= ids:
            return _telling(connection, ids)
        ids |= found


def _with_keys(connection: Connection, keys: Iterable[str]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(sorted(keys)):
        found.update(connection.scalars(select(record_key.c.record_id).where(record_key.c.key.in_(chunk))))
    return found


def _keys_of(connection: Connection, ids: set[int]) -> set[str]:
    found: set[str] = set()
    for chunk in chunks(sorted(ids)):
        found.update(connection.scalars(select(record_key.c.key).where(record_key.c.record_id.in_(chunk))))
    return found


def _telling(connection: Connection, ids: set[int]) -> set[int]:
    """Those that have blocking keys: a record without any tells of no module."""
    found: set[int] = set()
    for chunk in chunks(sorted(ids)):
        found.update(connection.scalars(select(record_key.c.record_id).where(record_key.c.record_id.in_(chunk))))
    return found


def _modules_of(connection: Connection, ids: set[int]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(sorted(ids)):
        here = source_record.c.id.in_(chunk)
        rows = connection.execute(select(source_record.c.module_id, source_record.c.home_id).where(here)).all()
        found.update(each for row in rows for each in row if each is not None)
    return found


def _of_modules(connection: Connection, ids: set[int]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(sorted(ids)):
        here = source_record.c.module_id.in_(chunk)
        found.update(connection.scalars(select(source_record.c.id).where(here)))
    return _telling(connection, found)


def _names_of(connection: Connection, ids: set[int]) -> set[str]:
    found: set[str] = set()
    for chunk in chunks(sorted(ids)):
        found.update(connection.scalars(select(source_record.c.key).where(source_record.c.id.in_(chunk))))
    return found


def _named(connection: Connection, keys: Iterable[str]) -> set[int]:
    here = source_record.c.key.in_(sorted(keys))
    return _telling(connection, set(connection.scalars(select(source_record.c.id).where(here))))


def _members(grouping: Grouping, stored: Sequence[StoredRecord]) -> list[Member]:
    by_name = {(each.record.source, each.record.key): each for each in stored}
    return [
        Member(
            records=sorted(
                (by_name[source.removeprefix(RETIRED_PREFIX), key] for source, key in each.members),
                key=lambda one: one.id,
            ),
            evidence=[to_json(one) for one in each.evidence],
        )
        for each in grouping.groups
    ]


def _assign(connection: Connection, members: Sequence[Member]) -> None:
    """Say which module each group is; make modules for groups that are none yet."""
    claims: dict[int, list[tuple[tuple[bool, int], Member]]] = {}
    for each in members:
        for module_id in {one for record in each.records for one in (record.module_id, record.home_id) if one}:
            own = [record.id for record in each.records if record.home_id == module_id]
            held = [record.id for record in each.records if record.module_id == module_id]
            claims.setdefault(module_id, []).append(((not own, min(own or held)), each))
    owned: dict[int, list[int]] = {}
    for module_id, claimants in sorted(claims.items()):
        owner = min(claimants, key=lambda each: each[0])[1]
        owned.setdefault(id(owner), []).append(module_id)
    for each in sorted(members, key=lambda one: one.records[0].id):
        own = owned.get(id(each), [])
        each.module_id = _oldest_public(connection, own) if own else _new_module(connection, each)
        each.absorbed = [one for one in own if one != each.module_id]
        _move_records(connection, each, fresh=not own)


def _oldest_public(connection: Connection, ids: Sequence[int]) -> int:
    """Which of several modules the group goes on as: whole before merged, published before others, then the oldest."""
    rows = connection.execute(
        select(module.c.id, module.c.merged_into, module.c.status).where(module.c.id.in_(ids))
    ).all()
    best = min(rows, key=lambda row: (row.merged_into is not None, row.status != Status.PUBLISHED.value, row.id))
    return int(best.id)


def _new_module(connection: Connection, member: Member) -> int:
    slug = new_slug(connection, member.records[0].record.key)
    created = connection.execute(
        module.insert().values(
            slug=slug, status=Status.DRAFT.value, title=slug, form=b"", content_hash="", origins=b"{}", sets=[],
            approved=False,
        )
    ).inserted_primary_key
    assert created is not None
    return int(created[0])


def _move_records(connection: Connection, member: Member, *, fresh: bool) -> None:
    """Let the records say which module they are of; a record's home is the module that was made for it."""
    for each in member.records:
        home = member.module_id if fresh or each.home_id is None else each.home_id
        if (each.module_id, each.home_id) != (member.module_id, home):
            connection.execute(
                source_record.update()
                .where(source_record.c.id == each.id)
                .values(module_id=member.module_id, home_id=home)
            )


def _relate(connection: Connection, grouping: Grouping, members: Sequence[Member]) -> None:
    """Hand relations and doubts to the modules that they speak of."""
    of_key: dict[str, Member] = {}
    for each in members:
        for one in each.records:
            if one.record.key not in of_key or one.retired is None:
                of_key[one.record.key] = each
    slugs = {
        row.id: row.slug
        for row in connection.execute(
            select(module.c.id, module.c.slug).where(module.c.id.in_([each.module_id for each in members]))
        )
    }
    for relation in grouping.relations:
        left, right = of_key[relation.a], of_key[relation.b]
        if left is not right:
            left.relations.append(Relation(relation.type, slugs[right.module_id]))
            if relation.type == "successor":
                right.relations.append(Relation("predecessor", slugs[left.module_id]))
    for found in grouping.findings:
        if found.entry in of_key:
            of_key[found.entry].findings.append(_listed(found))


def _listed(found: Finding) -> Finding:
    return replace(found, source=found.source.removeprefix(RETIRED_PREFIX)) if found.source else found
