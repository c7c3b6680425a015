"""Rules 39 to 54: lists, tokens, and edits while somebody harvests."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.oai import Registry, a_registry, attributes, identifier_of, numbered, stamp_at

LIST = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}


def _token(registry: Registry, **arguments: str) -> str:
    token = registry.ask(**(LIST | arguments)).token
    assert token is not None
    assert token.text
    return token.text


def test_rule_39_empty_result_then_no_records_match(registry: Registry) -> None:
    answer = registry.ask(**LIST, set="task:nobody")
    assert (answer.error, answer.message) == (
        "noRecordsMatch",
        "no record is in this set and between these dates, in this format",
    )


def test_rule_40_last_page_has_an_empty_token(registry: Registry) -> None:
    *before, last = registry.pages()
    assert all(page.token is not None and page.token.text for page in before)
    assert last.token is not None
    assert last.token.text is None
    assert attributes(last.token) == {"completeListSize": "35", "cursor": "30"}


def test_rule_41_list_on_one_page_then_no_token(registry: Registry) -> None:
    assert registry.ask(**LIST, until=stamp_at(5 * 60)).token is None


@pytest.mark.parametrize("count", [9, 10, 11, 20, 30])
def test_rule_42_total_around_the_page_size_then_no_extra_page(registry: Registry, count: int) -> None:
    pages = list(registry.pages(until=stamp_at((count - 1) * 60)))
    assert len(pages) == -(-count // 10)
    assert sum(len(page.identifiers()) for page in pages) == count


def test_rule_43_cursor_then_counts_what_was_given_before(registry: Registry) -> None:
    cursors = [page.token.get("cursor") for page in registry.pages() if page.token is not None]
    assert cursors == ["0", "10", "20", "30"]


def test_rule_44_complete_list_size_then_true_for_every_filter(registry: Registry) -> None:
    for arguments in ({}, {"set": "source"}, {"set": "source:ai4os-hub"}, {"from_": stamp_at(20 * 60)}):
        page = registry.ask(**LIST, **arguments)
        assert page.token is not None
        assert page.token.get("completeListSize") == str(len(registry.harvest(**arguments)))


def test_rule_45_expiration_then_the_token_works_until_then_and_not_after(changing: Registry) -> None:
    page = changing.ask(**LIST)
    assert page.token is not None
    assert page.token.get("expirationDate") == "2026-02-02T00:00:00Z"
    changing.clock.sleep(timedelta(hours=48).total_seconds())
    assert changing.ask(verb="ListRecords", resumptionToken=page.token.text or "").error is None
    changing.clock.sleep(1)
    late = changing.ask(verb="ListRecords", resumptionToken=page.token.text or "")
    assert (late.error, late.message) == ("badResumptionToken", "this token has expired; begin the list again")


@pytest.mark.parametrize("junk", ["", "0", "x", "!!!!", "A" * 500, "é", "a b", "<>&\"'", "====", "_-_-"])
@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers", "ListSets"])
def test_rule_46_junk_token_then_bad_resumption_token(registry: Registry, verb: str, junk: str) -> None:
    answer = registry.ask(verb=verb, resumptionToken=junk)
    assert answer.error == "badResumptionToken"
    assert answer.request.get("resumptionToken") == junk


def test_rule_46_token_of_another_verb_then_bad_resumption_token(registry: Registry) -> None:
    answer = registry.ask(verb="ListIdentifiers", resumptionToken=_token(registry))
    assert answer.message == "this token goes on with ListRecords; use it with that verb"


@given(st.data())
def test_rule_46_tampered_token_then_bad_resumption_token(registry: Registry, data: st.DataObject) -> None:
    raw = bytearray(base64.urlsafe_b64decode(_token(registry) + "=="))
    where = data.draw(st.integers(0, len(raw) - 1))
    raw[where] ^= data.draw(st.integers(1, 255))
    forged = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    assert registry.ask(verb="ListRecords", resumptionToken=forged).error == "badResumptionToken"


def test_rule_46_token_of_another_key_then_bad_resumption_token(registry: Registry, tmp_path: Path) -> None:
    with a_registry(f"sqlite:///{tmp_path / 'r.sqlite3'}", tmp_path, secret_key="another") as other:
        other.publish((numbered(number), stamp_at(number)) for number in range(12))
        assert other.ask(verb="ListRecords", resumptionToken=_token(registry)).error == "badResumptionToken"


def test_rule_47_same_token_again_then_the_same_page(registry: Registry) -> None:
    token = _token(registry)
    first, again = (registry.ask(verb="ListRecords", resumptionToken=token).response.data for _ in range(2))
    assert first == again


def test_rule_47_restart_then_the_token_still_works(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'r.sqlite3'}"
    with a_registry(url, tmp_path) as before:
        before.publish((numbered(number), stamp_at(number)) for number in range(12))
        token = _token(before)
    with a_registry(url, tmp_path) as after:
        assert len(after.ask(verb="ListRecords", resumptionToken=token).identifiers()) == 2


def test_rule_48_token_then_it_keeps_set_prefix_and_dates(registry: Registry) -> None:
    arguments = {"set": "source:ai4os-hub", "from_": stamp_at(2 * 60), "until": stamp_at(32 * 60)}
    assert registry.harvest(**arguments) == [identifier_of(number) for number in range(2, 33, 2)]


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_rule_49_whole_list_then_every_record_once_and_it_ends(registry: Registry, verb: str) -> None:
    assert registry.harvest(verb) == [identifier_of(number) for number in range(35)]


@pytest.mark.parametrize("edits", [1, 5, 20])
@pytest.mark.parametrize("arguments", [{}, {"set": "source"}], ids=["all", "set"])
def test_rule_50_edits_during_a_harvest_then_nothing_unchanged_is_lost_or_twice(
    changing: Registry, edits: int, arguments: dict[str, str]
) -> None:
    seen: list[str] = []
    edited: set[int] = set()
    begun = changing.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    for count, page in enumerate(changing.pages(**arguments)):
        seen += page.identifiers()
        changing.clock.sleep(1)
        now = changing.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        touched = [(count * edits * 7 + step * 3) % 35 for step in range(edits)]
        edited |= set(touched)
        changing.publish((numbered(number, version=f"{count}"), now) for number in touched)
        assert count < 10
    unchanged = [identifier_of(number) for number in range(35) if number not in edited]
    assert [found for found in seen if found in unchanged] == unchanged
    assert {identifier_of(number) for number in edited} <= set(changing.harvest(from_=begun))


def test_rule_50_everything_left_was_edited_then_the_last_page_is_not_empty(changing: Registry) -> None:
    first = changing.ask(**LIST)
    changing.clock.sleep(5)
    changing.publish((numbered(number), changing.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")) for number in range(35))
    assert first.token is not None
    page = changing.ask(verb="ListRecords", resumptionToken=first.token.text or "")
    assert page.error is None
    assert page.identifiers()
    assert page.token is not None
    assert page.token.text is None


def test_rule_50_everything_left_moved_beyond_until_then_no_records_match(changing: Registry) -> None:
    token = _token(changing, until=stamp_at(35 * 60))
    changing.publish((numbered(number), stamp_at(99 * 60)) for number in range(35))
    answer = changing.ask(verb="ListRecords", resumptionToken=token)
    assert (answer.error, answer.message) == (
        "noRecordsMatch",
        "the rest of this list changed since it began; it comes with the next harvest",
    )


def test_rule_52_equal_datestamps_then_every_record_once(changing: Registry) -> None:
    changing.publish((numbered(number), stamp_at(100)) for number in range(35))
    expected = [identifier_of(number) for number in range(35)]
    assert changing.harvest() == expected
    assert changing.harvest("ListIdentifiers", set="type:module") == expected


def test_rule_53_token_then_of_letters_that_need_no_escaping(registry: Registry) -> None:
    assert set(_token(registry)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_rule_54_list_sets_then_complete_without_a_token(registry: Registry) -> None:
    assert registry.ask(verb="ListSets").token is None
