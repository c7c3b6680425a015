"""What curators decide: which records are one module, which are not, and values that are believed before all others.

A decision is kept and survives every harvest; taking it back makes the module again what the sources say. Rulings are
kept on entry keys, statements on modules.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Annotated, Any

from pydantic import StringConstraints, TypeAdapter, ValidationError
from sqlalchemy import Connection, select

from registry.catalogue import settle_records
from registry.errors import CurationError
from registry.services import Services
from registry.tables import curated, module, ruling, source_record
from registry.work import Work, stamp_of
from vocab import module as words
from vocab.fields import FIELDS
from vocab.identifiers import doi, doi_key, image_key, image_reference, repository_key


def split(services: Services, keys: Sequence[str], account: str | None = None) -> list[tuple[str, str]]:
    """Say that each of these records is another module; one key alone is split from all others of its module.

    Returns:
        What changed, as (kind, slug).

    Raises:
        CurationError: a key that no record has, or nothing to split.
    """
    with services.database.write() as connection:
        work = Work(connection, services.settings, services.clock.now())
        wanted = _known_keys(connection, keys)
        pairs = [frozenset(each) for each in combinations(wanted, 2)]
        if len(wanted) == 1:
            pairs = [frozenset((wanted[0], other)) for other in _together_with(connection, wanted[0])]
        if not pairs:
            raise CurationError(f"{wanted[0]}: it is alone in its module; expected two keys or more of one module")
        _forget(connection, "join", lambda kept: any(pair <= kept for pair in pairs))
        _forget(connection, "split", lambda kept: kept in pairs)
        for pair in pairs:
            _rule(work, "split", pair, account)
        return _settle(work, {key for pair in pairs for key in pair})


def join(services: Services, keys: Sequence[str], account: str | None = None) -> list[tuple[str, str]]:
    """Say that these records are one module.

    Returns:
        What changed, as (kind, slug).

    Raises:
        CurationError: a key that no record has, or fewer than two.
    """
    with services.database.write() as connection:
        work = Work(connection, services.settings, services.clock.now())
        wanted = frozenset(_known_keys(connection, keys))
        if len(wanted) < 2:
            raise CurationError(f"{', '.join(wanted)}: found one key, expected two or more to join")
        _forget(connection, "split", lambda kept: kept <= wanted)
        _forget(connection, "join", lambda kept: kept == wanted)
        _rule(work, "join", wanted, account)
        return _settle(work, set(wanted))


def curate(
    services: Services, slug: str, field: str, value: Any, account: str | None = None
) -> list[tuple[str, str]]:
    """State a value for a field of a module (a list for a field of many); it wins until it is taken back.

    Returns:
        What changed, as (kind, slug).

    Raises:
        CurationError: an unknown module or field, or a value that is none for the field.
    """
    _require_field(field)
    values = value if isinstance(value, list) and FIELDS[field].many else [value]
    for each in values:
        _require_value(field, each)
    with services.database.write() as connection:
        module_id = _module_id(connection, slug)
        work = Work(connection, services.settings, services.clock.now())
        connection.execute(curated.delete().where(curated.c.module_id == module_id, curated.c.field == field))
        for each in values:
            connection.execute(
                curated.insert().values(
                    module_id=module_id, field=field, value=each, account=account, made=stamp_of(work.now)
                )
            )
        return _settle_module(work, module_id)


def take_back(services: Services, slug: str, field: str) -> list[tuple[str, str]]:
    """Take back what curators stated for a field of a module; returns what changed, as (kind, slug).

    Raises:
        CurationError: an unknown module, or a field for which nothing was stated.
    """
    _require_field(field)
    with services.database.write() as connection:
        module_id = _module_id(connection, slug)
        work = Work(connection, services.settings, services.clock.now())
        here = (curated.c.module_id == module_id) & (curated.c.field == field)
        if connection.execute(curated.delete().where(here)).rowcount == 0:
            raise CurationError(f"{slug}: {field}: no curator stated a value; there is nothing to take back")
        return _settle_module(work, module_id)


def publish_draft(services: Services, slug: str) -> list[tuple[str, str]]:
    """Approve a draft of a moderated source; returns what changed, as (kind, slug).

    Raises:
        CurationError: an unknown module.
    """
    with services.database.write() as connection:
        module_id = _module_id(connection, slug)
        work = Work(connection, services.settings, services.clock.now())
        connection.execute(module.update().where(module.c.id == module_id).values(approved=True))
        return _settle_module(work, module_id)


def list_drafts(services: Services) -> list[tuple[str, str]]:
    """The modules of moderated sources that wait for a yes, as (slug, title), by slug."""
    drafts = module.c.status == words.Status.DRAFT
    question = select(module.c.slug, module.c.title).where(drafts).order_by(module.c.slug)
    with services.database.read() as connection:
        return [(row.slug, row.title) for row in connection.execute(question)]


def list_curated(services: Services, slug: str) -> list[dict[str, Any]]:
    """What curators stated for a module, oldest first."""
    question = (
        select(curated.c.field, curated.c.value, curated.c.account, curated.c.made)
        .join(module, curated.c.module_id == module.c.id)
        .where(module.c.slug == slug)
        .order_by(curated.c.id)
    )
    with services.database.read() as connection:
        return [{str(name): value for name, value in row._mapping.items()} for row in connection.execute(question)]


def _known_keys(connection: Connection, keys: Sequence[str]) -> list[str]:
    """The keys in canonical form, each once, sorted; addresses are understood too."""
    found: list[str] = []
    for each in keys:
        key = next((one for one in _keys_meant(each) if _exists(connection, one)), None)
        if key is None:
            raise CurationError(f"{each}: found no record of this key, expected one such as github.com/owner/name")
        found.append(key)
    return sorted(set(found))


def _keys_meant(text: str) -> list[str]:
    """The keys that a text can stand for: it as it is, a repository's, an image's or a DOI's in any spelling."""
    image, name, repository = image_reference(text), doi(text), repository_key(text)
    found = [repository, doi_key(name) if name else None, image_key(image.name) if image else None]
    return [text, *(each for each in found if each)]


