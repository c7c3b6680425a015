"""Every module of the real catalogues in every face, against the official schema and shapes."""

from __future__ import annotations

from pathlib import Path

import orjson
import pyshacl
import pytest
import rdflib
from lxml import etree
from rdflib.compare import isomorphic

from tests.support.corpus import listed_records
from tests.support.faces import RDF_FORMATS, a_context, dcat_graph
from tests.support.modules import BASE_URL
from tests.support.standards import check
from vocab.faces import FACES
from vocab.identifiers import slug_of
from vocab.identity import group
from vocab.merge import merge
from vocab.module import Module

pytestmark = pytest.mark.corpus

DC = "{http://purl.org/dc/elements/1.1/}"


@pytest.fixture(scope="module")
def real_modules(shared: Path) -> list[Module]:
    """The merged modules behind all listings."""
    records = {(each.source, each.key): each for each in listed_records(shared)}
    found = []
    for each in group(list(records.values()), []).groups:
        members = [record for record in records.values() if record.key in each.keys]
        slug = slug_of(min(each.keys).rpartition("/")[2]) or "module"
        found.append(merge(members, slug=slug, uri=f"{BASE_URL}/id/module/{slug}").module)
    return found


def test_faces_of_the_real_catalogues_then_oai_dc_is_valid_and_whole(
    real_modules: list[Module], oai_schema: etree.XMLSchema
) -> None:
    assert len(real_modules) == 47
    for module in real_modules:
        root = etree.fromstring(FACES["oai_dc"].render(module, a_context()))
        check(oai_schema, root)
        found = {str(element.tag).removeprefix(DC) for element in root}
        wanted = {"title", "creator", "description", "publisher", "date", "type", "identifier", "rights"}
        assert wanted <= found, module.slug


def test_faces_of_the_real_catalogues_then_the_official_shapes_conform(
    real_modules: list[Module], dcat_ap_shapes: rdflib.Graph
) -> None:
    for module in real_modules:
        graph = dcat_graph(module)
        conforms, _, report = pyshacl.validate(graph, shacl_graph=dcat_ap_shapes, inference="none")
        assert conforms, f"{module.slug}: {report}"


def test_faces_of_the_real_catalogues_then_all_serialisations_say_the_same(real_modules: list[Module]) -> None:
    for module in real_modules:
        first, *others = (dcat_graph(module, media_type) for media_type in RDF_FORMATS)
        assert all(isomorphic(first, other) for other in others), module.slug


def test_faces_of_the_real_catalogues_then_schema_org_describes_each(real_modules: list[Module]) -> None:
    for module in real_modules:
        form = orjson.loads(FACES["schema.org"].render(module, a_context()))
        assert len(form["description"]) >= 50, module.slug
        assert form["creator"], module.slug
