"""`modreg harvest` killed at any moment loses nothing: the next one ends where one that was let alone would have."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from typing_extensions import override

from registry.runs import RunStatus, list_runs
from tests.standin.answers import Answer, Request
from tests.standin.server import StandIn
from tests.support.postgresql import PostgresqlServer
from tests.support.processes import environment_of, started
from tests.support.small_catalogue import NAMES, small_catalogue
from tests.support.small_registry import small_registry
from tests.support.store import BASE_URL

# Requests of a first harvest.
WHOLE = 45


class KillingStandIn(StandIn):
    """Kills a process instead of answering its request of this number."""

    def __init__(self, fatal: int) -> None:
        super().__init__(small_catalogue().world)
        self.fatal = fatal
        self.victim: subprocess.Popen[str] | None = None

    @override
    def answer(self, request: Request) -> Answer:
        if self.victim is not None and len(self.requests) + 1 == self.fatal:
            self.victim.kill()
            self.victim = None
        return super().answer(request)


def _killed_then_whole(home: Path, fatal: int, database_url: str = "") -> None:
    with small_catalogue() as standin, small_registry(standin, home / "whole") as registry:
        registry.harvest()
        assert len(standin.requests) == WHOLE
        wanted = registry.modules()
    killing = KillingStandIn(fatal)
    with killing as standin, small_registry(standin, home / "home", database_url) as registry:
        named = {"base_url": BASE_URL, "repository_id": "registry.example.org"}
        environment = environment_of(home / "home", standin, database_url=database_url, **named)
        with started(environment, "harvest") as process:
            killing.victim = process
            process.communicate()
        assert process.returncode == -9
        spent = len(standin.requests)
        run, code = registry.harvest()
        assert (run.status, code) == (RunStatus.FINDINGS, 0)
        assert run.counts["fetched"] + run.counts["unchanged"] == len(NAMES)
        # What came before the kill is not asked for twice, but for the entry it was at and what every run asks.
        assert len(standin.requests) - spent <= WHOLE - fatal + 6 + len(NAMES) + 3
        assert registry.modules() == wanted
        assert [each.status for each in list_runs(registry.services.database)] == [
            RunStatus.FINDINGS, RunStatus.INTERRUPTED,
        ]


@pytest.mark.slow
@pytest.mark.parametrize("fatal", [1, 12, 31, WHOLE])
def test_harvest_killed_at_a_request_over_sqlite_goes_on(tmp_path: Path, fatal: int) -> None:
    _killed_then_whole(tmp_path, fatal)


@pytest.mark.slow
def test_harvest_killed_at_a_request_over_postgresql_goes_on(
    tmp_path: Path, postgresql_server: PostgresqlServer
) -> None:
    with postgresql_server.fresh_database() as url:
        _killed_then_whole(tmp_path, 24, url)
