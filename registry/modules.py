"""Questions about modules: one function a question, all of its SQL here. Reads only; `registry.catalogue` writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

import orjson
from sqlalchemy import Connection, Row, Select, func, select

from registry.database import Database
from registry.tables import alias, face, module
from vocab.canonical import module_from_json
from vocab.faces import FACES
from vocab.identifiers import slug_of
from vocab.module import Module, Status


@dataclass(frozen=True, slots=True)
class StoredModule:
    """A module as it is kept. `canonical` is its public form; `merged_into` the slug of the module it went into."""

    module: Module
    canonical: bytes
    status: Status
    datestamp: str
    sequence: int
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class StoredFace:
    """A published representation; `etag` without quotes, `last_modified` the module's datestamp."""

    name: str
    extension: str
    body: bytes
    media_type: str
    etag: str
    last_modified: str


def module_by_slug(database: Database, slug: str) -> StoredModule | None:
    """The module that has this slug, withdrawn and merged ones too; drafts are not public."""
    with database.read() as connection:
        row = connection.execute(_stored().where(module.c.slug == slug)).first()
        return _module(row) if row else None


def modules_by_slugs(database: Database, slugs: list[str]) -> list[StoredModule]:
    """The modules with these slugs, by slug; unknown ones are left out."""
    with database.read() as connection:
        rows = connection.execute(_stored().where(module.c.slug.in_(slugs)).order_by(module.c.slug)).all()
    return [_module(row) for row in rows]


def slug_of_alias(database: Database, value: str, kind: str | None = None) -> str | None:
    """The slug of the one module that is known by this identifier; None when there is none, or more than one.

    A published module goes before withdrawn ones, and one whose repository bears the name before those that only name
    an image of it; the slug of a merged module leads to where it went.
    """
    with database.read() as connection:
        question = (
            select(module.c.id, module.c.slug, module.c.status)
            .join(alias, alias.c.module_id == module.c.id)
            .where(alias.c.value == value, module.c.sequence.is_not(None))
            .distinct()
        )
        if kind is not None:
            question = question.where(alias.c.kind == kind)
        rows = connection.execute(question).all()
        found: Sequence[Any] = [row for row in rows if row.status == Status.PUBLISHED] or rows
        if len(found) > 1:
            found = _bearers_of_the_name(connection, found, value)
    return str(found[0].slug) if len(found) == 1 else None


def _bearers_of_the_name(connection: Connection, modules: Sequence[Any], value: str) -> list[Any]:
    """Those of the modules that have a repository of this name, as after a split."""
    ids = [row.id for row in modules]
    question = select(alias.c.module_id, alias.c.value).where(alias.c.module_id.in_(ids), alias.c.kind == "repository")
    name = slug_of(value.rpartition("/")[2])
    bearers = {row.module_id for row in connection.execute(question) if slug_of(row.value.rpartition("/")[2]) == name}
    return [row for row in modules if row.id in bearers]


def list_modules(
    database: Database,
    after_slug: str | None = None,
    limit: int = 100,
    status: Status | str | None = None,
    *,
    merged: bool = True,
) -> list[StoredModule]:
    """Modules by slug, those after `after_slug`, optionally of one status or without those that were merged away."""
    question = _stored().order_by(module.c.slug).limit(limit)
    if after_slug is not None:
        question = question.where(module.c.slug > after_slug)
    if status is not None:
        question = question.where(module.c.status == str(status))
    if not merged:
        question = question.where(module.c.merged_into.is_(None))
    with database.read() as connection:
        return [_module(row) for row in connection.execute(question)]


def count_modules(database: Database) -> dict[str, int]:
    """How many modules there are of each status that occurs; those merged into others do not count."""
    with database.read() as connection:
        rows = connection.execute(
            select(module.c.status, func.count()).where(module.c.merged_into.is_(None)).group_by(module.c.status)
        ).all()
    return {row[0]: row[1] for row in sorted(rows)}


