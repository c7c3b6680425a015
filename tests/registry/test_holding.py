"""Runs that wait for a person, and what he decides: approved, discarded, superseded; over both databases."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from registry.errors import RunError
from registry.holding import approve, discard
from registry.modules import module_by_slug
from registry.runs import RunStatus, run_by_id
from registry.services import Services
from registry.source_rows import list_entries
from tests.support.store import (
    dump,
    failed,
    fetched,
    harvested,
    register,
    statuses,
    tombstone,
    unchanged,
    updated,
)

TEN = [f"a/m{number}" for number in range(10)]
SINCE = "no longer listed by hub since 2026-01-02"


def reason_of(services: Services, slug: str) -> str | None:
    """Why a module is withdrawn."""
    stored = module_by_slug(services.database, slug)
    assert stored is not None
    return stored.module.withdrawn_reason


def _ten(services: Services) -> None:
    harvested(services, "hub", *(fetched(name, f"Module {name}") for name in TEN))


def _states(services: Services, names: Sequence[str] = TEN) -> list[str]:
    states = {each.key: each.state for each in list_entries(services.database, "hub")}
    return [states[f"github.com/{name}"] for name in names]


def test_tombstones_when_many_then_held_with_what_would_go_and_why(services: Services) -> None:
    _ten(services)

    run = updated(services, *(tombstone(name) for name in TEN[:4]))

    assert run.status is RunStatus.HELD
    assert set(statuses(services).values()) == {"published"}
    assert run.held is not None
    assert run.held["removals"][0] == {
        "key": "github.com/a/m0", "module": "m0", "title": "Module a/m0", "reason": "withdrawn at its source: Spam",
    }
    assert approve(services, run.id) == ["m0", "m1", "m2", "m3"]
    assert reason_of(services, "m3") == "withdrawn at its source: Spam"


def test_tombstones_and_absences_when_together_too_many_then_held(services: Services) -> None:
    _ten(services)

    run = harvested(services, "hub", *(unchanged(name) for name in TEN[:6]), tombstone("a/m6"), tombstone("a/m7"))

    assert run.status is RunStatus.HELD
    assert run.held is not None
    assert run.held["keys"] == [f"github.com/{name}" for name in TEN[6:]]
    assert [each["reason"] for each in run.held["removals"]] == [*(["withdrawn at its source: Spam"] * 2), SINCE, SINCE]


def test_discarded_when_the_list_stays_short_then_no_run_is_held_again_for_the_same(services: Services) -> None:
    _ten(services)
    short = [unchanged(name) for name in TEN[:6]]
    discard(services, harvested(services, "hub", *short).id)
    before = dump(services, without=("run", "source"))

    run = harvested(services, "hub", *short)

    assert run.status is RunStatus.FINDINGS
    assert set(statuses(services).values()) == {"published"}
    assert dump(services, without=("run", "source")) == before


def test_discarded_when_more_go_missing_then_only_those_count(services: Services) -> None:
    _ten(services)
    discard(services, harvested(services, "hub", *(unchanged(name) for name in TEN[:6])).id)

    run = harvested(services, "hub", *(unchanged(name) for name in TEN[:5]))

    assert run.status is RunStatus.FINDINGS
    assert [slug for slug, status in statuses(services).items() if status == "withdrawn"] == ["m5"]


def test_discarded_when_they_come_back_and_go_again_then_the_decision_is_over(services: Services) -> None:
    _ten(services)
    short = [unchanged(name) for name in TEN[:6]]
    discard(services, harvested(services, "hub", *short).id)
    harvested(services, "hub", *(unchanged(name) for name in TEN))

    run = harvested(services, "hub", *short)

    assert run.status is RunStatus.HELD


def test_discarded_tombstones_when_told_again_then_they_cannot_be_reached_and_stay(services: Services) -> None:
    _ten(services)
    stones = [tombstone(name) for name in TEN[:4]]
    discard(services, updated(services, *stones).id)

    run = updated(services, *stones)

    assert run.status is RunStatus.FINDINGS
    assert set(statuses(services).values()) == {"published"}
    assert _states(services, TEN[:4]) == ["unreachable"] * 4


def test_discarded_when_somebody_thinks_better_of_it_then_those_still_kept_go(services: Services) -> None:
    _ten(services)
    run = harvested(services, "hub", *(unchanged(name) for name in TEN[:6]))
    discard(services, run.id, "ada")
    harvested(services, "hub", *(unchanged(name) for name in TEN[:7]))

    assert approve(services, run.id, "bob") == ["m7", "m8", "m9"]

    decided = run_by_id(services.database, run.id)
    assert decided is not None
    assert decided.held is not None
    assert (decided.held["decision"], decided.held["by"]) == ("approved", "bob")


def test_held_run_when_a_newer_one_listed_then_superseded_and_not_to_be_approved(services: Services) -> None:
    _ten(services)
    first = harvested(services, "hub", *(unchanged(name) for name in TEN[:6]))

    second = harvested(services, "hub", *(unchanged(name) for name in TEN[:6]))

    old = run_by_id(services.database, first.id)
    assert old is not None
    assert old.held is not None
    assert (old.held["decision"], old.held["by"]) == ("superseded", f"run {second.id}")
    assert second.status is RunStatus.HELD
    with pytest.raises(RunError) as error:
        approve(services, first.id)
    assert str(error.value) == f"run {first.id}: found status 'ok with findings', expected a held run"


def test_held_run_when_only_some_come_back_then_approval_leaves_those(services: Services) -> None:
    _ten(services)
    run = harvested(services, "hub", *(unchanged(name) for name in TEN[:6]))

    updated(services, unchanged("a/m9"))

    assert approve(services, run.id) == ["m6", "m7", "m8"]
    assert statuses(services)["m9"] == "published"


def test_held_tombstones_when_more_come_then_the_newer_run_has_them_all(services: Services) -> None:
    _ten(services)
    first = updated(services, *(tombstone(name) for name in TEN[:4]))

    second = updated(services, tombstone("a/m4"))

    old = run_by_id(services.database, first.id)
    assert old is not None
    assert (old.held or {})["decision"] == "superseded"
    assert old.counts["withdrawn"] == 0
    assert len(approve(services, second.id)) == 5


def test_held_run_when_entries_failed_too_then_partial_after_the_decision(services: Services) -> None:
    _ten(services)
    run = harvested(services, "hub", *(unchanged(name) for name in TEN[:5]), failed("a/m5"))

    discard(services, run.id)

    decided = run_by_id(services.database, run.id)
    assert decided is not None
    assert decided.status is RunStatus.PARTIAL


@pytest.mark.parametrize(("keys", "status"), [
    ({}, "held"), ({"removal_count": 4}, "ok with findings"), ({"removal_share": 0.4}, "ok with findings"),
    ({"removal_share": 0.1}, "held"),
])
def test_guard_when_the_source_has_its_own_then_that_one(
    services: Services, keys: dict[str, float], status: str
) -> None:
    register(services, "hub", **keys)
    _ten(services)

    run = harvested(services, "hub", *(unchanged(name) for name in TEN[:6]))

    assert run.status == status
