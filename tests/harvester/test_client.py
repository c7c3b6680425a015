from __future__ import annotations

import json
from datetime import timedelta
from email.utils import format_datetime

import pytest
import requests

from harvester.answers import Answer, Credential
from harvester.bounds import Limits
from harvester.client import Client
from harvester.endpoints import Endpoints
from harvester.errors import (
    ForbiddenAddress,
    HarvestError,
    Parked,
    Refused,
    ServerTrouble,
    TimedOut,
    TooManyRedirects,
    Unreachable,
)
from harvester.pacing import Gate
from tests.support.answers import Canned, Scripted, in_order, session_of
from tests.support.clock import HandClock
from tests.support.memory import DictMemory

URL = "https://api.github.com/repos/sample/one"
TOKEN = Credential("ghp_secret", "https://api.github.com")
SECONDARY = b'{"message": "You have exceeded a secondary rate limit."}'


class Bench:
    """A client with everything around it."""

    def __init__(
        self, *answers: Canned | Exception, limits: Limits | None = None, start: HandClock | None = None
    ) -> None:
        self.adapter = Scripted(in_order(*answers))
        self.clock = start or HandClock()
        self.memory = DictMemory()
        endpoints = Endpoints()
        self.client = Client(
            session_of(self.adapter), self.memory, endpoints, self.clock, contact="mailto:us@example.org",
            limits=limits, gate=Gate(self.clock, endpoints),
        )

    def get(self, url: str = URL, **options: object) -> Answer:
        return self.client.get(url, **options)  # type: ignore[arg-type]

    def failure(self, url: str = URL) -> HarvestError:
        with pytest.raises(HarvestError) as caught:
            self.client.get(url)
        return caught.value


def epoch(clock: HandClock, seconds: int) -> str:
    return str(int(clock.now().timestamp()) + seconds)


# Conditional requests


def test_get_of_an_unchanged_address_gives_the_kept_body() -> None:
    link = {"ETag": 'W/"1"', "Link": '<https://api.github.com/x?page=2>; rel="next"'}
    bench = Bench(Canned(body=b"whole", headers=link), Canned(304, b"", {"ETag": 'W/"1"'}))
    first = bench.get(credential=TOKEN)
    bench.client.keep(first, TOKEN)
    second = bench.get(credential=TOKEN)
    assert bench.adapter.requests[1].headers["If-None-Match"] == 'W/"1"'
    assert (second.status, second.body, second.links) == (200, b"whole", first.links)
    assert (first.not_modified, second.not_modified) == (False, True)
    assert (bench.client.requests().sent, bench.client.requests().not_modified) == (2, 1)


def test_get_with_another_credential_or_none_is_not_conditional() -> None:
    bench = Bench(Canned(headers={"ETag": '"1"'}))
    bench.client.keep(bench.get(credential=TOKEN), TOKEN)
    bench.get(credential=Credential("other", "https://api.github.com"))
    bench.get()
    assert not any("If-None-Match" in request.headers for request in bench.adapter.requests)
    assert "ghp_secret" not in repr(bench.memory.validators)


def test_get_without_an_etag_asks_by_date() -> None:
    bench = Bench(Canned(headers={"Last-Modified": "Fri, 02 Jan 2026 03:06:05 GMT"}))
    bench.client.keep(bench.get())
    bench.get()
    assert bench.adapter.requests[1].headers["If-Modified-Since"] == "Fri, 02 Jan 2026 03:06:05 GMT"


def test_get_whose_kept_body_was_lost_asks_for_it_again() -> None:
    bench = Bench(Canned(body=b"a", headers={"ETag": '"1"'}), Canned(304, b""), Canned(body=b"b"))
    bench.client.keep(bench.get())
    bench.memory.payloads.clear()
    assert bench.get().body == b"b"
    assert "If-None-Match" not in bench.adapter.requests[2].headers


def test_get_that_was_not_kept_is_not_conditional() -> None:
    bench = Bench(Canned(headers={"ETag": '"1"'}))
    bench.get()
    bench.get()
    assert "If-None-Match" not in bench.adapter.requests[1].headers


def test_kept_gives_an_answer_without_asking() -> None:
    bench = Bench(Canned(body=b"for ever", headers={"ETag": '"1"'}))
    assert bench.client.kept(URL) is None
    bench.client.keep(bench.get())
    kept = bench.client.kept(URL)
    assert kept is not None
    assert kept.body == b"for ever"
    assert (bench.client.requests().sent, bench.client.requests().avoided) == (1, 1)


# Credentials and names


