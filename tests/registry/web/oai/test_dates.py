"""Rules 24 to 38: dates, bounds and datestamps."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.oai import Registry, a_registry, identifier_of, numbered, stamp_at

# Digits to Python's `\d` and `int`, not to ISO 8601.
ARABIC = {ord(str(digit)): 0x660 + digit for digit in range(10)}
LIST = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}


@pytest.mark.parametrize(
    "value",
    [
        "2026",
        "2026-01",
        "2026-1-1",
        "2026-01-01T00:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00.0Z",
        "yesterday",
        "",
        "2026-01-01T00:00:00+00:00",
        " 2026-01-01",
        "2026-01-01 ",
        "2026-01-01T24:00:00Z",
        "2026-01-01".translate(ARABIC),
        "20260101",
        "2026-W01-1",
        "2026-01-01\n",
        "2026-01-01T00:00:60Z",
        "0000-01-01",
    ],
)
@pytest.mark.parametrize("name", ["from", "until"])
def test_rule_24_date_of_another_form_then_bad_argument(registry: Registry, name: str, value: str) -> None:
    answer = registry.ask(**LIST, **{name: value})
    assert answer.message == f"{name} must be YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, and a date that exists"
    assert not answer.request.attrib


@pytest.mark.parametrize("value", ["2026-02-30", "2026-13-01", "2025-02-29", "2026-01-01T25:00:00Z"])
def test_rule_25_date_that_does_not_exist_then_bad_argument(registry: Registry, value: str) -> None:
    assert registry.ask(**LIST, from_=value).error == "badArgument"


def test_rule_26_granularities_mixed_then_bad_argument(registry: Registry) -> None:
    answer = registry.ask(**LIST, from_="2026-01-01", until="2026-01-02T00:00:00Z")
    assert answer.message == "from and until must have the same granularity"


def test_rule_28_bounds_then_both_are_inside(registry: Registry) -> None:
    found = registry.ask(**LIST, from_=stamp_at(3 * 60), until=stamp_at(5 * 60))
    assert found.identifiers() == [identifier_of(3), identifier_of(4), identifier_of(5)]


def test_rule_28_until_as_a_day_then_the_whole_day(tmp_path: Path) -> None:
    with a_registry(f"sqlite:///{tmp_path / 'r.sqlite3'}", tmp_path) as made:
        made.publish([(numbered(1), "2026-01-05T23:59:59Z"), (numbered(2), "2026-01-06T00:00:00Z")])
        assert made.harvest(until="2026-01-05") == [identifier_of(1)]
        assert made.harvest(from_="2026-01-06") == [identifier_of(2)]
        assert made.harvest(from_="2026-01-05", until="2026-01-05") == [identifier_of(1)]


def test_rule_29_from_alone_and_until_alone_then_valid(registry: Registry) -> None:
    assert len(registry.harvest(from_=stamp_at(30 * 60))) == 5
    assert len(registry.harvest(until=stamp_at(4 * 60))) == 5


def test_rule_30_from_after_until_then_bad_argument(registry: Registry) -> None:
    answer = registry.ask(**LIST, from_="2026-01-02", until="2026-01-01")
    assert answer.message == "from must not be later than until"


@pytest.mark.parametrize("start", ["2026-01-20", "2999-01-01T00:00:00Z"])
def test_rule_31_from_after_the_newest_then_no_records_match(registry: Registry, start: str) -> None:
    assert registry.ask(**LIST, from_=start).error == "noRecordsMatch"


def test_rule_32_until_before_the_earliest_then_no_records_match(registry: Registry) -> None:
    assert registry.ask(**LIST, until="2025-01-01").error == "noRecordsMatch"


def test_rule_33_earliest_datestamp_then_of_all_records_deletions_too(changing: Registry) -> None:
    assert changing.ask(verb="Identify").texts("earliestDatestamp") == [stamp_at(0)]
    changing.withdraw(numbered(0), stamp_at(30))
    assert changing.ask(verb="Identify").texts("earliestDatestamp") == [stamp_at(30)]


def test_rule_33_empty_registry_then_earliest_is_now(tmp_path: Path) -> None:
    with a_registry(f"sqlite:///{tmp_path / 'r.sqlite3'}", tmp_path) as made:
        answer = made.ask(verb="Identify")
        assert answer.texts("earliestDatestamp") == answer.texts("responseDate")


def test_rule_35_filter_and_header_then_the_same_date(registry: Registry) -> None:
    for number in (0, 17, 33):
        answer = registry.ask(**LIST, from_=stamp_at(number * 60), until=stamp_at(number * 60))
        assert answer.texts("datestamp") == [stamp_at(number * 60)]


def test_rule_36_datestamp_ahead_of_our_clock_then_listed_all_the_same(changing: Registry) -> None:
    changing.publish([(numbered(99), "2026-06-01T00:00:00Z")])
    assert changing.clock.moment.month == 1
    assert identifier_of(99) in changing.harvest()


def test_rule_38_order_then_by_datestamp(changing: Registry) -> None:
    changing.publish([(numbered(3), stamp_at(9000))])
    stamps = [stamp for page in changing.pages() for stamp in page.texts("datestamp")]
    own = [stamp for stamp in stamps if stamp.startswith("2026-01")]
    assert own == sorted(own)
    assert changing.harvest()[-1] == identifier_of(3)