def _exists(connection: Connection, key: str) -> bool:
    return connection.scalar(select(source_record.c.id).where(source_record.c.key == key).limit(1)) is not None


def _together_with(connection: Connection, key: str) -> list[str]:
    of_key = select(source_record.c.module_id).where(source_record.c.key == key)
    question = select(source_record.c.key).where(source_record.c.module_id.in_(of_key), source_record.c.key != key)
    return sorted(set(connection.scalars(question)))


def _forget(connection: Connection, kind: str, concerns: Any) -> None:
    """Take back earlier rulings that this one contradicts or repeats."""
    for row in connection.execute(select(ruling).where(ruling.c.kind == kind)).all():
        if concerns(frozenset(row.entry_keys)):
            connection.execute(ruling.delete().where(ruling.c.id == row.id))


def _rule(work: Work, kind: str, keys: frozenset[str], account: str | None) -> None:
    work.connection.execute(
        ruling.insert().values(kind=kind, entry_keys=sorted(keys), account=account, made=stamp_of(work.now))
    )


def _settle(work: Work, keys: set[str]) -> list[tuple[str, str]]:
    here = source_record.c.key.in_(sorted(keys))
    settle_records(work, set(work.connection.scalars(select(source_record.c.id).where(here))))
    return work.slugs


def _settle_module(work: Work, module_id: int) -> list[tuple[str, str]]:
    here = source_record.c.module_id == module_id
    settle_records(work, set(work.connection.scalars(select(source_record.c.id).where(here))))
    return work.slugs


def _module_id(connection: Connection, slug: str) -> int:
    row = connection.execute(
        select(module.c.id, module.c.merged_into).where(module.c.slug == slug)
    ).first()
    if row is None:
        raise CurationError(f"{slug}: there is no module of this slug; `modreg modules list` shows them")
    if row.merged_into is not None:
        into = connection.scalar(select(module.c.slug).where(module.c.id == row.merged_into))
        raise CurationError(f"{slug}: it was merged into {into}; expected that slug")
    return int(row.id)


def _require_field(field: str) -> None:
    if field not in FIELDS or field.startswith("evidence."):
        known = ", ".join(name for name in FIELDS if not name.startswith("evidence."))
        raise CurationError(f"{field}: found no field of this name, expected one of {known}")


def _require_value(field: str, value: Any) -> None:
    """A value of another shape would be lost in merging, or break it at every harvest."""
    kind = FIELDS[field].kind
    shape: Any = Annotated[str, StringConstraints(strict=True, min_length=1)] if kind == "str" else getattr(words, kind)
    try:
        TypeAdapter(shape).validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        part = ".".join(str(each) for each in first["loc"])
        expected = f"a value of the form {kind}" + (f" ({part}: {first['msg'].lower()})" if part else "")
        raise CurationError(f"{field}: found {value!r}, expected {expected}") from None
