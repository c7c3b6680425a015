"""Source records and their documents as they are kept: one row a record, its documents, its blocking keys.

`registry.reading` decides what a record says; this file keeps it and writes only what is news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, bindparam, select

from registry.errors import PayloadError
from registry.payloads import payload_of
from registry.reading import KeptDocument, Read, Version, read_documents
from registry.tables import document, entry, record_key, reference, source_record
from vocab.canonical import record_from_json, record_to_bytes, to_json
from vocab.identifiers import EntryKind, entry_kind, repository_url, value_of
from vocab.identity import blocking_keys
from vocab.record import EntryContext, Listing, Origin, SourceRecord, Statement
from vocab.references import Reference, references_of
from vocab.things import is_repository

_LISTING = TypeAdapter(Listing)
_CHUNK = 400

# Asked several times for every entry; made once, because making a statement takes as long as running it.
_HERE = (source_record.c.source == bindparam("source")) & (source_record.c.key == bindparam("key"))
_RECORD = select(source_record).where(_HERE)
_ID = select(source_record.c.id).where(_HERE)
_OF_RECORD = (entry.c.source == source_record.c.source) & (entry.c.record_key == source_record.c.key)
_LISTED = select(entry.c.id).where(_OF_RECORD, entry.c.missing == 0).exists()
_MISSING = select(entry.c.id).where(_OF_RECORD, entry.c.missing > 0).exists()
_RECORDS = (
    select(
        source_record.c.id, source_record.c.form, source_record.c.module_id, source_record.c.home_id,
        source_record.c.retired, source_record.c.retired_reason, source_record.c.archived,
        (_MISSING & ~_LISTED).label("absent"),
    )
    .where(source_record.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(source_record.c.id)
)
_DOCUMENTS = select(document).where(document.c.record_id == bindparam("record")).order_by(document.c.position)
_KEYS = select(record_key.c.key).where(record_key.c.record_id == bindparam("record"))
_REFERENCES = select(reference.c.kind, reference.c.value, reference.c.role).where(
    reference.c.record_id == bindparam("record")
)


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One source record with its place in the store. `retired` is None while a source lists it.

    `absent`: the last listing of its source is without it, though nothing was done about that yet. `reason`: why it
    was retired, where that is known. `archived`: since when its source is harvested no more, and was taken to say so.
    """

    id: int
    record: SourceRecord
    module_id: int | None
    home_id: int | None
    retired: int | None
    absent: bool = False
    reason: str | None = None
    archived: str | None = None


def listing_of(form: Any) -> Listing | None:
    """A listing as it was kept."""
    return _LISTING.validate_python(form) if form else None


def listing_form(listing: Listing | None) -> Any:
    """A listing for keeping."""
    return None if listing is None else to_json(listing)


def record_id_of(connection: Connection, source: str, key: str) -> int | None:
    """The id of the record with this key, or None."""
    return connection.scalar(_ID, {"source": source, "key": key})


def keep_record(
    connection: Connection,
    context: EntryContext,
    documents: Sequence[KeptDocument],
    previous_keys: Iterable[str] = (),
    at_hand: Mapping[str, bytes] | None = None,
) -> tuple[int, bool, frozenset[str]]:
    """Read these documents and keep the record.

    Args:
        connection: the transaction.
        context: whose record it is.
        documents: what it is read from.
        previous_keys: by which the entry was reached before.
        at_hand: payloads by their SHA-256 that need not be fetched from the store.

    Returns:
        Its id, whether it tells of a module (an image or DOI always does, be it of one that it belongs to), and the
        blocking keys that it had before and has no more.
    """
    row = connection.execute(_RECORD, {"source": context.source, "key": context.entry}).first()
    here = at_hand or {}
    read = read_documents(
        context, documents, lambda sha256: here[sha256] if sha256 in here else _payload(connection, sha256)
    )
    former = sorted({*previous_keys, *(row.previous_keys if row else ())} - {context.entry})
    record = _with_former_keys(read.record, former, context)
    values = {
        "source": context.source, "key": context.entry, "url": context.url, "revision": context.revision,
        "listing": listing_form(context.listing), "previous_keys": former, "form": record_to_bytes(record),
        "retired": None, "retired_reason": None, "archived": None,
    }
    if row is None:
        created = connection.execute(source_record.insert(), values).inserted_primary_key
        assert created is not None
        record_id = int(created[0])
    else:
        record_id = row.id
        if any(row._mapping[name] != value for name, value in values.items()):
            connection.execute(source_record.update().where(source_record.c.id == record_id).values(values))
    _keep_documents(connection, record_id, read)
    _keep_references(connection, record_id, references_of(record))
    speaks = read.telling or not is_repository(record)
    lost = _keep_keys(connection, record_id, blocking_keys(record) if speaks else frozenset())
    return record_id, speaks, lost


def documents_of(connection: Connection, record_id: int) -> list[KeptDocument]:
    """The documents of a record in their order."""
    return [_document(row) for row in connection.execute(_DOCUMENTS, {"record": record_id})]


def context_of(connection: Connection, record_id: int) -> tuple[EntryContext, list[str]]:
    """What a reader is told about a record's entry, and the keys that the entry had before."""
    row = connection.execute(select(source_record).where(source_record.c.id == record_id)).one()
    return (
        EntryContext(row.source, row.key, row.url, row.revision, listing_of(row.listing)),
        list(row.previous_keys),
    )


