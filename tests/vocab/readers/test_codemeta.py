from __future__ import annotations

import json

import pytest

from tests.support.documents import a_reading, found, parts


def test_codemeta_says_people_links_and_dates() -> None:
    record = a_reading(
        {
            "codemeta.json": json.dumps(
                {
                    "@context": "https://doi.org/10.5063/schema/codemeta-2.0",
                    "@type": "SoftwareSourceCode",
                    "name": "Fish finder",
                    "description": "Finds fish in pictures of the sea.",
                    "license": "https://spdx.org/licenses/MIT",
                    "codeRepository": "https://github.com/hub/fish-finder",
                    "issueTracker": "https://github.com/hub/fish-finder/issues",
                    "version": "1.2.0",
                    "dateCreated": "2021-03-04",
                    "keywords": ["pytorch", "deep sea"],
                    "identifier": "https://doi.org/10.5281/zenodo.4712345",
                    "author": [
                        {
                            "@type": "Person",
                            "@id": "https://orcid.org/0000-0002-1694-233X",
                            "givenName": "Ada",
                            "familyName": "Fisher",
                            "affiliation": {"@type": "Organization", "name": "Sea Institute"},
                        }
                    ],
                    "maintainer": {
                        "@type": "Organization",
                        "name": "Sea Institute",
                        "@id": "https://ror.org/02gfc7t72",
                    },
                },
                indent=1,
            )
        }
    )
    assert record.values("title") == ["Fish finder"]
    assert parts(record, "licence.declared", "spdx") == ["MIT"]
    assert parts(record, "authors", "name", "orcid", "affiliation") == [
        ("Ada Fisher", "0000-0002-1694-233X", "Sea Institute")
    ]
    assert parts(record, "contacts", "name", "kind", "ror") == [("Sea Institute", "organisation", "https://ror.org/02gfc7t72")]
    assert parts(record, "links", "rel") == ["source_code", "issues"]
    assert parts(record, "identifiers", "value") == ["10.5281/zenodo.4712345"]
    assert record.values("libraries") == ["pytorch"]
    assert record.values("dates.created") == ["2021-03-04"]


@pytest.mark.parametrize("licence", [
    "MIT", ["MIT"], {"@id": "https://spdx.org/licenses/MIT"}, [{"name": "MIT"}], {"@type": "CreativeWork", "url": "https://spdx.org/licenses/MIT"},
])
def test_codemeta_takes_a_value_as_text_record_or_list(licence: object) -> None:
    record = a_reading(
        {
            "codemeta.json": json.dumps(
                {"name": ["Fish finder"], "license": licence, "author": "Ada Fisher, Sea Institute"}
            )
        }
    )
    assert record.values("title") == ["Fish finder"]
    assert parts(record, "licence.declared", "spdx") == ["MIT"]
    assert parts(record, "authors", "name", "kind") == [("Ada Fisher", "person"), ("Sea Institute", "organisation")]


def test_codemeta_of_version_3_without_at_signs_is_read() -> None:
    record = a_reading(
        {
            "codemeta.json": json.dumps(
                {
                    "type": "SoftwareSourceCode",
                    "schema:name": "Fish finder",
                    "author": [
                        {
                            "type": "Person",
                            "id": "https://orcid.org/0000-0002-1694-233X",
                            "givenName": "Ada",
                            "familyName": "Fisher",
                        }
                    ],
                    "referencePublication": {
                        "type": "ScholarlyArticle",
                        "name": "On fish",
                        "id": "https://doi.org/10.17882/4711",
                    },
                }
            )
        }
    )
    assert record.values("title") == ["Fish finder"]
    assert parts(record, "authors", "orcid") == ["0000-0002-1694-233X"]
    assert parts(record, "publications", "title", "doi") == [("On fish", "10.17882/4711")]


@pytest.mark.parametrize(
    ("body", "code"), [("[1, 2]", "shape-unexpected"), ("<html></html>", "document-not-text"), ("{", "json-unreadable")]
)
def test_codemeta_that_is_none_is_told(body: str, code: str) -> None:
    record = a_reading({"codemeta.json": body})
    assert record.unparsed == ("codemeta.json",)
    assert [each.line for each in found(record, code)] == [1]
