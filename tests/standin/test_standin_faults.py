"""Each kind of trouble looks to a client as it should."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.standin.faults import MODES, PRIVATE
from tests.standin.server import StandIn

ADDRESS = "/repos/sample-hub/phyto-cells"


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as made:
        made.headers["User-Agent"] = "a-test/1"
        yield made


def asked(standin: StandIn, session: requests.Session) -> requests.Response:
    return session.get(standin.endpoints["github"] + ADDRESS, timeout=5, allow_redirects=False)


def test_fault_strikes_so_often_and_then_no_more(standin: StandIn, session: requests.Session) -> None:
    standin.fault("phyto-cells$", "status:503", times=2, headers={"Retry-After": "1"})
    answers = [asked(standin, session) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].headers["Retry-After"] == "1"
    assert standin.quota_used() == 1


def test_fault_spares_addresses_that_do_not_match(standin: StandIn, session: requests.Session) -> None:
    standin.fault("/contents/", "status:500")
    assert asked(standin, session).status_code == 200


def test_fault_that_does_not_exist_is_refused_with_the_names_of_all(standin: StandIn) -> None:
    with pytest.raises(ValueError) as raised:
        standin.fault("x", "earthquake:7")
    assert str(raised.value) == f"There is no fault 'earthquake'; there are {', '.join(sorted(MODES))}."


@pytest.mark.parametrize(
    ("mode", "status", "kind", "start"),
    [
        ("html", 200, "text/html; charset=utf-8", b"<!DOCTYPE html>"),
        ("html:502", 502, "text/html; charset=utf-8", b"<!DOCTYPE html>"),
        ("garbage-json", 200, "application/json; charset=utf-8", b'{"id": 1, "name": "cut\x00'),
        ("empty-200", 200, "application/json; charset=utf-8", b""),
        ("secondary-limit", 403, "application/json; charset=utf-8", b'{"message":"You have exceeded a secondary rate'),
    ],
)
def test_answer_that_is_not_what_was_asked_for(
    standin: StandIn, session: requests.Session, mode: str, status: int, kind: str, start: bytes
) -> None:
    standin.fault(ADDRESS, mode)
    answer = asked(standin, session)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, kind)
    assert answer.content[: len(start)] == start
    assert standin.requests[-1].status == status


def test_huge_answer_and_gzip_bomb_are_as_large_as_asked(standin: StandIn, session: requests.Session) -> None:
    standin.fault(ADDRESS, "huge:2", times=1)
    standin.fault(ADDRESS, "gzip-bomb:2", times=1)
    huge, bomb = asked(standin, session), asked(standin, session)
    assert len(huge.content) == len(bomb.content) == 2 * 1024 * 1024
    assert int(bomb.headers["Content-Length"]) < 10_000


@pytest.mark.parametrize("mode", ["truncate", "reset", "timeout:0.1"])
def test_connection_that_breaks_is_no_answer(standin: StandIn, session: requests.Session, mode: str) -> None:
    standin.fault(ADDRESS, mode)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        asked(standin, session)


def test_timeout_lets_go_when_the_stand_in_stops() -> None:
    with StandIn() as running:
        running.fault(ADDRESS, "timeout")
        with pytest.raises(requests.ReadTimeout), requests.Session() as session:
            session.get(running.endpoints["github"] + ADDRESS, timeout=0.05)


@pytest.mark.parametrize(
    ("mode", "target"),
    [
        ("redirect-loop", f"/github{ADDRESS}"), ("redirect-private", PRIVATE),
        ("redirect-private:http://10.0.0.1/", "http://10.0.0.1/"),
    ],
)
def test_redirect_leads_where_nobody_should_follow(
    standin: StandIn, session: requests.Session, mode: str, target: str
) -> None:
    standin.fault(ADDRESS, mode)
    answer = asked(standin, session)
    assert (answer.status_code, answer.headers["Location"]) == (302, target)