def load_records(connection: Connection, ids: Iterable[int]) -> list[StoredRecord]:
    """These records, by id."""
    found: list[StoredRecord] = []
    for chunk in chunks(sorted(ids)):
        rows = connection.execute(_RECORDS, {"ids": chunk}).all()
        found += [
            StoredRecord(
                row.id, record_from_json(row.form), row.module_id, row.home_id, row.retired, absent=bool(row.absent),
                reason=row.retired_reason, archived=row.archived,
            )
            for row in rows
        ]
    return found


def is_telling(connection: Connection, record_id: int) -> bool:
    """Whether a record tells of a module: only such a record has blocking keys."""
    question = select(record_key.c.record_id).where(record_key.c.record_id == record_id).limit(1)
    return connection.scalar(question) is not None


def rename_record(connection: Connection, source: str, old: str, new: str) -> int | None:
    """Let the record of an entry that was renamed go on under its new key.

    Returns:
        The id of the old record when there is one under the new key already, so that it cannot go on; else None.
    """
    here = (source_record.c.source == source) & (source_record.c.key == old)
    row = connection.execute(select(source_record.c.id, source_record.c.previous_keys).where(here)).first()
    if row is None:
        return None
    if record_id_of(connection, source, new) is not None:
        return int(row.id)
    former = sorted({*row.previous_keys, old} - {new})
    connection.execute(source_record.update().where(here).values(key=new, previous_keys=former))
    return None


def retire_record(connection: Connection, record_id: int, generation: int, reason: str | None = None) -> None:
    """No source lists this record any more, for a reason that is public. Those retired together share a generation."""
    here = (source_record.c.id == record_id) & source_record.c.retired.is_(None)
    connection.execute(source_record.update().where(here).values(retired=generation, retired_reason=reason))


def chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Pieces short enough for one `IN (…)`."""
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))


def _payload(connection: Connection, sha256: str) -> bytes:
    body = payload_of(connection, sha256)
    if body is None:
        raise PayloadError(f"payload {sha256}: it is not in the store; `modreg check --repair`, then `modreg harvest`")
    return body


def _with_former_keys(record: SourceRecord, former: Sequence[str], context: EntryContext) -> SourceRecord:
    """State the names under which the entry was reached before, for identity and as aliases."""
    if not is_repository(record):
        return _with_former_things(record, former, context)
    stated = {each.value for each in record.statements if each.field == "evidence.repository"}
    origin = Origin(context.source, context.entry, "listing", "renamed", url=context.url)
    added: list[Statement] = []
    for key in former:
        if key not in stated:
            added.append(Statement("evidence.repository", key, origin, raw=repository_url(key)))
            added.append(Statement("aliases", {"kind": "repository", "value": key}, origin))
    if not added:
        return record
    return replace(record, statements=(*record.statements, *added))


def _with_former_things(record: SourceRecord, former: Sequence[str], context: EntryContext) -> SourceRecord:
    """The same of an image or DOI, which the record goes on being of."""
    origin = Origin(context.source, context.entry, "listing", "renamed", url=context.url)
    fields = {EntryKind.IMAGE: "evidence.about_image", EntryKind.DOI: "evidence.about_doi"}
    added = [
        Statement(fields[kind], value_of(each), origin) for each in former if (kind := entry_kind(each)) in fields
    ]
    return replace(record, statements=(*record.statements, *added)) if added else record


def _keep_documents(connection: Connection, record_id: int, read: Read) -> None:
    kept = documents_of(connection, record_id)
    if kept == list(read.documents):
        return
    if kept:
        connection.execute(document.delete().where(document.c.record_id == record_id))
    rows = [
        {
            "record_id": record_id, "path": each.path, "position": position,
            "sha256": each.current.sha256 if each.current else None,
            "url": each.current.url if each.current else None,
            "commit": each.current.commit if each.current else None,
            "good_sha256": each.good.sha256 if each.good else None,
            "good_url": each.good.url if each.good else None,
            "good_commit": each.good.commit if each.good else None,
        }
        for position, each in enumerate(read.documents)
    ]
    if rows:
        connection.execute(document.insert(), rows)


def _keep_keys(connection: Connection, record_id: int, wanted: frozenset[str]) -> frozenset[str]:
    kept = frozenset(connection.scalars(_KEYS, {"record": record_id}))
    gone = kept - wanted
    for chunk in chunks(sorted(gone)):
        connection.execute(
            record_key.delete().where(record_key.c.record_id == record_id, record_key.c.key.in_(chunk))
        )
    new = [{"key": key, "record_id": record_id} for key in sorted(wanted - kept)]
    if new:
        connection.execute(record_key.insert(), new)
    return gone


def _keep_references(connection: Connection, record_id: int, wanted: Sequence[Reference]) -> None:
    rows = connection.execute(_REFERENCES, {"record": record_id}).all()
    if {tuple(row) for row in rows} == {(each.kind, each.value, each.role) for each in wanted}:
        return
    if rows:
        connection.execute(reference.delete().where(reference.c.record_id == record_id))
    if wanted:
        connection.execute(reference.insert(), [
            {"record_id": record_id, "kind": each.kind, "value": each.value, "role": each.role} for each in wanted
        ])


def _document(row: Row[Any]) -> KeptDocument:
    current = Version(row.sha256, row.url, row.commit) if row.sha256 else None
    good = Version(row.good_sha256, row.good_url, row.good_commit) if row.good_sha256 else None
    return KeptDocument(row.path, current, good)
