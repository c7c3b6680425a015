"""DCAT-AP: four equal serialisations, conforming to the official shapes, for every module."""

from __future__ import annotations

import pyshacl
import pytest
import rdflib
from hypothesis import given, settings
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF

from tests.support.faces import RDF_FORMATS, a_context, dcat_graph, modules
from tests.support.modules import a_bare_module, a_module, a_withdrawn_module
from vocab.faces import FACES
from vocab.module import Agent, Distribution, Licence, LicenceValue, Link, Module, Relation, Status

FACE = FACES["dcat-ap"]
NODE = rdflib.URIRef("https://registry.example.org/id/module/bird-song-detector")
_VARIANTS = {
    "whole": a_module(),
    "bare": a_bare_module(),
    "bare with datestamp": a_bare_module(datestamp="2026-01-02T03:04:05Z"),
    "withdrawn": a_withdrawn_module(),
    "odd licence": a_module(licence=Licence(declared=LicenceValue(raw="mine", url="https://example.org/licence"))),
    "tool": a_module(type="tool", distributions=(), training_data=()),
    "related": a_module(
        relations=(
            Relation(type="successor", target="other-module"),
            Relation(type="unheard-of", target="https://x.org/"),
        )
    ),
}


def _report(module: Module, shapes: rdflib.Graph) -> str:
    conforms, _, text = pyshacl.validate(dcat_graph(module), shacl_graph=shapes, inference="none", advanced=False)
    return "" if conforms else text


@pytest.mark.parametrize("name", _VARIANTS)
def test_dcat_ap_of_a_module_then_the_official_shapes_conform(name: str, dcat_ap_shapes: rdflib.Graph) -> None:
    assert _report(_VARIANTS[name], dcat_ap_shapes) == ""


@settings(max_examples=12)
@given(modules)
def test_dcat_ap_of_any_module_then_the_official_shapes_conform(dcat_ap_shapes: rdflib.Graph, module: Module) -> None:
    assert _report(module, dcat_ap_shapes) == ""


def test_dcat_ap_shapes_when_a_title_is_missing_then_they_notice(dcat_ap_shapes: rdflib.Graph) -> None:
    graph = dcat_graph(a_module())
    graph.remove((NODE, DCTERMS.title, None))
    conforms, _, _ = pyshacl.validate(graph, shacl_graph=dcat_ap_shapes, inference="none")
    assert not conforms


@given(modules)
def test_dcat_ap_of_any_module_then_all_four_serialisations_say_the_same(module: Module) -> None:
    graphs = [dcat_graph(module, media_type) for media_type in RDF_FORMATS]
    for other in graphs[1:]:
        assert isomorphic(graphs[0], other), (graphs[0] ^ other).serialize(format="nt")
    assert not any(isinstance(node, rdflib.BNode) for triple in graphs[0] for node in triple)


@given(modules)
def test_dcat_ap_of_any_module_then_one_dataset_or_none_when_withdrawn(module: Module) -> None:
    datasets = list(dcat_graph(module).subjects(RDF.type, DCAT.Dataset))
    assert len(datasets) == (0 if module.status is Status.WITHDRAWN else 1)


@pytest.mark.parametrize("media_type", RDF_FORMATS)
def test_dcat_ap_twice_then_equal_bytes(media_type: str) -> None:
    assert FACE.render(a_module(), a_context(), media_type) == FACE.render(a_module(), a_context(), media_type)


def test_dcat_ap_of_a_whole_module_then_facts_stand_where_harvesters_look() -> None:
    graph = dcat_graph(a_module())
    assert graph.value(NODE, DCTERMS.identifier) == rdflib.Literal("https://doi.org/10.5281/zenodo.1234567")
    assert graph.value(NODE, DCTERMS.license) == rdflib.URIRef(
        "http://publications.europa.eu/resource/authority/licence/MIT"
    )
    assert graph.value(NODE, DCAT.landingPage) == rdflib.URIRef(
        "https://registry.example.org/modules/bird-song-detector"
    )
    assert {str(graph.value(node, DCAT.accessURL)) for node in graph.objects(NODE, DCAT.distribution)} == {
        "https://hub.docker.com/r/example/bird-song-detector",
        "https://github.com/example/bird-song-detector",
        "https://example.org/weights/birds.pt",
    }
    record = rdflib.URIRef("https://registry.example.org/id/record/bird-song-detector")
    assert graph.value(record, FOAF.primaryTopic) == NODE


def test_dcat_ap_of_an_image_then_no_download_address() -> None:
    graph = dcat_graph(
        a_module(distributions=(Distribution(kind="image", reference="ghcr.io/example/birds:1"),), links=())
    )
    node = graph.value(NODE, DCAT.distribution)
    assert graph.value(node, DCAT.accessURL) == rdflib.URIRef("https://ghcr.io/example/birds")
    assert graph.value(node, DCAT.downloadURL) is None


def test_dcat_ap_without_distributions_then_the_repository_is_one() -> None:
    graph = dcat_graph(a_bare_module(links=(Link(rel="source_code", url="https://github.com/example/birds"),)))
    node = graph.value(NODE, DCAT.distribution)
    assert graph.value(node, DCAT.accessURL) == rdflib.URIRef("https://github.com/example/birds")


def test_dcat_ap_of_two_authors_without_identifiers_then_two_agents_with_lasting_names() -> None:
    graph = dcat_graph(a_module(authors=(Agent(name="Ada Muster"), Agent(name="Bo Muster"))))
    turned = dcat_graph(a_module(authors=(Agent(name="Bo Muster"), Agent(name="Ada Muster"))))
    assert len(set(graph.objects(NODE, DCTERMS.creator))) == 2
    assert set(graph.objects(NODE, DCTERMS.creator)) == set(turned.objects(NODE, DCTERMS.creator))


def test_dcat_ap_of_a_withdrawn_module_then_its_successor_is_named() -> None:
    graph = dcat_graph(a_withdrawn_module(relations=(Relation(type="successor", target="better-birds"),)))
    assert graph.value(NODE, DCTERMS.isReplacedBy) == rdflib.URIRef(
        "https://registry.example.org/id/module/better-birds"
    )


def test_dcat_ap_with_a_base_url_that_is_none_then_says_what_to_set() -> None:
    message = r"'/id/module/bird-song-detector' is no public address; set base_url to one such as https://registry.example.org"
    with pytest.raises(ValueError, match=message):
        FACE.render(a_module(uri=""), a_context(base_url=""))
