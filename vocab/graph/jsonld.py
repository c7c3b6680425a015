"""JSON-LD: a flat `@graph` under our own context, which stands in the document so that nobody has to fetch it.

A value is written short where the context says enough about it, and in full where not. JSON-LD 1.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

import orjson

from vocab.graph.model import Graph, Iri, Literal, Node
from vocab.graph.namespaces import PREFIXES, term
from vocab.record import Json

_TYPE = term("rdf:type")


@dataclass(frozen=True, slots=True)
class Coercion:
    """What the context says of the values of a term: `type` is `@id` or the IRI of a datatype."""

    name: str
    type: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """A JSON-LD context: as it is written, and its terms by the IRI they stand for."""

    form: dict[str, Json]
    terms: dict[str, Coercion]


def load_context(name: str) -> Context:
    """The context of a file in `vocab/contexts`."""
    form = orjson.loads(resources.files("vocab.contexts").joinpath(name).read_bytes())["@context"]
    terms: dict[str, Coercion] = {}
    for key, value in form.items():
        if isinstance(value, dict):
            kind = value.get("@type")
            coerced = kind if kind in {None, "@id"} else _expanded(kind)
            terms[_expanded(value["@id"])] = Coercion(key, coerced, value.get("@language"))
        elif key not in PREFIXES:
            terms[_expanded(value)] = Coercion(key)
    return Context(form, terms)


def write_jsonld(graph: Graph, context: Context) -> bytes:
    """The graph as JSON-LD in UTF-8 under this context."""
    nodes = [_subject(subject, predicates, context) for subject, predicates in graph.subjects()]
    return orjson.dumps({"@context": context.form, "@graph": nodes}, option=orjson.OPT_INDENT_2)


def _subject(subject: Iri, predicates: dict[Iri, tuple[Node, ...]], context: Context) -> dict[str, Json]:
    form: dict[str, Json] = {"@id": subject.value}
    for predicate, values in predicates.items():
        if predicate == _TYPE:
            form["@type"] = [_type_name(value, context) for value in values if isinstance(value, Iri)]
            continue
        coercion = context.terms.get(predicate.value) or Coercion(predicate.value)
        written = [_value(value, coercion) for value in values]
        form[coercion.name] = written[0] if len(written) == 1 else written
    return form


def _type_name(kind: Iri, context: Context) -> str:
    coercion = context.terms.get(kind.value)
    return coercion.name if coercion else kind.value


def _value(value: Node, coercion: Coercion) -> Json:
    if isinstance(value, Iri):
        return value.value if coercion.type == "@id" else {"@id": value.value}
    if _says_all(value, coercion):
        return value.text
    if value.language:
        return {"@value": value.text, "@language": value.language}
    return {"@value": value.text, "@type": value.datatype} if value.datatype else {"@value": value.text}


def _says_all(value: Literal, coercion: Coercion) -> bool:
    return coercion.type == value.datatype and coercion.language == value.language


def _expanded(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES and not local.startswith("//") else name
