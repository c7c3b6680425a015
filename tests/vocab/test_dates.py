from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab.dates import in_order, iso_date


@pytest.mark.parametrize(("text", "iso"), [
    ("2024-08-12", "2024-08-12"), (" '2024-08-12' ", "2024-08-12"), ("2024-8-2", "2024-08-02"), ("2024/08/12",
    "2024-08-12"),
    ("20240812", "2024-08-12"), ("2024-08-12T10:00:00Z", "2024-08-12T10:00:00Z"),
    ("2024-08-12T10:00:00.123+02:00", "2024-08-12T08:00:00Z"), ("2024-08-12 10:00:00 +0200", "2024-08-12T08:00:00Z"),
    ("2024-08-12 10:00", "2024-08-12T10:00:00Z"), ("2024-08-12T25:00:00Z", "2024-08-12"), ("25/05/2023", "2023-05-25"),
    ("05-25-2023", "2023-05-25"), ("05.05.2023", "2023-05-05"), ("5 March 2024", "2024-03-05"), ("Mar 5th, 2024",
    "2024-03-05"),
])
def test_iso_date_when_a_date_is_certain_is_iso(text: str, iso: str) -> None:
    assert iso_date(text) == iso


@pytest.mark.parametrize("text", [
    "YYYY-MM-DD", "12/05/2023", "2024-02-30", "2024", "2024-08", "", "soon", "0000-00-00", "13/13/2023",
    "5 Foo 2024", None, 2024,
])
def test_iso_date_when_no_date_is_certain_is_none(text: object) -> None:
    assert iso_date(text) is None


def test_iso_date_when_given_a_date_object_is_iso() -> None:
    assert iso_date(datetime.date(2024, 8, 12)) == "2024-08-12"
    zone = datetime.timezone(datetime.timedelta(hours=2))
    assert iso_date(datetime.datetime(2024, 8, 12, 1, 0, tzinfo=zone)) == "2024-08-11T23:00:00Z"


DATE_LIKE = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ]\d\d:\d\d(:\d\d)?[Z+-]?\d{0,4})?"


@given(st.one_of(st.text(max_size=40), st.from_regex(DATE_LIKE)))
def test_iso_date_when_taken_again_is_itself(text: str) -> None:
    iso = iso_date(text)
    if iso is not None:
        assert iso_date(iso) == iso


def test_dates_when_compared_go_by_day() -> None:
    assert in_order("2024-08-12T10:00:00Z", "2024-08-12")
    assert not in_order("2024-08-12T10:00:00Z", "2024-08-12T09:00:00Z")
    assert not in_order("2025-07-03", "2024-07-03")
