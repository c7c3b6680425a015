"""Connections and migrations on both databases."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from registry.database import MIGRATIONS, Database, cause_of, head_revision, migrate, open_database, require_current
from registry.errors import DatabaseError
from registry.schema import metadata
from registry.settings import load_settings
from registry.tables import follower, module


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


def test_migrate_when_empty_then_the_tables_are_those_of_the_models(database: Database) -> None:
    assert migrate(database) == (None, head_revision())

    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert migrate(database) == (head_revision(), head_revision())
    require_current(database)


def test_head_revision_then_what_alembic_says() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert head_revision() == scripts.get_current_head()
    assert {each.revision for each in scripts.walk_revisions()} == {
        each.name.partition("_")[0] for each in (MIGRATIONS / "versions").glob("*_*.py") if each.name != "__init__.py"
    }


def test_require_current_when_empty_then_one_line_that_says_what_to_run(database: Database) -> None:
    with pytest.raises(DatabaseError) as error:
        require_current(database)

    assert str(error.value) == (
        f"database: found an empty one, expected revision {head_revision()}; run `modreg init`"
    )


def test_migrate_when_the_database_is_of_a_newer_program_then_refused(database: Database) -> None:
    migrate(database)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for refuse in (migrate, require_current):
        with pytest.raises(DatabaseError) as error:
            refuse(database)
        assert str(error.value) == (
            "database: found revision 9999, which this program does not know; expected at most "
            f"{head_revision()}: start the newer program that migrated it"
        )


def test_write_when_many_threads_then_one_after_the_other(database: Database) -> None:
    metadata.create_all(database.engine)

    def count_up() -> None:
        for _ in range(10):
            with database.write() as connection:
                newest = connection.scalar(select(func.max(follower.c.sequence))) or 0
                connection.execute(follower.insert().values(name=f"{newest}", sequence=newest + 1, updated="x"))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    with database.read() as connection:
        assert connection.scalar(select(func.max(follower.c.sequence))) == 40


def test_read_when_somebody_writes_meanwhile_then_it_sees_one_state(database: Database) -> None:
    metadata.create_all(database.engine)
    with database.read() as connection:
        before = connection.scalar(select(func.count()).select_from(follower))
        with database.write() as writer:
            writer.execute(follower.insert().values(name="a", sequence=1, updated="x"))
        assert connection.scalar(select(func.count()).select_from(follower)) == before == 0


def test_write_when_another_process_writes_for_too_long_then_an_error_of_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.database.BUSY_TIMEOUT_MS", 1)
    file = tmp_path / "registry.sqlite3"
    with closing(Database(f"sqlite:///{file}")) as opened, closing(sqlite3.connect(file)) as other:
        with opened.read():
            pass
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError) as error, opened.write():
            pass
        assert cause_of(error.value) == "database is locked"
        other.rollback()
        with opened.write() as connection:
            assert connection.scalar(text("SELECT 1")) == 1


def test_write_when_it_raises_then_nothing_of_it_stays(database: Database) -> None:
    metadata.create_all(database.engine)

    def fail() -> None:
        with database.write() as connection:
            connection.execute(follower.insert().values(name="a", sequence=1, updated="x"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(follower)) == 0


def test_write_when_inside_a_write_then_a_programming_error(database: Database) -> None:
    def write_again() -> None:
        with database.write():
            pass

    with database.write(), pytest.raises(RuntimeError) as error:
        write_again()

    assert str(error.value) == "write() inside write(): pass the connection on instead"


def test_key_text_when_sorted_then_by_bytes_on_both_databases(database: Database) -> None:
    metadata.create_all(database.engine)
    with database.write() as connection:
        for slug in ("b", "a-b", "ab", "a_c", "B"):
            connection.execute(module.insert().values(
                slug=slug, status="draft", title="", form=b"", content_hash="", origins=b"", sets=[], approved=False
            ))

    with database.read() as connection:
        assert connection.scalars(select(module.c.slug).order_by(module.c.slug)).all() == ["B", "a-b", "a_c", "ab", "b"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite://", "database_url: found SQLite in memory, expected a file such as sqlite:///var/registry.db"),
        ("nonsense", "database_url: found no URL we know, expected sqlite:///path or postgresql://…"),
        ("oracle+what://x", "database_url: found no URL we know, expected sqlite:///path or postgresql://…"),
    ],
)
def test_database_when_the_url_is_wrong_then_one_line(url: str, said: str) -> None:
    with pytest.raises(DatabaseError) as error:
        Database(url)

    assert str(error.value) == said


def test_migrate_when_the_file_is_no_database_then_one_line(tmp_path: Path) -> None:
    (tmp_path / "file.db").write_bytes(b"this is no database at all, whatever it is called" * 20)
    opened = Database(f"sqlite:///{tmp_path / 'file.db'}")

    for use in (migrate, require_current):
        with pytest.raises(DatabaseError):
            use(opened)
    opened.close()


def test_open_database_when_no_url_is_set_then_sqlite_in_the_home_folder(tmp_path: Path) -> None:
    opened = open_database(load_settings(environ={"MODREG_HOME": str(tmp_path / "new" / "home")}))
    migrate(opened)
    opened.close()

    with sqlite3.connect(tmp_path / "new" / "home" / "registry.sqlite3") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
