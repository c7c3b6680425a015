"""`/vocab/…`: our concepts as pages and as SKOS."""

from __future__ import annotations

import pytest
from rdflib import RDF, SKOS, Graph, URIRef

from tests.support.site import Site, address
from vocab import terms


@pytest.mark.parametrize("name", sorted(terms.SCHEMES))
def test_scheme_when_asked_for_turtle_then_every_concept_of_it(sqlite_site: Site, name: str) -> None:
    for answer in (sqlite_site.get(f"/vocab/{name}.ttl"), sqlite_site.get(f"/vocab/{name}", Accept="text/turtle")):
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/turtle; charset=utf-8")
        graph = Graph().parse(data=answer.data, format="turtle")
        concepts = set(graph.subjects(RDF.type, SKOS.Concept))
        assert {URIRef(address(f"/vocab/{name}/{each}")) for each in terms.SCHEMES[name].terms} <= concepts
    assert sqlite_site.get(f"/vocab/{name}.ttl", If_None_Match=answer.headers["ETag"]).status_code == 304


@pytest.mark.parametrize("name", sorted(terms.SCHEMES))
def test_scheme_when_asked_by_a_person_then_a_page_with_its_concepts(sqlite_site: Site, name: str) -> None:
    page = sqlite_site.text(f"/vocab/{name}", Accept="text/html")
    scheme = terms.SCHEMES[name]
    assert f"<h1>{scheme.title}</h1>" in page
    for each in scheme.terms.values():
        assert f'href="/vocab/{name}/{each.id}"' in page


def test_concept_when_asked_by_a_person_then_page_with_matches_and_its_modules(sqlite_site: Site) -> None:
    page = sqlite_site.text("/vocab/libraries/pytorch", Accept="text/html")
    assert "<h1>PyTorch</h1>" in page
    assert 'href="/modules?library=pytorch"' in page
    assert address("/vocab/libraries/pytorch") in page


def test_concept_when_asked_for_turtle_then_303_to_the_scheme(sqlite_site: Site) -> None:
    answer = sqlite_site.get("/vocab/libraries/pytorch", Accept="text/turtle")
    assert (answer.status_code, answer.headers["Location"]) == (303, address("/vocab/libraries.ttl"))
    assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("nothing", "There is no vocabulary “nothing”; there are "),
        ("tasks/nothing", "There is no concept “nothing” in “tasks”."),
        ("nothing/x", "There is no concept “x” in “nothing”."),
    ],
)
def test_vocabulary_when_unknown_then_404_that_says_what_there_is(sqlite_site: Site, path: str, text: str) -> None:
    assert text in sqlite_site.text(f"/vocab/{path}", 404)