def origins_of(database: Database, slug: str) -> dict[str, Any]:
    """For each field every statement: value, raw, origin, whether it won and why. Empty for an unknown slug."""
    with database.read() as connection:
        found = connection.scalar(select(module.c.origins).where(module.c.slug == slug))
    return cast("dict[str, Any]", orjson.loads(found)) if found else {}


def evidence_of(database: Database, slug: str) -> list[Any]:
    """Why the source records behind this module were taken for the same one. Empty for an unknown slug."""
    with database.read() as connection:
        return connection.scalar(select(module.c.evidence).where(module.c.slug == slug)) or []


def face_of(database: Database, slug: str, name: str, extension: str | None = None) -> StoredFace | None:
    """One face of one module in its default serialisation or the one with this extension; None when there is none."""
    wanted = extension or (FACES[name].extension if name in FACES else "")
    question = _faces().where(module.c.slug == slug, face.c.name == name, face.c.extension == wanted)
    with database.read() as connection:
        row = connection.execute(question).first()
    return _face(row) if row else None


def list_faces(
    database: Database,
    name: str,
    extension: str | None = None,
    *,
    after_slug: str | None = None,
    limit: int = 100,
    since: str | None = None,
) -> list[tuple[str, StoredFace]]:
    """One face of the published modules by slug, optionally of those changed at or after a datestamp."""
    question = _faces().where(
        face.c.name == name,
        face.c.extension == (extension or FACES[name].extension),
        module.c.status == Status.PUBLISHED.value,
    )
    if after_slug is not None:
        question = question.where(module.c.slug > after_slug)
    if since is not None:
        question = question.where(module.c.datestamp >= since)
    with database.read() as connection:
        rows = connection.execute(question.order_by(module.c.slug).limit(limit)).all()
    return [(row.slug, _face(row)) for row in rows]


def modules_changed_since(database: Database, sequence: int, limit: int = 500) -> list[StoredModule]:
    """The modules whose last change has a greater sequence number than this, in the order of the change log."""
    question = _stored().where(module.c.sequence > sequence).order_by(module.c.sequence).limit(limit)
    with database.read() as connection:
        return [_module(row) for row in connection.execute(question)]


@contextmanager
def snapshot(database: Database) -> Iterator[tuple[int, Iterator[StoredModule]]]:
    """One moment of the store: the sequence number it is at, and all public modules by slug, merged ones too."""
    with database.read() as connection:
        sequence = connection.scalar(select(func.max(module.c.sequence))) or 0
        rows = connection.execution_options(yield_per=200).execute(_stored().order_by(module.c.slug))
        yield sequence, (_module(row) for row in rows)


def titles_of(connection: Connection, slugs: set[str]) -> dict[str, str]:
    """The titles of the modules with these slugs."""
    if not slugs:
        return {}
    rows = connection.execute(select(module.c.slug, module.c.title).where(module.c.slug.in_(sorted(slugs)))).all()
    return {row.slug: row.title for row in rows}


def _stored() -> Select[Any]:
    into = module.alias("into")
    return (
        select(
            module.c.form, module.c.status, module.c.datestamp, module.c.sequence, into.c.slug.label("merged_into")
        )
        .select_from(module.outerjoin(into, module.c.merged_into == into.c.id))
        .where(module.c.sequence.is_not(None))
    )


def _module(row: Row[Any]) -> StoredModule:
    found = module_from_json(row.form)
    return StoredModule(
        module=replace(found, datestamp=row.datestamp, sequence=row.sequence),
        canonical=row.form,
        status=Status(row.status),
        datestamp=row.datestamp,
        sequence=row.sequence,
        merged_into=row.merged_into,
    )


def _faces() -> Select[Any]:
    columns = (face.c.name, face.c.extension, face.c.body, face.c.media_type, face.c.etag, face.c.last_modified)
    return select(module.c.slug, *columns).join(module, face.c.module_id == module.c.id)


def _face(row: Row[Any]) -> StoredFace:
    return StoredFace(row.name, row.extension, row.body, row.media_type, row.etag, row.last_modified)
