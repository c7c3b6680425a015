"""The connection to the database: snapshots for reading, one writer at a time, migrations.

`write()` is serialised over all processes (SQLite `BEGIN IMMEDIATE`; PostgreSQL an advisory lock that ends with the
transaction), so that sequences have no gaps and no datestamp runs behind one that a reader has already seen.
`read()` is a snapshot: what several statements in it see is one state. Border: no table is known here.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from registry.errors import DatabaseError
from registry.settings import Settings

BUSY_TIMEOUT_MS = 60_000
# Any number, the same for every process of every version: it names "the registry's one writer".
WRITER_LOCK = 0x6D6F6472
MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """One database by its URL: `sqlite:///path` or `postgresql://…` (spoken with psycopg)."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.sqlite = self.engine.dialect.name == "sqlite"
        self._writer = threading.Lock()
        self._writing = threading.local()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database and writes nothing."""
        options: dict[str, object] = {"registry": "read"}
        if not self.sqlite:
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The one writing transaction: committed at the end of the block, rolled back when it raises."""
        if getattr(self._writing, "now", False):
            raise RuntimeError("write() inside write(): pass the connection on instead")
        with self._writer, self.engine.connect().execution_options(registry="write") as connection:
            self._writing.now = True
            try:
                with connection.begin():
                    if not self.sqlite:
                        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
                    yield connection
            finally:
                self._writing.now = False

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    def revision(self) -> str | None:
        """The revision of the migrations that the database is at; None for an empty one."""
        with self.read() as connection:
            return _revision_of(connection)


def open_database(settings: Settings) -> Database:
    """The database of these settings; the home folder is made when SQLite is in it. Does not migrate.

    Raises:
        DatabaseError: one line that says why it cannot be used.
    """
    if not settings.database_url:
        try:
            settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"home: cannot make {settings.home} ({error.strerror}); set MODREG_HOME") from None
    return Database(settings.database_address())


def migrate(database: Database) -> tuple[str | None, str]:
    """Bring the database to the newest revision; returns the revision before and after.

    Raises:
        DatabaseError: it cannot be reached, or is newer than this program.
    """
    newest = head_revision()
    try:
        with database.write() as connection:
            before = _revision_of(connection)
            if before == newest:
                return before, newest
            _refuse_unknown(before)
            _upgrade(connection)
    except DBAPIError as error:
        raise DatabaseError(f"database: {cause_of(error)}; expected one that we may create tables in") from None
    return before, newest


def require_current(database: Database) -> None:
    """Raise `DatabaseError` unless the database is at the newest revision."""
    try:
        found = database.revision()
    except DBAPIError as error:
        raise DatabaseError(f"database: cannot be reached ({cause_of(error)}); check MODREG_DATABASE_URL") from None
    if found != head_revision():
        _refuse_unknown(found)
        was = "an empty one" if found is None else f"revision {found}"
        raise DatabaseError(f"database: found {was}, expected revision {head_revision()}; run `modreg init`")


def head_revision() -> str:
    """The newest revision that this program knows."""
    return _revisions()[-1]


def is_empty(connection: Connection) -> bool:
    """Whether there are no tables at all."""
    return not inspect(connection).get_table_names()


def _revisions() -> list[str]:
    """The revisions by the names of their files, oldest first: every process looks at the start, and reads none."""
    return sorted(each.name.partition("_")[0] for each in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _revision_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def _upgrade(connection: Connection) -> None:
    # Imported when first needed: the library is large, and a database is seldom migrated.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _refuse_unknown(revision: str | None) -> None:
    if revision is not None and revision not in _revisions():
        raise DatabaseError(
            f"database: found revision {revision}, which this program does not know; expected at most "
            f"{head_revision()}: start the newer program that migrated it"
        )


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        if address.get_backend_name() == "sqlite" and address.database in {None, "", ":memory:"}:
            raise DatabaseError("database_url: found SQLite in memory, expected a file such as sqlite:///var/registry.db")
        engine = create_engine(address, pool_pre_ping=address.get_backend_name() == "postgresql")
    except (ArgumentError, NoSuchModuleError, ValueError):  # the last one for a port that is no number
        raise DatabaseError("database_url: found no URL we know, expected sqlite:///path or postgresql://…") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    del record
    # We say BEGIN ourselves: the driver's own would start too late for a snapshot and not be IMMEDIATE.
    connection.isolation_level = None
    for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("registry") == "write"
    # To the driver itself: SQLAlchemy's own way takes longer than many a transaction of ours.
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
    try:
        driver.execute(begin)
    except sqlite3.Error as error:
        raise DBAPIError.instance(begin, None, error, sqlite3.Error) from error


def cause_of(error: SQLAlchemyError) -> str:
    """What the database's own library says, in one line."""
    said = getattr(error, "orig", None) or error
    return (str(said).strip().splitlines() or [""])[0] or type(said).__name__
