"""What a source has no more: tombstones, absences, doubtful listings, what a person keeps; over both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from harvester.events import Finished, Listed, Problem, Requests
from registry.harvesting import apply_run
from registry.holding import approve
from registry.modules import module_by_slug
from registry.rebuilding import rebuild
from registry.runs import Run, RunStatus, list_runs
from registry.services import Services
from registry.source_rows import list_entries, require_source
from registry.sources import import_sources
from tests.support.store import (
    an_entry,
    changes,
    dump,
    failed,
    fetched,
    gone,
    harvested,
    register,
    statuses,
    tombstone,
    unchanged,
    unlisted,
    updated,
)
from vocab.record import CatalogueNote

TEN = [f"a/m{number}" for number in range(10)]
SINCE = "no longer listed by hub since 2026-01-02"


def emptied(services: Services) -> Run:
    """One run whose whole listing has nothing in it."""
    return apply_run(services, require_source(services.database, "hub"), [Listed(()), Finished(Requests())])


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


def test_incremental_listing_when_entries_are_not_in_it_then_they_stay(services: Services) -> None:
    _ten(services)

    run = updated(services, fetched("a/m0", "Module zero", revision="c2"), fetched("a/new", "New"))

    assert run.status is RunStatus.FINDINGS
    assert set(statuses(services).values()) == {"published"}
    assert len(statuses(services)) == 11
    assert changes(services)[10:] == [("updated", "m0"), ("created", "new")]


def test_incremental_listing_when_it_is_empty_then_nothing_is_written(services: Services) -> None:
    _ten(services)
    before = dump(services, without=("run",))

    run = updated(services)

    assert dump(services, without=("run",)) == before
    assert run.status is RunStatus.FINDINGS


def test_tombstone_when_the_run_is_whole_then_withdrawn_at_its_end_with_the_reason(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    at_the_end: list[str] = []

    def stream() -> object:
        yield Listed((an_entry("a/one"),), whole=False)
        yield tombstone("a/one", "Spam,\x00 says\nthe owner")
        at_the_end.append(statuses(services)["one"])
        yield Finished(Requests())

    run = apply_run(services, require_source(services.database, "hub"), stream())  # type: ignore[arg-type]

    assert at_the_end == ["published"]
    assert statuses(services) == {"one": "withdrawn", "two": "published"}
    assert reason_of(services, "one") == "withdrawn at its source: Spam, says the owner"
    assert (run.counts["withdrawn"], run.counts["failed"]) == (1, 0)
    before = dump(services)
    assert rebuild(services, "modules").changes == ()
    assert dump(services) == before


def test_tombstone_when_told_again_then_not_a_row_is_written(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    updated(services, tombstone("a/one"), tombstone("a/never-seen"))
    before = dump(services, without=("run",))

    updated(services, tombstone("a/one"), tombstone("a/never-seen"))

    assert dump(services, without=("run",)) == before
    assert changes(services)[2:] == [("withdrawn", "one")]


def test_tombstones_when_the_run_is_not_whole_then_they_wait_for_one_that_is(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))

    updated(services, tombstone("a/one"), complete=False)
    unlisted(services, "hub")
    assert statuses(services) == {"one": "published", "two": "published"}

    updated(services)
    assert statuses(services) == {"one": "withdrawn", "two": "published"}


def test_tombstone_when_the_entry_is_read_after_all_then_it_stays(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    updated(services, tombstone("a/one"), complete=False)

    updated(services, unchanged("a/one"))

    assert statuses(services) == {"one": "published", "two": "published"}


def test_tombstones_of_what_was_never_read_when_many_then_they_hold_nothing(services: Services) -> None:
    run = updated(services, fetched("a/one", "One"), *(tombstone(name) for name in TEN))

    assert run.status is RunStatus.FINDINGS
    assert statuses(services) == {"one": "published"}
    assert _states(services) == ["delisted"] * 10


def test_withdrawn_by_tombstone_when_it_comes_back_then_restored_under_its_slug(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    updated(services, tombstone("a/one"))

    run = updated(services, fetched("a/one", "One"))

    assert statuses(services) == {"one": "published", "two": "published"}
    assert changes(services)[-1] == ("restored", "one")
    assert run.counts["restored"] == 1
    assert reason_of(services, "one") is None


@pytest.mark.parametrize("complete", [True, False])
def test_absent_entry_when_the_run_stops_early_then_it_stays(services: Services, complete: bool) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))

    harvested(services, "hub", unchanged("a/two"), complete=complete)

    assert statuses(services)["one"] == ("withdrawn" if complete else "published")


def test_absent_entry_when_the_next_run_is_whole_then_withdrawn_since_it_was_first_missed(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    harvested(services, "hub", unchanged("a/two"), complete=False)
    services.clock.sleep(3 * 86_400)

    harvested(services, "hub", unchanged("a/two"))

    assert reason_of(services, "one") == SINCE


def test_absent_entry_when_listings_fail_between_then_they_do_not_count(services: Services) -> None:
    register(services, "slow", grace_runs=2)
    harvested(services, "slow", fetched("a/one", "One"), fetched("a/two", "Two"))
    harvested(services, "slow", unchanged("a/two"))

    unlisted(services, "slow")
    updated(services, unchanged("a/two"), source="slow")
    assert statuses(services)["one"] == "published"

    harvested(services, "slow", unchanged("a/two"))
    assert statuses(services)["one"] == "withdrawn"


def test_grace_when_many_are_missing_then_held_only_when_they_are_due(services: Services) -> None:
    register(services, "slow", grace_runs=2)
    harvested(services, "slow", *(fetched(name, name) for name in TEN))

    first = harvested(services, "slow", *(unchanged(name) for name in TEN[:5]))
    second = harvested(services, "slow", *(unchanged(name) for name in TEN[:5]))

    assert (first.status, second.status) == (RunStatus.FINDINGS, RunStatus.HELD)


def test_withdrawn_when_a_commit_names_the_successor_then_the_reason_leads_to_it(services: Services) -> None:
    seal = fetched("hub/seal", "Seals of the coast", number=2)
    note = CatalogueNote("replaces", "github.com/attic/pup", "c0ffee")
    listing = replace(seal.entry.listing, notes=(note,))
    seal = replace(seal, entry=replace(seal.entry, listing=listing))
    harvested(services, "hub", seal, fetched("attic/pup", "What the young ones do", number=1))

    harvested(services, "hub", seal)

    assert statuses(services) == {"seal": "published", "pup": "withdrawn"}
    assert reason_of(services, "pup") == f"{SINCE}; replaced by seal"
    assert rebuild(services, "modules").changes == ()


@pytest.mark.parametrize("known", [1, 10])
def test_listing_when_it_is_empty_where_something_was_then_held_however_few(services: Services, known: int) -> None:
    harvested(services, "hub", *(fetched(name, f"Module {name}") for name in TEN[:known]))

    run = emptied(services)

    assert run.status is RunStatus.HELD
    assert set(statuses(services).values()) == {"published"}
    assert run.held is not None
    assert len(run.held["keys"]) == known
    assert len(approve(services, run.id)) == known


def test_listing_when_it_was_empty_by_mistake_then_nothing_was_counted(services: Services) -> None:
    register(services, "slow", grace_runs=2)
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    before = dump(services, "entry", "source_record", "module")

    emptied(services)
    assert dump(services, "entry", "source_record", "module") == before

    run = harvested(services, "hub", unchanged("a/one"), unchanged("a/two"))
    assert run.status is RunStatus.FINDINGS
    assert [each.status.value for each in list_runs(services.database, status="held")] == []


def test_listing_of_a_source_that_follows_when_nothing_is_named_any_more_then_believed(services: Services) -> None:
    import_sources(services.database, '[[source]]\nname = "images"\nkind = "dockerhub"\nfollow = true\n')
    harvested(services, "images", fetched("a/one", "One"))

    run = harvested(services, "images")

    assert run.held is None
    assert statuses(services) == {"one": "withdrawn"}


def test_listing_when_its_rest_could_not_be_had_then_nothing_is_missing(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    problem = Problem("unexpected-answer", "The second page is broken.", "Nothing.", "listing")
    part = Listed((an_entry("a/two"),), problem=problem)
    end = Finished(Requests(), complete=False, problem=problem)

    run = apply_run(services, require_source(services.database, "hub"), [part, unchanged("a/two"), end])

    assert run.status is RunStatus.PARTIAL
    assert {each.absent_since for each in list_entries(services.database, "hub")} == {None}


def test_entry_in_its_place_when_the_old_one_is_missing_then_one_change(services: Services) -> None:
    harvested(services, "hub", fetched("old/coral", "Coral counter"), fetched("a/two", "Two"))

    harvested(services, "hub", fetched("new/coral", "Coral counter", summary="New words"), unchanged("a/two"))

    assert statuses(services) == {"coral": "published", "two": "published"}
    assert changes(services)[2:] == [("updated", "coral")]


def test_delisted_when_it_is_listed_again_but_cannot_be_read_then_still_withdrawn(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    harvested(services, "hub", unchanged("a/two"))

    harvested(services, "hub", unchanged("a/two"), failed("a/one"))
    assert statuses(services)["one"] == "withdrawn"

    harvested(services, "hub", unchanged("a/two"), gone("a/one"))
    harvested(services, "hub", unchanged("a/two"), fetched("a/one", "One"))
    assert statuses(services)["one"] == "published"
