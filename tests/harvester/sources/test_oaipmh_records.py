"""Records that are no good, or come otherwise than they should: each costs itself alone."""


from __future__ import annotations

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


def _error(code: str) -> bytes:
    return (
        f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="{code}">no</error></OAI-PMH>'
    ).encode()


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
