"""How a registry says that it wants to be asked with a token."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.sources.oci_challenge import Challenge, best_challenge, challenges_in

_NAME = st.from_regex(r"[a-z][a-z0-9_-]{0,10}", fullmatch=True)
_VALUE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=40)


@pytest.mark.parametrize(("header", "found"), [
    (
        'Bearer realm="https://auth.example.org/token",service="registry.example.org",scope="repository:a/b:pull,push"',
        [Challenge("bearer", {
            "realm": "https://auth.example.org/token", "service": "registry.example.org",
            "scope": "repository:a/b:pull,push",
        })],
    ),
    (
        'Basic realm="a \\"b\\", c", Bearer realm=https://h.example/t , error="invalid_token"',
        [Challenge("basic", {"realm": 'a "b", c'}),
         Challenge("bearer", {"realm": "https://h.example/t", "error": "invalid_token"})],
    ),
    ("Negotiate abc==, bEARER  REALM = \"r\"", [Challenge("negotiate"), Challenge("bearer", {"realm": "r"})]),
    ('Bearer realm="one",realm="two"', [Challenge("bearer", {"realm": "one"})]),
    ("Negotiate", [Challenge("negotiate")]),
    ('realm="of no scheme"', []),
    ("", []),
])
def test_challenges_of_a_header_are_read_in_their_order(header: str, found: list[Challenge]) -> None:
    assert list(challenges_in(header)) == found


@pytest.mark.parametrize(("header", "scheme"), [
    ('Basic realm="r", Bearer realm="https://h.example/t"', "bearer"),
    ('Bearer error="no realm", Basic realm="r"', "basic"),
    ("Negotiate, NTLM", None),
])
def test_best_challenge_is_the_one_that_says_where_tokens_are(header: str, scheme: str | None) -> None:
    found = best_challenge(header)
    assert (found.scheme if found else None) == scheme


@given(st.dictionaries(_NAME, _VALUE, max_size=5))
def test_challenge_that_is_written_by_the_rules_is_read_as_it_was_meant(parameters: dict[str, str]) -> None:
    written = ", ".join(
        '{}="{}"'.format(name, value.replace("\\", "\\\\").replace('"', '\\"')) for name, value in parameters.items()
    )
    assert challenges_in(f"Bearer {written}") == (Challenge("bearer", parameters),)


@given(st.text(max_size=300))
def test_challenges_of_anything_at_all_are_no_error(header: str) -> None:
    assert all(each.scheme == each.scheme.lower() for each in challenges_in(header))


@pytest.mark.parametrize("piece", [" ", '"', "a=", 'a ="', "a ", "\\", 'a="\\', ",", "Basic a"])
def test_challenges_of_a_long_header_take_no_time(piece: str) -> None:
    begin = time.perf_counter()
    challenges_in(piece * 100_000)
    assert time.perf_counter() - begin < 0.5
