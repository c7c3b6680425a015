"""Everything derived again from the kept payloads, offline: equal, byte for byte, to what harvesting made.

Records are read again from their documents, modules are grouped and merged again, faces and OAI-PMH rows rendered
again; slugs, rulings, curated values and the change log are primary and stay. A datestamp moves only where content
does, as after a new version of a reader or another order of precedence. All of it is one transaction: seen whole, or
not at all; a dry run tells every value that would move and takes it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from registry.aliases import keep_aliases
from registry.catalogue import settle_records
from registry.followers import followers_of, rebuild_follower
from registry.moved import Moved, moved_modules
from registry.records import context_of, documents_of, keep_record
from registry.services import Services
from registry.tables import module, source_record
from registry.work import Work
from vocab.canonical import module_from_json
from vocab.module import Status

MODULES, FACES, INDEX, ALL = "modules", "faces", "index", "all"
PARTS = (MODULES, FACES, INDEX, ALL)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did: records read, modules that changed as (kind, slug), derived rows written, modules indexed.

    `moved` are the modules that a dry run would change, with every value.
    """

    part: str
    dry_run: bool
    records: int
    changes: tuple[tuple[str, str], ...]
    written: dict[str, int]
    indexed: int | None
    moved: tuple[Moved, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The form of `modreg rebuild --json`; absent values are absent."""
        form = {
            "part": self.part, "dry_run": self.dry_run, "records": self.records,
            "changes": [{"kind": kind, "module": slug} for kind, slug in self.changes], "written": self.written,
            "indexed": self.indexed, "modules": [each.as_json() for each in self.moved] if self.dry_run else None,
        }
        return {name: value for name, value in form.items() if value is not None}

    def summary(self) -> str:
        """One line for people, and one for each module that changed."""
        would = "would be " if self.dry_run else ""
        done = [f"{self.records} records"] if self.part != INDEX else []
        done += [f"{count} rows of {name}" for name, count in sorted(self.written.items())]
        if self.indexed is not None:
            done.append(f"{self.indexed} modules in the index")
        lines = [f"{would}rebuilt {self.part}: {', '.join(done)}; {len(self.changes)} modules changed"]
        if self.dry_run:
            return "\n".join((*lines, *(line for each in self.moved for line in each.lines())))
        return "\n".join((*lines, *(f"  {kind}: {slug}" for kind, slug in self.changes)))


def rebuild(services: Services, part: str = ALL, *, dry_run: bool = False) -> Rebuilt:
    """Make derived data again.

    Args:
        services: the store; nothing is asked over the network.
        part: one of `PARTS`: `modules` (with faces, from the payloads), `faces` (from the records), `index`, `all`.
        dry_run: only say what would change, value by value; nothing is written, the index is left alone.

    Raises:
        SearchUnavailableError: the index cannot be built now.
    """
    records, work = 0, None
    moved: tuple[Moved, ...] = ()
    if part != INDEX:
        with services.database.write() as connection:
            work = Work(connection, services.settings, services.clock.now())
            records = rebuild_store(work, read=part != FACES)
            if dry_run:
                moved = tuple(moved_modules(services, work))
                connection.rollback()
    indexed = None
    if part in {INDEX, ALL} and not dry_run:
        indexed = sum(rebuild_follower(services, each) for each in followers_of(services))
    changes = tuple(work.slugs) if work else ()
    return Rebuilt(part, dry_run, records, changes, dict(work.written) if work else {}, indexed, moved)


def rebuild_store(work: Work, *, read: bool) -> int:
    """Derive everything in the database again, in the transaction of `work`; returns how many records there are.

    With `read` the documents are read again, otherwise the kept records are taken as they are.
    """
    connection = work.connection
    _aliases_of_forms(work)
    ids = list(connection.scalars(select(source_record.c.id).order_by(source_record.c.id)))
    lost: set[str] = set()
    if read:
        for record_id in ids:
            lost |= _read_again(work, record_id)
    pending = set(ids)
    while pending:
        first = min(pending)
        published = settle_records(work, {first}, lost, again=True)
        lost = set()
        settled = [each.module_id for each in published]
        here = source_record.c.module_id.in_(settled)
        pending -= {first, *connection.scalars(select(source_record.c.id).where(here))}
    return len(ids)


def _read_again(work: Work, record_id: int) -> frozenset[str]:
    """Read a record's documents again; returns the blocking keys that it has no more."""
    connection = work.connection
    context, previous = context_of(connection, record_id)
    here = source_record.c.id == record_id
    was = connection.execute(select(source_record.c.retired, source_record.c.retired_reason).where(here)).one()
    _, _, lost = keep_record(connection, context, documents_of(connection, record_id), previous)
    if was.retired is not None:
        # Reading an entry says that it is listed; a rebuild says nothing of the kind.
        connection.execute(source_record.update().where(here).values(was._asdict()))
    return lost


def _aliases_of_forms(work: Work) -> None:
    """Put the aliases back that the kept forms tell of, so that relations find their modules from the first on."""
    columns = (module.c.id, module.c.form, module.c.status)
    here = module.c.merged_into.is_(None) & (module.c.status != Status.DRAFT.value)
    for row in work.connection.execute(select(*columns).where(here)).all():
        try:
            keep_aliases(work.connection, row.id, module_from_json(row.form).aliases)
        except ValidationError:
            continue  # a form that is damaged; it is made again below
