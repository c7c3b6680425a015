"""What tests of faces share: a context, graphs read by rdflib, modules that Hypothesis makes up."""

from __future__ import annotations

import warnings
from dataclasses import fields
from typing import Any

import rdflib
from hypothesis import strategies as st

from tests.support.modules import BASE_URL, a_bare_module, a_module
from vocab.faces import FACES, FaceContext
from vocab.module import (
    Agent,
    Dates,
    Distribution,
    Identifier,
    Licence,
    LicenceValue,
    Link,
    Module,
    Relation,
    Resource,
    Status,
)

RDF_FORMATS = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
    "application/n-triples": "nt",
}


def a_context(**changes: Any) -> FaceContext:
    """The registry of the tests."""
    values: dict[str, Any] = {
        "base_url": BASE_URL,
        "repository_id": "registry.example.org",
        "repository_name": "Module Registry",
        "admin_email": "admin@example.org",
        "publisher": "Example Institute",
    }
    return FaceContext(**(values | changes))


def read_graph(document: bytes, media_type: str) -> rdflib.Graph:
    """The graph of a document, read by rdflib."""
    graph = rdflib.Graph(bind_namespaces="none")
    with warnings.catch_warnings():
        # rdflib's JSON-LD reader uses a class that rdflib itself calls deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        graph.parse(data=document, format=RDF_FORMATS[media_type], publicID="http://document.example/")
    return graph


def dcat_graph(module: Module, media_type: str = "text/turtle") -> rdflib.Graph:
    """A module's DCAT-AP graph."""
    return read_graph(FACES["dcat-ap"].render(module, a_context(), media_type), media_type)


# What harvested text may hold: quotes, brackets, line ends, characters XML forbids, lone surrogates, bidi marks.
HOSTILE = "<>&\"'\\\n\r\t{}|^`[]%#?:/@.*_$\x00\x0b\x1f\x7f\x85\u2028\ufffe\uffff\ud800é漢\U0001f426 aAzZ09-;="
texts = st.text(alphabet=st.one_of(st.sampled_from(HOSTILE), st.characters()), max_size=40)
addresses = st.one_of(
    texts,
    texts.map(lambda tail: f"https://example.org/{tail}"),
    texts.map(lambda tail: f"http://{tail}"),
    texts.map(lambda tail: f"mailto:{tail}"),
    st.sampled_from(
        ["https://a/../b?#", "HTTPS://A.example/./x", "http://[::1]/", "http://[", "https://x/%zz#a#b", "urn:x"]
    ),
)
_maybe_text = st.none() | texts
_maybe_address = st.none() | addresses
_dates = (
    st.none() | texts | st.dates().map(str) | st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
)
_slugs = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,2}", fullmatch=True)
_agents = st.builds(
    Agent,
    name=texts,
    kind=st.sampled_from(["person", "organisation"]),
    given=_maybe_text,
    family=_maybe_text,
    orcid=st.none() | st.just("0000-0002-1825-0097"),
    ror=_maybe_address,
    affiliation=_maybe_text,
    email=_maybe_text,
    url=_maybe_address,
)
_licences = st.builds(
    LicenceValue,
    raw=_maybe_text,
    spdx=st.none() | texts | st.sampled_from(["MIT", "MIT OR Apache-2.0"]),
    title=_maybe_text,
    url=_maybe_address,
    eu=st.none() | texts | st.just("MIT"),
)
_distributions = st.builds(
    Distribution,
    kind=st.sampled_from(["image", "source", "weights", "archive"]),
    url=_maybe_address,
    title=_maybe_text,
    reference=st.none() | texts | st.just("docker.io/example/birds:latest"),
    pull=_maybe_text,
    digest=st.none() | texts | st.just("sha256:" + "0f" * 32),
    size_bytes=st.none() | st.integers(-1, 2**60),
    doi=st.none() | st.just("10.1234/x"),
    media_type=_maybe_text,
)
_resources = st.builds(Resource, url=_maybe_address, title=_maybe_text, doi=st.none() | texts)


def _few(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=2).map(tuple)


_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "slug": _slugs,
    "title": texts,
    "status": st.sampled_from([Status.PUBLISHED, Status.WITHDRAWN]),
    "summary": _maybe_text,
    "description": _maybe_text,
    "version": _maybe_text,
    "keywords": _few(texts),
    "licence": st.builds(Licence, concluded=st.none() | _licences, declared=st.none() | _licences),
    "dates": st.builds(Dates, created=_dates, updated=_dates, issued=_dates, content=_dates),
    "authors": _few(_agents),
    "contacts": _few(_agents),
    "identifiers": _few(
        st.builds(
            Identifier,
            scheme=st.sampled_from(["doi", "swhid", "arxiv", "handle", "url"]),
            value=texts,
            role=st.sampled_from([None, "version", "concept", "paper"]),
        )
    ),
    "links": _few(
        st.builds(Link, rel=st.sampled_from(["source_code", "documentation", "issues", "demo"]), url=addresses)
    ),
    "distributions": _few(_distributions),
    "training_data": _few(_resources),
    "publications": _few(_resources),
    "relations": _few(
        st.builds(
            Relation,
            type=st.sampled_from(["successor", "predecessor", "base_model", "part_of", "other"]),
            target=_slugs | addresses,
            title=_maybe_text,
        )
    ),
    "withdrawn_reason": _maybe_text,
    "datestamp": st.none() | st.just("2026-01-02T03:04:05Z"),
}
# Sparse as well as full modules, each field hostile, absent, or good.
modules: st.SearchStrategy[Module] = st.one_of(
    st.fixed_dictionaries({}, optional=_FIELDS).map(lambda changes: a_module(**changes)),
    st.fixed_dictionaries({}, optional=_FIELDS).map(lambda changes: a_bare_module(**changes)),
    st.fixed_dictionaries(_FIELDS).map(lambda changes: a_bare_module(**changes)),
)

assert set(_FIELDS) <= {field.name for field in fields(Module)}
