"""The table of faces, the canonical face, and plain text."""

from __future__ import annotations

import re

import orjson
import pytest
from hypothesis import given

from tests.support.faces import a_context, texts
from tests.support.modules import a_module, a_withdrawn_module
from vocab.canonical import canonical_bytes
from vocab.faces import FACES
from vocab.module import Module
from vocab.plain_text import plain_text, xml_attribute, xml_legal, xml_text


def test_faces_then_endings_and_names_are_told_apart() -> None:
    endings = [each.extension for spec in FACES.values() for each in spec.serialisations]
    assert len(endings) == len(set(endings))
    assert all(name == spec.name for name, spec in FACES.items())
    prefixes = [spec.oai.prefix for spec in FACES.values() if spec.oai]
    assert len(prefixes) == len(set(prefixes))


def test_face_asked_for_a_media_type_it_has_not_then_says_which_it_has() -> None:
    with pytest.raises(KeyError, match="dcat-ap has no text/html; it has text/turtle, application/ld"):
        FACES["dcat-ap"].render(a_module(), a_context(), "text/html")


@pytest.mark.parametrize("module", [a_module(), a_withdrawn_module()], ids=["whole", "withdrawn"])
def test_documents_of_a_face_then_what_each_serialisation_is_by_itself(module: Module) -> None:
    together = [spec for spec in FACES.values() if spec.render_all is not None]
    assert [spec.name for spec in together] == ["dcat-ap"]
    for spec in together:
        alone = {each.extension: each.render(module, a_context()) for each in spec.serialisations}
        assert spec.documents(module, a_context()) == alone


def test_documents_of_any_face_then_all_of_its_serialisations() -> None:
    for spec in FACES.values():
        made = spec.documents(a_module(), a_context())
        assert made == {each.extension: each.render(a_module(), a_context()) for each in spec.serialisations}


def test_canonical_face_then_the_canonical_form() -> None:
    assert FACES["json"].render(a_module(), a_context()) == canonical_bytes(a_module())


def test_canonical_face_of_a_withdrawn_module_then_only_what_remains() -> None:
    form = orjson.loads(FACES["json"].render(a_withdrawn_module(), a_context()))
    assert sorted(form) == [
        "aliases",
        "datestamp",
        "identifiers",
        "relations",
        "sequence",
        "slug",
        "sources",
        "status",
        "title",
        "type",
        "uri",
        "withdrawn_reason",
    ]


def test_plain_text_of_a_text_too_long_to_be_remembered_then_as_of_a_short_one() -> None:
    short = "# Nets\n\nThey *find* <b>fish</b>.\n\n"
    assert plain_text(short * 1_000) == "\n\n".join([plain_text(short)] * 1_000)


@given(texts)
def test_plain_text_of_anything_then_no_tag_and_stable(markdown: str) -> None:
    text = plain_text(markdown)
    assert not re.search(r"<[A-Za-z/][^<>]*>", text)
    assert xml_legal(text) == text
    assert text == text.strip()


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# Title\n\nSome *text* with a [link](https://example.org).", "Title\n\nSome text with a link."),
        ("one\ntwo", "one\ntwo"),
        ("* a\n* b", "a\n\nb"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a\n\nb\n\n1\n\n2"),
        ("a &lt;b&gt; c", "a c"),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
        ("\x00\x0b bad \ufffe", "bad"),
        ("", ""),
    ],
)
def test_plain_text_of_markdown_then_what_a_reader_sees(markdown: str, expected: str) -> None:
    assert plain_text(markdown) == expected


def test_xml_text_then_escaped_and_legal() -> None:
    assert xml_text('a<b>&"\x00\r') == 'a&lt;b&gt;&amp;"&#13;'
    assert xml_attribute('a"\n\t') == "a&quot;&#10;&#9;"
