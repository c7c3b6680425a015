from __future__ import annotations

import json

import pytest

from tests.support.documents import a_reading, found, parts

DEPOSIT = {
    "title": "Fish finder",
    "description": "<p>Finds fish.</p>",
    "version": "1.2.0",
    "publication_date": "2024-08-12",
    "creators": [
        {"name": "Fisher, Ada", "affiliation": "Sea Institute", "orcid": "0000-0002-1694-233X"},
        {"name": "Sea Institute"},
    ],
    "contributors": [{"name": "Hook, Bo", "type": "ContactPerson"}, {"name": "Line, Cy", "type": "Editor"}],
    "license": {"id": "mit"},
    "keywords": ["deep sea"],
    "related_identifiers": [
        {"identifier": "https://github.com/hub/fish-finder", "relation": "isSupplementTo"},
        {"identifier": "10.17882/4711", "relation": "isDescribedBy"},
        {"identifier": "10.17882/4712", "relation": "isDerivedFrom", "resource_type": "dataset"},
        {"identifier": "nothing", "relation": "cites"},
    ],
}


def test_zenodo_json_says_creators_and_relations() -> None:
    record = a_reading({".zenodo.json": json.dumps(DEPOSIT)})
    assert parts(record, "authors", "name", "given", "family", "kind") == [
        ("Ada Fisher", "Ada", "Fisher", "person"), ("Sea Institute", None, None, "organisation"),
    ]
    assert parts(record, "contacts", "name") == ["Bo Hook"]
    assert parts(record, "licence.declared", "spdx") == ["MIT"]
    assert parts(record, "links", "rel", "url") == [("source_code", "https://github.com/hub/fish-finder")]
    assert parts(record, "publications", "doi") == ["10.17882/4711"]
    assert parts(record, "training_data", "doi") == ["10.17882/4712"]
    assert record.values("dates.issued") == ["2024-08-12"]


def test_zenodo_json_wrapped_as_a_deposit_is_read() -> None:
    record = a_reading({".zenodo.json": json.dumps({"metadata": DEPOSIT})})
    assert record.values("title") == ["Fish finder"]


@pytest.mark.parametrize(("body", "code"), [('"text"', "shape-unexpected"), ("nothing at all", "json-unreadable")])
def test_zenodo_json_that_is_none_is_told(body: str, code: str) -> None:
    record = a_reading({".zenodo.json": body})
    assert record.unparsed == (".zenodo.json",)
    assert len(found(record, code)) == 1
