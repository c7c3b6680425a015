from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS

from vocab.fields import FIELDS
from vocab.terms import NAMESPACES, SCHEMES, classify_keyword, label, term
from vocab.terms.skos import scheme_turtle, term_uri

BASE = "https://registry.institute.eu/"


@pytest.mark.parametrize(("keyword", "placed"), [
    ("library/tensorflow", ("libraries", "tensorflow")), ("Tensorflow", ("libraries", "tensorflow")),
    ("tensorflow-v1", ("libraries", "tensorflow")), ("PyTorch", ("libraries", "pytorch")),
    ("library/own-thing", ("keywords", "own-thing")), ("sklearn", ("libraries", "scikit-learn")),
    ("imagine classification", ("tasks", "image-classification")), ("Object Detection", ("tasks", "object-detection")),
    ("instance_segmentation", ("tasks", "instance-segmentation")), ("nlp", ("tasks", "natural-language-processing")),
    ("trainable", ("categories", "trainable")), ("pre-trained", ("categories", "pre-trained")),
    ("inference", ("categories", "inference")), ("image", ("data_types", "image")), ("video", ("data_types", "video")),
    ("vo.imagine-ai.eu", ("communities", "vo.imagine-ai.eu")), ("vo.New-Project.org", ("communities",
    "vo.new-project.org")),
    ("CNN", ("keywords", "cnn")), ("cnn", ("keywords", "cnn")), ("yolo", ("keywords", "yolo")), ("YOLO", ("keywords",
    "yolo")),
    ("  deep\n learning ", ("keywords", "deep learning")), ("transformers", ("keywords", "transformers")),
    ("2D/3D input", ("keywords", "2d/3d input")),
])
def test_classify_keyword_when_it_is_something_better_goes_there(keyword: str, placed: tuple[str, str]) -> None:
    assert classify_keyword(keyword) == [placed]


@pytest.mark.parametrize("keyword", [
    "docker", "api-v2", "API v1", "services", "beta", "", " ", "Other", "platform/x", "library/", None, 3, "TODO",
])
def test_classify_keyword_when_it_says_nothing_of_the_module_goes_nowhere(keyword: object) -> None:
    assert classify_keyword(keyword) == []


@given(st.text(max_size=30))
def test_classify_keyword_when_given_any_text_uses_fields_that_exist(keyword: str) -> None:
    for name, value in classify_keyword(keyword):
        assert FIELDS[name].kind == "str"
        assert value
        assert classify_keyword(value) in ([(name, value)], [])


@pytest.mark.parametrize(("scheme", "text", "term_id"), [
    ("tasks", "Computer Vision", "computer-vision"), ("tasks", "Object detection", "object-detection"),
    ("tasks", "uncertainty-estimation", "uncertainty-estimation"), ("categories", "AI4 pre trained", "pre-trained"),
    ("categories", "AI4 pretrained", "pre-trained"), ("categories", "AI4 tools", "tool"), ("libraries",
    "Scikit-Learn", "scikit-learn"),
    ("data-types", "Time Series", "time-series"), ("data-types", "npy images", "image"), ("communities", "ai4eosc",
    "vo.ai4eosc.eu"),
    ("libraries", "Other", "other"),
])
def test_term_when_named_otherwise_is_found(scheme: str, text: str, term_id: str) -> None:
    found = term(scheme, text)
    assert found is not None
    assert found.id == term_id


def test_term_when_unknown_is_none() -> None:
    assert term("tasks", "brewing coffee") is None
    assert term("communities", "vo.") is None
    assert term("tasks", None) is None
    with pytest.raises(KeyError):
        term("colours", "red")


def test_label_when_the_term_is_not_in_the_scheme_is_its_id() -> None:
    assert label("libraries", "pytorch") == "PyTorch"
    assert label("communities", "vo.new-project.org") == "vo.new-project.org"


