"""The source kind `oaipmh` over repositories that break off, turn in circles, forget, lie, or are none."""

from __future__ import annotations

import gzip

import pytest

from harvester.events import Failed, Fetched, Finished, Gone, Listed, ListingFailed, Problem
from tests.support.answers import Canned
from tests.support.harvests import kinds, of
from tests.support.small_oai import URL, OaiItem, OaiWorld, dc, items_of, key_of

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


# What is no repository


@pytest.mark.parametrize(("canned", "told"), [
    (
        Canned(200, b"<!DOCTYPE html><html><body>Hello</body></html>"),
        "What answers is no OAI-PMH repository: it is a web page.",
    ),
    (Canned(200, b""), "What answers is no OAI-PMH repository: it is empty."),
    (Canned(200, b'{"items": []}'), "What answers is no OAI-PMH repository: it is no XML."),
    (Canned(200, b"<rss/>"), "What answers is no OAI-PMH repository: it is XML of another kind, `rss`."),
    (Canned(200, b"\x89PNG\r\n\x1a\n"), "What answers is no OAI-PMH repository: it is no XML."),
    (
        Canned(200, b'<?xml version="1.0" encoding="UTF-7"?><a/>'),
        "What answers is no OAI-PMH repository: it is in an encoding that is not read: UTF-7.",
    ),
    (Canned(404, b"Not found"), "The address answers 404, and not in the words of OAI-PMH."),
])
def test_address_when_it_is_no_repository_is_told(canned: Canned, told: str) -> None:
    world = OaiWorld()
    world.oai.before = dict.fromkeys(range(1, 9), canned)
    problem = _problem(world)
    assert problem.message == told
    assert problem.mend == "Check `url`: it is the base URL of an OAI-PMH repository, without `verb`."


def test_address_when_forbidden_is_told() -> None:
    world = OaiWorld()
    world.oai.before = {1: Canned(403, b"no")}
    assert _problem(world).message == "The server forbids this (403)."


_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">&c;</OAI-PMH>"""
_OUTSIDE = b"""<!-- hello -->
<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">&x;</OAI-PMH>"""


@pytest.mark.parametrize("body", [_LAUGHS, _OUTSIDE, _OUTSIDE.decode().encode("utf-16")])
def test_answer_when_it_declares_a_document_type_is_refused(body: bytes) -> None:
    world = OaiWorld()
    world.oai.before = {number: Canned(200, body) for number in range(1, 9)}
    told = "What answers is no OAI-PMH repository: it declares a document type, which is not read."
    assert _problem(world).message == told


def test_answer_when_it_unpacks_to_more_than_anything_honest_is_refused() -> None:
    world = OaiWorld()
    body = gzip.compress(b"<a>" + b" " * (13 * 1024 * 1024))
    world.oai.before = {1: Canned(200, body, {"Content-Encoding": "gzip"})}
    assert _problem(world).message == "The answer is larger than 12 MiB when unpacked."


def test_protocol_when_of_another_age_is_refused() -> None:
    world = OaiWorld(*items_of(1))
    world.oai.version = "1.1"
    problem = _problem(world)
    assert problem.message == "The repository speaks OAI-PMH 1.1; only 2.0 is read."
    assert problem.mend == "Ask its operators for an address that speaks 2.0."


# Wrong settings


def test_format_when_there_is_none_names_those_there_are() -> None:
    world = OaiWorld(*items_of(1), prefix="oai_datacite")
    world.oai.error_status = 422
    problem = _problem(world)
    assert problem.message == "The repository has no format `oai_datacite`; it has `oai_dc`, `marcxml`."
    assert problem.mend == "Set `prefix` to one that is read here: `oai_dc`."


def test_format_when_nothing_of_it_is_read_here_is_told() -> None:
    marc = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>x</leader></record>'
    world = OaiWorld(*items_of(25), prefix="marcxml")
    for each in world.oai.items:
        each.metadata = marc
    problem = _problem(world)
    assert problem.message == (
        "Records in the format `marcxml` (http://www.loc.gov/MARC21/slim) are not read here."
    )
    assert problem.mend == "Set `prefix` to one that is: `oai_dc`."
    assert len(world.oai.verbs()) < 12  # not the whole list


