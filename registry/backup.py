"""One file that holds the whole database, and the way back; from SQLite to PostgreSQL too, and the other way.

The file is a gzip stream of JSON lines: a head with the revision of the tables, then row by row of each table, then a
foot with the counts, without which the file counts as cut off. It is read from one snapshot and written beside its
place and moved there when whole. The search index is not in it: it is rebuilt after restoring.
"""

from __future__ import annotations

import base64
import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Table, func, select, text

from registry.database import Database, head_revision, migrate, open_database
from registry.errors import BackupError
from registry.schema import metadata
from registry.services import Services
from registry.settings import Settings

FORM = "module-registry backup 1"
_BATCH = 500
# What belongs to a running process and not to the store.
_LEFT_OUT = frozenset({"lease", "follower"})


@dataclass(frozen=True, slots=True)
class Copied:
    """How much was written or read: rows by table, and the size of the file."""

    rows: dict[str, int]
    size_bytes: int

    def summary(self) -> str:
        """One line for people."""
        shown = ", ".join(f"{self.rows.get(name, 0)} {name}s" for name in ("module", "change", "payload", "account"))
        return f"{sum(self.rows.values())} rows ({shown}), {self.size_bytes / 1e6:.1f} MB"


def backup(services: Services, file: Path) -> Copied:
    """Write the whole database to a file; the registry may be in use meanwhile.

    Raises:
        BackupError: the file cannot be written.
    """
    part = file.with_name(file.name + ".part")
    try:
        with gzip.open(part, "wb", compresslevel=3) as out:
            rows = _write(services.database, out)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BackupError(f"{file}: cannot be written ({error.strerror or error}); choose another place") from None
    return Copied(rows, file.stat().st_size)


def restore(settings: Settings, file: Path) -> Copied:
    """Fill the empty database of these settings from a backup: all of it, or nothing.

    Raises:
        BackupError: the file is no whole backup of this version, or the database is not empty.
        DatabaseError: the database cannot be used.
    """
    database = open_database(settings)
    try:
        with _lines(file) as lines:
            _check_head(file, next(lines, None))
            migrate(database)
            with database.write() as connection:
                _refuse_full(connection, settings)
                rows = _read(connection, lines, file)
    finally:
        database.close()
    return Copied(rows, file.stat().st_size)


def _write(database: Database, out: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    with database.read() as connection:
        out.write(orjson.dumps({"form": FORM, "revision": head_revision()}) + b"\n")
        for table in _tables():
            counts[str(table.name)] = 0
            question = select(table).order_by(*table.primary_key.columns)
            for row in connection.execution_options(yield_per=_BATCH).execute(question):
                values = {str(name): _packed(value) for name, value in row._mapping.items() if value is not None}
                out.write(orjson.dumps({"table": str(table.name), "row": values}) + b"\n")
                counts[str(table.name)] += 1
        out.write(orjson.dumps({"rows": counts}) + b"\n")
    return counts


def _read(connection: Connection, lines: Iterator[dict[str, Any]], file: Path) -> dict[str, int]:
    tables = {table.name: table for table in _tables()}
    counts = dict.fromkeys(tables, 0)
    batch: list[dict[str, Any]] = []
    current: Table | None = None
    for line in lines:
        if "rows" in line:
            _insert(connection, current, batch)
            if line["rows"] != counts:
                raise BackupError(f"{file}: found {counts}, expected {line['rows']}; the file is damaged")
            _set_counters(connection)
            return counts
        table = tables[line["table"]]
        if table is not current or len(batch) >= _BATCH:
            _insert(connection, current, batch)
            current, batch = table, []
        batch.append({column.name: _unpacked(line["row"].get(column.name)) for column in table.columns})
        counts[str(table.name)] += 1
    raise BackupError(f"{file}: found no end, expected the counts of all rows; the file was cut off")


def _insert(connection: Connection, table: Table | None, batch: list[dict[str, Any]]) -> None:
    if table is not None and batch:
        connection.execute(table.insert(), batch)


def _set_counters(connection: Connection) -> None:
    """Let PostgreSQL count on from the highest number of each table; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in _tables():
        column = table.autoincrement_column
        if column is not None:
            highest = connection.scalar(select(func.max(column)))
            if highest is not None:
                named = {"table": f'"{table.name}"', "column": column.name, "highest": highest}
                connection.execute(text("SELECT setval(pg_get_serial_sequence(:table, :column), :highest)"), named)


def _tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if table.name not in _LEFT_OUT]


def _refuse_full(connection: Connection, settings: Settings) -> None:
    for table in _tables():
        count = connection.scalar(select(func.count()).select_from(table))
        if count:
            where = settings.database_address().rsplit("@", 1)[-1]
            raise BackupError(f"database {where}: found {count} rows of {table.name}, expected an empty database")


def _check_head(file: Path, head: dict[str, Any] | None) -> None:
    if head is None or head.get("form") != FORM:
        raise BackupError(f"{file}: found no backup of ours, expected a file that `modreg backup` wrote")
    if head.get("revision") != head_revision():
        raise BackupError(
            f"{file}: found tables of revision {head.get('revision')}, expected {head_revision()}; restore it with the "
            "program that wrote it, then migrate"
        )


@contextmanager
def _lines(file: Path) -> Iterator[Iterator[dict[str, Any]]]:
    """The JSON lines of a backup; whatever is wrong with the file becomes a `BackupError`."""
    try:
        stream = gzip.open(file, "rb")  # noqa: SIM115 - closed below; only the opening may raise this error
    except OSError as error:
        raise BackupError(f"{file}: cannot be read ({error.strerror})") from None
    with stream:
        yield _parsed(file, stream)


def _parsed(file: Path, stream: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    try:
        for line in stream:
            form = orjson.loads(line)
            if not isinstance(form, dict):
                raise BackupError(f"{file}: found a line that is no row; the file is damaged")
            yield form
    except (gzip.BadGzipFile, EOFError, zlib.error, orjson.JSONDecodeError):
        raise BackupError(f"{file}: found a damaged file or no backup, expected one of ours") from None


def _packed(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else {"json": value}


def _unpacked(value: Any) -> Any:
    if value is None:
        return None
    return base64.b64decode(value["base64"]) if "base64" in value else value["json"]