def test_request_names_us_and_shows_the_credential_to_its_own_origin_alone() -> None:
    there = "https://elsewhere.example.org/x"
    bench = Bench(Canned(302, b"", {"Location": there}), Canned())
    answer = bench.get(credential=TOKEN)
    first, second = bench.adapter.requests
    assert first.headers["Authorization"] == "Bearer ghp_secret"
    assert "Authorization" not in second.headers
    assert first.headers["User-Agent"].startswith("module-registry/")
    assert first.headers["User-Agent"].endswith(" (+mailto:us@example.org)")
    assert (answer.url, answer.final_url, answer.moved) == (URL, there, False)
    assert "ghp_secret" not in repr(TOKEN)


def test_error_text_never_holds_what_opens_doors() -> None:
    bench = Bench(Canned(500), limits=Limits(tries=1))
    error = bench.failure("https://user:word@example.org/x?access_token=abc&page=2")
    assert error.url == "https://example.org/x?access_token=***&page=2"
    assert "word" not in str(error)


# Redirects


def test_get_of_a_moved_address_follows_and_says_so() -> None:
    bench = Bench(Canned(301, b"", {"Location": "/repositories/7"}), Canned(body=b"here"))
    answer = bench.get()
    assert (answer.body, answer.final_url) == (b"here", "https://api.github.com/repositories/7")
    assert answer.moved


def test_get_of_a_redirect_loop_ends() -> None:
    error = Bench(Canned(302, b"", {"Location": URL})).failure()
    assert isinstance(error, TooManyRedirects)
    assert error.seen == "The address redirects in a loop."


def test_get_of_an_endless_chain_of_redirects_ends() -> None:
    bench = Bench(*(Canned(302, b"", {"Location": f"/hop/{number}"}) for number in range(50)))
    error = bench.failure()
    assert error.seen == "The address redirects more than 5 times."
    assert len(bench.adapter.requests) == 6


@pytest.mark.parametrize(
    ("location", "seen"),
    [
        ("http://api.github.com/x", "The address redirects from https to http."),
        ("file:///etc/passwd", "The address redirects to something that is no web address."),
        ("http://[broken", "The address redirects to something that is no web address."),
    ],
)
def test_get_of_a_redirect_to_somewhere_unsafe_is_refused(location: str, seen: str) -> None:
    error = Bench(Canned(302, b"", {"Location": location})).failure()
    assert isinstance(error, ForbiddenAddress)
    assert error.seen == seen


# Limits


def test_secondary_limit_with_a_short_wait_is_waited_for() -> None:
    bench = Bench(Canned(403, SECONDARY, {"Retry-After": "5"}), Canned(body=b"at last"))
    assert bench.get().body == b"at last"
    assert bench.clock.slept == [5.0]
    assert bench.client.requests().waited_s == 5.0


def test_retry_after_as_a_date_is_counted_from_the_date_of_the_server() -> None:
    clock = HandClock()
    theirs = clock.now() + timedelta(hours=1)
    headers = {"Retry-After": format_datetime(theirs + timedelta(seconds=9), usegmt=True),
               "Date": format_datetime(theirs, usegmt=True)}
    bench = Bench(Canned(429, b"", headers), Canned(), start=clock)
    bench.get()
    assert bench.clock.slept == [9.0]