def test_set_when_there_is_none_of_that_name_says_so() -> None:
    world = OaiWorld(*items_of(1, sets=("user-fish",)), set="user-fihs")
    world.oai.sets = ("user-fish", "user-birds")
    problem = _problem(world)
    assert (problem.message, problem.mend) == ("The repository has no set `user-fihs`.", "Did you mean `user-fish`?")


def test_set_when_the_repository_has_none_says_so() -> None:
    world = OaiWorld(*items_of(1), set="all")
    world.oai.before = {2: Canned(200, _error("noSetHierarchy"))}
    problem = _problem(world)
    assert (problem.message, problem.mend) == ("The repository has no sets.", "Take `set` out of this source.")


def test_set_when_it_is_empty_is_an_empty_list() -> None:
    world = OaiWorld(*items_of(1), set="empty")
    world.oai.sets = ("empty",)
    events = world.run()
    assert events[0] == Listed((), (), whole=True)


def test_set_when_there_are_very_many_says_what_was_looked_at() -> None:
    world = OaiWorld(*items_of(1), set="user-no-such-thing-at-all")
    world.oai.sets = tuple(f"{number:04}" for number in range(600))
    assert _problem(world).message == (
        "The repository has no records in the set `user-no-such-thing-at-all`, and it is not among the first 500 sets "
        "that it names."
    )


def test_repository_when_it_has_no_records_is_no_empty_list() -> None:
    problem = _problem(OaiWorld())
    assert problem.message == "The repository says that it has no records in the format `oai_dc`."
    assert problem.mend == "Check `url`, `prefix` and `from`; nothing was withdrawn."


def test_question_when_it_is_lost_on_the_way_is_told() -> None:
    world = OaiWorld(*items_of(1))
    world.oai.before = {2: Canned(200, _error("badVerb"))}
    told = "The repository does not see the question that is asked: something on the way drops it."
    assert _problem(world).message == told


def test_list_when_longer_than_allowed_is_refused_at_its_first_page() -> None:
    world = OaiWorld(*items_of(10), max_records=9)
    problem = _problem(world)
    assert problem.message == "The list has 10 records, more than 9."
    assert problem.mend == (
        "Name a `set` or a date in `from`, or raise `max_records` if the whole repository is meant."
    )
    assert world.oai.verbs() == ["Identify", "ListRecords"]


def test_list_when_longer_than_allowed_and_without_a_size_is_refused_when_it_is_seen() -> None:
    world = OaiWorld(*items_of(10), max_records=5)
    world.oai.said_size = -1
    assert _problem(world).message == "The list has 6 records, more than 5."


def _error(code: str) -> bytes:
    return (
        f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="{code}">no</error></OAI-PMH>'
    ).encode()


# Lists that break off


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


# Records that are bad


def _bad_at(world: OaiWorld, number: int, piece: str) -> None:
    world.oai.items[number - 1].metadata = dc("Bad").replace("Bad", piece)


@pytest.mark.parametrize(("piece", "told"), [
    ("<b>", "The record is no good XML: it is not well-formed: Opening and ending tag mismatch: b"),
    ("&eacute;", "The record is no good XML: it is not well-formed: Entity 'eacute' not defined."),
])
def test_record_when_it_is_no_good_xml_costs_itself_alone(piece: str, told: str) -> None:
    world = OaiWorld(*items_of(7))
    _bad_at(world, 5, piece)
    events = world.run()
    (failed,) = of(Failed, events)
    assert failed.entry.key == key_of(5)
    assert failed.problem.kind == "broken-record"
    assert failed.problem.message.startswith(told)
    assert failed.problem.stage == "record"
    assert failed.problem.payload is not None
    assert piece.encode() in world.memory.payloads[failed.problem.payload]
    assert [each.key for each in of(Fetched, events)] == [key for key in _all(7) if key != key_of(5)]
    assert world.oai.verbs().count("GetRecord") == 1
    world.clock.advance(3 * DAY)
    assert kinds(world.run()) == ["Listed", "Finished"]
    world.oai.items[4].metadata, world.oai.items[4].datestamp = dc("Mended"), "2026-01-05T00:00:00Z"
    assert [each.key for each in of(Fetched, world.run())] == [key_of(5)]


