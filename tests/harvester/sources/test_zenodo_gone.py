"""Records of Zenodo that are no more, or not found: withdrawn with their reason, unknown, or only lost by a search."""

from __future__ import annotations

from typing import Any

from harvester.events import Fetched, Gone
from tests.support.answers import Canned
from tests.support.harvests import kinds, of
from tests.support.small_zenodo import Deposit, concept
from tests.support.zenodo_runs import ZenodoRuns, fetched, keys, told

SEA: dict[str, Any] = {"communities": ("sea",)}


def a_sea(count: int = 3) -> ZenodoRuns:
    """A source of one community with some concepts of one version each."""
    return ZenodoRuns(*(each for at in range(count) for each in concept(101 + 10 * at, **SEA)), communities=["sea"])


def test_withdrawn_record_is_gone_for_ever_with_its_reason() -> None:
    world = a_sea(3)
    world.run()
    world.zenodo.delete(101, "retracted", "Wrong  data\nset")
    events = world.run()
    (gone,) = of(Gone, events)
    assert (gone.entry.key, gone.status, gone.final) == ("doi:10.5281/zenodo.100", 410, True)
    assert gone.reason == "The record was withdrawn from Zenodo on 2026-09-11 (retracted: Wrong data set)."
    assert world.zenodo.paths[-1] == "/records/101"
    again = world.run()
    assert (kinds(again), len(world.zenodo.requests)) == (["Listed", "Unchanged", "Unchanged", "Finished"], 2)


def test_withdrawal_is_told_again_when_it_was_not_carried_out() -> None:
    world = a_sea(3)
    world.run()
    kept = dict(world.memory.entries)
    world.zenodo.delete(101)
    world.run()
    world.memory.entries.update(kept)  # the run was held, or killed
    (gone,) = of(Gone, world.run())
    assert gone.reason == "The record was withdrawn from Zenodo on 2026-09-11 (spam)."
    assert len(world.zenodo.requests) == 2


def test_concept_whose_latest_version_was_withdrawn_lives_on() -> None:
    world = ZenodoRuns(*concept(101, 2, **SEA), communities=["sea"])
    world.run()
    world.zenodo.delete(102)
    events = world.run()
    assert kinds(events) == ["Listed", "Fetched", "Finished"]
    assert of(Fetched, events)[0].revision == "101"


def test_record_that_left_the_community_is_only_not_listed() -> None:
    world = a_sea(3)
    world.run()
    world.zenodo.deposits[101].communities = ()
    assert kinds(world.run()) == ["Listed", "Unchanged", "Unchanged", "Finished"]


def test_record_that_only_the_search_lost_stays_as_it_is() -> None:
    world = a_sea(3)
    world.run()
    world.zenodo.hidden.add(101)
    events = world.run()
    assert sorted(keys(events)) == [f"doi:10.5281/zenodo.{number}" for number in (100, 110, 120)]
    assert kinds(events) == ["Listed", "Unchanged", "Unchanged", "Unchanged", "Finished"]
    world.zenodo.hidden.clear()
    assert kinds(world.run()) == ["Listed", "Unchanged", "Unchanged", "Unchanged", "Finished"]


def test_withdrawn_record_of_a_repository_is_gone_for_ever() -> None:
    world = ZenodoRuns(*concept(101, repository="sea/fish"), follow=True)
    world.name("repository", "github.com/sea/fish", "own")
    world.run()
    world.zenodo.delete(101)
    (gone,) = of(Gone, world.run())
    assert (gone.final, gone.entry.listing.named_by) == (True, ("github.com/sea/fish",))


def test_named_doi_that_leads_to_nothing_is_asked_for_once_and_told_each_time() -> None:
    world = ZenodoRuns(*concept(101), follow=True)
    world.name("doi", "10.5281/zenodo.999", "dataset")
    for requests_sent in (2, 1):
        (gone,) = of(Gone, world.run())
        assert (gone.entry.key, gone.status, gone.final) == ("doi:10.5281/zenodo.999", 404, False)
        assert gone.reason == "The record is not known to Zenodo (404)."
        assert gone.entry.listing.named_by == ("github.com/sea/fish",)
        assert len(world.zenodo.requests) == requests_sent


def test_named_doi_that_was_not_there_yet_is_found_when_it_is() -> None:
    world = ZenodoRuns(follow=True)
    world.name("doi", "10.5281/zenodo.101", "dataset")
    assert kinds(world.run()) == ["Listed", "Gone", "Finished"]
    world.zenodo.deposits[101] = Deposit(101, 100)
    assert fetched(world.run()) == ["doi:10.5281/zenodo.100"]


def test_named_doi_that_was_withdrawn_before_is_told_to_who_names_it() -> None:
    world = ZenodoRuns(*concept(101), follow=True)
    world.zenodo.delete(101)
    world.name("doi", "10.5281/zenodo.101", "dataset")
    events = world.run()
    assert kinds(events) == ["Listed", "Finished"]
    assert told(events) == [(
        "record-withdrawn",
        "10.5281/zenodo.101, which github.com/sea/fish names: "
        "The record was withdrawn from Zenodo on 2026-09-11 (spam).",
    )]


def test_record_that_is_not_public_is_told() -> None:
    world = ZenodoRuns(follow=True)
    world.name("doi", "10.5281/zenodo.101", "dataset")
    world.zenodo.disturb["/records/101$"] = Canned(403, b'{"status": 403, "message": "Permission denied."}')
    (gone,) = of(Gone, world.run())
    assert (gone.reason, gone.status) == ("The record is not public (403).", 403)


def test_record_that_the_search_does_not_show_yet_is_taken_all_the_same() -> None:
    world = ZenodoRuns(*concept(101), follow=True)
    world.name("doi", "10.5281/zenodo.101", "dataset")
    world.zenodo.hidden.add(101)
    assert fetched(world.run()) == ["doi:10.5281/zenodo.100"]
