"""Differences of canonical forms: field by field, item by item, readable."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.modules import a_module
from vocab.canonical import canonical
from vocab.differences import Difference, differences, moved_fields
from vocab.module import Agent, Licence, LicenceValue, Link, Version
from vocab.record import Json


def test_differences_when_nothing_moved_but_stamps_then_none() -> None:
    before: dict[str, Json] = {"title": "Coral", "datestamp": "2024-01-01T00:00:00Z", "sequence": 4}
    after: dict[str, Json] = {"title": "Coral", "datestamp": "2024-02-01T00:00:00Z", "sequence": 9}

    assert differences(before, after) == ()
    assert moved_fields(before, after) == ()


def test_differences_when_a_nested_value_moved_then_its_place() -> None:
    before = canonical(a_module(licence=Licence(declared=LicenceValue(raw="MIT", spdx="MIT"))))
    after = canonical(a_module(licence=Licence(declared=LicenceValue(raw="MIT Licence", spdx="MIT"))))

    assert differences(before, after) == (Difference("licence.declared.raw", "MIT", "MIT Licence"),)
    assert moved_fields(before, after) == ("licence",)


def test_differences_when_list_items_moved_then_item_by_item() -> None:
    bob = Agent("Bob", email="b@example.org")
    before = canonical(a_module(keywords=("coral", "reef"), authors=(Agent("Ada"), bob)))
    after = canonical(a_module(keywords=("coral", "sea"), authors=(Agent("Ada", orcid="0000-0001"), Agent("Cy"))))

    assert differences(before, after) == (
        Difference("keywords[]", "reef", None),
        Difference("keywords[]", None, "sea"),
        Difference("authors[Ada].orcid", None, "0000-0001"),
        Difference("authors[Bob]", {"name": "Bob", "kind": "person", "email": "b@example.org"}, None),
        Difference("authors[Cy]", None, {"name": "Cy", "kind": "person"}),
    )


def test_differences_when_an_ordered_list_is_turned_round_then_its_order() -> None:
    before = canonical(a_module(authors=(Agent("Ada"), Agent("Bob"))))
    after = canonical(a_module(authors=(Agent("Bob"), Agent("Ada"))))

    assert differences(before, after) == (Difference("authors[order]", ["Ada", "Bob"], ["Bob", "Ada"]),)


def test_differences_when_an_item_keeps_one_of_its_names_then_it_is_the_same_item() -> None:
    before: dict[str, Json] = {"training_data": [{"url": "https://example.org/d"}]}
    known = {"url": "https://example.org/d", "doi": "10.5281/zenodo.1", "title": "Reefs"}
    after: dict[str, Json] = {"training_data": [dict[str, Json](known)]}

    assert [each.field for each in differences(before, after)] == [
        "training_data[10.5281/zenodo.1].doi", "training_data[10.5281/zenodo.1].title",
    ]


def test_differences_when_the_module_is_new_then_every_value_it_has() -> None:
    found = differences(None, {"title": "Coral", "dates": {"issued": "2024"}, "links": [{"rel": "ci", "url": "u"}]})

    assert found == (
        Difference("title", None, "Coral"),
        Difference("dates.issued", None, "2024"),
        Difference("links[u]", None, {"rel": "ci", "url": "u"}),
    )


@pytest.mark.parametrize(("difference", "line"), [
    (Difference("title", "Coral", "Corals"), "title: Coral -> Corals"),
    (Difference("keywords[]", None, "sea"), "keywords[]: + sea"),
    (Difference("keywords[]", "sea", None), "keywords[]: - sea"),
    (Difference("links[u]", None, {"rel": "ci", "url": "u"}), 'links[u]: + {"rel":"ci","url":"u"}'),
    (
        Difference("description", "word " * 40 + "old end", "word " * 40 + "new end"),
        "description: …word word word word old end -> …word word word word new end",
    ),
])
def test_difference_when_told_to_people_then_one_line_where_the_sides_part(difference: Difference, line: str) -> None:
    assert difference.line() == line


def test_difference_when_told_to_programs_then_the_missing_side_is_absent() -> None:
    assert Difference("keywords[]", None, "sea").as_json() == {"field": "keywords[]", "after": "sea"}
    assert Difference("keywords[]", None, "sea").top == "keywords"


_KEYS = st.sampled_from(["name", "url", "a"])
_LEAF = st.booleans() | st.integers(-5, 5) | st.text(max_size=4)
_ITEM = _LEAF | st.lists(_LEAF, max_size=4) | st.dictionaries(_KEYS, _LEAF, max_size=3)
_JSON = _ITEM | st.lists(_ITEM, max_size=4) | st.dictionaries(_KEYS, _ITEM, max_size=3)
_FORMS = st.dictionaries(st.sampled_from(["title", "authors", "keywords", "dates"]), _JSON, max_size=4)


@given(_FORMS, _FORMS)
def test_differences_of_any_two_forms_then_they_name_exactly_the_fields_that_moved(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    found = differences(before, after)

    assert {each.top for each in found} <= set(moved_fields(before, after))
    assert all(each.before != each.after and each.line() for each in found)
    assert differences(before, before) == ()


def test_differences_when_versions_are_many_then_only_the_new_one() -> None:
    old = tuple(Version(f"v{number}", date="2024-01-01") for number in range(3000))
    before = canonical(a_module(versions=old, links=(Link("ci", "u"),)))
    after = canonical(a_module(versions=(Version("v3000"), *old), links=(Link("ci", "u"),)))

    assert [each.field for each in differences(before, after)] == ["versions[v3000]"]
