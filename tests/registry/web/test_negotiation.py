"""Which representation a client gets, by its headers alone."""

from __future__ import annotations

import pytest

from registry.web.negotiation import HTML, Choice, all_choices, choice_of_extension, choose
from vocab.faces import FACES

DCAT = FACES["dcat-ap"].profile
SCHEMA = FACES["schema.org"].profile


def chosen(accept: str, profile: str | None = None, accept_profile: str = "") -> str | None:
    """The ending of what is sent, `html` for the page, None for nothing."""
    found = choose(accept, profile, accept_profile)
    return found.serialisation.extension if isinstance(found, Choice) else "html" if found == HTML else None


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "html"), ("*/*", "html"), ("text/*", "html"), ("text/html,application/xhtml+xml,*/*;q=0.8", "html"),
        ("text/turtle", "ttl"), ("application/ld+json", "jsonld"), ("application/rdf+xml", "rdf"),
        ("application/n-triples", "nt"), ("application/json", "json"), ("application/xml", "dc.xml"),
        ("text/html;q=0.4, text/turtle;q=0.5", "ttl"), ("text/turtle;q=0.4, text/html;q=0.5", "html"),
        ("application/json;q=0.9, application/ld+json;q=0.8", "json"), ("text/html;q=0, */*", "ttl"),
        ("image/png, text/turtle;q=0.1", "ttl"), ("TEXT/TURTLE", "ttl"), ("text/turtle; charset=utf-8", "ttl"),
        ("image/png", None), ("text/turtle;q=0", None), ("application/vnd.unknown", None),
    ],
)  # fmt: skip
def test_accept_without_profile_then_the_best_that_is_offered(accept: str, expected: str | None) -> None:
    assert chosen(accept) == expected


@pytest.mark.parametrize(
    ("accept", "profile", "accept_profile", "expected"),
    [
        ("*/*", "schema.org", "", "schema.jsonld"), ("application/ld+json", SCHEMA, "", "schema.jsonld"),
        ("application/ld+json", None, f"<{SCHEMA}>", "schema.jsonld"),
        ("application/ld+json", None, f"<{DCAT}>", "jsonld"),
        (f'application/ld+json;profile="{SCHEMA}"', None, "", "schema.jsonld"),
        (f'application/ld+json; profile="{SCHEMA}"; q=0.9', None, "", "schema.jsonld"),
        ("*/*", "OAI_DC", "", "dc.xml"), ("*/*", None, f"<https://unknown.example.org/>, <{SCHEMA}>", "schema.jsonld"),
        ("application/ld+json", None, f"<{DCAT}>;q=0.1, <{SCHEMA}>;q=0.9", "schema.jsonld"),
        ("application/ld+json", None, f"<{SCHEMA}>;q=0", "jsonld"), ("*/*", "no-such-profile", "", "html"),
        ("text/html,*/*;q=0.1", "dcat-ap", "", "ttl"), ("text/html", "json", "", "json"),
        ("text/turtle", "schema.org", "", None),
    ],
)  # fmt: skip
def test_profile_when_named_then_its_face_and_an_unknown_one_is_passed_over(
    accept: str, profile: str | None, accept_profile: str, expected: str | None
) -> None:
    assert chosen(accept, profile, accept_profile) == expected


def test_extensions_when_looked_up_then_each_leads_to_its_one_document() -> None:
    endings = [each.serialisation.extension for each in all_choices()]
    assert len(endings) == len(set(endings))
    for ending in endings:
        found = choice_of_extension(ending)
        assert found is not None
        assert found.serialisation.extension == ending
    assert choice_of_extension("exe") is None
