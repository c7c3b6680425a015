from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab.text import (
    clean_text,
    first_sentence,
    is_repository_name,
    is_template_text,
    looks_like_file_name,
    malformed_tag,
    one_line,
    plain_text,
    repair_html,
    title_from_name,
)


def test_clean_text_when_it_has_forbidden_characters_loses_only_these() -> None:
    assert clean_text(" a\x00b\x0b\r\nc\u202ed\ufeff\tCafe\u0301 \ud800") == "ab\ncd\tCafé"
    assert one_line(" two\n words\u00a0here ") == "two words here"


@given(st.text())
def test_clean_text_when_taken_again_is_itself(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert one_line(one_line(text)) == one_line(text)


@pytest.mark.parametrize(("broken", "mended"), [
    ("<img class='fit', src='https://a.eu/b.png'/>", '<img class="fit" src="https://a.eu/b.png" />'),
    ("<img class=''fit'', src=\"https://a.eu/b.png\">", '<img class="fit" src="https://a.eu/b.png">'),
    ("x <video width='3', height=4, controls></video>", 'x <video width="3" height="4"></video>'),
])
def test_repair_html_when_attributes_are_parted_by_commas_mends_the_tag(broken: str, mended: str) -> None:
    assert malformed_tag(broken)
    assert repair_html(broken) == mended
    assert not malformed_tag(mended)


def test_repair_html_when_the_tag_is_well_formed_changes_nothing() -> None:
    text = "<img alt='' src='a,b.png'> 1 < 2, <a href=\"x\">y</a>"
    assert not malformed_tag(text)
    assert repair_html(text) == text


@given(st.text(alphabet="<>img src='\",=/ax ", max_size=60))
def test_repair_html_when_taken_again_is_itself(text: str) -> None:
    assert repair_html(repair_html(text)) == repair_html(text)


def test_plain_text_when_given_markdown_with_a_broken_tag_gives_the_words() -> None:
    text = "# Title\n\n<img class='fit', src='a'/>\nIt is **bold** and [linked](https://a.eu).\n\n* one\n* two\n"
    assert "bold and linked." in plain_text(text)
    assert "<img" not in plain_text(text)
    assert "**" not in plain_text(text)


@pytest.mark.parametrize(("text", "sentence"), [
    ("It **detects** fish. And more.", "It detects fish."),
    ("A toy, i.e. the inputs are returned. Next", "A toy, i.e. the inputs are returned."),
    ("By J. Smith et al. in Bonn", "By J. Smith et al. in Bonn"),
    ("No end", "No end"),
    ("", ""),
])
def test_first_sentence_when_the_text_has_several_is_the_first(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


def test_first_sentence_when_too_long_is_cut_at_a_word() -> None:
    assert first_sentence("one two three four.", length=14) == "one two three…"


@pytest.mark.parametrize("text", [
    "dogs_breed is an application using the DEEPaaS API.", "A toy application for demo and testing purposes.",
    "A short description of the project", "Add a description", "My awesome module", "{{ cookiecutter.title }}",
])
def test_is_template_text_when_a_template_brought_it_is_true(text: str) -> None:
    assert is_template_text(text)


@pytest.mark.parametrize("text", [
    "Detects fish in images of the OBSEA", "A model of the summary statistics", "My Fair Lady",
])
def test_is_template_text_when_somebody_wrote_it_is_false(text: str) -> None:
    assert not is_template_text(text)


def test_title_when_it_is_the_name_of_the_repository_is_told() -> None:
    assert is_repository_name("Demo App", "github.com/deephdc/demo_app")
    assert not is_repository_name("Demo", "github.com/deephdc/demo_app")
    assert not is_repository_name("!", "github.com/deephdc/_")
    assert looks_like_file_name("demo_app")
    assert looks_like_file_name("ai4os-demo-app")
    assert not looks_like_file_name("Pre-trained dogs")


@pytest.mark.parametrize(("name", "title"), [
    ("github.com/deephdc/DEEP-OC-satsr", "Satsr"), ("dogs_breed_det", "Dogs breed det"),
    ("UC-lifewatch-DEEP-OC-underwater-noise", "Underwater noise"), ("https://github.com/a/posenet-tf.git",
    "Posenet tf"),
])
def test_title_from_name_when_made_of_a_repository_is_readable(name: str, title: str) -> None:
    assert title_from_name(name) == title