def test_record_when_its_page_alone_was_bad_is_had_by_itself() -> None:
    world = OaiWorld(*items_of(3))

    def spoil(body: bytes) -> bytes:
        on_a_page = b"<ListRecords>" in body
        return body.replace(b"<dc:title>Record 2", b"<dc:title>\xffRecord 2") if on_a_page else body

    world.oai.mangle = spoil
    assert len(of(Fetched, world.run())) == 3


def test_record_when_it_holds_forbidden_characters_is_read_without_them() -> None:
    world = OaiWorld(*items_of(3))
    world.oai.items[1].metadata = dc("A").replace(">A<", ">A\x03B&#x1F;C&#233;<")
    events = world.run()
    assert isinstance(events[0], Listed)
    assert [each.message for each in events[0].findings] == [
        f"{URL} does not give text without the characters that XML forbids"
    ]
    assert "<dc:title>ABCé</dc:title>".encode() in of(Fetched, events)[1].documents[0].body


def test_record_when_it_has_no_metadata_is_told() -> None:
    world = OaiWorld(*items_of(2))
    world.oai.items[0].metadata = ""
    (failed,) = of(Failed, world.run())
    assert failed.problem.message == "The record has no metadata, and is not marked as deleted."


def test_record_when_of_another_kind_than_the_others_is_told() -> None:
    world = OaiWorld(*items_of(2))
    world.oai.items[0].metadata = '<mods xmlns="http://www.loc.gov/mods/v3"/>'
    (failed,) = of(Failed, world.run())
    told = "The record's metadata is of a kind that is not read here: `http://www.loc.gov/mods/v3`."
    assert failed.problem.message == told


def test_record_when_it_holds_marc_records_is_one_record() -> None:
    inner = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader/></record>'
    world = OaiWorld(*items_of(3))
    for each in world.oai.items:
        each.metadata = dc("One").replace("</oai_dc:dc>", f"{inner}</oai_dc:dc>")
    _bad_at(world, 2, "<b>")
    events = world.run()
    assert [each.entry.key for each in of(Failed, events)] == [key_of(2)]
    assert len(of(Fetched, events)) == 2


def test_record_when_it_holds_elements_of_the_protocol_misleads_nobody() -> None:
    oai = 'xmlns="http://www.openarchives.org/OAI/2.0/"'
    trap = (
        f'<error {oai} code="badVerb">no</error><resumptionToken {oai}>x</resumptionToken>'
        f"<header {oai}><identifier>oai:x:other</identifier></header>"
    )
    world = OaiWorld(*items_of(4))
    world.oai.items[0].metadata = dc("One").replace("</oai_dc:dc>", f"{trap}</oai_dc:dc>")
    world.oai.items[0].about = trap
    events = world.run()
    assert [each.key for each in of(Fetched, events)] == _all(4)


def test_record_when_listed_twice_is_read_once_in_its_newest_form() -> None:
    world = OaiWorld(*items_of(3), OaiItem(key_of(1), "2026-01-01T05:00:00Z", dc("Newer")))
    events = world.run()
    fetched = of(Fetched, events)
    assert [each.key for each in fetched] == _all(3)
    assert b"Newer" in fetched[0].documents[0].body


def test_record_when_its_identifier_is_none_one_can_use_is_left_out() -> None:
    world = OaiWorld(*items_of(1), OaiItem("x" * 401), OaiItem(""))
    listed = world.run()[0]
    assert isinstance(listed, Listed)
    assert [each.key for each in listed.entries] == _all(1)
    assert [each.message for each in listed.findings] == [
        f"{URL} does not give an identifier in the header of every record",
        f"{URL} does not give identifiers that fit into 400 characters (1)",
    ]


