from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab.readers.json_text import parse_json
from vocab.readers.tree import Node

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


def plain(text: str) -> object:
    root = parse_json(text.encode()).root
    return root.plain() if root is not None else None


def repairs(text: str) -> list[tuple[int, str]]:
    return [(each.line, each.message) for each in parse_json(text.encode()).defects]


@given(JSON_VALUES, st.sampled_from([None, 2]), st.booleans())
def test_parse_json_of_strict_json_repairs_nothing_and_agrees_with_the_standard_library(
    value: object, indent: int | None, ascii_only: bool
) -> None:
    parsed = parse_json(json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode())
    assert parsed.defects == []
    assert parsed.complete
    assert parsed.root is not None
    assert parsed.root.plain() == value


def test_parse_json_keeps_the_line_of_every_value() -> None:
    root = parse_json(b'{\n "a": 1,\n\n "b": [\n  "x",\n  "y"]}').root
    assert root is not None
    assert [(each.plain(), each.line) for each in root.scalars()] == [(1, 2), ("x", 5), ("y", 6)]


@pytest.mark.parametrize(
    ("text", "value", "told"),
    [
        ('{"a": 1,\n}', {"a": 1}, [(1, "a comma before the closing bracket")]),
        ('["a"\n"b"]', ["a", "b"], [(1, "a comma is missing between two values")]),
        ('["a",, "b"]', ["a", "b"], [(1, "a comma too many")]),
        ('{"a": "one\ntwo"}', {"a": "one\ntwo"}, [(1, "a raw line break in a text")]),
        ('{"a": "one\ttwo"}', {"a": "one\ttwo"}, [(1, "a raw control character in a text")]),
        (
            '{"a": "one,\n"b": 2}',
            {"a": "one", "b": 2},
            [(1, "a text is not closed by a quote"), (1, "a comma is missing between two values")],
        ),
        (
            '{"a": "see "this" here"}',
            {"a": 'see "this" here'},
            [(1, "a quote inside a text"), (1, "a quote inside a text")],
        ),
        ("{'a': 'b'}", {"a": "b"}, [(1, "single quotes around a text")] * 2),
        ("{a: True}", {"a": True}, [(1, "the key `a` is not in quotes"), (1, "`True` is not in quotes")]),
        ('{"a": 1} // end', {"a": 1}, [(1, "a comment, which JSON does not have")]),
        ('{"a": 1}}', {"a": 1}, [(1, "brackets or commas after the end of the value")]),
        ('\ufeff{"a": 1}', {"a": 1}, [(1, "a byte order mark stands before the text")]),
        ('{"a": "C:\\dir"}', {"a": "C:\\dir"}, [(1, "`\\d` is no escape of JSON")]),
        ('{"a" "b"}', {"a": "b"}, [(1, "no colon after the key `a`")]),
    ],
)
def test_parse_json_of_broken_json_repairs_it_and_tells_the_line(
    text: str, value: object, told: list[tuple[int, str]]
) -> None:
    assert plain(text) == value
    assert repairs(text) == told
    assert parse_json(text.encode()).complete


def test_parse_json_of_a_key_that_stands_twice_joins_lists_and_tells_both_lines() -> None:
    parsed = parse_json(b'{"a": ["x"],\n"a": ["x", "y"],\n"b": "old",\n"b": ""}')
    assert parsed.root is not None
    assert parsed.root.plain() == {"a": ["x", "y"], "b": "old"}
    assert [(each.code, each.line, each.message) for each in parsed.defects] == [
        ("json-duplicate-key", 2, "the key `a` stands on line 1 and again on line 2"),
        ("json-duplicate-key", 4, "the key `b` stands on line 3 and again on line 4"),
    ]


def test_parse_json_of_a_truncated_file_keeps_what_came_before_and_is_not_complete() -> None:
    parsed = parse_json(b'{"title": "Fish",\n"summary": "Fin')
    assert parsed.root is not None
    assert parsed.root.plain() == {"title": "Fish"}
    assert not parsed.complete
    assert [(each.code, each.line, each.message) for each in parsed.defects] == [
        ("json-unreadable", 2, "the file ends inside a text"),
    ]


@pytest.mark.parametrize(("body", "code", "looks_like"), [
    (b"<!DOCTYPE html><html><body>404</body></html>", "document-not-text", "a web page"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00", "document-not-text", "binary content"),
    (b"", "document-not-text", "an empty file"),
    (b"[" + b"1," * 500_001 + b"]", "document-too-large", "1000004 bytes"),
])
def test_parse_json_of_something_else_says_what_it_looks_like(body: bytes, code: str, looks_like: str) -> None:
    parsed = parse_json(body)
    assert parsed.root is None
    assert [(each.code, each.line, each.found) for each in parsed.defects] == [(code, 1, looks_like)]


def test_parse_json_of_deep_nesting_stops() -> None:
    parsed = parse_json(b"[" * 100_000)
    assert [each.message for each in parsed.defects] == ["nested too deeply or too many values"]


def test_parse_json_joins_surrogate_pairs_and_replaces_lone_ones() -> None:
    assert plain('["\\ud83d\\ude00", "\\ud83d", "\\u00e9"]') == ["😀", "\ufffd", "é"]


def test_parse_json_of_windows_text_reads_it_and_tells() -> None:
    parsed = parse_json('{"a": 1,\n"b": "caf\u00e9"}'.encode("cp1252"))
    assert parsed.root is not None
    assert parsed.root.get("b") == Node("café", 2)
    assert [(each.code, each.line) for each in parsed.defects] == [("text-not-utf8", 2)]
