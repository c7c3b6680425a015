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
}