def test_primary_limit_with_a_long_wait_parks_and_nothing_is_asked_before_its_end() -> None:
    clock = HandClock()
    limit = Canned(403, b"{}", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": epoch(clock, 600)})
    bench = Bench(limit, Canned(body=b"at last"), start=clock)
    end = clock.now() + timedelta(seconds=601)
    for _ in range(3):
        error = bench.failure()
        assert isinstance(error, Parked)
        assert error.until == end
        assert error.seen == "The limit of github (core) is used up until 2026-01-02T03:14:06Z."
    assert len(bench.adapter.requests) == 1
    clock.advance(602)
    assert bench.get().body == b"at last"


def test_last_request_of_a_budget_closes_the_gate_before_a_refusal() -> None:
    clock = HandClock()
    last = Canned(body=b"last", headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": epoch(clock, 30)})
    bench = Bench(last, Canned(), start=clock)
    assert bench.get().body == b"last"
    bench.get()
    assert bench.clock.slept == [31.0]


def test_limit_without_a_word_how_long_waits_a_minute_then_parks_for_two() -> None:
    bench = Bench(Canned(403, SECONDARY))
    error = bench.failure()
    assert isinstance(error, Parked)
    assert bench.clock.slept == [60.0]
    assert error.until == bench.clock.now() + timedelta(minutes=2)
    assert len(bench.adapter.requests) == 2


def test_limit_that_never_ends_is_parked_after_a_few_waits() -> None:
    bench = Bench(Canned(429, b"", {"Retry-After": "1"}))
    assert isinstance(bench.failure(), Parked)
    assert bench.clock.slept == [1.0, 1.0, 1.0]


def test_busy_server_that_says_when_is_not_asked_before() -> None:
    bench = Bench(Canned(503, b"", {"Retry-After": "7"}), Canned(body=b"at last"))
    assert bench.get().body == b"at last"
    assert bench.clock.slept == [7.0]


@pytest.mark.parametrize(
    ("status", "seen"),
    [(401, "The server does not accept the credential (401)."), (403, "The server forbids this (403).")],
)
def test_refusal_of_permission_is_not_tried_again(status: int, seen: str) -> None:
    bench = Bench(Canned(status, b'{"message": "no"}', {"X-RateLimit-Remaining": "4000"}))
    error = bench.failure()
    assert isinstance(error, Refused)
    assert (error.seen, error.status, len(bench.adapter.requests)) == (seen, status, 1)


# Tries


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_trouble_of_the_server_is_tried_again(status: int) -> None:
    bench = Bench(Canned(status), Canned(status), Canned(body=b"at last"))
    assert bench.get().body == b"at last"
    assert bench.clock.slept == [1.0, 2.0]
    assert bench.client.requests().retries == 2


def test_trouble_of_the_server_without_end_is_an_error() -> None:
    bench = Bench(Canned(502))
    error = bench.failure()
    assert isinstance(error, ServerTrouble)
    assert (error.seen, error.status, len(bench.adapter.requests)) == ("The server answers 502.", 502, 3)


@pytest.mark.parametrize(
    ("cause", "kind", "tries"),
    [
        (requests.ConnectionError("reset"), Unreachable, 3),
        (requests.ReadTimeout("slow"), TimedOut, 2),
        (requests.exceptions.ChunkedEncodingError("cut"), Unreachable, 3),
        (OSError("no route"), Unreachable, 3),
    ],
)
def test_no_answer_is_tried_again_and_then_an_error(cause: Exception, kind: type, tries: int) -> None:
    bench = Bench(cause)
    assert type(bench.failure()) is kind
    assert len(bench.adapter.requests) == tries


def test_server_that_is_down_is_soon_asked_once_only() -> None:
    bench = Bench(Canned(500))
    for _ in range(20):
        bench.failure()
    assert len(bench.adapter.requests) == 20 + 10


def test_answers_that_say_something_of_the_address_are_given_back() -> None:
    for status in (404, 409, 410, 422, 451):
        assert Bench(Canned(status)).get().status == status


# What it cost


def test_requests_since_a_reading_count_only_what_came_after() -> None:
    rate = {"X-RateLimit-Remaining": "10", "ETag": '"1"'}
    bench = Bench(Canned(body=b"12345", headers=rate), Canned(404, b"12", rate), Canned(304, b"", rate))
    bench.client.keep(bench.get())
    before = bench.client.requests()
    bench.get("https://api.github.com/missing")
    bench.get()
    spent = bench.client.requests(before)
    assert (spent.sent, spent.not_modified, spent.quota_used, spent.bytes) == (2, 1, 1, 2)
    assert spent.by_status == {"304": 1, "404": 1}
    assert bench.client.requests().quota_used == 2


def test_a_304_of_zenodo_counts_as_quota() -> None:
    rate = {"X-RateLimit-Remaining": "10", "ETag": '"1"'}
    bench = Bench(Canned(headers=rate), Canned(304, b"", rate))
    bench.client.keep(bench.get("https://zenodo.org/api/records/1"))
    bench.get("https://zenodo.org/api/records/1")
    assert bench.client.requests().quota_used == 2
    assert json.loads(bench.get("https://zenodo.org/api/records/1").body) == {}


def test_manifests_that_may_not_be_fetched_any_more_are_still_looked_at() -> None:
    manifest = "https://registry-1.docker.io/v2/sample/one/manifests/latest"
    spent = {"RateLimit-Limit": "100;w=21600", "RateLimit-Remaining": "0;w=21600"}
    bench = Bench(Canned(headers=spent))

    bench.get(manifest)
    looked = [bench.get(manifest, method="HEAD").status for _ in range(3)]
    with pytest.raises(Parked) as caught:
        bench.get(manifest)

    assert looked == [200, 200, 200]
    assert caught.value.until == bench.clock.now() + timedelta(hours=6)
    assert caught.value.seen == "The limit of oci (pulls) is used up until 2026-01-02T09:04:05Z."
    assert bench.client.requests().quota_used == 1


def test_answer_to_a_passing_token_is_remembered_for_whom_the_token_is() -> None:
    bench = Bench(Canned(headers={"ETag": '"1"'}), Canned(304, b""))
    first, second = (Credential(token, URL, bearer="sample") for token in ("early", "late"))

    bench.client.keep(bench.get(credential=first), first)

    assert bench.get(credential=second).not_modified
    assert [each.headers["Authorization"] for each in bench.adapter.requests] == ["Bearer early", "Bearer late"]
