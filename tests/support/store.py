"""A registry for tests: services over any database, sources, and harvests that are made of hand-written events."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select

from harvester.events import (
    Entry,
    Event,
    Failed,
    Fetched,
    Finished,
    Gone,
    Listed,
    ListingFailed,
    Problem,
    Requests,
    Unchanged,
)
from registry.changes import list_changes
from registry.database import MIGRATIONS, Database, is_empty
from registry.harvesting import apply_run
from registry.modules import list_modules
from registry.runs import Run
from registry.schema import metadata
from registry.services import Services, open_services
from registry.settings import load_settings
from registry.source_rows import require_source
from registry.sources import import_sources
from tests.support.clock import HandClock
from vocab.record import Document, Listing

BASE_URL = "https://registry.example.org"
_SCRIPTS = ScriptDirectory(str(MIGRATIONS))
# What differs between two stores that hold the same: times, numbers of findings, who held a lease.
VOLATILE = {"finding": {"id"}, "run": {"started", "ended", "holder", "requests"}, "lease": {"until", "holder"}}


@contextmanager
def a_registry(database_url: str, home: Path, *sources: str, **keys: str) -> Iterator[Services]:
    """Open services over a migrated database with these sources (names of GitHub catalogues), closed at the end."""
    environ = {
        "MODREG_HOME": str(home), "MODREG_DATABASE_URL": database_url, "MODREG_BASE_URL": BASE_URL,
        "MODREG_REPOSITORY_ID": "registry.example.org",
    }
    settings = load_settings(environ=environ | keys)
    with open_services(settings, HandClock(), migrated=False) as services:
        make_tables(services.database)
        for name in sources:
            register(services, name)
        yield services


def make_tables(database: Database) -> None:
    """What `migrate` does, without reading the migrations, which takes longer than most tests."""
    with database.write() as connection:
        if is_empty(connection):
            metadata.create_all(connection)
            MigrationContext.configure(connection).stamp(_SCRIPTS, "head")


def register(services: Services, name: str, **keys: Any) -> None:
    """Register a source that lists a GitHub catalogue."""
    lines = [f'name = "{name}"', 'kind = "github"', f'catalogue = "lists/{name}"']
    lines += [f"{key} = {orjson.dumps(value).decode()}" for key, value in keys.items()]
    import_sources(services.database, "\n".join(("[[source]]", *lines)))


def metadata_of(title: str, summary: str = "Tells one thing from another", **keys: Any) -> bytes:
    """An `ai4-metadata.yml` as an owner writes it (JSON is YAML); `keys` replace its parts."""
    form: dict[str, Any] = {
        "metadata_version": "2.0.0", "title": title, "summary": summary, "description": f"About {title}.",
        "dates": {"created": "2024-03-05", "updated": "2024-05-06"}, "links": {}, "tags": ["fish"],
        "tasks": ["Classification"], "categories": ["AI4 inference"], "libraries": ["PyTorch"],
        "data-type": ["Image"],
    }
    return orjson.dumps(form | keys, option=orjson.OPT_INDENT_2) + b"\n"


def an_entry(name: str, line: int = 1, file: str = "MODULES.yml") -> Entry:
    """The repository `owner/name` as it is listed."""
    url = f"https://github.com/{name}"
    return Entry(f"github.com/{name.lower()}", url, Listing(url, file, line, name=name.rsplit("/", maxsplit=1)[-1]))


def a_document(path: str, body: bytes, commit: str | None) -> Document:
    """One payload of an entry."""
    return Document(path, body, hashlib.sha256(body).hexdigest(), commit=commit)


def fetched(
    name: str,
    title: str | None = None,
    *,
    files: dict[str, bytes] | None = None,
    revision: str = "c1",
    line: int = 1,
    key: str | None = None,
    previous: Sequence[str] = (),
    number: int | None = None,
    **keys: Any,
) -> Fetched:
    """An entry that was read: its metadata file with this title (or these files), and what the forge says."""
    entry = an_entry(name, line)
    bodies = dict(files) if files is not None else {"ai4-metadata.yml": metadata_of(title or name, **keys)}
    key = key or entry.key
    forge = {"full_name": key.partition("/")[2], "html_url": f"https://{key}"} | ({"id": number} if number else {})
    bodies["api:repository"] = orjson.dumps(forge)
    documents = tuple(
        a_document(path, body, None if path.startswith("api:") else revision) for path, body in bodies.items()
    )
    return Fetched(entry, key, f"https://{key}", revision, documents, f"print-{revision}", tuple(previous))


def unchanged(name: str, line: int = 1, **counters: int) -> Unchanged:
    """An entry that is as it was."""
    entry = an_entry(name, line)
    return Unchanged(entry, entry.key, counters)


def gone(name: str, line: int = 1) -> Gone:
    """An entry that answers 404."""
    return Gone(an_entry(name, line), "it does not exist", 404)


def failed(name: str, line: int = 1) -> Failed:
    """An entry that could not be read."""
    problem = Problem("timeout", "No whole answer came in 30 s.", "Nothing: it is tried again.", "entry")
    return Failed(an_entry(name, line), problem)


def listed(*events: Fetched | Unchanged | Gone | Failed) -> Listed:
    """The listing of these outcomes."""
    return Listed(tuple(event.entry for event in events))


def harvested(
    services: Services, source: str, *events: Fetched | Unchanged | Gone | Failed, complete: bool = True
) -> Run:
    """One run that lists and meets exactly these entries."""
    stream: list[Event] = [listed(*events), *events, Finished(Requests(), complete=complete)]
    return apply_run(services, require_source(services.database, source), stream)


def tombstone(name: str, reason: str = "Spam") -> Gone:
    """An entry that its source took away for ever."""
    return Gone(an_entry(name), reason, 410, final=True)


def updated(
    services: Services, *events: Fetched | Unchanged | Gone | Failed, complete: bool = True, source: str = "hub"
) -> Run:
    """One run of an incremental listing: only these entries are told of."""
    listing = Listed(tuple(each.entry for each in events), whole=False)
    stream: list[Event] = [listing, *events, Finished(Requests(), complete=complete)]
    return apply_run(services, require_source(services.database, source), stream)


def unlisted(services: Services, source: str) -> Run:
    """One run whose listing cannot be had."""
    problem = Problem("listing", "MODULES.yml is empty.", "Check the catalogue's file.", "listing")
    stream: list[Event] = [ListingFailed(problem), Finished(Requests(), complete=False, problem=problem)]
    return apply_run(services, require_source(services.database, source), stream)


def statuses(services: Services) -> dict[str, str]:
    """Slug → status of every module."""
    return {each.module.slug: each.status.value for each in list_modules(services.database, limit=1000)}


def changes(services: Services) -> list[tuple[str, str]]:
    """The change log as (kind, slug)."""
    return [(each.kind, each.slug) for each in list_changes(services.database, limit=10_000)]


def dump(services: Services, *tables: str, without: Sequence[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of these tables (default: all), without what is volatile, for comparing stores.

    Who leaves out the runs leaves out what they could not do as well.
    """
    without = (*without, "run_failure") if "run" in without else without
    found: dict[str, list[tuple[Any, ...]]] = {}
    with services.database.read() as connection:
        for table in metadata.sorted_tables:
            if (tables and table.name not in tables) or table.name in without:
                continue
            left_out = VOLATILE.get(table.name, set())
            columns = [each for each in table.columns if each.name not in left_out]
            rows = connection.execute(select(*columns)).all()
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found