def test_record_when_it_vanished_before_it_was_asked_for_is_gone() -> None:
    world = OaiWorld(*items_of(3), one_by_one=True)
    world.oai.before = {4: Canned(200, _error("idDoesNotExist"))}
    (gone,) = of(Gone, world.run())
    assert (gone.reason, gone.final) == ("its repository does not know it any more", False)


def test_record_when_another_comes_in_its_place_is_not_taken() -> None:
    world = OaiWorld(*items_of(2), one_by_one=True)
    record = world.oai.items[0].record()
    body = f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><GetRecord>{record}</GetRecord></OAI-PMH>'
    world.oai.before = dict.fromkeys((4, 5), Canned(200, body.encode()))
    (failed,) = of(Failed, world.run())
    assert failed.problem.message == "The repository answers with another record, or with none."


# Datestamps and envelopes that are wrong


def test_datestamps_when_missing_make_every_list_a_whole_one() -> None:
    world = OaiWorld(OaiItem("oai:x:1", ""), OaiItem("oai:x:2", "soon"))
    listed = world.run()[0]
    assert isinstance(listed, Listed)
    assert [each.message for each in listed.findings] == [f"{URL} does not give a datestamp in every header (2)"]
    events = world.run()
    assert kinds(events) == ["Listed", "Unchanged", "Unchanged", "Finished"]


def test_datestamp_when_in_the_future_does_not_move_the_mark() -> None:
    world = OaiWorld(OaiItem("oai:x:1", "2025-12-01T00:00:00Z"), OaiItem("oai:x:2", "2999-01-01T00:00:00Z"))
    listed = world.run()[0]
    assert isinstance(listed, Listed)
    assert [each.message for each in listed.findings] == [
        f"{URL} does not give datestamps that are not in the future (1)"
    ]
    events = world.run()
    assert world.oai.asked()[0]["from"] == "2025-12-01T00:00:01Z"
    assert kinds(events) == ["Listed", "Unchanged", "Finished"]


@pytest.mark.parametrize(("from_", "to"), [
    (b' xmlns="http://www.openarchives.org/OAI/2.0/"', b""),
    (b' xmlns="http://www.openarchives.org/OAI/2.0/"', b' xmlns="http://www.openarchives.org/OAI/2.0"'),
])
def test_envelope_when_without_its_namespace_is_read(from_: bytes, to: bytes) -> None:
    world = OaiWorld(*items_of(7))
    world.oai.mangle = lambda body: body.replace(from_, to, 1)
    events = world.run()
    assert len(of(Fetched, events)) == 7
    assert isinstance(events[0], Listed)
    assert [each.message for each in events[0].findings] == [
        f"{URL} does not give the namespace http://www.openarchives.org/OAI/2.0/ on every answer"
    ]


def test_payload_when_without_a_namespace_is_told_by_its_root() -> None:
    world = OaiWorld(OaiItem("oai:x:1", metadata="<dc><title>One</title></dc>"))
    (fetched,) = of(Fetched, world.run())
    assert fetched.documents[0].path == "oai:oai_dc"


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_answer_when_in_another_encoding_that_it_names_is_read(encoding: str) -> None:
    world = OaiWorld(OaiItem("oai:x:1", metadata=dc("Größe")))
    world.oai.mangle = lambda body: body.decode().replace("UTF-8", encoding, 1).encode(encoding)
    (fetched,) = of(Fetched, world.run())
    assert "<dc:title>Größe</dc:title>" in fetched.documents[0].body.decode()


def test_answer_when_not_in_the_encoding_that_it_names_costs_the_records_concerned() -> None:
    world = OaiWorld(OaiItem("oai:x:1", metadata=dc("Größe")), OaiItem("oai:x:2"))
    world.oai.mangle = lambda body: body.decode().encode("latin-1")
    events = world.run()
    assert [each.entry.key for each in of(Failed, events)] == ["oai:x:1"]
    assert [each.key for each in of(Fetched, events)] == ["oai:x:2"]
