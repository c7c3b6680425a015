"""GitHub's limit in the middle of a harvest: it stops, says until when, asks nothing before, and goes on after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from harvester.clock import SystemClock
from registry.harvesting import harvest_source
from registry.runs import RunStatus
from registry.source_rows import require_source
from registry.sources import import_sources
from registry.trying import test_source as try_source
from tests.standin.server import StandIn
from tests.support.clock import HandClock
from tests.support.small_catalogue import NAMES, SOURCES, small_catalogue
from tests.support.small_registry import SmallRegistry, small_registry


@pytest.fixture
def clock() -> HandClock:
    return HandClock(SystemClock().now().replace(microsecond=0))


@pytest.fixture
def standin(clock: HandClock) -> Iterator[StandIn]:
    running = small_catalogue()
    running.limits.clock = clock
    running.limits.set(20, reset_in_s=3600)
    with running:
        yield running


@pytest.fixture
def registry(standin: StandIn, clock: HandClock, tmp_path: Path) -> Iterator[SmallRegistry]:
    with small_registry(standin, tmp_path / "home", clock=clock) as opened:
        yield opened


def test_limit_in_the_middle_parks_until_its_end_and_the_harvest_goes_on_then(
    standin: StandIn, registry: SmallRegistry, clock: HandClock
) -> None:
    run, code = registry.harvest()
    until = require_source(registry.services.database, "hub").parked_until
    assert until is not None
    assert (run.status, code, len(standin.requests)) == (RunStatus.PARTIAL, 3, 20)
    assert run.problem is not None
    assert (run.problem["message"], run.problem["retry_at"]) == (
        f"The limit of github (core) is used up until {until}.", until,
    )
    done = run.counts["fetched"]
    assert 0 < done < len(NAMES)

    run, code = registry.harvest()
    assert (run.status, code, run.requests["sent"], len(standin.requests)) == (RunStatus.PARTIAL, 3, 0, 20)
    assert run.problem is not None
    assert run.problem["message"] == f"The limit of github is used up until {until}; nothing was asked."
    assert run.problem["mend"] == f"Nothing: the source goes on after {until}. A token gives a larger quota."
    assert require_source(registry.services.database, "hub").parked_until == until

    clock.advance(3605)
    run, code = registry.harvest()
    assert (run.status, code) == (RunStatus.FINDINGS, 0)
    assert (run.counts["unchanged"], run.counts["fetched"]) == (done, len(NAMES) - done)
    assert require_source(registry.services.database, "hub").parked_until is None


def test_limit_of_a_server_is_that_of_all_its_sources_and_of_one_credential(
    standin: StandIn, registry: SmallRegistry
) -> None:
    services = registry.services
    import_sources(services.database, SOURCES.replace('"hub"', '"other"', 1))
    registry.harvest()
    spent = len(standin.requests)
    assert harvest_source(services, "other").status is RunStatus.PARTIAL
    assert try_source(services, "other").sentence.startswith("other cannot be listed: The limit of github is used up")
    assert len(standin.requests) == spent
    standin.limits.left = None
    services.settings = services.settings.model_copy(update={"github_token": SecretStr("another")})
    assert registry.harvest()[1] == 0


def test_limit_when_everything_is_to_be_read_anew_is_asked_about_again(
    standin: StandIn, registry: SmallRegistry
) -> None:
    registry.harvest()
    standin.limits.set(1000)
    assert harvest_source(registry.services, "hub").status is RunStatus.PARTIAL
    assert harvest_source(registry.services, "hub", full=True).status is RunStatus.FINDINGS
    assert registry.harvest()[1] == 0


def test_limit_at_the_listing_says_nothing_of_the_listing(standin: StandIn, registry: SmallRegistry) -> None:
    standin.limits.set(0)
    run, code = registry.harvest()
    assert (run.status, code) == (RunStatus.PARTIAL, 3)
    assert registry.findings() == []


def test_limit_that_is_short_is_waited_for(standin: StandIn, registry: SmallRegistry, clock: HandClock) -> None:
    standin.limits.left = None
    standin.fault("/repos/c/reef/commits", "secondary-limit:30", times=1)
    registry.services.limits = replace(registry.services.limits, wait_cap_s=60)
    run, code = registry.harvest()
    assert (run.status, code) == (RunStatus.FINDINGS, 0)
    assert sum(clock.slept) >= 30
