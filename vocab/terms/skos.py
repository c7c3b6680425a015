"""A concept scheme as SKOS in Turtle, for whoever resolves `/vocab/{scheme}` and `/vocab/{scheme}/{term}`.

Specification: SKOS Reference, W3C Recommendation of 18 August 2009. Border: the web room serves it.
"""

from __future__ import annotations

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS

from vocab.terms.schemes import NAMESPACES, SCHEMES, Scheme, Term


def scheme_uri(scheme: str, base_url: str) -> str:
    """The URI of a concept scheme of ours."""
    return f"{base_url.rstrip('/')}/vocab/{scheme}"


def term_uri(scheme: str, term_id: str, base_url: str) -> str:
    """The URI of a concept of ours."""
    return f"{scheme_uri(scheme, base_url)}/{term_id}"


def scheme_graph(scheme: str, base_url: str) -> Graph:
    """A concept scheme with all its concepts as a graph."""
    graph = Graph(bind_namespaces="none")
    for prefix, iri in (("skos", str(SKOS)), ("dct", str(DCTERMS)), *NAMESPACES.items()):
        # A namespace with a query cannot be abbreviated in Turtle.
        if "?" not in iri:
            graph.bind(prefix, iri)
    source = SCHEMES[scheme]
    _add_scheme(graph, source, base_url)
    for found in source.terms.values():
        _add_term(graph, found, base_url)
    return graph


def scheme_turtle(scheme: str, base_url: str) -> str:
    """A concept scheme with all its concepts in Turtle. Raises `KeyError` for a scheme that is none of `SCHEMES`."""
    return scheme_graph(scheme, base_url).serialize(format="turtle")


def _add_scheme(graph: Graph, source: Scheme, base_url: str) -> None:
    node = URIRef(scheme_uri(source.id, base_url))
    graph.add((node, RDF.type, SKOS.ConceptScheme))
    graph.add((node, DCTERMS.title, Literal(source.title, lang="en")))
    graph.add((node, SKOS.prefLabel, Literal(source.title, lang="en")))
    graph.add((node, DCTERMS.description, Literal(source.definition, lang="en")))
    for found in source.terms.values():
        if not found.broader:
            graph.add((node, SKOS.hasTopConcept, URIRef(term_uri(source.id, found.id, base_url))))


def _add_term(graph: Graph, found: Term, base_url: str) -> None:
    node, scheme = URIRef(term_uri(found.scheme, found.id, base_url)), URIRef(scheme_uri(found.scheme, base_url))
    graph.add((node, RDF.type, SKOS.Concept))
    graph.add((node, SKOS.inScheme, scheme))
    graph.add((node, SKOS.notation, Literal(found.id)))
    graph.add((node, SKOS.prefLabel, Literal(found.label, lang="en")))
    graph.add((node, SKOS.definition, Literal(found.definition, lang="en")))
    for name in found.names:
        if name.casefold() != found.label.casefold():
            graph.add((node, SKOS.altLabel, Literal(name, lang="en")))
    if not found.broader:
        graph.add((node, SKOS.topConceptOf, scheme))
    for broader in found.broader:
        parent = URIRef(term_uri(found.scheme, broader, base_url))
        graph.add((node, SKOS.broader, parent))
        graph.add((parent, SKOS.narrower, node))
    for predicate, iris in ((SKOS.exactMatch, found.exact), (SKOS.closeMatch, found.close)):
        for iri in iris:
            graph.add((node, predicate, URIRef(iri)))
