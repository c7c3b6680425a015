"""Which records could be concerned by a change: those near the changed ones, and what else speaks of what they name.

Records are near when their blocking keys meet, when they are of one module, when a curator's ruling names both, or
when one gives the address of the module that the other is of; and so on, until no more come. What merely describes
something that many modules name, such as a data set, is loaded for each of them and brings none of the others along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Connection, Select, bindparam, or_, select

from registry.records import StoredRecord, chunks, load_records
from registry.tables import module, record_key, reference, source_record
from vocab.evidence_facts import RETIRED_PREFIX
from vocab.identifiers import EntryKind, value_of
from vocab.identity import Ruling, partners
from vocab.record import SourceRecord
from vocab.things import PAGE, described_by, is_repository, page_key

Uri = Callable[[str], str]
_T = TypeVar("_T")
_V = TypeVar("_V", int, str)
_THINGS = tuple(f"{each}:" for each in EntryKind if each is not EntryKind.REPOSITORY)
_NAMED = ("image", "doi")

# What is asked for every entry that is read. Made once, because making a statement takes as long as running it; each is
# asked with pieces of a list of values.
_VALUES: BindParameter[Any] = bindparam("values", expanding=True)
_IS_THING = or_(*(source_record.c.key.startswith(each, autoescape=True) for each in _THINGS))
_OF_RECORD = source_record.c.id == record_key.c.record_id
_KEYS = select(record_key.c.key).where(record_key.c.record_id.in_(_VALUES))
_KEYS_OF_THINGS = _KEYS.join(source_record, _OF_RECORD).where(_IS_THING)
_WITH_KEYS = select(record_key.c.record_id).where(record_key.c.key.in_(_VALUES))
_TELLING = select(record_key.c.record_id).where(record_key.c.record_id.in_(_VALUES))
_DESCRIBING = (
    select(record_key.c.record_id, record_key.c.key)
    .join(source_record, _OF_RECORD)
    .where(record_key.c.key.in_(_VALUES), source_record.c.retired.is_(None), _IS_THING)
)
_NAMING = select(reference.c.record_id).where(reference.c.kind == bindparam("kind"), reference.c.value.in_(_VALUES))
_MODULES = select(source_record.c.module_id, source_record.c.home_id).where(source_record.c.id.in_(_VALUES))
_OF_MODULES = select(source_record.c.id).where(source_record.c.module_id.in_(_VALUES))
_NAMES = select(source_record.c.key).where(source_record.c.id.in_(_VALUES))
_SLUGS = select(module.c.id, module.c.slug).where(module.c.id.in_(_VALUES))
# All that begins with PAGE, as a range: an index finds it, which it does not for LIKE.
_FIRST_PAGE = (
    select(record_key.c.record_id)
    .where(record_key.c.key >= PAGE, record_key.c.key < PAGE[:-1] + chr(ord(PAGE[-1]) + 1))
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The records that are near each other, and the addresses of modules of ours that some of them give as theirs."""

    stored: list[StoredRecord]
    pages: dict[str, frozenset[tuple[str, str]]]


def neighbourhood(
    connection: Connection, record_ids: Iterable[int], lost_keys: Iterable[str], rulings: Sequence[Ruling], uri: Uri
) -> Neighbourhood:
    """Load everything near these records.

    Args:
        connection: the transaction.
        record_ids: the records that changed.
        lost_keys: blocking keys that they had before: what they met through them is near too.
        rulings: what curators decided.
        uri: the persistent address of a module of this slug.
    """
    lost = set(lost_keys)
    ids = set(record_ids)
    # Whoever names a thing shows what the thing says of itself.
    ids |= _naming(connection, _things_called(connection, ids) | lost)
    ids |= _with_keys(connection, lost)
    joins = [each.keys for each in rulings if each.kind == "join"]
    with_pages = _has_pages(connection)
    while True:
        modules = _modules_of(connection, ids)
        found = _with_keys(connection, _keys_of(connection, ids)) | _of_modules(connection, modules)
        if with_pages:
            found |= _by_pages(connection, ids, modules, uri)
        names = _names_of(connection, ids | found) if joins else set()
        for keys in joins:
            if keys & names:
                found |= _named(connection, keys)
        if found <= ids:
            break
        ids |= found
    stored = load_records(connection, _telling(connection, ids))
    return Neighbourhood(stored, _pages_of(connection, stored, uri) if with_pages else {})


def as_listed(stored: StoredRecord) -> SourceRecord:
    """The record as identity is to see it: one that no list has any more stands beside nothing in it."""
    record = stored.record
    listed = stored.retired is None and not stored.absent
    return record if listed else replace(record, source=RETIRED_PREFIX + record.source)


