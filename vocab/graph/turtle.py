"""Turtle: one block a subject, prefixes for our namespaces. RDF 1.1 Turtle."""

from __future__ import annotations

from vocab.graph.model import Graph, Iri, Node
from vocab.graph.namespaces import PREFIXES, split, term
from vocab.graph.ntriples import quoted

_TYPE = term("rdf:type")


def write_turtle(graph: Graph) -> bytes:
    """The graph as Turtle in UTF-8; only prefixes that are used are declared."""
    used: set[str] = set()
    blocks = [_block(subject, predicates, used) for subject, predicates in graph.subjects()]
    head = "".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in sorted(used))
    return "\n".join([head, *blocks]).encode()


def _block(subject: Iri, predicates: dict[Iri, tuple[Node, ...]], used: set[str]) -> str:
    lines = []
    for predicate, values in predicates.items():
        name = "a" if predicate == _TYPE else _name(predicate.value, used)
        lines.append(f"    {name} " + ", ".join(_node(value, used) for value in values))
    return f"<{subject.value}>\n" + " ;\n".join(lines) + " .\n"


def _name(address: str, used: set[str]) -> str:
    parts = split(address)
    if parts is None:
        return f"<{address}>"
    used.add(parts[0])
    return ":".join(parts)


def _node(node: Node, used: set[str]) -> str:
    if isinstance(node, Iri):
        return _name(node.value, used)
    if node.language:
        return f"{quoted(node.text)}@{node.language}"
    return f"{quoted(node.text)}^^{_name(node.datatype, used)}" if node.datatype else quoted(node.text)
