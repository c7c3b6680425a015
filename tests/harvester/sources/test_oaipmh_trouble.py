"""The source kind `oaipmh` over lists that break off, turn in circles, or end too early: nothing is lost by it."""


from __future__ import annotations

from harvester.events import Fetched, Finished, Listed, ListingFailed, Problem
from tests.support.answers import Canned
from tests.support.harvests import kinds, of
from tests.support.small_oai import URL, OaiWorld, items_of, key_of

DAY = 86_400


def _problem(world: OaiWorld) -> Problem:
    """Why there is no listing."""
    events = world.run()
    assert kinds(events) == ["ListingFailed", "Finished"], events
    assert isinstance(events[0], ListingFailed)
    assert isinstance(events[1], Finished)
    assert not events[1].complete
    return events[0].problem


def _keys(world: OaiWorld) -> list[str]:
    return sorted(key for _, key in world.memory.entries)


def _all(count: int) -> list[str]:
    return [key_of(number) for number in range(1, count + 1)]


def test_page_when_cut_off_once_is_asked_for_again() -> None:
    world = OaiWorld(*items_of(7))
    world.oai.before = {3: Canned(200, _head_of(world, 3))}
    assert kinds(world.run()) == ["Listed", *["Fetched"] * 7, "Finished"]
    assert len(world.oai.urls) == 5


def _head_of(world: OaiWorld, number: int) -> bytes:
    """The first half of a page."""
    rows = "".join(each.record() for each in world.oai.items[number : number + 3])
    return f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{rows}'.encode()[:-40]


def test_page_when_cut_off_always_gives_what_came_before_and_the_next_run_goes_on() -> None:
    world = OaiWorld(*items_of(7))
    world.oai.before = {number: Canned(200, _head_of(world, 3)) for number in (3, 4, 5)}
    events = world.run()
    listed, finished = events[0], events[-1]
    assert isinstance(listed, Listed)
    assert isinstance(finished, Finished)
    assert not listed.whole
    assert len(of(Fetched, events)) == 3
    assert not finished.complete
    assert finished.problem is not None
    told = "The answer broke off or is no good XML, 3 times: it is not well-formed: "
    assert finished.problem.message.startswith(told)
    assert finished.problem.kind == "unexpected-answer"
    world.oai.before = {}
    events = world.run()
    assert world.oai.asked()[0]["from"] == "2026-01-01T00:00:04Z"
    assert _keys(world) == _all(7)
    # The list was never seen whole at once: what there is now is looked at.
    assert world.oai.verbs() == ["ListRecords", "ListRecords", "Identify", *["ListIdentifiers"] * 3]
    assert isinstance(events[0], Listed)
    assert events[0].whole


def test_page_when_cut_off_in_a_list_without_order_does_not_move_the_mark() -> None:
    world = OaiWorld(*reversed(items_of(7)))
    world.oai.in_order = False
    world.oai.before = {number: Canned(200, b"<OAI-PMH><ListRecords>") for number in (3, 4, 5)}
    world.run()
    assert len(_keys(world)) == 3
    world.oai.before = {}
    world.run()
    assert "from" not in world.oai.asked()[1]
    assert _keys(world) == _all(7)


def test_limit_when_in_the_middle_of_a_list_parks_the_source_with_what_came() -> None:
    world = OaiWorld(*items_of(7))
    world.oai.before = {3: Canned(503, b"later", {"Retry-After": "3600"})}
    events = world.run()
    finished = events[-1]
    assert len(of(Fetched, events)) == 3
    assert isinstance(finished, Finished)
    assert (finished.complete, finished.parked_until) == (False, "2026-01-02T04:04:05Z")


def test_limit_when_short_is_waited_for() -> None:
    world = OaiWorld(*items_of(4))
    world.oai.before = {3: Canned(503, b"later", {"Retry-After": "20"})}
    assert len(of(Fetched, world.run())) == 4
    assert 20.0 in world.clock.slept


def test_error_when_it_comes_with_500_is_an_answer() -> None:
    world = OaiWorld(*items_of(1), prefix="oai_datacite")
    world.oai.error_status = 500
    assert _problem(world).message == "The repository has no format `oai_datacite`; it has `oai_dc`, `marcxml`."


def test_server_when_it_fails_is_in_trouble() -> None:
    world = OaiWorld(*items_of(1))
    world.oai.before = {number: Canned(500, b"oops") for number in range(1, 9)}
    assert _problem(world).message == "The server answers 500."


