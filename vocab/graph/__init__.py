"""RDF graphs as plain values and their four serialisations, written as strings in a stable order.

Equal graphs built in equal order give equal bytes; there are no blank nodes, so that diffs and hashes mean something.
Border: nothing here knows a module. RDF 1.1 Concepts; each writer names its own specification.
"""

from vocab.graph.model import Graph, Iri, Literal, Node, date_literal, iri, text

__all__ = ["Graph", "Iri", "Literal", "Node", "date_literal", "iri", "text"]
