"""DOIs: who is asked for which, how few requests, and when again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import WrongSettings
from harvester.events import Failed, Fetched, Gone, Listed, ListingFailed, Unchanged
from tests.support.answers import Canned
from tests.support.runs import Runs, counted, kinds, of, spent
from tests.support.small_datacite import ELSEWHERE, Registered, SmallDatacite

DAY = 24 * 3600
DATA, MORE, PAPER = "10.17882/1", "10.17882/2", "10.1016/j.x.2018.09.018"


def world() -> SmallDatacite:
    return SmallDatacite(Registered(DATA), Registered(MORE), Registered(PAPER, "Crossref", "A paper"))


def following(server: SmallDatacite, *dois: str, **settings: object) -> Runs:
    runs = Runs("datacite", server, follow=True, **settings)
    for doi in dois or tuple(server.registered):
        runs.name("doi", doi, role="paper" if doi == PAPER else "dataset")
    return runs


def test_named_dois_when_first_asked_then_in_lots_and_those_of_other_agencies_singly() -> None:
    server = world()
    runs = following(server, DATA, MORE, PAPER, "10.17882/none")

    events = runs.run()

    assert kinds(events) == ["Listed", "Fetched", "Fetched", "Fetched", "Gone", "Finished"]
    assert server.paths() == [
        f"/ra/{PAPER},{DATA},{MORE},10.17882/none",
        f"/dois?ids={DATA},{MORE}&page[size]=2&disable-facets=true",
        f"/{PAPER}", f"/{PAPER}",
    ]
    paper, data, _ = of(Fetched, events)
    assert (paper.key, paper.url) == (f"doi:{PAPER}", f"https://doi.org/{PAPER}")
    assert [each.path for each in paper.documents] == ["api:doi-csl"]
    assert [each.path for each in data.documents] == ["api:datacite-doi"]
    assert json.loads(data.documents[0].body)["data"]["attributes"]["titles"] == [{"title": "A thing"}]
    assert data.counters == {"views": 1}
    assert (data.entry.listing.named_by, data.entry.listing.roles) == (("github.com/sample/module",), ("dataset",))
    (gone,) = of(Gone, events)
    assert (gone.reason, gone.status, gone.final) == ("The DOI does not exist (404).", 404, False)


def test_named_dois_when_asked_again_then_nothing_is_sent_before_their_time() -> None:
    server = world()
    runs = following(server, DATA, MORE, PAPER, "10.17882/none")
    runs.run()
    server.requests.clear()

    second = runs.run()
    runs.clock.advance(DAY)
    third = runs.run()
    asked = server.paths()
    runs.clock.advance(6 * DAY)
    fourth = runs.run()

    assert counted(second) == {"Listed": 1, "Unchanged": 3, "Gone": 1, "Finished": 1}
    assert (spent(second).sent, spent(second).avoided) == (0, 4)
    assert counted(third) == {"Listed": 1, "Unchanged": 3, "Gone": 1, "Finished": 1}
    assert asked == ["/ra/10.17882/none"]
    assert counted(fourth) == {"Listed": 1, "Unchanged": 3, "Gone": 1, "Finished": 1}
    assert spent(fourth).sent == 4


def test_named_doi_when_only_its_views_were_counted_then_unchanged_else_fetched() -> None:
    server = world()
    runs = following(server, recheck="12h")
    runs.run()
    server.registered[DATA].views = server.registered[PAPER].views = 99
    server.registered[MORE].title = "Another name"
    runs.clock.advance(DAY / 2)

    events = runs.run()

    assert [each.key for each in of(Fetched, events)] == [f"doi:{MORE}"]
    assert [each.counters for each in of(Unchanged, events)] == [{"citations": 99}, {"views": 99}]


def test_named_doi_when_it_is_registered_after_all_then_found_the_day_after() -> None:
    server = world()
    runs = following(server, "10.17882/3")
    assert kinds(runs.run()) == ["Listed", "Gone", "Finished"]
    server.registered["10.17882/3"] = Registered("10.17882/3")
    assert kinds(runs.run()) == ["Listed", "Gone", "Finished"]
    runs.clock.advance(DAY)

    assert kinds(runs.run()) == ["Listed", "Fetched", "Finished"]


def test_named_doi_when_what_was_read_was_not_kept_then_asked_again() -> None:
    server = world()
    runs = following(server, DATA)
    list(runs.stream())
    assert runs.memory.entries == {}

    assert kinds(runs.run()) == ["Listed", "Fetched", "Finished"]
    assert kinds(runs.run(full=True)) == ["Listed", "Fetched", "Finished"]


def test_named_dois_when_there_are_hundreds_then_two_requests_for_fifty() -> None:
    server = SmallDatacite(*(Registered(f"10.17882/{number}") for number in range(1_000, 1_230)))

    events = following(server).run()

    assert counted(events)["Fetched"] == 230
    assert spent(events).sent == 10
    assert max(len(url) for url in server.urls) < 2_200


def test_named_dois_when_the_server_does_not_know_ids_then_asked_singly_from_then_on() -> None:
    server = SmallDatacite(*(Registered(f"10.17882/{number}") for number in range(200)))
    server.knows_ids = False
    wanted = [f"10.17882/{number}" for number in range(60, 180)]

    events = following(server, *wanted).run()

    assert sorted(each.key for each in of(Fetched, events)) == sorted(f"doi:{each}" for each in wanted)
    assert len([each for each in server.paths() if each.startswith("/dois?")]) == 1


def test_named_dois_when_one_has_a_comma_then_it_is_asked_by_itself() -> None:
    server = SmallDatacite(Registered("10.17882/a,b"), Registered(DATA), Registered(MORE))

    events = following(server).run()

    assert counted(events)["Fetched"] == 3
    assert "/dois/10.17882/a,b" in server.paths()


def test_named_dois_when_the_resolver_is_silent_then_datacite_is_asked_and_others_wait() -> None:
    server = world()
    server.disturb["doi.org"] = Canned(500, b"")

    events = following(server).run()

    assert counted(events) == {"Listed": 1, "Fetched": 2, "Failed": 1, "Finished": 1}
    assert of(Failed, events)[0].entry.key == f"doi:{PAPER}"


def test_nothing_named_then_only_whether_datacite_is_there_is_asked() -> None:
    server = world()
    runs = Runs("datacite", server, follow=True)

    assert kinds(runs.run()) == ["Listed", "Finished"]
    assert server.paths() == ["/heartbeat"]


@pytest.mark.parametrize(("agency", "canned", "status"), [
    ("KISTI", Canned(200, b"<html>A page</html>"), 406), ("Crossref", Canned(406, b""), 406),
    ("mEDRA", Canned(204, b""), 406), ("Crossref", Canned(404, b""), 404),
])
def test_citation_when_the_agency_has_none_then_told_and_not_asked_every_time(
    agency: str, canned: Canned, status: int
) -> None:
    server = SmallDatacite(Registered(PAPER, agency))
    server.disturb[ELSEWHERE] = canned
    runs = following(server)

    (gone,) = of(Gone, runs.run())
    server.requests.clear()
    runs.run()

    assert gone.status == status
    assert server.paths() == []


@pytest.mark.parametrize(("body", "looks"), [
    (b"<html>Oops</html>", "an HTML page"), (b"", "empty"), (b'{"DOI": "10.1016/els', "broken or of another form"),
    (b'{"DOI": "10.1016/another"}', "broken or of another form"), (b"[" * 3_000, "broken or of another form"),
])
def test_citation_when_a_citing_agency_sends_something_else_then_failed_and_retried(body: bytes, looks: str) -> None:
    server = SmallDatacite(Registered(PAPER, "Crossref"))
    server.disturb[ELSEWHERE] = Canned(200, body)
    runs = following(server)

    (failed,) = of(Failed, runs.run())
    server.disturb.clear()

    assert failed.problem.message == f"The answer (200) is {looks}, not what DOI content negotiation promises."
    assert kinds(runs.run()) == ["Listed", "Fetched", "Finished"]


@pytest.mark.parametrize("body", [
    b"<html>", b"", b"{}", b'{"data": {}, "meta": {"total": 1}}', b'{"data": [], "meta": 7}',
])
def test_datacite_when_it_sends_something_else_then_the_listing_failed_and_known_dois_stay(body: bytes) -> None:
    server = world()
    runs = following(server)
    runs.run()
    runs.clock.advance(7 * DAY)
    server.disturb["/dois"] = Canned(200, body)

    (failed,) = of(ListingFailed, runs.run())
    server.disturb.clear()

    assert failed.problem.message.endswith("not what DataCite's API promises.")
    assert counted(runs.run())["Unchanged"] == 3


def test_rows_when_some_are_broken_then_asked_by_themselves() -> None:
    server = world()
    server.disturb[r"/dois\?"] = Canned(200, json.dumps({
        "data": [7, {}, {"id": DATA}, {"id": MORE, "attributes": []}, {"id": "10.5281/other", "attributes": {}},
                 server.registered[MORE].row()],
        "meta": {"total": 2},
    }).encode())

    events = following(server, DATA, MORE).run()

    assert counted(events)["Fetched"] == 2
    assert f"/dois/{DATA}" in server.paths()


def test_query_when_it_finds_something_then_listed_for_its_own_sake_and_the_second_run_is_not_modified() -> None:
    trouts = (Registered(f"10.17882/{number}", title="Trout") for number in range(230))
    server = SmallDatacite(*trouts, Registered("10.5061/x"))
    runs = Runs("datacite", server, queries=["Trout"])

    first, second = runs.run(), runs.run()

    assert counted(first) == {"Listed": 1, "Fetched": 230, "Finished": 1}
    assert of(Fetched, first)[0].entry.listing.named_by == ()
    assert counted(second) == {"Listed": 1, "Unchanged": 230, "Finished": 1}
    assert (spent(second).sent, spent(second).not_modified) == (3, 3)


def test_query_when_a_found_doi_changes_then_it_alone_is_fetched() -> None:
    server = SmallDatacite(*(Registered(f"10.17882/{number}") for number in range(3)))
    runs = Runs("datacite", server, queries=["thing"])
    runs.run()
    server.registered["10.17882/1"].title = "A better thing"
    server.registered["10.17882/2"].views = 77

    assert counted(runs.run()) == {"Listed": 1, "Unchanged": 2, "Fetched": 1, "Finished": 1}


def test_query_when_it_finds_nothing_or_too_much_or_less_than_it_says_then_said_so() -> None:
    server = world()
    nothing = of(ListingFailed, Runs("datacite", server, queries=["Whales"]).run())[0].problem.message
    row = server.registered[DATA].row()
    server.disturb["query="] = Canned(200, json.dumps({"data": [row], "meta": {"total": 20_000}}).encode())
    too_much = of(ListingFailed, Runs("datacite", server, queries=["a"]).run())[0].problem.message
    server.disturb["query="] = Canned(200, json.dumps({"data": [row], "meta": {"total": 5}}).encode())
    (listed,) = of(Listed, Runs("datacite", server, queries=["a"]).run())

    assert nothing == "The query `Whales` finds nothing at DataCite."
    assert too_much == "The query `a` finds 20000 DOIs; at most 10000 are handed out."
    assert (len(listed.entries), listed.whole) == (1, False)
    assert listed.problem is not None
    assert listed.problem.message == "The query `a` finds 5 DOIs and shows 1 usable ones."


@pytest.mark.parametrize("following_page", [
    "https://api.elsewhere.org/dois?page=2", "https://api.datacite.org/other", 7,
])
def test_query_when_its_next_page_cannot_be_right_then_not_asked(following_page: object) -> None:
    server = world()
    page = {"data": [server.registered[DATA].row()], "meta": {"total": 2}, "links": {"next": following_page}}
    server.disturb["query="] = Canned(200, json.dumps(page).encode())

    (failed,) = of(ListingFailed, Runs("datacite", server, queries=["a"]).run())

    assert failed.problem.message == "The list says that its next page is on another server."


def test_both_when_a_query_finds_what_is_named_then_it_is_listed_once() -> None:
    server = world()
    runs = following(server, queries=["thing"])

    listed = of(Listed, runs.run())[0].entries

    assert {each.key: bool(each.listing.named_by) for each in listed} == {
        f"doi:{DATA}": False, f"doi:{MORE}": False, f"doi:{PAPER}": True,
    }


@pytest.mark.parametrize(("settings", "message"), [
    ({}, "src: give queries, or follow = true, or both; found neither."),
    ({"follow": True, "recheck": "soon"}, "src: recheck: String should match pattern"),
    ({"queries": [" "]}, "src: queries.0: String should have at least 1 character."),
    ({"follow": True, "dois": []}, "src: dois: Extra inputs are not permitted."),
])
def test_settings_when_they_are_wrong_then_told_before_anything_is_asked(
    settings: dict[str, object], message: str
) -> None:
    server = world()
    with pytest.raises(WrongSettings) as caught:
        Runs("datacite", server, **settings).run()
    assert caught.value.seen.startswith(message)
    assert server.paths() == []


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.sampled_from([DATA, PAPER]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["data", "meta", "total", "links", "next", "id", "attributes", "DOI", "RA", "status", "titles",
                         "viewCount", "updated", "is-referenced-by-count"]), inner, max_size=6,
    ),
    max_leaves=20,
)


@given(_JSON, st.sampled_from(["", "/ra/", "ids=", "query=", "/dois/", ELSEWHERE]))
def test_answers_when_they_are_any_json_then_the_harvest_ends_as_harvests_do(value: object, where: str) -> None:
    server = world()
    server.disturb[where] = Canned(200, json.dumps(value).encode())

    assert kinds(following(server, queries=["thing"]).run())[-1] == "Finished"
