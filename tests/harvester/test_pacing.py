from __future__ import annotations

from datetime import timedelta

from harvester.endpoints import Endpoints
from harvester.limits import Budget
from harvester.pacing import OWN_PACE, PACES, Gate, budget_told_of, resource_of
from tests.support.clock import HandClock


def test_gate_of_a_public_server_never_lets_more_than_its_pace_through_in_a_minute() -> None:
    clock = HandClock()
    gate = Gate(clock, Endpoints())
    sent: list[float] = []
    for _ in range(3 * PACES["github"]):
        clock.sleep(gate.pause("github"))
        sent.append(clock.monotonic())
    busiest = max(sum(1 for other in sent if start <= other < start + 60) for start in sent[::50])
    assert busiest <= PACES["github"]
    assert sent[-1] - sent[0] > 60


def test_gate_of_an_own_server_does_not_wait() -> None:
    gate = Gate(HandClock(), Endpoints.from_mapping({"github": "http://127.0.0.1:8080/github"}))
    assert [gate.pause("github") for _ in range(OWN_PACE // 4)] == [0.0] * (OWN_PACE // 4)


def test_gate_after_an_empty_budget_is_closed_until_the_reset_for_this_resource_alone() -> None:
    clock = HandClock()
    gate = Gate(clock, Endpoints())
    reset = clock.now() + timedelta(seconds=100)
    gate.learn("github", "core", Budget(0, reset, "core"))
    gate.learn("github", "search", Budget(7, reset, "search"))
    assert gate.closed_until("github", "core") == reset
    assert gate.closed_until("github", "search") is None
    assert gate.closed_until("zenodo", "core") is None
    clock.advance(100)
    assert gate.closed_until("github", "core") is None


def test_gate_closed_twice_stays_closed_until_the_later_moment() -> None:
    clock = HandClock()
    gate = Gate(clock, Endpoints())
    later = clock.now() + timedelta(seconds=500)
    gate.close("github", "core", later)
    gate.close("github", "core", clock.now() + timedelta(seconds=5))
    assert gate.closed_until("github", "core") == later


def test_strikes_double_until_an_answer_comes_through() -> None:
    gate = Gate(HandClock(), Endpoints())
    minutes = [gate.strike("github").total_seconds() / 60 for _ in range(8)]
    gate.forgive("github")
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]
    assert gate.strike("github") == timedelta(minutes=1)


def test_resource_of_an_address_is_the_part_of_the_budget_it_spends() -> None:
    assert resource_of("github", "https://api.github.com/search/repositories?q=x") == "search"
    assert resource_of("github", "https://api.github.com/graphql") == "graphql"
    assert resource_of("github", "https://api.github.com/repos/a/search") == "core"
    assert resource_of("zenodo", "https://zenodo.org/api/records?q=x") == "search"
    assert resource_of("zenodo", "https://zenodo.org/api/records/7") == "core"


def test_resource_of_a_manifest_is_pulls_only_when_it_is_fetched() -> None:
    manifest = "https://ghcr.io/v2/sample/one/manifests/latest"
    assert resource_of("ghcr.io", manifest) == "pulls"
    assert resource_of("oci", manifest, "HEAD") == "core"
    assert resource_of("oci", "https://registry-1.docker.io/v2/sample/one/blobs/sha256:0") == "core"
    assert budget_told_of("oci", manifest) == "pulls"
