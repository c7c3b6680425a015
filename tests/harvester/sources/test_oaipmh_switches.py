"""Each switch of the source kind `oaipmh`: a repository that needs it, without it and with it."""

from __future__ import annotations

from harvester.events import Failed, Fetched, Finished, Gone, Listed, ListingFailed
from tests.support.answers import Canned
from tests.support.harvests import kinds, of
from tests.support.small_oai import URL, OaiItem, OaiWorld, dc, items_of, key_of

DAY = 86_400


def _keys(world: OaiWorld) -> list[str]:
    listed = world.run()[0]
    assert isinstance(listed, Listed), listed
    return [each.key for each in listed.entries]


def test_deleted_when_trusted_though_not_declared_needs_no_list_of_headers() -> None:
    world = OaiWorld(*items_of(3), deleted="trust")
    world.oai.deletions = "no"
    world.run()
    world.clock.advance(30 * DAY)
    world.oai.items[1].deleted, world.oai.items[1].datestamp = True, "2026-01-20T00:00:00Z"
    assert [each.final for each in of(Gone, world.run())] == [True]
    assert world.oai.verbs() == ["ListRecords"]


def test_deleted_when_forgotten_though_declared_is_noticed_by_a_list_of_headers() -> None:
    world = OaiWorld(*items_of(3), deleted="relist", relist_days=2)
    world.oai.deletions = "persistent"
    world.run()
    del world.oai.items[0]
    world.clock.advance(DAY)
    assert _keys(world) == []
    world.clock.advance(DAY)
    listed = world.run()[0]
    assert isinstance(listed, Listed)
    assert (listed.whole, [each.key for each in listed.entries]) == (True, [key_of(2), key_of(3)])


def test_datestamps_when_ignored_every_list_is_whole_and_a_change_is_seen() -> None:
    world = OaiWorld(*items_of(3))
    world.run()
    world.clock.advance(2 * DAY)
    world.oai.items[0].metadata = dc("Changed without a word")
    assert of(Fetched, world.run()) == []
    world.settings["datestamps"] = "ignore"
    events = world.run()
    assert [each.key for each in of(Fetched, events)] == [key_of(1)]
    assert isinstance(events[0], Listed)
    assert events[0].whole


def test_granularity_when_times_are_refused_though_declared_asks_for_days() -> None:
    world = OaiWorld(*items_of(3), granularity="day")
    world.oai.takes_times = False
    world.run()
    assert isinstance(world.run()[0], Listed)
    assert [each["from"] for each in world.oai.asked()] == ["2025-12-31"]


def test_granularity_when_times_are_refused_and_nobody_said_so_is_found_out() -> None:
    world = OaiWorld(*items_of(3))
    world.oai.takes_times = False
    world.run()
    assert isinstance(world.run()[0], Listed)
    assert [each["from"] for each in world.oai.asked()] == ["2026-01-01T00:00:04Z", "2026-01-01"]


def test_set_when_the_repository_passes_over_it_is_refused() -> None:
    world = OaiWorld(*items_of(2, sets=("other",)), set="fish")
    world.oai.minds_sets = False
    (failed,) = of(ListingFailed, world.run())
    assert failed.problem.message == "The repository lists records of other sets, though `fish` was asked for."
    assert failed.problem.mend == "Check `set`; where its records do not name all their sets, switch `check_set` off."


def test_set_when_some_records_are_of_others_leaves_those_out() -> None:
    world = OaiWorld(
        OaiItem("oai:x:1", sets=("fish",)), OaiItem("oai:x:2", sets=("fish:cod",)), OaiItem("oai:x:3", sets=("birds",)),
        OaiItem("oai:x:4"), set="fish",
    )
    world.oai.minds_sets = False
    listed = world.run()[0]
    assert isinstance(listed, Listed)
    assert [each.key for each in listed.entries] == ["oai:x:1", "oai:x:2", "oai:x:4"]
    assert [each.message for each in listed.findings] == [
        f"{URL} does not give records of the set `fish` alone (1 others)"
    ]


def test_set_when_not_checked_takes_what_comes() -> None:
    world = OaiWorld(*items_of(2, sets=("other",)), set="fish", check_set=False)
    world.oai.minds_sets = False
    assert _keys(world) == [key_of(1), key_of(2)]


def test_set_when_its_name_is_odd_is_asked_for_as_it_is() -> None:
    world = OaiWorld(*items_of(1, sets=("a b+c/ä:d&e",)), set="a%20b+c/ä:d&e")
    world.oai.items[0].sets = ("a%20b+c/ä:d&e",)
    assert _keys(world) == [key_of(1)]
    assert "set=a%2520b%2Bc%2F%C3%A4%3Ad%26e" in world.oai.urls[1]


def test_arguments_when_wanted_with_every_token_are_sent() -> None:
    world = OaiWorld(*items_of(5, sets=("s",)), set="s")
    world.oai.wants_arguments = True
    (finished,) = of(Finished, world.run())
    assert finished.problem is not None
    assert finished.problem.message == "The repository answers badArgument: metadataPrefix is missing."
    world = OaiWorld(*items_of(5, sets=("s",)), set="s", repeat_arguments=True)
    world.oai.wants_arguments = True
    assert len(_keys(world)) == 5
    assert world.oai.asked()[-1] == {
        "verb": "ListRecords", "resumptionToken": "verb=ListRecords&at=3&from=", "metadataPrefix": "oai_dc", "set": "s"
    }


def test_records_when_one_breaks_its_page_are_had_one_by_one() -> None:
    world = OaiWorld(*items_of(4), one_by_one=True)
    broken = Canned(500, b"Internal error")
    world.oai.before = dict.fromkeys((5, 6, 9, 10), broken)  # 2 is tried once more after 3 and 4
    events = world.run()
    assert world.oai.verbs()[:4] == ["Identify", "ListIdentifiers", "ListIdentifiers", "GetRecord"]
    assert [each.entry.key for each in of(Failed, events)] == [key_of(2)]
    assert [each.key for each in of(Fetched, events)] == [key_of(1), key_of(3), key_of(4)]
    world.oai.before = {}
    world.clock.advance(2 * DAY)
    events = world.run()
    assert world.oai.verbs() == ["ListIdentifiers", "GetRecord"]
    assert [each.key for each in of(Fetched, events)] == [key_of(2)]
    assert kinds(world.run()) == ["Listed", "Finished"]


def test_record_when_it_comes_at_the_second_try_of_a_run_is_not_asked_for_in_the_next() -> None:
    world = OaiWorld(*items_of(4), one_by_one=True)
    world.oai.before = dict.fromkeys((5, 6), Canned(500, b"Internal error"))
    events = world.run()
    assert [each.key for each in of(Fetched, events)] == [key_of(1), key_of(3), key_of(4), key_of(2)]
    world.clock.advance(2 * DAY)
    world.run()
    assert world.oai.verbs() == ["ListIdentifiers"]


def test_records_when_had_one_by_one_are_not_asked_for_while_their_datestamp_stands() -> None:
    world = OaiWorld(OaiItem("oai:x:1", "2026-01-02T03:00:00Z"), one_by_one=True)
    world.run()
    events = world.run()
    assert world.oai.verbs() == ["ListIdentifiers"]
    (finished,) = of(Finished, events)
    assert finished.requests.avoided == 1


def test_limit_of_records_when_raised_takes_a_longer_list() -> None:
    world = OaiWorld(*items_of(5), max_records=4)
    assert kinds(world.run()) == ["ListingFailed", "Finished"]
    world.settings["max_records"] = 5
    assert len(_keys(world)) == 5
