"""What OAI-PMH publishes, ready as bytes: the write side for the catalogue, the questions that the verbs ask.

`write_oai` and `delete_oai` are called inside the transaction that changes the module, with its datestamp. A deletion
stays for ever, in every format and set. Lists are paged by (datestamp, identifier) up to a bound, never by offset.
Border: bytes in and out; the protocol is in `registry.web.oai`. OAI-PMH 2.0 §2.5 (records), §3.5 (paging).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, select, text, tuple_

from registry.database import Database
from registry.oai_sets import with_ancestors
from registry.oai_tables import oai_membership, oai_record
from vocab.faces import FACES
from vocab.faces.facts import day
from vocab.graph import iri
from vocab.module import Module, SourceRef
from vocab.plain_text import xml_text
from vocab.provenance import OriginDescription, provenance_xml

_FORGE = re.compile(r"https?://[A-Za-z0-9.\-:]+")
# What is published of one item, asked whenever its module moved; made once.
_KEPT = {
    table: select(table).where(table.c.identifier == bindparam("identifier")) for table in (oai_membership, oai_record)
}
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records a list is of; `from_stamp` and `bound` are inclusive UTC stamps with seconds."""

    prefix: str
    set_spec: str | None
    from_stamp: str | None
    bound: str


@dataclass(frozen=True, slots=True)
class Position:
    """The last record that was given out."""

    datestamp: str
    identifier: str


@dataclass(frozen=True, slots=True)
class OaiRow:
    """One record of a list: where it stands and its bytes, `<record>…` or `<header>…` as was asked."""

    position: Position
    body: bytes


def oai_identifier(repository_id: str, slug: str) -> str:
    """The identifier of a module in OAI-PMH; the same for ever."""
    return f"oai:{repository_id}:{slug}"


# The write side


def write_oai(
    connection: Connection,
    module: Module,
    faces: Mapping[str, bytes],
    datestamp: str,
    sets: Iterable[str],
    *,
    repository_id: str,
    origins: Iterable[OriginDescription] = (),
) -> bool:
    """Publish a module: one row for each face that OAI-PMH has and `faces` gives. Replaces a deletion.

    Args:
        connection: of the transaction that changes the module.
        module: the module as it is now.
        faces: face name → document; other faces are ignored.
        datestamp: of the change, UTC with seconds.
        sets: setSpecs of the module, see `registry.oai_sets.sets_of`.
        repository_id: the domain in the identifier.
        origins: the repositories that it was harvested from, see `registry.provenance`.

    Returns:
        Whether anything is published otherwise than before.
    """
    identifier = oai_identifier(repository_id, module.slug)
    specs = tuple(sorted(set(sets)))
    header = _header(identifier, datestamp, specs)
    told = [provenance_xml(each) for each in origins] or _place_of(module, datestamp)
    about = "".join(f"<about>{each}</about>" for each in told).encode()
    contents = {
        spec.oai.prefix: b"".join([header, b"<metadata>", faces[name], b"</metadata>", about])
        for name, spec in FACES.items()
        if spec.oai and name in faces
    }
    rows = [_row(prefix, identifier, datestamp, header, content) for prefix, content in contents.items()]
    return _replace(connection, identifier, rows, specs)


def delete_oai(
    connection: Connection, module: Module, datestamp: str, sets: Iterable[str], *, repository_id: str
) -> bool:
    """Leave a tombstone of a module in every format; it stays in the sets that it was in.

    Args:
        connection: of the transaction that withdraws the module.
        module: the module, of which only the slug counts.
        datestamp: of the withdrawal, UTC with seconds.
        sets: setSpecs of the module; those of its rows so far are kept as well.
        repository_id: the domain in the identifier.

    Returns:
        Whether anything is published otherwise than before.
    """
    identifier = oai_identifier(repository_id, module.slug)
    member = oai_membership.c
    before = connection.scalars(select(member.set_spec).where(member.identifier == identifier).distinct()).all()
    leaves = {spec for spec in before if not any(other.startswith(spec + ":") for other in before)}
    specs = tuple(sorted(leaves | set(sets)))
    header = _header(identifier, datestamp, specs, deleted=True)
    prefixes = [spec.oai.prefix for spec in FACES.values() if spec.oai]
    rows = [_row(prefix, identifier, datestamp, header, header, deleted=True) for prefix in prefixes]
    return _replace(connection, identifier, rows, specs)


def clear_oai(connection: Connection) -> None:
    """Empty both tables, for a rebuild that fills them again in the same transaction."""
    connection.execute(oai_membership.delete())
    connection.execute(oai_record.delete())


def _replace(connection: Connection, identifier: str, rows: list[dict[str, object]], specs: tuple[str, ...]) -> bool:
    """Put these rows in the place of those there are; writes only what is news."""
    memberships = [
        {"prefix": row["prefix"], "set_spec": spec, "datestamp": row["datestamp"], "identifier": identifier}
        for row in rows
        for spec in with_ancestors(specs)
    ]
    news = False
    for table, wanted in ((oai_membership, memberships), (oai_record, rows)):
        before = [dict(row._mapping) for row in connection.execute(_KEPT[table], {"identifier": identifier})]
        if sorted(before, key=_row_order) == sorted(wanted, key=_row_order):
            continue
        news = True
        if before:
            connection.execute(table.delete().where(table.c.identifier == identifier))
        if wanted:
            connection.execute(table.insert(), wanted)
    return news


def _row_order(row: Mapping[str, object]) -> tuple[str, str]:
    return str(row["prefix"]), str(row.get("set_spec"))


