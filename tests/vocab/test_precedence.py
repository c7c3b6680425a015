"""The table of precedence is whole, and says what the manual promises."""

from __future__ import annotations

import pytest

from vocab.fields import FIELDS
from vocab.precedence import DEFAULT_ORDER, FIELD_ORDER, LABELS, REASONS, order_key, rank, table
from vocab.readers import READERS

# A reader that only says where a record came from is believed in nothing.
SPEAKING = [each for each in READERS if each != "oai_about"]


@pytest.mark.parametrize("reader", SPEAKING)
def test_reader_when_it_speaks_then_it_has_a_rank_and_a_name(reader: str) -> None:
    assert reader in DEFAULT_ORDER
    assert LABELS[reader]


def test_table_when_it_is_shown_then_every_exception_has_its_reason_and_every_field_exists() -> None:
    assert [each.fields for each in table()] == ["every other field", *FIELD_ORDER]
    assert set(REASONS) == set(FIELD_ORDER) <= set(FIELDS)
    assert all(len(set(each)) == len(each) for each in (DEFAULT_ORDER, *FIELD_ORDER.values()))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("curator", "ai4_v2"), ("ai4_v2", "deep_v1"), ("deep_v1", "citation_cff"), ("citation_cff", "codemeta"),
        ("codemeta", "zenodo"), ("zenodo", "github"), ("github", "dockerhub"), ("readme", "oci"),
        ("dockerhub", "derived"), ("listing", "unheard-of"),
    ],
)
def test_order_of_the_house_is_that_of_the_manual(before: str, after: str) -> None:
    assert order_key("description", before, 0) < order_key("description", after, 0)


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("version", "github", "ai4_v2"), ("version", "git", "pyproject"), ("version", "zenodo", "citation_cff"),
        ("authors", "citation_cff", "zenodo"), ("authors", "zenodo", "codemeta"), ("authors", "codemeta", "deep_v1"),
        ("licence.detected", "licence_file", "github"), ("dates.content", "gitlab", "ai4_v2"),
    ],
)
def test_exceptions_are_those_of_the_manual(field: str, before: str, after: str) -> None:
    assert rank(field, before) < rank(field, after)
