"""Modules of repositories with what Zenodo says of them, over the replay of both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from registry.findings import list_findings
from registry.harvesting import harvest_source
from registry.modules import module_by_slug
from registry.rebuilding import rebuild
from registry.runs import Run
from registry.services import Services
from registry.sources import import_sources
from registry.trying import test_source as try_source
from tests.support.store import a_registry, changes, dump, statuses
from vocab.module import Module

pytestmark = pytest.mark.corpus

REPOSITORIES = ("ai4os-hub/dogs-breed-detector", "ai4os-hub/diamorph-detection", "ai4os-hub/ai4os-demo-app")
SOURCES = f"""
[[source]]
name = "code"
kind = "github"
repositories = {json.dumps(REPOSITORIES)}

[[source]]
name = "zenodo"
kind = "zenodo"
follow = true
"""


@pytest.fixture
def world(database_url: str, tmp_path: Path, replay: Any) -> Iterator[Services]:
    replay.reset()
    endpoints = tmp_path / "endpoints.json"
    endpoints.write_text(json.dumps(replay.urls))
    keys = {"MODREG_ENDPOINTS": str(endpoints), "MODREG_GITHUB_TOKEN": "replay"}
    with a_registry(database_url, tmp_path / "home", **keys) as services:
        import_sources(services.database, SOURCES)
        yield services
    replay.reset()


def module(services: Services, slug: str) -> Module:
    found = module_by_slug(services.database, slug)
    assert found is not None
    return found.module


def both(services: Services) -> tuple[Run, Run]:
    return harvest_source(services, "code"), harvest_source(services, "zenodo")


def dois(services: Services, slug: str) -> list[tuple[str, str | None]]:
    found = module(services, slug).identifiers
    return [(each.value, each.role) for each in found if each.value.startswith("10.5072/")]


def test_modules_get_their_dois_and_the_dates_and_dois_of_their_versions(world: Services) -> None:
    both(world)

    assert dois(world, "dogs-breed-detector") == [
        ("10.5072/zenodo.90003000", "concept"), ("10.5072/zenodo.90003028", "version"),
    ]
    versions = {each.name: (each.doi, each.date) for each in module(world, "dogs-breed-detector").versions}
    assert versions["0.6.0"] == ("10.5072/zenodo.90003028", "2024-02-09")
    assert versions["0.3.0"] == ("10.5072/zenodo.90003007", "2018-11-30")
    assert module(world, "dogs-breed-detector").title == "Dogs breed detector"
    sources = {each.key for each in module(world, "diamorph-detection").sources}
    assert sources == {"github.com/ai4os-hub/diamorph-detection", "doi:10.5072/zenodo.90004000"}
    assert statuses(world) == dict.fromkeys((each.rpartition("/")[2] for each in REPOSITORIES), "published")


def test_second_harvest_writes_nothing_and_asks_for_one_page_of_each_search(world: Services) -> None:
    _, first = both(world)
    before = dump(world, without=("run",))
    _, second = both(world)

    assert dump(world, without=("run",)) == before
    assert (second.counts["unchanged"], second.counts["fetched"]) == (3, 0)
    assert second.requests["by_status"] == {"200": 2}
    assert second.requests["sent"] < first.requests["sent"]


def test_withdrawn_record_takes_its_dois_along_and_the_module_stays(world: Services, replay: Any) -> None:
    both(world)
    for number in (90004007, 90004014):
        requests.post(f"{replay.control}/zenodo", json={"op": "delete", "id": number}, timeout=10).raise_for_status()
    both(world)

    assert dois(world, "diamorph-detection") == []
    assert dois(world, "dogs-breed-detector") != []
    assert statuses(world)["diamorph-detection"] == "published"
    assert changes(world)[-1] == ("updated", "diamorph-detection")
    both(world)  # the tombstone is forgotten, because nothing is listed under it any more
    before = dump(world, without=("run",))
    _, last = both(world)
    assert dump(world, without=("run",)) == before
    assert last.counts["listed"] == 3


def test_named_doi_that_zenodo_does_not_know_is_told(world: Services) -> None:
    both(world)

    (found,) = list_findings(world.database, source="zenodo", code="entry-unreachable")
    assert (found.entry, found.found) == ("doi:10.5281/zenodo.13343448", "404")
    assert found.message == (
        "https://doi.org/10.5281/zenodo.13343448 answered 404: The record is not known to Zenodo (404)."
    )


def test_what_zenodo_says_is_made_again_without_it(world: Services, replay: Any) -> None:
    both(world)
    with replay.faulty("status:503"):
        assert rebuild(world).changes == ()


def test_source_that_is_tried_says_in_a_sentence_what_it_lists_or_why_it_does_not(world: Services) -> None:
    import_sources(world.database, '[[source]]\nname = "sea"\nkind = "zenodo"\ncommunities = ["no-such-sea"]\n')
    both(world)

    assert try_source(world, "zenodo").sentence == "zenodo lists 4 entries."
    assert try_source(world, "sea").sentence.startswith(
        "sea cannot be listed: Zenodo's community 'no-such-sea' does not exist. Take the name"
    )