def _row(
    prefix: str, identifier: str, datestamp: str, header: bytes, content: bytes, *, deleted: bool = False
) -> dict[str, object]:
    return {
        "prefix": prefix,
        "identifier": identifier,
        "datestamp": datestamp,
        "deleted": deleted,
        "header": header,
        "record": b"<record>" + content + b"</record>",
    }


def _header(identifier: str, datestamp: str, specs: tuple[str, ...], *, deleted: bool = False) -> bytes:
    mark = ' status="deleted"' if deleted else ""
    sets = "".join(f"<setSpec>{spec}</setSpec>" for spec in specs)
    return (
        f"<header{mark}><identifier>{xml_text(identifier)}</identifier><datestamp>{datestamp}</datestamp>{sets}</header>"
    ).encode()


def _place_of(module: Module, datestamp: str) -> list[str]:
    """Where the record came from when no repository gave it out: aggregators owe it to OpenAIRE.

    The first source by name stands for all. A place has no metadata namespace; its own address stands there.
    """
    source = min(module.sources, key=lambda each: (each.source, each.key), default=None)
    forge = _FORGE.match(source.url) if source else None
    if source is None or forge is None:
        return []
    place = f"{forge[0]}/"
    return [provenance_xml(OriginDescription(
        place, _address(source), _origin_stamp(module) or datestamp, place, datestamp,
    ))]


def _address(source: SourceRef) -> str:
    """The source's address, or its key, as an XML Schema URI."""
    found = iri(source.url)
    return found.value if found else source.key


def _origin_stamp(module: Module) -> str | None:
    stamp = module.dates.content or module.dates.updated or ""
    return stamp if _STAMP.fullmatch(stamp) and day(stamp) else day(stamp)


# The read side


def get_record(database: Database, prefix: str, identifier: str) -> bytes | None:
    """The record of an item in a format, a tombstone too, or None."""
    record = oai_record.c
    question = select(record.record).where(record.prefix == prefix, record.identifier == identifier)
    with database.read() as connection:
        return connection.scalar(question)


def formats_of(database: Database, identifier: str) -> tuple[str, ...]:
    """The prefixes in which an item is known; empty when the item is not."""
    record = oai_record.c
    question = select(record.prefix).where(record.identifier == identifier).order_by(record.prefix)
    with database.read() as connection:
        return tuple(connection.scalars(question))


def first_page(database: Database, selection: Selection, limit: int, *, headers: bool) -> tuple[list[OaiRow], int]:
    """The first records of a list and how many there are in all, both of one moment."""
    with database.read() as connection:
        rows = _rows(connection, _page(selection, None, limit, headers=headers))
        total = len(rows) if len(rows) < limit else connection.scalar(_count(selection))
    return rows, total or 0


def next_page(
    database: Database, selection: Selection, after: Position, limit: int, *, headers: bool
) -> list[OaiRow]:
    """The records that follow."""
    with database.read() as connection:
        return _rows(connection, _page(selection, after, limit, headers=headers))


def earliest_datestamp(database: Database) -> str | None:
    """The lowest datestamp of all, deletions included; None for an empty store."""
    with database.read() as connection:
        found: str | None = connection.scalar(select(func.min(oai_record.c.datestamp)))
    return found


def latest_datestamp(database: Database) -> str | None:
    """The highest datestamp of all; None for an empty store."""
    with database.read() as connection:
        found: str | None = connection.scalar(select(func.max(oai_record.c.datestamp)))
    return found


def set_specs(database: Database) -> tuple[str, ...]:
    """Every set that has a record, by setSpec. Seeks from one to the next instead of reading all memberships."""
    question = text(
        "WITH RECURSIVE found(spec) AS ("
        " SELECT min(set_spec) FROM oai_membership"
        " UNION ALL SELECT (SELECT min(set_spec) FROM oai_membership WHERE set_spec > found.spec)"
        " FROM found WHERE found.spec IS NOT NULL"
        ") SELECT spec FROM found WHERE spec IS NOT NULL"
    )
    with database.read() as connection:
        return tuple(connection.scalars(question))


def _page(selection: Selection, after: Position | None, limit: int, *, headers: bool) -> Select[str, str, bytes]:
    body = oai_record.c.header if headers else oai_record.c.record
    stamp, identifier, conditions = _conditions(selection)
    question = select(stamp, identifier, body)
    if selection.set_spec is not None:
        here = and_(oai_record.c.prefix == oai_membership.c.prefix, oai_record.c.identifier == identifier)
        question = question.join_from(oai_membership, oai_record, here)
    if after is not None:
        conditions.append(tuple_(stamp, identifier) > tuple_(after.datestamp, after.identifier))
    return question.where(*conditions).order_by(stamp, identifier).limit(limit)


def _count(selection: Selection) -> Select[int]:
    stamp, _, conditions = _conditions(selection)
    return select(func.count(stamp)).where(*conditions)


def _conditions(
    selection: Selection,
) -> tuple[ColumnElement[str], ColumnElement[str], list[ColumnElement[bool]]]:
    """The columns that order a selection, and what its rows must fulfil."""
    columns = oai_record.c if selection.set_spec is None else oai_membership.c
    conditions: list[ColumnElement[bool]] = [columns.prefix == selection.prefix, columns.datestamp <= selection.bound]
    if selection.set_spec is not None:
        conditions.append(oai_membership.c.set_spec == selection.set_spec)
    if selection.from_stamp is not None:
        conditions.append(columns.datestamp >= selection.from_stamp)
    return columns.datestamp, columns.identifier, conditions


def _rows(connection: Connection, question: Select[str, str, bytes]) -> list[OaiRow]:
    return [OaiRow(Position(stamp, identifier), body) for stamp, identifier, body in connection.execute(question)]
