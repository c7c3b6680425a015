"""Workers that share sources do each due time exactly once: four processes, twenty sources, a thousand due times."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.exactly_once import play, report
from tests.support.postgresql import PostgresqlServer


@pytest.mark.slow
def test_due_times_over_sqlite_are_each_executed_once(tmp_path: Path) -> None:
    played = play(f"sqlite:///{tmp_path / 'registry.sqlite3'}", tmp_path / "home", due=1000)
    assert played.is_exact, report(played)
    assert (played.due, len(played.by_worker)) == (1000, 4)


@pytest.mark.slow
def test_due_times_over_postgresql_are_each_executed_once(
    tmp_path: Path, postgresql_server: PostgresqlServer
) -> None:
    with postgresql_server.fresh_database() as url:
        played = play(url, tmp_path / "home", due=200)
    assert played.is_exact, report(played)
    assert (played.due, len(played.by_worker)) == (200, 4)