def test_token_when_it_ran_out_begins_again_behind_what_was_seen() -> None:
    world = OaiWorld(*items_of(9))
    world.oai.expires = [4]
    events = world.run()
    assert kinds(events) == ["Listed", *["Fetched"] * 9, "Finished"]
    assert isinstance(events[0], Listed)
    assert events[0].whole
    assert world.oai.asked()[4] == {
        "verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-01-01T00:00:06Z"
    }


def test_token_when_it_ran_out_in_a_list_without_order_begins_from_the_start() -> None:
    world = OaiWorld(*reversed(items_of(9)))
    world.oai.in_order, world.oai.expires = False, [4]
    events = world.run()
    assert len(of(Fetched, events)) == 9
    assert "from" not in world.oai.asked()[4]


def test_token_when_it_always_runs_out_ends_the_list_early() -> None:
    world = OaiWorld(*items_of(40))
    world.oai.expires = list(range(1, 60))
    events = world.run()
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.problem is not None
    assert finished.problem.message == "The list broke off 4 times, the last time after 9 records."
    assert len(of(Fetched, events)) == 9
    world.run()
    assert len(_keys(world)) > 9


def test_token_when_asking_twice_gives_the_page_after_begins_again() -> None:
    world = OaiWorld(*items_of(9))
    world.oai.scrolls = True
    answers = iter((b"<OAI-PMH><ListRec", None))
    whole = world.oai.mangle
    world.oai.mangle = lambda body: (next(answers, None) or whole(body)) if len(world.oai.urls) == 3 else whole(body)
    events = world.run()
    assert len(of(Fetched, events)) == 9
    assert isinstance(events[0], Listed)
    assert events[0].whole


def test_list_when_it_turns_in_a_circle_ends_early_and_says_so() -> None:
    world = OaiWorld(*items_of(5))
    world.oai.circle, world.oai.said_size = True, -1
    events = world.run()
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.problem is not None
    assert finished.problem.message == (
        "The list turns in a circle: after 5 records the same page comes again."
    )
    assert len(of(Fetched, events)) == 5


def test_list_when_it_turns_in_a_circle_but_all_came_is_whole() -> None:
    world = OaiWorld(*items_of(5))
    world.oai.circle = True
    listed = world.run()[0]
    assert isinstance(listed, Listed)
    assert listed.whole
    assert [each.message for each in listed.findings] == [
        f"{URL} does not give an empty resumptionToken at the end of a list"
    ]


def test_list_when_its_last_token_leads_nowhere_is_whole() -> None:
    world = OaiWorld(*items_of(5))
    world.oai.end_token = "0"
    listed = world.run()[0]
    assert isinstance(listed, Listed)
    assert (listed.whole, listed.problem, len(listed.entries)) == (True, None, 5)


def test_list_when_pages_without_end_bring_nothing_ends_early() -> None:
    world = OaiWorld(*items_of(1))
    world.oai.page = 1
    body = (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>'
        "<resumptionToken>on{}</resumptionToken></ListRecords></OAI-PMH>"
    )
    world.oai.before = {number: Canned(200, body.format(number).encode()) for number in range(2, 60)}
    assert _problem(world).message == "The list turns in a circle: after 0 records the same page comes again."
    assert len(world.oai.urls) == 11


def test_list_when_fewer_come_than_were_said_takes_nothing_away_and_is_read_again_soon() -> None:
    world = OaiWorld(*items_of(5))
    world.oai.said_size = 6
    listed = world.run()[0]
    assert isinstance(listed, Listed)
    assert (listed.whole, listed.problem) == (False, None)
    assert [(each.code, each.message) for each in listed.findings] == [
        ("endpoint-defect", f"{URL} does not give 6 records, as it says (5)")
    ]
    world.run()
    assert world.oai.verbs() == ["ListRecords"]
    world.clock.advance(DAY)
    world.oai.said_size = None
    again = world.run()[0]
    assert isinstance(again, Listed)
    assert again.whole


def test_list_when_more_come_than_were_said_is_whole() -> None:
    world = OaiWorld(*items_of(5))
    world.oai.said_size = 4
    listed = world.run()[0]
    assert isinstance(listed, Listed)
    assert (listed.whole, len(listed.entries)) == (True, 5)
