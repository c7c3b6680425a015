"""The graph and its four writers, refereed by rdflib."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.compare import isomorphic

from tests.support.faces import HOSTILE, addresses, read_graph, texts
from vocab.graph import Graph, Iri, Literal, date_literal, iri, text
from vocab.graph.jsonld import load_context, write_jsonld
from vocab.graph.namespaces import term
from vocab.graph.ntriples import write_ntriples
from vocab.graph.rdfxml import write_rdfxml
from vocab.graph.turtle import write_turtle

# Digits to Python's `\d` and `int`, not to ISO 8601.
ARABIC = {ord(str(digit)): 0x660 + digit for digit in range(10)}
CONTEXT = load_context("dcat-ap.jsonld")
WRITERS: dict[str, Callable[[Graph], bytes]] = {
    "text/turtle": write_turtle,
    "application/rdf+xml": write_rdfxml,
    "application/n-triples": write_ntriples,
    "application/ld+json": lambda graph: write_jsonld(graph, CONTEXT),
}

_iris = addresses.map(iri).filter(lambda found: found is not None) | st.just(Iri("http://www.w3.org/ns/dcat#Dataset"))
_literals = st.one_of(
    st.builds(Literal, texts),
    st.builds(Literal, texts, language=st.sampled_from(["en", "de"])),
    st.builds(Literal, texts, datatype=st.sampled_from([term("xsd:anyURI").value, term("xsd:string").value])),
    st.dates().map(lambda day: date_literal(str(day))),
)
_predicates = st.sampled_from(
    [
        term(name)
        for name in ("rdf:type", "dct:title", "dcat:keyword", "dct:issued", "foaf:page", "dct:creator", "dct:rights")
    ]
)
_triples = st.lists(
    st.tuples(_iris, _predicates, _iris | _literals).filter(
        lambda triple: triple[1] != term("rdf:type") or isinstance(triple[2], Iri)
    ),
    max_size=6,
)


def _graph(triples: list[tuple[Iri, Iri, Iri | Literal]]) -> Graph:
    graph = Graph()
    for subject, predicate, value in triples:
        graph.add(subject, predicate, value)
    return graph


@given(_triples)
def test_writers_with_hostile_values_then_all_four_say_the_same_to_rdflib(
    triples: list[tuple[Iri, Iri, Iri | Literal]],
) -> None:
    graph = _graph(triples)
    first, *others = (read_graph(write(graph), media_type) for media_type, write in WRITERS.items())
    assert len(first) == len(set(triples))
    for other in others:
        assert isomorphic(first, other), (first ^ other).serialize(format="nt")


@given(texts)
def test_literals_with_hostile_text_then_rdflib_reads_what_was_meant(hostile: str) -> None:
    subject = Iri("https://example.org/x")
    meant = Literal(hostile, language="en")
    for media_type, write in WRITERS.items():
        found = read_graph(write(_graph([(subject, term("dct:title"), meant)])), media_type)
        assert list(found.objects()) == [rdflib.Literal(meant.text, lang="en")]


@given(addresses)
def test_iri_of_any_text_then_it_is_none_or_legal_and_stays_itself(address: str) -> None:
    found = iri(address)
    if found is not None:
        assert iri(found.value) == found
        assert not set(found.value) & set('<>"{}|^`\\ \n\t\x00')
        assert found.value.isascii()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("https://example.org/a%zz", "https://example.org/a%25zz"),
        ("https://example.org/../x", "https://example.org/x"),
        ("https://example.org/#a#b", "https://example.org/#a%23b"),
        ("https://example.org/é", "https://example.org/%C3%A9"),
        ('https://example.org/"><script>', "https://example.org/%22%3E%3Cscript%3E"),
        ("HTTPS://example.org/", "https://example.org/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_iri_that_is_written_badly_then_it_is_mended(address: str, expected: str) -> None:
    assert iri(address) == Iri(expected)


@pytest.mark.parametrize(
    "address", [None, "", "example.org", "javascript:alert(1)", "https://", "http:///x", "_:b0", "//x/y"]
)
def test_iri_of_what_is_no_address_then_none(address: str | None) -> None:
    assert iri(address) is None


def test_iri_with_a_character_that_breaks_out_then_refused() -> None:
    with pytest.raises(
        ValueError, match=r"'https://example.org/>' is not an absolute IRI; http, https, mailto and urn are known"
    ):
        Iri("https://example.org/>")


@pytest.mark.parametrize(
    ("value", "datatype"),
    [("2024-02-29", "date"), ("2024-02-29T23:59:59Z", "dateTime")],
)
def test_date_literal_of_a_date_then_typed(value: str, datatype: str) -> None:
    assert date_literal(value) == Literal(value, datatype=term(f"xsd:{datatype}").value)


@pytest.mark.parametrize(
    "value", [None, "", "2023-02-29", "2024", "2024-1-1", "2024-01-01".translate(ARABIC), "2024-01-01T24:00:00Z"]
)
def test_date_literal_of_what_is_no_date_then_none(value: str | None) -> None:
    assert date_literal(value) is None


def test_text_that_says_nothing_then_none() -> None:
    assert [text(None), text(""), text(" \x00\n")] == [None, None, None]
    assert text(" Birds\x00 ") == Literal("Birds", language="en")


def test_rdfxml_of_a_predicate_outside_our_namespaces_then_says_which() -> None:
    graph = _graph([(Iri("https://example.org/x"), Iri("https://example.org/says"), Literal("hello"))])
    with pytest.raises(ValueError, match=r"RDF/XML needs a prefix for https://example\.org/says; add"):
        write_rdfxml(graph)
    assert write_turtle(graph).decode() == '\n<https://example.org/x>\n    <https://example.org/says> "hello" .\n'


def test_hostile_alphabet_then_it_holds_what_breaks_serialisations() -> None:
    assert set("<>\"'\\\n\r\x00\ufffe\ud800{}|^`") <= set(HOSTILE)
