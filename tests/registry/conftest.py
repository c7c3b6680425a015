"""Registries over both kinds of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.services import Services
from tests.support.store import a_registry


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    """An empty registry with the sources `hub` and `old`; the test runs over SQLite and PostgreSQL."""
    with a_registry(database_url, tmp_path / "home", "hub", "old") as opened:
        yield opened


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Services]:
    """The same over SQLite alone, for what does not depend on the database."""
    with a_registry(f"sqlite:///{tmp_path / 'local.sqlite3'}", tmp_path / "home", "hub", "old") as opened:
        yield opened
