"""XML from outside: what is dangerous is refused in words, what is harmless is read whatever its encoding."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab.safe_xml import (
    MAX_BYTES,
    MAX_MARKS,
    UnsafeXmlError,
    canonical_of,
    children_of,
    local_name,
    namespace_of,
    parse_xml,
    payload_of,
    text_of,
    utf8_of,
    without_illegal,
)

_TYPE = "it declares a document type, which is not read"


@pytest.mark.parametrize(("body", "seen", "line"), [
    (b"", "it is empty", None),
    (b" \n ", "it is empty", None),
    (b"{}", "it is no XML", 1),
    (b"<!DOCTYPE html><html></html>", "it is a web page", 1),
    (b"\n<HTML>", "it is a web page", 1),
    (b'<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', _TYPE, 2),
    (b"<!-- x --><?pi?>\n<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", _TYPE, 2),
    (b'<?xml version="1.0" encoding="utf-7"?>+ADw-a/+AD4-', "it is in an encoding that is not read: utf-7", 1),
    (b'<?xml version="1.0" encoding="x-no-such"?><a/>', "it is in an encoding that is not read: x-no-such", 1),
    (
        b'<?xml version="1.0" encoding="cp1252"?><a>\x81</a>',
        "it is not in cp1252, as it says: character maps to <undefined>", 1,
    ),
    (b"<a>\n<b></a>", "it is not well-formed: Opening and ending tag mismatch: b line 2 and a", 2),
    (b"<a>&nbsp;</a>", "it is not well-formed: Entity 'nbsp' not defined", 1),
    (b"<a>" * 300, "it is not well-formed: Excessive depth in document: 256, use XML_PARSE_HUGE option", 1),
    (b"<a/>" * (MAX_MARKS + 1), f"it has more than {MAX_MARKS} tags", None),
    (b"<" * (MAX_BYTES + 1), f"it has {MAX_BYTES + 1} bytes, more than {MAX_BYTES}", None),
])
def test_document_when_it_is_not_to_be_read_is_refused(body: bytes, seen: str, line: int | None) -> None:
    with pytest.raises(UnsafeXmlError) as refused:
        parse_xml(body)
    assert (refused.value.seen, refused.value.line) == (seen, line)


@pytest.mark.parametrize("body", [
    "<a>é</a>".encode(),
    b"\xef\xbb\xbf<a>\xc3\xa9</a>",
    b"\n\n<?xml version='1.0' encoding='UTF-8'?><a>\xc3\xa9</a>",
    b"<?xml version='1.0' encoding='us-ascii'?><a>&#233;</a>",
    "<?xml version='1.0' encoding='iso-8859-1'?><a>é</a>".encode("latin-1"),
    "<?xml version='1.0' encoding='UTF-16'?><a>é</a>".encode("utf-16"),
    "<?xml version='1.0' encoding='UTF-16'?><a>é</a>".encode("utf-16-be"),
    "<a>é</a>".encode("utf-16-le"),
])
def test_document_when_in_any_common_encoding_is_the_same(body: bytes) -> None:
    assert parse_xml(body).text == "é"


def test_document_type_when_it_stands_in_a_text_is_a_text() -> None:
    assert parse_xml(b"<a><![CDATA[<!DOCTYPE html>]]></a>").text == "<!DOCTYPE html>"


def test_lines_when_there_was_a_declaration_are_counted_from_the_top() -> None:
    lines = [str(each.sourceline) for each in parse_xml(b"<?xml version='1.0'\n?>\n<a>\n<b/></a>").iter()]
    assert lines == ["3", "4"]


def test_comments_and_instructions_when_there_are_any_are_left_out() -> None:
    root = parse_xml(b"<?style x?><a><!-- b --><?c d?>e<f/></a>")
    assert [local_name(each) for each in children_of(root)] == ["f"]
    assert text_of(root) == "e"


def test_illegal_characters_when_dropped_leave_a_good_document() -> None:
    body = b"<a>\x01b&#x1F;&#65;&#xFFFE;&#99999999;c</a>"
    assert parse_xml(without_illegal(body)).text == "bAc"


def test_illegal_characters_when_the_text_is_no_utf8_are_not_dropped() -> None:
    with pytest.raises(UnsafeXmlError) as refused:
        without_illegal(b"<a>\n\xff</a>")
    assert (refused.value.seen, refused.value.line, refused.value.broken) == ("it is not UTF-8, as it says", 2, True)


def test_element_when_cut_out_keeps_its_namespaces() -> None:
    inner = next(children_of(parse_xml(b'<a xmlns="x:y" xmlns:z="x:z"><b z:c="d"/>tail</a>')))
    again = parse_xml(payload_of(inner))
    assert (namespace_of(again), again.get("{x:z}c"), again.tail) == ("x:y", "d", None)


def test_canonical_form_when_written_otherwise_is_the_same() -> None:
    same, other = b'<a xmlns="x:y" b="1" c="2"/>', b"<a  c='2'\n b='&#49;'  xmlns:unused='x:z' xmlns='x:y'></a>"
    assert canonical_of(parse_xml(other)) == canonical_of(parse_xml(same))


def test_canonical_form_when_a_namespace_is_relative_is_the_element_as_it_stands() -> None:
    assert canonical_of(parse_xml(b'<a xmlns="b"/>')) == b'<a xmlns="b"/>'


def _outcome(parse: Callable[[bytes], object], body: bytes) -> str:
    """What became of a document: that it is good, or why not. Anything but that is a failure."""
    try:
        parse(body)
    except UnsafeXmlError as error:
        return error.seen
    return "good"


@given(st.binary(max_size=300) | st.text(alphabet="<>/a b=\"'&;#x![]-?:\n\x00é", max_size=200).map(str.encode))
def test_parsing_when_anything_comes_gives_an_element_or_a_reason(body: bytes) -> None:
    for parse in (parse_xml, lambda each: parse_xml(without_illegal(each)), utf8_of):
        assert _outcome(parse, body)


@pytest.mark.parametrize("body", [
    b"<!-- " * 1_000_000, b"<? " * 1_000_000, b"<a " + b"b='c' " * 500_000, b"<a>" + b"&#x1;" * 1_000_000,
    b"<a>" + b"&" * 5_000_000,
])
def test_parsing_when_a_bomb_comes_takes_bounded_time(body: bytes) -> None:
    began = time.process_time()
    assert _outcome(parse_xml, body) != "good"
    assert _outcome(without_illegal, body)
    assert time.process_time() - began < 5