def test_schemes_when_read_cover_the_closed_lists_of_ai4os(shared: Path) -> None:
    schema = json.loads((shared / "standards/ai4eosc/ai4-apps-v2.3.0.json").read_text(encoding="utf-8"))
    for key, scheme in (("tasks", "tasks"), ("categories", "categories"), ("libraries", "libraries"), ("data-type",
    "data-types")):
        words = schema["properties"][key]["items"]["enum"]
        assert [word for word in words if term(scheme, word) is None] == []


def test_schemes_when_read_match_only_terms_that_exist(shared: Path) -> None:
    known = set()
    for name in ("ml_task_types", "ml_fields", "learning_methods"):
        text = (shared / f"standards/mlso/mlso_{name}.ttl").read_text(encoding="utf-8")
        base = re.findall(r"@prefix : <(.*?)>", text)[0]
        known |= {base + local for local in re.findall(r"^:(\S+) ", text, re.MULTILINE)}
    tasks = json.loads((shared / "standards/ml-tasks/huggingface-tasks.json").read_text(encoding="utf-8"))
    known |= {NAMESPACES["hf"] + name for name in tasks["pipelines"]}
    known |= {NAMESPACES["hf-library"] + name for name in tasks["libraries"]}
    terms = [found for scheme in SCHEMES.values() for found in scheme.terms.values()]
    matches = {iri for found in terms for iri in found.exact + found.close}
    assert {iri for iri in matches if "/mlso/" in iri or "huggingface" in iri} <= known


def test_term_match_when_both_kinds_exist_prefers_the_exact_one() -> None:
    found = SCHEMES["tasks"].terms["image-segmentation"]
    assert found.match("hf") == "image-segmentation"
    assert found.match("ai4os") is None
    assert SCHEMES["tasks"].terms["pose-estimation"].match("mlso") == "PoseEstimation"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_scheme_when_read_has_sound_terms(scheme: str) -> None:
    names: dict[str, str] = {}
    for found in SCHEMES[scheme].terms.values():
        assert re.fullmatch(r"[a-z0-9]+(?:[-.][a-z0-9]+)*", found.id)
        assert set(found.broader) <= set(SCHEMES[scheme].terms)
        assert not set(found.exact) & set(found.close)
        for name in found.names:
            assert names.setdefault(name.casefold(), found.id) == found.id, name
            assert term(scheme, name) == found, name


@pytest.mark.parametrize("scheme", SCHEMES)
def test_scheme_turtle_when_parsed_is_sound_skos(scheme: str) -> None:
    text = scheme_turtle(scheme, BASE)
    assert text == scheme_turtle(scheme, BASE)
    graph = Graph().parse(data=text, format="turtle")
    top = URIRef(f"{BASE}vocab/{scheme}")
    assert (top, RDF.type, SKOS.ConceptScheme) in graph
    assert list(graph.objects(top, DCTERMS.title))
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) == len(SCHEMES[scheme].terms)
    for concept in concepts:
        assert (concept, SKOS.inScheme, top) in graph
        labels = list(graph.objects(concept, SKOS.prefLabel))
        assert len(labels) == 1
        assert labels[0] not in set(graph.objects(concept, SKOS.altLabel))
        assert len(list(graph.objects(concept, SKOS.definition))) == 1
        assert set(graph.objects(concept, SKOS.broader)) <= concepts
        assert concept not in graph.transitive_objects(next(graph.objects(concept, SKOS.broader), top), SKOS.broader)


def test_scheme_turtle_when_a_term_is_matched_says_so() -> None:
    graph = Graph().parse(data=scheme_turtle("tasks", BASE), format="turtle")
    node = URIRef(term_uri("tasks", "object-detection", BASE))
    assert str(node) == "https://registry.institute.eu/vocab/tasks/object-detection"
    assert set(graph.objects(node, SKOS.exactMatch)) == {
        URIRef("https://huggingface.co/tasks/object-detection"), URIRef("http://w3id.org/mlso/vocab/ml_task_type/ObjectDetection"),
        URIRef("http://w3id.org/mlso/vocab/ml_field/ObjectDetection"),
    }
    assert (node, SKOS.notation, Literal("object-detection")) in graph
    assert (URIRef(term_uri("tasks", "computer-vision", BASE)), SKOS.narrower, node) in graph
