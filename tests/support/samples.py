"""One sound document for each kind that the readers know, to be broken in tests."""

from __future__ import annotations

import json

SAMPLES: dict[str, str] = {
    "ai4-metadata.yml": """metadata_version: 2.0.0
title: Fish finder
summary: Finds fish
description: |-
  One **bold** line.
dates: {created: '2021-03-04', updated: '2024-08-12'}
links:
  source_code: https://github.com/hub/fish-finder
  docker_image: ai4oshub/fish-finder
  dataset: https://zenodo.org/records/4712346
tags: [deep sea]
tasks:
  - Computer Vision
categories: [AI4 trainable]
libraries: [PyTorch]
data-type: [Image]
resources:
  inference: {cpu: 2}
""",
    "metadata.json": json.dumps(
        {
            "title": "Fish finder",
            "summary": "Finds fish",
            "description": ["One.", "Two."],
            "keywords": ["tensorflow"],
            "license": "MIT",
            "date_creation": "2021-03-04",
            "dataset_url": "https://zenodo.org/records/4712346",
            "sources": {
                "dockerfile_repo": "https://github.com/hub/fish",
                "docker_registry_repo": "ai4oshub/fish",
                "code": "https://github.com/hub/fish",
            },
        },
        indent=1,
    ),
    "CITATION.cff": """cff-version: 1.2.0
title: Fish finder
authors:
  - given-names: Ada
    family-names: Fisher
    orcid: https://orcid.org/0000-0002-1694-233X
repository-code: https://github.com/hub/fish-finder
identifiers: [{type: doi, value: 10.5281/zenodo.4712345}]
preferred-citation: {title: On fish, doi: 10.17882/4711}
""",
    "codemeta.json": json.dumps(
        {
            "name": "Fish finder",
            "author": [{"@type": "Person", "@id": "https://orcid.org/0000-0002-1694-233X", "givenName": "Ada"}],
            "license": ["https://spdx.org/licenses/MIT"],
            "identifier": {"value": "10.5281/zenodo.4712345"},
            "referencePublication": [{"name": "x"}],
        },
        indent=1,
    ),
    ".zenodo.json": json.dumps(
        {
            "title": "Fish finder",
            "creators": [{"name": "Fisher, Ada"}],
            "license": {"id": "mit"},
            "related_identifiers": [{"identifier": "10.17882/4711", "relation": "cites"}],
        },
        indent=1,
    ),
    "pyproject.toml": """[project]
version = "0.2.0"
authors = [{ name = "Ada Fisher" }]
license = { text = "MIT" }
[project.urls]
Homepage = "https://fish.sea.eu"
""",
    "setup.cfg": "[metadata]\nauthor = Ada Fisher (CSIC)\nauthor_email = ada@sea.eu\nversion = 0.1\nhome-page = https://fish.sea.eu\n",
    "setup.py": """from setuptools import setup
V = "1.0"
setup(name="fish", version=V, author="Ada Fisher", keywords=["a"])
""",
    "VERSION": "0.1.0\n",
    "LICENSE": "SPDX-License-Identifier: Apache-2.0\n",
    "Dockerfile": """ARG tag=latest
FROM ai4oshub/base:${tag} AS b
FROM b
ENV X=1
LABEL maintainer="A.Fisher (CSIC), B & C" \\
 version="0.1.0"
MAINTAINER D
""",
    "README.md": """# ARCHIVED
### it is now maintained in https://github.com/ai4os-hub/fish <br>(mirror)
---

# Fish

It looks at pictures of the sea and finds fish.
""",
    "api:repository": json.dumps(
        {
            "id": 1,
            "full_name": "a/b",
            "html_url": "https://github.com/a/b",
            "license": {"spdx_id": "MIT"},
            "topics": ["x"],
        }
    ),
    "api:commits": json.dumps(
        [
            {
                "sha": "a",
                "parents": [{"sha": "b"}],
                "commit": {"message": "m", "tree": {"sha": "t"}, "committer": {"date": "2024-01-01"}},
            }
        ]
    ),
    "api:tags": json.dumps([{"name": "v1.0.0", "commit": {"sha": "a"}}]),
    "api:releases": json.dumps(
        [{"tag_name": "v1.0.0", "published_at": "2024-01-01T00:00:00Z", "html_url": "https://x.eu/r"}]
    ),
    "oai:oai_dc": """<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>Fish finder</dc:title><dc:creator>Fisher, Ada</dc:creator><dc:subject>fish</dc:subject>
<dc:description>&lt;p&gt;Finds fish.&lt;/p&gt;</dc:description><dc:description>Finds fish</dc:description>
<dc:type>Software</dc:type><dc:identifier>https://doi.org/10.5281/zenodo.4712345</dc:identifier>
<dc:identifier>https://fish.sea.eu/1</dc:identifier><dc:source>https://github.com/hub/fish</dc:source>
<dc:relation>https://hub.docker.com/r/ai4oshub/fish</dc:relation><dc:rights>https://spdx.org/licenses/MIT</dc:rights>
</oai_dc:dc>""",
    "oai:datacite": """<resource xmlns="http://datacite.org/schema/kernel-4">
<identifier identifierType="DOI">10.5281/zenodo.4712345</identifier>
<creators><creator><creatorName nameType="Personal">Fisher, Ada</creatorName><givenName>Ada</givenName>
<familyName>Fisher</familyName><nameIdentifier nameIdentifierScheme="ORCID">0000-0002-1694-233X</nameIdentifier>
<affiliation>CSIC</affiliation></creator></creators>
<titles><title>Fish finder</title></titles><publisher>Zenodo</publisher><publicationYear>2024</publicationYear>
<subjects><subject>fish</subject></subjects><dates><date dateType="Issued">2024-05-06</date></dates>
<resourceType resourceTypeGeneral="Software"/><version>1.0</version>
<relatedIdentifiers><relatedIdentifier relatedIdentifierType="URL" relationType="IsSupplementTo"
>https://github.com/hub/fish/tree/v1.0</relatedIdentifier></relatedIdentifiers>
<rightsList><rights rightsURI="https://spdx.org/licenses/MIT" rightsIdentifier="mit">MIT License</rights></rightsList>
<descriptions><description descriptionType="Abstract">Finds fish.</description></descriptions></resource>""",
    "oai:about": """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-01-02T03:04:05Z</responseDate>
<request>https://records.sea.eu/oai</request><record><header><identifier>oai:sea.eu:1</identifier>
<datestamp>2026-01-01T00:00:00Z</datestamp></header><metadata><dc xmlns="http://www.openarchives.org/OAI/2.0/oai_dc/"/>
</metadata><about><provenance xmlns="http://www.openarchives.org/OAI/2.0/provenance">
<originDescription harvestDate="2025-12-01T00:00:00Z" altered="false"><baseURL>https://first.sea.eu/oai</baseURL>
<identifier>oai:first:1</identifier><datestamp>2025-11-30</datestamp>
<metadataNamespace>http://www.openarchives.org/OAI/2.0/oai_dc/</metadataNamespace></originDescription></provenance>
</about></record></OAI-PMH>""",
}
