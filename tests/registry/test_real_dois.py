"""DOIs that a module names, over the replay: data sets and papers get their names from who registered them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.harvesting import harvest_source
from registry.modules import count_modules, module_by_slug, origins_of
from registry.services import Services
from registry.sources import import_sources
from tests.support.store import a_registry, dump

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

SOURCES = Path(__file__).parents[2] / "config" / "sources.toml"
REPOSITORY, SLUG = "ai4os/ai4os-ai4life-loader", "ai4os-ai4life-loader"
DATA, PAPER = "10.5061/dryad.8515", "10.48550/arxiv.2311.16162"
METADATA = f"""metadata_version: 2.0.0
title: Loader of models
summary: Loads models.
description: It loads models of others.
dates: {{created: '2024-01-01', updated: '2024-01-01'}}
links:
  dataset: https://doi.org/{DATA}
  citation: https://doi.org/{PAPER}
  source_code: https://github.com/{REPOSITORY}
tags: []
tasks: []
categories: []
libraries: []
data-type: []
"""


@pytest.fixture
def tools(tmp_path: Path, replay: Any) -> Iterator[Services]:
    """A registry with one catalogue, of which one module names two DOIs that are registered."""
    replay.reset()
    # Dated, because a forge tells when something was pushed by the second.
    day = "2026-10-01T00:00:00Z"
    replay.mutate(repo=REPOSITORY, op="put-file", path="ai4-metadata.yml", content=METADATA, date=day)
    (tmp_path / "endpoints.json").write_text(json.dumps(replay.urls))
    keys = {"MODREG_ENDPOINTS": str(tmp_path / "endpoints.json"), "MODREG_GITHUB_TOKEN": "replay"}
    with a_registry(f"sqlite:///{tmp_path / 'registry.sqlite3'}", tmp_path / "home", **keys) as services:
        import_sources(services.database, SOURCES.read_text(encoding="utf-8"))
        harvest_source(services, "ai4os-tools")
        yield services
    replay.reset()


def test_dois_when_a_module_names_them_then_they_have_names_and_make_no_module(tools: Services) -> None:
    run = harvest_source(tools, "dois")

    stored = module_by_slug(tools.database, SLUG)
    assert stored is not None
    (data,), (paper,) = stored.module.training_data, stored.module.publications
    assert (data.doi, data.kind, data.licence, data.year, data.publisher) == (DATA, "dataset", "CC0-1.0", 2011, "Dryad")
    assert data.title == "Data from: A new malaria agent in African hominids."
    assert data.authors[0] == "Benjamin Ollomo"
    assert (paper.doi, paper.year, paper.publisher) == (PAPER, 2023, "arXiv")
    assert str(paper.title).startswith("Leveraging Artificial Intelligence Technology")
    assert stored.module.title == "Loader of models"
    assert (run.counts["fetched"], run.counts["updated"]) == (2, 2)
    assert run.requests["sent"] == 4  # who registered them, all of DataCite's at once, which the replay does not know
    assert count_modules(tools.database) == {"published": 5}
    assert any(each["origin"]["reader"] == "datacite" for each in origins_of(tools.database, SLUG)["training_data"])


def test_dois_when_asked_again_then_nothing_is_sent_nor_written(tools: Services) -> None:
    harvest_source(tools, "dois")
    before = dump(tools, without=("run",))
    tools.clock.sleep(3600)

    run = harvest_source(tools, "dois")

    assert dump(tools, without=("run",)) == before
    assert (run.requests["sent"], run.requests["avoided"], run.counts["unchanged"]) == (0, 2, 2)


def test_dois_when_the_module_names_them_no_more_then_their_names_go_with_them(tools: Services, replay: Any) -> None:
    harvest_source(tools, "dois")
    without = "\n".join(line for line in METADATA.splitlines() if DATA not in line)
    replay.mutate(repo=REPOSITORY, op="put-file", path="ai4-metadata.yml", content=without, date="2026-10-02T00:00:00Z")

    harvest_source(tools, "ai4os-tools")
    run = harvest_source(tools, "dois")

    stored = module_by_slug(tools.database, SLUG)
    assert stored is not None
    assert stored.module.training_data == ()
    assert [each.doi for each in stored.module.publications] == [PAPER]
    assert run.counts["listed"] == 1
