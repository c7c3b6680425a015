"""RDF/XML: one `rdf:Description` a subject. RDF 1.1 XML Syntax."""

from __future__ import annotations

from vocab.graph.model import Graph, Iri, Node
from vocab.graph.namespaces import PREFIXES, split
from vocab.plain_text import xml_attribute, xml_text


def write_rdfxml(graph: Graph) -> bytes:
    """The graph as RDF/XML in UTF-8. Raises `ValueError` for a predicate outside our namespaces."""
    used = {"rdf"}
    blocks = [
        f'  <rdf:Description rdf:about="{xml_attribute(subject.value)}">\n'
        + "".join(_property(predicate, value, used) for predicate, values in predicates.items() for value in values)
        + "  </rdf:Description>\n"
        for subject, predicates in graph.subjects()
    ]
    spaces = "".join(f'\n    xmlns:{prefix}="{PREFIXES[prefix]}"' for prefix in sorted(used))
    document = ['<?xml version="1.0" encoding="UTF-8"?>\n', f"<rdf:RDF{spaces}>\n", *blocks, "</rdf:RDF>\n"]
    return "".join(document).encode()


def _property(predicate: Iri, value: Node, used: set[str]) -> str:
    parts = split(predicate.value)
    if parts is None:
        raise ValueError(f"RDF/XML needs a prefix for {predicate.value}; add its namespace to PREFIXES")
    used.add(parts[0])
    name = ":".join(parts)
    if isinstance(value, Iri):
        return f'    <{name} rdf:resource="{xml_attribute(value.value)}"/>\n'
    mark = f' xml:lang="{value.language}"' if value.language else ""
    if value.datatype:
        mark = f' rdf:datatype="{value.datatype}"'
    return f"    <{name}{mark}>{xml_text(value.text)}</{name}>\n"
