"""The text of a search taken apart: the grammar, and that any string is a question."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from registry.search.question import LONGEST_TEXT, DateRange, ask, words_of, words_required


def test_words_are_folded_and_stop_words_left_out() -> None:
    assert ask("How do I count Plankton in images").words == ("count", "plankton", "images")


def test_words_that_are_all_stop_words_are_kept() -> None:
    assert ask("the what").words == ("the", "what")


def test_quoted_words_are_a_phrase_even_when_the_quote_is_never_closed() -> None:
    assert ask('"speech to text').phrases == (("speech", "to", "text"),)


def test_a_name_with_joints_is_a_phrase_of_its_parts() -> None:
    assert ask("tf-cnn_benchmarks tools").phrases == (("tf", "cnn", "benchmarks"),)


def test_minus_excludes_a_word_or_phrase() -> None:
    assert ask('plankton -audio -"deep learning"').excluded == (("audio",), ("deep", "learning"))


def test_a_field_restricts_words_to_it() -> None:
    assert ask('author:"Ada Muster"').fielded == (("authors", ("ada", "muster")),)


def test_a_facet_in_the_text_is_a_filter() -> None:
    assert ask("licence:MIT library:pytorch").facets == {"licence": ("MIT",), "library": ("pytorch",)}


def test_dates_are_closed_ranges_of_days_with_open_ends() -> None:
    assert ask("updated:>2024-05 created:<=2020 created:2021").ranges == (
        DateRange("updated", start="2024-05-01"),
        DateRange("created", end="2020-12-31"),
        DateRange("created", "2021-01-01", "2021-12-31"),
    )


def test_what_is_no_date_is_words() -> None:
    assert ask("updated:yesterday").phrases == (("updated", "yesterday"),)


def test_a_pasted_address_is_looked_up_as_a_name() -> None:
    assert ask("https://github.com/Some-Hub/Bird-Song/tree/main").name == "github.com/some-hub/bird-song"
    assert ask("https://hub.docker.com/r/somehub/bird-song").name == "somehub/bird-song"
    assert ask("https://doi.org/10.5281/ZENODO.12").name == "10.5281/zenodo.12"


def test_operators_alone_ask_for_nothing_and_so_for_everything() -> None:
    for text in ("", "*", '"', "-", ":", "( ) AND", "\x00", "- - -"):
        assert ask(text).name is None or ask(text).words, text
    assert ask('" - * :').is_empty


def test_required_words_are_all_of_two_and_most_of_many() -> None:
    assert [words_required(count) for count in (0, 1, 2, 3, 4, 6, 9)] == [0, 1, 2, 2, 3, 4, 6]


@given(st.text(max_size=3 * LONGEST_TEXT))
def test_any_string_is_a_question_of_bounded_size(text: str) -> None:
    question = ask(text)
    assert len(question.words) <= 32
    assert len(question.phrases) <= 8
    assert all(word == word.casefold() for word in question.words)


@given(st.text())
def test_words_never_hold_blanks_or_joints(text: str) -> None:
    assert not any(set(word) & set(' -_/"') for word in words_of(text))
