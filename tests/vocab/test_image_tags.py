"""Which name of an image is shown, and which of many images."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab.image_tags import MOST_VARIANTS, MOST_VERSIONS, preferred_tag, relevant, variant_of
from vocab.module import Distribution

_TAGS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True)


def image(*tags: str, pushed: str = "2024-01-01") -> Distribution:
    return Distribution("image", reference="docker.io/sample/x", tag=preferred_tag(tags), tags=tags, pushed=pushed)


@pytest.mark.parametrize(("tags", "shown"), [
    (("latest", "2.1.1"), "2.1.1"),
    (("1", "1.2", "1.2.3", "latest"), "1.2.3"),
    (("v1.2.3", "1.2.3"), "1.2.3"),
    (("1.2.3-gpu", "1.2.3"), "1.2.3"),
    (("latest", "cpu"), "latest"),
    (("latest", "20240131"), "20240131"),
    (("main", "3f2a1bc"), "main"),
    (("gpu", "1.0-gpu"), "1.0-gpu"),
    (("latest", "1.0-gpu"), "1.0-gpu"),
    (("sha-3f2a1bc", "latest"), "latest"),
    (("stable",), "stable"),
])
def test_preferred_tag_when_a_digest_has_names_then_the_one_that_says_most(tags: tuple[str, ...], shown: str) -> None:
    assert preferred_tag(tags) == preferred_tag(reversed(tags)) == shown


def test_preferred_tag_when_there_is_none_then_none() -> None:
    assert preferred_tag(()) is None


@pytest.mark.parametrize(("tag", "words"), [
    ("latest", ()), ("1.2.3", ()), ("v2", ()), ("20240131", ()), ("3f2a1bc", ()), ("gpu", ("gpu",)),
    ("1.2-cuda12.1", ("cuda",)), ("1.19.4-erlang-28.1-slim", ("erlang", "slim")), ("r36.2.0", ("r",)),
    ("facade", ("facade",)),
])
def test_variant_when_a_tag_is_read_then_its_words_without_numbers(tag: str, words: tuple[str, ...]) -> None:
    assert variant_of(tag) == words


def test_relevant_when_there_are_five_hundred_tags_then_latest_the_newest_versions_and_one_of_each_variant() -> None:
    versions = [image(f"1.{number}", pushed=f"2024-01-01T00:{number % 60:02}:00Z") for number in range(250)]
    gpu = [image(f"1.{number}-gpu", pushed=f"2023-{number // 28 + 1:02}-{number % 28 + 1:02}") for number in range(250)]
    latest = image("latest", "cpu", pushed="2020-01-01")

    found = relevant([*gpu, *versions, latest])

    assert [each.tag for each in found] == ["latest", "1.249", "1.248", "1.247", "1.249-gpu"]


def test_relevant_when_a_variant_was_left_behind_then_not_shown_unless_there_is_nothing_else() -> None:
    latest = image("latest", "cpu", pushed="2024-05-02T09:00:00Z")
    gpu, test = image("gpu", pushed="2023-06-01"), image("test", pushed="2023-05-01T00:00:00Z")

    assert [each.tag for each in relevant([test, gpu, latest])] == ["latest", "gpu"]
    assert [each.tag for each in relevant([test])] == ["test"]
    assert [each.tag for each in relevant([latest, image("odd", pushed="")])] == ["latest", "odd"]


def test_relevant_when_latest_is_a_version_then_shown_once() -> None:
    assert [each.tag for each in relevant([image("1.0"), image("2.0", "latest")])] == ["2.0", "1.0"]


def test_relevant_when_there_are_only_branches_then_the_last_pushed_of_each() -> None:
    images = [image(f"branch-{chr(97 + number)}", pushed=f"2024-01-{number + 1:02}") for number in range(20)]

    found = [each.tag for each in relevant(images)]

    assert found == [f"branch-{chr(97 + number)}" for number in range(19, 19 - MOST_VARIANTS, -1)]


@given(st.lists(_TAGS, unique=True, max_size=40), st.integers(1, 4))
def test_relevant_when_anything_is_tagged_then_few_images_each_once_in_one_order(tags: list[str], names: int) -> None:
    images = [image(*tags[at:at + names]) for at in range(0, len(tags), names)]

    found = relevant(images)

    assert len(found) == len(set(found)) <= 1 + MOST_VERSIONS + MOST_VARIANTS
    assert set(found) <= set(images)
    assert found == relevant(list(reversed(images)))
    assert bool(found) == bool(images)
