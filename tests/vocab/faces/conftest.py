"""The official schemas and shapes, compiled once."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib
from lxml import etree

from tests.support.standards import compile_oai_schema

SHACL = rdflib.Namespace("http://www.w3.org/ns/shacl#")


@pytest.fixture(scope="session")
def oai_schema(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    """The schema of OAI-PMH answers and their payloads."""
    return compile_oai_schema(shared / "standards", tmp_path_factory.mktemp("schemas"))


@pytest.fixture(scope="session")
def dcat_ap_shapes(shared: Path) -> rdflib.Graph:
    """The whole profile, base and range shapes, without the property shape that has no path and stops pySHACL."""
    shapes = rdflib.Graph()
    for name in ("dcat-ap-SHACL.ttl", "shapes.ttl", "range.ttl"):
        shapes.parse(shared / "standards" / "dcat-ap-3.0.1" / "shacl" / name, format="turtle")
    for _, shape in list(shapes.subject_objects(SHACL.property)):
        if (shape, SHACL.path, None) not in shapes:
            shapes.remove((None, None, shape))
            shapes.remove((shape, None, None))
    return shapes
