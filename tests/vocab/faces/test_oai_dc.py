"""oai_dc: valid for every module, and what harvesters look for in it."""

from __future__ import annotations

from hypothesis import given
from lxml import etree

from tests.support.faces import a_context, modules
from tests.support.modules import a_bare_module, a_module, a_withdrawn_module
from tests.support.standards import check
from vocab.faces import FACES
from vocab.module import Agent, Identifier, Licence, LicenceValue, Link, Module, Relation

DC = "{http://purl.org/dc/elements/1.1/}"


def elements(module: Module) -> dict[str, list[str]]:
    """Element name → texts."""
    found: dict[str, list[str]] = {}
    for element in etree.fromstring(FACES["oai_dc"].render(module, a_context())):
        found.setdefault(element.tag.removeprefix(DC), []).append(element.text or "")
    return found


@given(modules)
def test_oai_dc_of_any_module_then_valid(oai_schema: etree.XMLSchema, module: Module) -> None:
    document = FACES["oai_dc"].render(module, a_context())
    assert not document.startswith(b"<?xml")
    check(oai_schema, etree.fromstring(document))
    found = elements(module)
    assert found["title"][0]
    assert all(address.startswith(("http://", "https://")) for address in found["identifier"])


def test_oai_dc_of_a_whole_module_then_every_element_is_there() -> None:
    found = elements(a_module(contacts=(Agent(name="Bo Example"),)))
    assert found["title"] == ["Bird song detector"]
    assert found["creator"] == ["Muster, Ada", "Institute of Birds"]
    assert found["contributor"] == ["Bo Example"]
    assert found["description"] == ["Bird songs\n\nHears which bird sings in a recording.", "Hears which bird sings"]
    assert found["publisher"] == ["Example Institute"]
    assert found["date"] == ["2025-06-12"]
    assert found["type"] == ["Software", "http://purl.org/coar/resource_type/c_5ce6"]
    assert found["format"] == ["application/vnd.oci.image.manifest.v1+json"]
    assert found["source"] == ["https://github.com/example/bird-song-detector"]
    assert found["language"] == ["en"]
    assert found["rights"] == ["info:eu-repo/semantics/openAccess", "https://spdx.org/licenses/MIT", "MIT"]
    assert {"bioacoustics", "birds", "Computer Science"} <= set(found["subject"])
    assert {"https://doi.org/10.1234/birds", "https://doi.org/10.5281/zenodo.1234566"} <= set(found["relation"])


def test_oai_dc_identifiers_then_the_doi_of_the_version_comes_first() -> None:
    assert elements(a_module())["identifier"] == [
        "https://doi.org/10.5281/zenodo.1234567",
        "https://registry.example.org/id/module/bird-song-detector",
    ]
    without = a_module(identifiers=(Identifier(scheme="doi", value="10.1/paper", role="paper"),))
    assert elements(without)["identifier"] == ["https://registry.example.org/id/module/bird-song-detector"]


def test_oai_dc_without_authors_then_contacts_then_owner_then_publisher_are_the_creator() -> None:
    assert elements(a_module(authors=()))["creator"] == ["Ada Muster"]
    owned = a_bare_module(links=(Link(rel="source_code", url="https://github.com/deephdc/birds"),))
    assert elements(owned)["creator"] == ["deephdc"]
    assert elements(a_bare_module())["creator"] == ["Example Institute"]


def test_oai_dc_of_a_bare_module_then_description_and_date_stand_in() -> None:
    found = elements(a_bare_module(datestamp="2026-01-02T03:04:05Z"))
    assert found["description"] == ["Bird song detector: a machine-learning module; its metadata has no description."]
    assert found["date"] == ["2026-01-02"]


def test_oai_dc_description_with_html_then_plain_text() -> None:
    markdown = "<p>One <b>bold</b> &lt;script&gt;word</p>\n\n![logo](x.png) **two** `x < y`\n\n<!-- no -->"
    assert elements(a_module(description=markdown))["description"][0] == "One bold word\n\ntwo x < y"


def test_oai_dc_with_a_licence_expression_then_no_address_is_made_up() -> None:
    value = LicenceValue(spdx="MIT OR Apache-2.0")
    found = elements(a_module(licence=Licence(concluded=value)))["rights"]
    assert found == ["info:eu-repo/semantics/openAccess", "MIT OR Apache-2.0"]


def test_oai_dc_of_a_withdrawn_module_then_only_names_and_reason() -> None:
    found = elements(a_withdrawn_module(relations=(Relation(type="successor", target="bird-song-detector-2"),)))
    assert found == {
        "title": ["Bird song detector"],
        "description": ["Withdrawn. The repository was removed by its owner"],
        "publisher": ["Example Institute"],
        "identifier": [
            "https://doi.org/10.5281/zenodo.1234567",
            "https://registry.example.org/id/module/bird-song-detector",
        ],
        "relation": ["https://registry.example.org/id/module/bird-song-detector-2"],
    }
