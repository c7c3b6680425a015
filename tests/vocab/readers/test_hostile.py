"""Whatever bytes come, a reader gives findings, in bounded time, and never an exception."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.documents import a_context, a_document
from tests.support.samples import SAMPLES
from vocab.canonical import record_from_json, record_to_bytes
from vocab.readers import read_entry

PATHS = sorted(SAMPLES)
BITS = [
    "\n",
    " ",
    "\t",
    ":",
    "-",
    '"',
    "'",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\\",
    "*",
    "&a",
    "#",
    "|",
    "<",
    "$",
    "\x00",
    "é",
    "=",
    "---\n",
    "🐟",
]
SECONDS = 5.0


def check(path: str, body: bytes) -> None:
    """Reads one document; the record must be storable."""
    record = read_entry(a_context(), [a_document(path, body)])
    assert "reader-failed" not in {each.code for each in record.findings}
    assert record_from_json(record_to_bytes(record)) == record


@pytest.mark.parametrize("path", PATHS)
@given(body=st.binary(max_size=200))
def test_arbitrary_bytes_never_raise(path: str, body: bytes) -> None:
    check(path, body)


@pytest.mark.parametrize("path", PATHS)
@given(data=st.data())
def test_mutated_documents_never_raise(path: str, data: st.DataObject) -> None:
    text = SAMPLES[path]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        text = text[:start] + data.draw(st.sampled_from(BITS)) * data.draw(st.integers(0, 3)) + text[end:]
    check(path, text.encode("utf-8", "surrogatepass"))


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "title",
                        "links",
                        "sources",
                        "dates",
                        "tags",
                        "authors",
                        "license",
                        "resources",
                        "inference",
                        "cpu",
                        "name",
                        "@id",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
    path=st.sampled_from(
        [each for each in PATHS if each.endswith(".json") or each.startswith("api:")]
        + ["ai4-metadata.yml", "CITATION.cff"]
    ),
)
def test_values_of_any_shape_never_raise(value: object, path: str) -> None:
    check(path, json.dumps(value).encode())


BOMBS = {
    "brackets": "[" * 900_000,
    "braces": '{"a":' * 180_000,
    "quotes": '"' * 900_000,
    "dashes": "- " * 450_000,
    "stars": "*a " * 300_000,
    "commas": "[" + '"a" ' * 200_000,
    "colons": "a: " * 300_000,
    "one line": "title: " + "x" * 900_000,
    "backslashes": "\\" * 900_000,
    "keys": "".join(f"k{number}: v\n" for number in range(70_000)),
    "same key": "title: x\n" * 100_000,
    "lines": "\n" * 900_000,
    "anchors": "".join(f"a{number}: &a{number} [1]\n" for number in range(40_000)),
    "labels": "FROM x\n" + "LABEL " + 'a="b" ' * 140_000,
    "words": "LABEL " + "a" * 900_000,
    "arguments": "ARG a=$a$a$a$a\n" * 60_000,
    "headings": "# a\n\n" * 180_000,
    "use": "use it " * 120_000,
    "broken sections": "title: a: b\n  c: d: e\n" * 2_400,
    "parentheses": "(" * 900_000,
    "names": 'LABEL maintainer="' + "A-B, " * 150_000 + '"',
    "upper case": 'LABEL maintainer="' + "A-" * 400 + 'a"',
    "repeated json repairs": "[" + "'a'\n" * 200_000,
    "tables": "[a]\n" + "a=" + "[" * 400_000,
}


@pytest.mark.parametrize("bomb", sorted(BOMBS))
def test_bombs_are_read_in_bounded_time(bomb: str) -> None:
    for path in PATHS:
        began = time.process_time()
        check(path, BOMBS[bomb].encode())
        assert time.process_time() - began < SECONDS, path


def test_a_billion_laughs_over_metadata_is_told() -> None:
    body = "a: &a [x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 8)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    record = read_entry(a_context(), [a_document("ai4-metadata.yml", body)])
    assert record.unparsed == ("ai4-metadata.yml",)
    assert [each.line for each in record.findings if each.code == "yaml-unreadable"] == [6]
