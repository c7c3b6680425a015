"""What Zenodo may answer besides what it should: nothing is lost by it, and a person is told what it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from harvester.events import Failed, Fetched, Finished, ListingFailed
from tests.support.answers import Canned
from tests.support.harvests import kinds, of
from tests.support.small_zenodo import Deposit, concept
from tests.support.zenodo_runs import ZenodoRuns, fetched, keys, told

SEA: dict[str, Any] = {"communities": ("sea",)}
SEARCH = r"/records\?"


def a_sea(count: int = 3, **settings: Any) -> ZenodoRuns:
    """A source of one community with some concepts of one version each."""
    deposits = (each for at in range(count) for each in concept(101 + 10 * at, **SEA))
    return ZenodoRuns(*deposits, **(settings or {"communities": ["sea"]}))


# What is not there, or not allowed


def test_unknown_community_is_an_error_and_never_the_whole_of_zenodo() -> None:
    world = a_sea(communities=["see"])
    assert world.refusal() == (
        "Zenodo's community 'see' does not exist.",
        "Take the name from the address of the community's page, zenodo.org/communities/NAME; small letters count.",
    )
    assert set(world.zenodo.paths) == {"/communities/see"}


def test_community_that_answers_for_another_one_is_not_believed() -> None:
    world = a_sea()
    world.zenodo.disturb["/communities/sea$"] = Canned(200, b'{"id": "id-of-lake", "slug": "lake"}')
    assert world.refusal()[0] == "Zenodo's community 'sea' does not exist."


def test_community_that_is_not_public_is_told() -> None:
    world = a_sea()
    world.zenodo.disturb["/communities/sea$"] = Canned(403, b'{"status": 403, "message": "Permission denied."}')
    assert world.refusal() == ("Zenodo's community 'sea' is not public (403).", "Give a token that may see it.")


def test_page_that_turns_us_away_is_told_in_a_sentence() -> None:
    world = a_sea()
    world.zenodo.disturb[SEARCH] = Canned(403, b"<html><h1>403 Forbidden</h1></html>", {"Content-Type": "text/html"})
    assert world.refusal() == (
        "Zenodo turns this registry away: it shows a page instead of an answer (403).",
        "Give a contact address in `MODREG_ADMIN_EMAIL`; if it stays so, write to support@zenodo.org.",
    )


def test_token_that_has_ended_is_told() -> None:
    world = a_sea()
    world.zenodo.disturb["/communities/"] = Canned(401, b'{"status": 401, "message": "The server could not verify"}')
    assert world.refusal() == (
        "Zenodo does not accept the token (401).",
        "Zenodo's tokens end when they are not used for a year: make a new one, or take it out of the source.",
    )


def test_query_that_zenodo_cannot_read_is_told() -> None:
    world = a_sea(queries=["doi:10.5281/zenodo.101"])
    world.zenodo.disturb[SEARCH] = Canned(500, b'{"status": 500}')
    assert world.refusal() == (
        "The query 'doi:10.5281/zenodo.101': Zenodo's search answers 500, as it does to a query that it cannot read.",
        'Put what holds `/` or `:` in quotes, as in `doi:"10.5281/zenodo.1234"`; else it is tried again.',
    )


def test_trouble_of_the_server_is_not_taken_for_a_query() -> None:
    world = a_sea()
    world.zenodo.disturb[SEARCH] = Canned(500, b"")
    assert world.refusal()[0] == "The server answers 500."


def test_what_zenodo_says_of_a_question_it_refuses_is_told() -> None:
    world = a_sea()
    body = {"status": 400, "message": "A validation error.", "errors": [{"field": "sort", "messages": ["Bad."]}]}
    world.zenodo.disturb[SEARCH] = Canned(400, json.dumps(body).encode())
    assert world.refusal()[0] == "Zenodo refuses the search: Bad."


@pytest.mark.parametrize(
    ("body", "looks"),
    [
        (b"", "empty"), (b"  ", "empty"), (b"<!doctype html><p>Sorry", "a web page"),
        (b'{"hits": {"hits": [', "broken or of another form"), (b"[]", "broken or of another form"),
        (b'{"hits": {"hits": [], "total": null}}', "broken or of another form"),
        (b'{"hits": {"hits": {}, "total": 3}}', "broken or of another form"),
        (b'{"hits": {"hits": [{"id": "1"}], "total": 0}}', "broken or of another form"),
        (b"\xff\xfe\x00{", "broken or of another form"),
    ],
)
def test_answer_that_is_no_search_is_never_an_empty_list(body: bytes, looks: str) -> None:
    world = a_sea()
    world.run()
    world.zenodo.disturb[SEARCH] = Canned(200, body)
    assert world.refusal()[0] == f"The answer (200) is {looks}, not what Zenodo's API promises."


def test_address_that_is_no_zenodo_is_told() -> None:
    world = a_sea(queries=["fish"])
    world.zenodo.disturb[SEARCH] = Canned(404, b"<html>nothing here</html>")
    assert world.refusal() == (
        "Zenodo's search answers 404: nothing that can be read.", "Check the address of Zenodo's API.",
    )


def test_limit_that_is_reached_is_waited_for() -> None:
    world = a_sea()
    limit = Canned(429, b'{"status": 429}', {"Retry-After": "20", "X-RateLimit-Remaining": "0"})
    asked = []

    def answer(request: requests.PreparedRequest) -> Canned | Exception:
        asked.append(request.url)
        return limit if len(asked) == 2 else world.zenodo._respond(request)

    world.zenodo.answer = answer
    assert len(fetched(world.run())) == 3
    assert sum(world.clock.slept) >= 20


def test_limit_that_is_long_parks_the_source() -> None:
    world = a_sea()
    world.zenodo.disturb[SEARCH] = Canned(429, b"", {"Retry-After": "3600"})
    events = world.run()
    assert kinds(events) == ["Finished"]
    assert of(Finished, events)[0].parked_until == "2026-01-02T04:04:05Z"


def test_retry_after_of_a_good_answer_is_no_limit() -> None:
    world = a_sea()
    world.run()
    assert world.clock.slept == []


# What was not asked for


def test_hit_outside_of_the_community_is_passed_over_and_told() -> None:
    world = ZenodoRuns(*concept(101, **SEA), *concept(201), communities=["sea"])
    world.zenodo.deaf = True
    events = world.run()
    assert keys(events) == ["doi:10.5281/zenodo.100"]
    assert told(events) == [(
        "result-unasked",
        "The community 'sea': Zenodo also shows 1 records that were not asked for, such as https://zenodo.org/records/201.",
    )]


def test_whole_of_zenodo_is_not_read() -> None:
    world = a_sea()
    body = {"hits": {"hits": [world.zenodo.form(world.zenodo.deposits[101])], "total": 4_000_000}}
    world.zenodo.disturb[SEARCH] = Canned(200, json.dumps(body).encode())
    assert world.refusal() == (
        "The community 'sea' has 4000000 records, more than the 10000 that are read.",
        'Narrow it: give a query, such as `communities:"…" AND type:software`.',
    )
    assert {each["page"] for each in world.zenodo.searches()} == {"1"}


@pytest.mark.parametrize(
    "query",
    ['doi:"10.5281/zenodo.101"', 'conceptdoi:"10.5281/zenodo.100"', 'communities:"sea" AND fish',
     'related.identifier:"https://github.com/sea/fish/tree/v1"', 'recid:"101" AND type:software'],
)
def test_hits_of_a_query_are_checked_by_what_it_plainly_says(query: str) -> None:
    world = ZenodoRuns(*concept(101, repository="sea/fish", **SEA), *concept(201), queries=[query])
    world.zenodo.deaf = True
    events = world.run()
    assert keys(events) == ["doi:10.5281/zenodo.100"]
    assert [code for code, _ in told(events)] == ["result-unasked"]


@pytest.mark.parametrize("query", ['recid:"101" OR fish', 'NOT recid:"101"', '-recid:"101"', "fish", '(recid:"101")'])
def test_query_that_says_more_is_left_to_zenodo(query: str) -> None:
    world = ZenodoRuns(*concept(101), *concept(201), queries=[query])
    world.zenodo.deaf = True
    events = world.run()
    assert (len(keys(events)), told(events)) == (2, [])


def test_question_after_repositories_that_finds_too_much_is_asked_in_parts() -> None:
    world = ZenodoRuns(*concept(101, repository="sea/fish"), follow=True)
    for name in ("fish", "crab", "reef"):
        world.name("repository", f"github.com/sea/{name}", "own", f"github.com/sea/{name}")
    much = json.dumps({"hits": {"hits": [], "total": 5000}}).encode()
    world.zenodo.disturb[r"sea\?\*|sea\?crab"] = Canned(200, much)
    events = world.run()
    assert keys(events) == ["doi:10.5281/zenodo.100"]
    (code, message), = told(events)
    assert (code, message.partition(" They")[0]) == (
        "results-too-many", "The repositories of modules has 5000 records, more than the 1000 that are read.",
    )
    assert '"sea/crab"' in message


# Between two pages


def test_list_that_repeats_itself_is_not_believed() -> None:
    world = a_sea(30)
    world.zenodo.stuck = True
    assert world.refusal() == (
        "The community 'sea': Zenodo's list lost or repeated records between two pages.",
        "Nothing: it is read again; nothing was withdrawn.",
    )
    assert {each["page"] for each in world.zenodo.searches()} == {"1", "2"}


def test_list_that_loses_a_record_between_two_pages_is_read_once_more() -> None:
    world = a_sea(40)
    world.zenodo.after = [lambda zenodo: zenodo.deposits.pop(491)]
    events = world.run()
    assert len(keys(events)) == 39
    assert [each["page"] for each in world.zenodo.searches()] == ["1", "2", "1", "2"]


def test_record_that_is_new_between_two_pages_waits_for_the_next_time() -> None:
    world = a_sea(40)
    new = Deposit(999, 998, updated="2026-01-01T00:00:00+00:00", **SEA)
    world.zenodo.after = [lambda zenodo: zenodo.deposits.update({999: new})]
    assert len(keys(world.run())) == 40
    assert len(keys(world.run())) == 41


def test_record_that_moves_up_between_two_pages_is_found_at_the_top() -> None:
    world = a_sea(60)

    def move(zenodo: Any) -> None:
        zenodo.deposits[101].updated = "2026-01-01T00:00:00+00:00"

    world.zenodo.after = [move]
    assert len(keys(world.run())) == 60
    assert [each["page"] for each in world.zenodo.searches()] == ["1", "2", "3", "1"]


# Records


def test_record_without_an_id_costs_only_itself() -> None:
    world = a_sea(2)
    forms = [world.zenodo.form(each) for each in world.zenodo.deposits.values()] + [{"metadata": {}}]
    world.zenodo.disturb[SEARCH] = Canned(200, json.dumps({"hits": {"hits": forms, "total": 3}}).encode())
    events = world.run()
    assert len(fetched(events)) == 2
    assert told(events) == [("record-unreadable", "The community 'sea': 1 records cannot be read.")]


def test_record_with_half_a_character_costs_nothing() -> None:
    world = a_sea(1)
    form = world.zenodo.form(world.zenodo.deposits[101])
    form["metadata"]["title"] = "half a \ud83d fish"
    form["size"] = float("nan")
    body = json.dumps({"hits": {"hits": [form], "total": 1}}).encode()
    world.zenodo.disturb[SEARCH] = Canned(200, body)
    events = world.run()
    assert json.loads(of(Fetched, events)[0].documents[0].body)["metadata"]["title"] == "half a ? fish"


def test_record_nested_without_end_costs_only_itself() -> None:
    world = a_sea(1)
    deep = '{"id": "7", "deep": ' + "[" * 400 + "]" * 400 + "}"
    good = json.dumps(world.zenodo.form(world.zenodo.deposits[101]))
    world.zenodo.disturb[SEARCH] = Canned(200, f'{{"hits": {{"hits": [{good}, {deep}], "total": 2}}}}'.encode())
    events = world.run()
    assert fetched(events) == ["doi:10.5281/zenodo.100"]
    assert [code for code, _ in told(events)] == ["record-unreadable"]


def test_page_that_is_too_large_is_asked_for_in_pieces() -> None:
    world = a_sea(30)
    world.zenodo.disturb[r"size=25&page=1$"] = Canned(200, b"x" * 100, {"Content-Length": str(1 << 40)})
    world.zenodo.disturb[r"size=5&page=2$"] = requests.ConnectTimeout()
    assert len(fetched(world.run())) == 30
    sizes = [(each["size"], each["page"]) for each in world.zenodo.searches()]
    assert sizes[:3] == [("25", "1"), ("5", "1"), ("5", "2")]
    assert [each for each in sizes if each[0] == "1"] == [("1", str(at)) for at in range(6, 11)]
    assert sizes[-1] == ("25", "2")


def test_files_of_a_record_are_kept_up_to_some_hundreds() -> None:
    world = a_sea(1)
    entries = {f"{at:05}.png": {"size": at} for at in range(2000)}
    form = world.zenodo.form(world.zenodo.deposits[101]) | {"files": {"count": 2000, "entries": entries}}
    world.zenodo.disturb[SEARCH] = Canned(200, json.dumps({"hits": {"hits": [form], "total": 1}}).encode())
    files = json.loads(of(Fetched, world.run())[0].documents[0].body)["files"]
    assert (files["count"], len(files["entries"])) == (2000, 300)


def test_payload_that_the_store_lost_is_asked_for_again() -> None:
    world = a_sea(1)
    world.run()
    world.memory.entries.clear()
    kept = [sha256 for sha256, body in world.memory.payloads.items() if b'"custom_fields"' in body]
    for sha256 in kept:
        del world.memory.payloads[sha256]
    events = world.run()
    assert fetched(events) == ["doi:10.5281/zenodo.100"]
    assert world.zenodo.paths[-1] == "/records/101"


def test_killed_before_it_was_read_an_entry_is_read_the_next_time_without_asking() -> None:
    world = a_sea(3)
    world.run()
    del world.memory.entries["zen", "doi:10.5281/zenodo.110"]
    events = world.run()
    assert fetched(events) == ["doi:10.5281/zenodo.110"]
    assert len(world.zenodo.requests) == 2


def test_server_that_is_silent_fails_the_listing_and_removes_nothing() -> None:
    world = a_sea()
    world.run()
    world.zenodo.disturb["/"] = requests.ConnectionError("reset")
    events = world.run()
    assert kinds(events) == ["ListingFailed", "Finished"]
    assert of(ListingFailed, events)[0].problem.kind == "unreachable"
    assert of(Failed, events) == []
