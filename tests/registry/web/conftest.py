"""Filled sites: read-only ones that are made once, over either database, and fresh ones for what writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgresql import PostgresqlServer
from tests.support.site import Site, a_site


@pytest.fixture(scope="session")
def sqlite_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A filled site over SQLite, for tests that only read."""
    home = tmp_path_factory.mktemp("site")
    with a_site(f"sqlite:///{home / 'registry.sqlite3'}", home) as made:
        yield made


@pytest.fixture(scope="session")
def postgresql_site(
    tmp_path_factory: pytest.TempPathFactory, postgresql_server: PostgresqlServer
) -> Iterator[Site]:
    """The same over PostgreSQL."""
    with postgresql_server.fresh_database() as url, a_site(url, tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest) -> Site:
    """A filled site, for tests that only read; the test runs once over each kind of database."""
    made: Site = request.getfixturevalue(f"{request.param}_site")
    return made


@pytest.fixture
def own_site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """A small filled site of the test's own, over each kind of database, for tests that write."""
    with a_site(database_url, tmp_path / "home", others=1) as made:
        yield made
