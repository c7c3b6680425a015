"""The store, its faces, OAI-PMH rows, aliases and the index, held against each other.

What is derived is derived again in a transaction that is rolled back, and compared row by row with what stands there;
what is primary is checked for what must hold of it: payloads have the hash that they are kept under, the change log has
no gap and its datestamps never run back. With `repair` the derived rows are left as they were made again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from registry.followers import followers_of, rebuild_follower
from registry.oai_tables import oai_membership, oai_record
from registry.payloads import DAMAGED, unpack
from registry.rebuilding import rebuild_store
from registry.services import Services
from registry.tables import (
    alias,
    change,
    document,
    entry,
    face,
    finding,
    git_blob,
    mention,
    module,
    payload,
    record_key,
    source_record,
    validator,
)
from registry.work import Work
from vocab.module import Status

# Derived tables, and the columns that name a row for people; all others are compared.
_DERIVED: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (source_record, ("source", "key")),
    (record_key, ("record_id", "key")),
    (module, ("slug",)),
    (alias, ("kind", "value", "module_id")),
    (mention, ("value", "module_id")),
    (face, ("module_id", "extension")),
    (finding, ("scope", "code", "entry", "file", "line", "field", "message")),
    (oai_record, ("prefix", "identifier")),
    (oai_membership, ("prefix", "set_spec", "identifier")),
)
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not fit: in which part, which row, what is wrong with it, and whether it was mended."""

    part: str
    row: str
    wrong: str
    mended: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `whole`: nothing is wrong, or everything was mended."""

    differences: tuple[Difference, ...]
    repaired: bool

    @property
    def whole(self) -> bool:
        """Whether the registry is sound now."""
        return all(each.mended for each in self.differences)

    def as_json(self) -> dict[str, Any]:
        """The form of `modreg check --json`."""
        rows = [
            {"part": each.part, "row": each.row, "wrong": each.wrong, "mended": each.mended}
            for each in self.differences
        ]
        return {"whole": self.whole, "repaired": self.repaired, "differences": rows}

    def summary(self) -> str:
        """One line for people, and one for each of the first differences."""
        if not self.differences:
            return "checked payloads, change log, modules, faces, OAI-PMH rows, aliases, findings and index: all fit"
        mended = sum(each.mended for each in self.differences)
        lines = [f"{len(self.differences)} differences, {mended} mended"]
        lines += [
            f"  {each.part} {each.row}: {each.wrong}{' (mended)' if each.mended else ''}"
            for each in self.differences[:_SHOWN]
        ]
        if len(self.differences) > _SHOWN:
            lines.append(f"  and {len(self.differences) - _SHOWN} more")
        if not self.whole and not self.repaired:
            lines.append("`modreg check --repair` mends what is derived")
        return "\n".join(lines)


def check(services: Services, *, repair: bool = False) -> Checked:
    """Hold everything against each other; with `repair` mend what can be mended.

    Raises:
        SearchUnavailableError: the index cannot be asked now.
    """
    with services.database.write() as connection:
        found = [*_payloads(connection, repair=repair), *_changes(connection)]
        if not any(each.part == "payload" for each in found):
            work = Work(connection, services.settings, services.clock.now())
            found += _derived(work, repair=repair)
        if not repair:
            connection.rollback()
    found += _index(services, repair=repair)
    return Checked(tuple(found), repair)


def _payloads(connection: Connection, *, repair: bool) -> list[Difference]:
    """Payloads that are not what their hash says. Mended by having them fetched again."""
    found = []
    for row in connection.execute(select(payload.c.sha256, payload.c.encoding, payload.c.body)):
        try:
            good = hashlib.sha256(unpack(row.encoding, row.body)).hexdigest() == row.sha256
        except ValueError:
            good = False
        if not good:
            wrong = "its bytes are not those of its hash" + ("; the next harvest fetches it again" if repair else "")
            found.append(Difference("payload", row.sha256, wrong, mended=False))
    for each in found if repair else ():
        _forget_payload(connection, each.row)
    return found


def _forget_payload(connection: Connection, sha256: str) -> None:
    """Let the next harvest fetch a payload again: no validator, blob or fingerprint leads to it any more."""
    connection.execute(payload.update().where(payload.c.sha256 == sha256).values(encoding=DAMAGED))
    connection.execute(validator.delete().where(validator.c.sha256 == sha256))
    connection.execute(git_blob.delete().where(git_blob.c.sha256 == sha256))
    uses = (document.c.sha256 == sha256) | (document.c.good_sha256 == sha256)
    records = (
        select(source_record.c.source, source_record.c.key)
        .join(document, document.c.record_id == source_record.c.id)
        .where(uses)
        .distinct()
    )
    for row in connection.execute(records).all():
        here = (entry.c.source == row.source) & (entry.c.record_key == row.key)
        connection.execute(entry.update().where(here).values(fingerprint=None))


def _changes(connection: Connection) -> list[Difference]:
    """The change log: numbers without a gap, datestamps that never run back, modules that are where it says."""
    found: list[Difference] = []
    number, stamp = 0, ""
    last: dict[int, Any] = {}
    for row in connection.execute(select(change).order_by(change.c.sequence)):
        number += 1
        if row.sequence != number:
            found.append(Difference("change", str(row.sequence), f"expected number {number}", mended=False))
            number = row.sequence
        if row.datestamp < stamp:
            found.append(Difference("change", str(row.sequence), f"its datestamp is before {stamp}", mended=False))
        stamp = max(stamp, row.datestamp)
        last[row.module_id] = row
    rows = connection.execute(select(module.c.id, module.c.slug, module.c.sequence, module.c.datestamp)).all()
    for row in rows:
        newest = last.get(row.id)
        expected = (newest.sequence, newest.datestamp) if newest else (None, None)
        if (row.sequence, row.datestamp) != expected:
            wrong = f"it has change {row.sequence} of {row.datestamp}, the log has {expected[0]} of {expected[1]}"
            found.append(Difference("module", row.slug, wrong, mended=False))
    return found


def _derived(work: Work, *, repair: bool) -> list[Difference]:
    """Rows that are not as they would be made now."""
    before = {table.name: _rows(work.connection, table, names) for table, names in _DERIVED}
    rebuild_store(work, read=True)
    found: list[Difference] = []
    for table, names in _DERIVED:
        after = _rows(work.connection, table, names)
        for row in sorted(before[table.name].keys() | after.keys(), key=str):
            one, other = before[table.name].get(row), after.get(row)
            if one != other:
                wrong = "is missing" if one is None else "should not be there" if other is None else "differs"
                found.append(Difference(table.name, " ".join(str(part) for part in row), wrong, mended=repair))
    return found


def _rows(connection: Connection, table: Table, names: tuple[str, ...]) -> dict[tuple[Any, ...], list[str]]:
    """Each row by what names it, with hashes of all its columns but the number that findings get when written."""
    columns = [each for each in table.columns if (table.name, each.name) != ("finding", "id")]
    found: dict[tuple[Any, ...], list[str]] = {}
    for row in connection.execute(select(*columns)):
        name = tuple(row._mapping[each] for each in names)
        found.setdefault(name, []).append(hashlib.sha256(repr(tuple(row)).encode("utf-8", "replace")).hexdigest())
    return {name: sorted(hashes) for name, hashes in found.items()}


def _index(services: Services, *, repair: bool) -> list[Difference]:
    """Modules that are not in the index as they are in the store."""
    public = (module.c.status == Status.PUBLISHED.value) & module.c.sequence.is_not(None)
    with services.database.read() as connection:
        rows = connection.execute(select(module.c.slug, module.c.sequence).where(public)).all()
    wanted = {row.slug: row.sequence for row in rows}
    kept = services.search.slugs()
    found = []
    for slug in sorted(wanted.keys() | kept.keys()):
        if wanted.get(slug) != kept.get(slug):
            wrong = "is of another time" if slug in kept else "is missing"
            wrong = wrong if slug in wanted else "should not be there"
            found.append(Difference("index", slug, wrong, mended=repair))
    if found and repair:
        for each in followers_of(services):
            rebuild_follower(services, each)
    return found
