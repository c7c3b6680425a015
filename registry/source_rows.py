"""Questions about registered sources and what they list: one function a question. `registry.sources` changes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from harvester.endpoints import Endpoints
from harvester.sources import SOURCES
from registry.database import Database
from registry.errors import SourceError
from registry.source_files import Source
from registry.tables import entry, source

# What every source has and no column of its own, kept with the kind's settings.
COMMON = ("schedule", "timezone", "jitter", "notify", "trust", "grace_runs", "removal_share", "removal_count")
# Where it stands now, each in a column.
STANDING = ("parked_until", "paused_until", "wanted", "wanted_by", "failures")


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One thing that a source lists, and how it stands.

    `absent_since`: the list is without it; `kept`: since when a person wants it to stay all the same.
    """

    source: str
    key: str
    url: str
    state: str
    listing: dict[str, Any]
    revision: str | None
    problem: dict[str, Any] | None
    counters: dict[str, int] | None
    absent_since: str | None
    kept: str | None

    def as_json(self) -> dict[str, Any]:
        """The form of `modreg sources show --json`: `file` and `line` tell where the entry is listed."""
        place = {name: self.listing.get(name) for name in ("file", "line")}
        form = {"key": self.key, "url": self.url, "state": self.state, **place, "revision": self.revision,
                "problem": self.problem, "counters": self.counters,
                "absent_since": self.absent_since, "kept": self.kept}
        return {name: value for name, value in form.items() if value is not None}


def list_sources(database: Database, *, enabled: bool | None = None) -> list[Source]:
    """The registered sources in the order in which they were registered."""
    question = select(source).order_by(source.c.position, source.c.name)
    if enabled is not None:
        question = question.where(source.c.enabled == enabled)
    with database.read() as connection:
        return [_source(row) for row in connection.execute(question)]


def source_by_name(database: Database, name: str) -> Source | None:
    """The source of this name, or None."""
    with database.read() as connection:
        row = connection.execute(select(source).where(source.c.name == name)).first()
    return _source(row) if row else None


def require_source(database: Database, name: str) -> Source:
    """The source of this name. Raises `SourceError` that names those there are."""
    found = source_by_name(database, name)
    if found is None:
        known = ", ".join(each.name for each in list_sources(database)) or "none; import some first"
        raise SourceError(f"source {name!r}: there is none of this name; registered are: {known}")
    return found


def list_entries(database: Database, name: str, state: str | None = None) -> list[StoredEntry]:
    """What a source lists, by key, optionally of one state."""
    columns = [entry.c[each] for each in StoredEntry.__slots__]
    question = select(*columns).where(entry.c.source == name).order_by(entry.c.key)
    if state is not None:
        question = question.where(entry.c.state == state)
    with database.read() as connection:
        return [StoredEntry(*row) for row in connection.execute(question)]


def count_entries(database: Database, name: str) -> dict[str, int]:
    """How many entries of a source there are of each state."""
    question = select(entry.c.state, func.count()).where(entry.c.source == name).group_by(entry.c.state)
    with database.read() as connection:
        return {row[0]: row[1] for row in sorted(connection.execute(question).all())}


def park(connection: Connection, name: str, until: str | None) -> None:
    """Let a source rest until a stamp, or no more; writes only what is news."""
    here = (source.c.name == name) & source.c.parked_until.is_distinct_from(until)
    connection.execute(source.update().where(here).values(parked_until=until))


def _source(row: Row[Any]) -> Source:
    own = {name: value for name, value in row.settings.items() if name not in COMMON}
    # A key that is newer than the row has its default.
    common = {name: row.settings[name] for name in COMMON if name in row.settings}
    standing = {name: row._mapping[name] for name in STANDING}
    return Source(name=row.name, kind=row.kind, enabled=row.enabled, settings=own, **common, **standing)


def home_of(each: Source, endpoints: Endpoints) -> str:
    """The base address whose limits and credential count for a source."""
    kind = SOURCES[each.kind]
    return kind.home(endpoints, kind.settings.model_validate(each.settings))


def follows(each: Source) -> bool:
    """Whether a source lists what records of others name, so that it is harvested after them."""
    kind = SOURCES[each.kind]
    return kind.follows(kind.settings.model_validate(each.settings))