def describing(connection: Connection, records: Iterable[SourceRecord]) -> dict[str, list[SourceRecord]]:
    """What sources say of the images and DOIs that these records name, and of what goes with them: key → records."""
    wanted = sorted({one for each in records for one in described_by(each)})
    ids: dict[int, set[str]] = {}
    for chunk in chunks(wanted):
        for row in connection.execute(_DESCRIBING, {"values": chunk}):
            ids.setdefault(row.record_id, set()).add(row.key)
    found: dict[str, list[SourceRecord]] = {}
    for stored in load_records(connection, ids):
        for key in ids[stored.id]:
            found.setdefault(key, []).append(stored.record)
    return found


def _all(connection: Connection, question: Select[tuple[_T]], values: Iterable[_V], **others: str) -> set[_T]:
    """The answers of one column for all these values."""
    found: set[_T] = set()
    for chunk in chunks(sorted(values)):
        found.update(connection.scalars(question, {"values": chunk, **others}))
    return found


def _things_called(connection: Connection, ids: set[int]) -> set[str]:
    """By what those of these records that are of a thing are called."""
    return _all(connection, _KEYS_OF_THINGS, ids)


def _naming(connection: Connection, keys: Iterable[str]) -> set[int]:
    """The records that name one of these things, whatever it is to them."""
    found: set[int] = set()
    for kind in _NAMED:
        values = [value_of(each) for each in keys if each.startswith(f"{kind}:")]
        found |= _all(connection, _NAMING, values, kind=kind)
    return found


def _with_keys(connection: Connection, keys: Iterable[str]) -> set[int]:
    """The records that are met by one of these keys."""
    return _all(connection, _WITH_KEYS, {one for each in keys for one in partners(each)})


def _keys_of(connection: Connection, ids: set[int]) -> set[str]:
    return _all(connection, _KEYS, ids)


def _telling(connection: Connection, ids: set[int]) -> set[int]:
    """Those that have blocking keys: a record without any tells of no module."""
    return _all(connection, _TELLING, ids)


def _modules_of(connection: Connection, ids: set[int]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(sorted(ids)):
        rows = connection.execute(_MODULES, {"values": chunk}).all()
        found.update(each for row in rows for each in row if each is not None)
    return found


def _of_modules(connection: Connection, ids: set[int]) -> set[int]:
    return _telling(connection, _all(connection, _OF_MODULES, ids))


def _names_of(connection: Connection, ids: set[int]) -> set[str]:
    return _all(connection, _NAMES, ids)


def _named(connection: Connection, keys: Iterable[str]) -> set[int]:
    here = source_record.c.key.in_(sorted(keys))
    return _telling(connection, set(connection.scalars(select(source_record.c.id).where(here))))


def _has_pages(connection: Connection) -> bool:
    """Does any record give an address as its own? Most registries have none, and then nothing more is asked."""
    return connection.scalar(_FIRST_PAGE) is not None


def _by_pages(connection: Connection, ids: set[int], modules: set[int], uri: Uri) -> set[int]:
    """The records that give the address of one of these modules, and those of the modules whose address they give."""
    found = giving(connection, modules, uri)
    said = {each for each in _keys_of(connection, ids) if each.startswith(PAGE)}
    start = page_key(uri(""))
    slugs = sorted(each.removeprefix(start).strip("/") for each in said if each.startswith(start))
    for chunk in chunks(slugs):
        found |= _of_modules(connection, set(connection.scalars(select(module.c.id).where(module.c.slug.in_(chunk)))))
    return found


def _keys_of_modules(connection: Connection, modules: set[int], uri: Uri) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in chunks(sorted(modules)):
        rows = connection.execute(_SLUGS, {"values": chunk})
        found.update({page_key(uri(row.slug)): row.id for row in rows})
    return found


def _pages_of(
    connection: Connection, stored: Sequence[StoredRecord], uri: Uri
) -> dict[str, frozenset[tuple[str, str]]]:
    """The addresses of the modules that these records are of, as `group` wants them."""
    modules = {one for each in stored for one in (each.module_id, each.home_id) if one is not None}
    ids = _keys_of_modules(connection, modules, uri)
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for key, module_id in ids.items():
        members = [each for each in stored if module_id in (each.module_id, each.home_id)]
        found[key.removeprefix(PAGE)] = frozenset((each.source, each.key) for each in map(as_listed, members))
    return found


def giving(connection: Connection, modules: Iterable[int], uri: Uri) -> set[int]:
    """The records that give the address of one of these modules as their own."""
    if not _has_pages(connection):
        return set()
    return _all(connection, _WITH_KEYS, _keys_of_modules(connection, set(modules), uri))


def things_for(records: Sequence[SourceRecord], told: Mapping[str, Sequence[SourceRecord]]) -> list[SourceRecord]:
    """What is said of the things that the records of one module name, the module's own records left out."""
    own = {(each.source, each.key) for each in records}
    named = sorted({one for each in records for one in described_by(each)})
    found = {(each.source, each.key): each for one in named for each in told.get(one, ())}
    return [each for name, each in sorted(found.items()) if name not in own and not is_repository(each)]
