"""The namespaces we write and their prefixes: one table, used by every serialisation."""

from __future__ import annotations

from functools import lru_cache

from vocab.graph.model import XSD, Iri

PREFIXES: dict[str, str] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": XSD,
}

_BY_LENGTH = sorted(PREFIXES.items(), key=lambda pair: -len(pair[1]))


@lru_cache(maxsize=1_000)
def term(name: str) -> Iri:
    """The IRI of a prefixed name: `term("dcat:Dataset")`. Raises `KeyError` for an unknown prefix."""
    prefix, _, local = name.partition(":")
    return Iri(PREFIXES[prefix] + local)


@lru_cache(maxsize=1_000)
def split(address: str) -> tuple[str, str] | None:
    """Prefix and local name of an IRI in one of our namespaces, when the local name is a plain XML name."""
    for prefix, namespace in _BY_LENGTH:
        local = address[len(namespace):]
        if address.startswith(namespace) and local[:1].isalpha() and local.replace("_", "").isalnum():
            return prefix, local
    return None
