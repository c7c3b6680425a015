"""Addresses that are no repository, or hold what is not to be read, and settings that are not right: told apart."""


from __future__ import annotations

import gzip

import pytest

from harvester.events import Finished, Listed, ListingFailed, Problem
from tests.support.answers import Canned
from tests.support.harvests import kinds
from tests.support.small_oai import OaiWorld, items_of, key_of

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
