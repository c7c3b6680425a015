"""Registered sources: import, list, enable, disable, remove. One function for each thing an administrator can do.

Border: the form of the sources file stands in `registry.source_files`, the questions in `registry.source_rows`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from registry.catalogue import settle_records
from registry.database import Database
from registry.errors import SourceError
from registry.records import retire_record
from registry.services import Services
from registry.source_files import Source, read_sources
from registry.source_rows import (
    COMMON,
    StoredEntry,
    count_entries,
    list_entries,
    list_sources,
    require_source,
    source_by_name,
)
from registry.tables import entry, finding, source, source_record
from registry.work import Work, stamp_of
from registry.work_tables import credential

__all__ = [
    "Imported", "Source", "StoredEntry", "count_entries", "disable", "enable", "import_sources", "list_entries",
    "list_sources", "remove", "require_source", "source_by_name",
]


# What may become of the modules of a source that is removed.
REMOVALS = {
    "keep": "they stay public as they are",
    "archive": "they stay public, and say that nobody keeps them up to date",
    "withdraw": "those that no other source lists are withdrawn; tombstones stay",
}


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did to one source: `created`, `updated` or `unchanged`."""

    name: str
    outcome: str


def import_sources(database: Database, toml_text: str, file: str = "the sources file") -> list[Imported]:
    """Register the sources of a file, all or none; sources that are not in it stay as they are.

    Raises:
        SourceError: one line that says what is wrong in the file.
    """
    sources = read_sources(toml_text, file)
    with database.write() as connection:
        return [_import(connection, each, file) for each in sources]


def enable(database: Database, name: str) -> Source:
    """Let a source be harvested by schedule. Raises `SourceError` for a name that is not registered."""
    return _switch(database, name, on=True)


def disable(database: Database, name: str) -> Source:
    """Stop harvesting a source; what it said stays public. Raises `SourceError` for an unknown name."""
    return _switch(database, name, on=False)


def remove(services: Services, name: str, modules: str = "keep") -> list[str]:
    """Forget a source, with its credential; a source of the same name may be registered at once.

    Args:
        services: the store.
        name: a registered source.
        modules: what becomes of the modules that nobody else lists, a key of `REMOVALS`.

    Returns:
        The slugs of the modules that were withdrawn.

    Raises:
        SourceError: there is no source of this name, or it is harvested now.
    """
    require_source(services.database, name)
    if modules not in REMOVALS:
        raise SourceError(f"modules: found {modules!r}, expected one of {', '.join(REMOVALS)}")
    with services.database.write() as connection:
        work = Work(connection, services.settings, services.clock.now())
        here = (source_record.c.source == name) & source_record.c.retired.is_(None)
        records = set(connection.scalars(select(source_record.c.id).where(here)))
        if modules == "withdraw":
            generation = work.next_sequence()
            for record_id in sorted(records):
                retire_record(connection, record_id, generation, f"its source {name} was removed")
            settle_records(work, records)
        elif modules == "archive":
            connection.execute(source_record.update().where(here).values(archived=stamp_of(work.now)))
            settle_records(work, records)
        scopes = finding.c.scope.startswith(f"entry:{name}/", autoescape=True) | (finding.c.scope == f"listing:{name}")
        connection.execute(finding.delete().where(scopes))
        connection.execute(entry.delete().where(entry.c.source == name))
        connection.execute(credential.delete().where(credential.c.source == name))
        connection.execute(source.delete().where(source.c.name == name))
    return [slug for kind, slug in work.slugs if kind == "withdrawn"]


def _import(connection: Connection, wanted: Source, file: str) -> Imported:
    # What is left out is left to the settings of the registry, whatever they will be.
    common = {name: value for name in COMMON if (value := getattr(wanted, name)) is not None}
    values = {
        "kind": wanted.kind, "enabled": wanted.enabled,
        "settings": wanted.settings | common,
    }
    row = connection.execute(select(source).where(source.c.name == wanted.name)).first()
    if row is None:
        position = (connection.scalar(select(func.max(source.c.position))) or 0) + 1
        connection.execute(source.insert().values(name=wanted.name, position=position, **values))
        return Imported(wanted.name, "created")
    if row.kind != wanted.kind:
        raise SourceError(
            f"{file}: source {wanted.name!r}: kind: found {wanted.kind!r}, expected {row.kind!r} as it is registered; "
            "remove it first, or choose another name"
        )
    if all(row._mapping[name] == value for name, value in values.items()):
        return Imported(wanted.name, "unchanged")
    connection.execute(source.update().where(source.c.name == wanted.name).values(values))
    return Imported(wanted.name, "updated")


def _switch(database: Database, name: str, *, on: bool) -> Source:
    require_source(database, name)
    with database.write() as connection:
        connection.execute(source.update().where(source.c.name == name).values(enabled=on))
    return require_source(database, name)
