"""schema.org: what search engines and FAIR assessors read."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given

from tests.support.faces import a_context, modules
from tests.support.modules import a_module, a_withdrawn_module
from vocab.faces import FACES
from vocab.module import Distribution, Module, Resource


def _form(module: Module) -> dict[str, Any]:
    form: dict[str, Any] = orjson.loads(FACES["schema.org"].render(module, a_context()))
    return form


@given(modules)
def test_schema_org_of_any_module_then_json_that_cannot_end_a_script_element(module: Module) -> None:
    document = FACES["schema.org"].render(module, a_context())
    form = orjson.loads(document)
    assert b"<" not in document
    assert {"@context", "@id", "@type", "name", "url", "description"} <= form.keys()
    assert len(form["description"]) <= 5000


def test_schema_org_of_a_whole_module_then_what_assessors_ask_for_is_there() -> None:
    form = _form(a_module())
    assert form["@type"] == ["SoftwareSourceCode", "Dataset"]
    assert form["identifier"][0] == "https://doi.org/10.5281/zenodo.1234567"
    assert form["license"] == "https://spdx.org/licenses/MIT"
    assert form["creator"][0]["@id"] == "https://orcid.org/0000-0002-1825-0097"
    assert form["publisher"]["name"] == "Example Institute"
    assert form["isAccessibleForFree"] is True
    assert form["distribution"][0]["contentUrl"] == "https://example.org/weights/birds.pt"
    assert form["targetProduct"][0]["identifier"] == "docker.io/example/bird-song-detector:latest"
    assert [each["@id"] for each in form["isBasedOn"]] == [
        "https://doi.org/10.5281/zenodo.7654321",
        "https://example.org/models/base",
    ]
    assert form["codeRepository"] == "https://github.com/example/bird-song-detector"


def test_schema_org_without_weights_then_no_dataset() -> None:
    assert _form(a_module(distributions=(Distribution(kind="source"),)))["@type"] == "SoftwareSourceCode"


def test_schema_org_of_a_withdrawn_module_then_says_so() -> None:
    form = _form(a_withdrawn_module())
    assert form["creativeWorkStatus"] == "Withdrawn"
    assert form["description"] == "Withdrawn. The repository was removed by its owner"
    assert "creator" not in form


def test_schema_org_with_a_short_description_then_what_it_is_is_added() -> None:
    assert _form(a_module(description="Birds."))["description"] == (
        "Birds. Bird song detector is a machine-learning module in the catalogue Module Registry."
    )


def test_schema_org_of_things_with_a_name_then_they_bear_it() -> None:
    paper = Resource(doi="10.5281/zenodo.7", title="Of otters", kind="paper", authors=("Ada",), year=2024,
                     publisher="Zenodo")
    image = Distribution("image", reference="docker.io/hub/otter", pull="hub/otter", tag="latest",
                         platforms=("linux/amd64", "linux/arm64"), pushed="2024-05-06T07:08:09Z")

    form = _form(a_module(publications=(paper, Resource(url="https://otters.example/1")), distributions=(image,)))

    assert form["citation"] == [
        {
            "@type": "ScholarlyArticle", "@id": "https://doi.org/10.5281/zenodo.7",
            "url": "https://doi.org/10.5281/zenodo.7", "name": "Of otters",
            "author": [{"@type": "Person", "name": "Ada"}], "datePublished": "2024",
            "publisher": {"@type": "Organization", "name": "Zenodo"},
        },
        {"@type": "CreativeWork", "@id": "https://otters.example/1", "url": "https://otters.example/1"},
    ]
    (product,) = form["targetProduct"]
    assert (product["processorRequirements"], product["softwareVersion"], product["datePublished"]) == (
        "linux/amd64, linux/arm64", "latest", "2024-05-06",
    )
