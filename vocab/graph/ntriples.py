"""N-Triples: one triple a line, every IRI in full. RDF 1.1 N-Triples."""

from __future__ import annotations

from vocab.graph.model import Graph, Iri, Node

_ESCAPES = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}


def write_ntriples(graph: Graph) -> bytes:
    """The graph as N-Triples in UTF-8."""
    lines = (
        f"<{subject.value}> <{predicate.value}> {_node(value)} .\n"
        for subject, predicates in graph.subjects()
        for predicate, values in predicates.items()
        for value in values
    )
    return "".join(lines).encode()


def quoted(text: str) -> str:
    """A text as a quoted string, the same in N-Triples and in Turtle."""
    return f'"{text.translate(_ESCAPES)}"'


def _node(node: Node) -> str:
    if isinstance(node, Iri):
        return f"<{node.value}>"
    if node.language:
        return f"{quoted(node.text)}@{node.language}"
    return f"{quoted(node.text)}^^<{node.datatype}>" if node.datatype else quoted(node.text)
