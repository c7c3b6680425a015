"""Images of Docker Hub beside the catalogue that names them, over the replay: told of its modules and of no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.exporting import export
from registry.harvesting import harvest_source
from registry.modules import count_modules
from registry.services import Services
from registry.sources import import_sources
from tests.support.store import a_registry, dump

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

SOURCES = Path(__file__).parents[2] / "config" / "sources.toml"
NAMES = ("ai4os-tools", "docker-hub")
SLUG = "ai4os-ai4life-loader"


@pytest.fixture
def tools(tmp_path: Path, replay: Any) -> Iterator[Services]:
    """A registry that harvested one catalogue and its images."""
    replay.reset()
    (tmp_path / "endpoints.json").write_text(json.dumps(replay.urls))
    keys = {"MODREG_ENDPOINTS": str(tmp_path / "endpoints.json"), "MODREG_GITHUB_TOKEN": "replay"}
    with a_registry(f"sqlite:///{tmp_path / 'registry.sqlite3'}", tmp_path / "home", **keys) as services:
        import_sources(services.database, SOURCES.read_text(encoding="utf-8"))
        for name in NAMES:
            harvest_source(services, name)
        yield services
    replay.reset()


def modules(services: Services) -> dict[str, dict[str, Any]]:
    forms = [json.loads(line) for line in b"".join(export(services)).splitlines()]
    return {form["slug"]: form for form in forms}


def images(form: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["reference"]: each for each in form["distributions"] if each["kind"] == "image"}


def test_images_when_modules_name_them_then_they_tell_of_those_and_make_none(tools: Services) -> None:
    assert count_modules(tools.database) == {"published": 5}
    form = modules(tools)[SLUG]
    image = images(form)["docker.io/ai4oshub/ai4os-ai4life-loader"]

    assert {each["source"] for each in form["sources"]} >= {"ai4os-tools", "docker-hub"}
    assert image["digest"].startswith("sha256:")
    assert image["platforms"] == ["linux/amd64", "linux/arm64/v8"]
    assert image["tags"] == ["0.0.1", "latest"]
    assert image["size_bytes"] > 10**9


def test_images_when_nothing_moved_then_the_second_harvest_writes_nothing(tools: Services) -> None:
    before = dump(tools, without=("run", "run_failure"))
    tools.clock.sleep(3600)

    run = harvest_source(tools, "docker-hub")

    assert dump(tools, without=("run", "run_failure")) == before
    assert (run.counts["fetched"], run.counts["unchanged"]) == (0, 5)
    assert (run.requests["sent"], run.requests["avoided"]) == (1, 11)


def test_images_when_their_repository_moved_then_they_alone_are_read_and_their_module_alone_changes(
    tools: Services, replay: Any
) -> None:
    before = modules(tools)
    replay.mutate(repo="ai4os/ai4os-ai4life-loader", op="put-file", path="a-file.txt", content="new")

    run = harvest_source(tools, "docker-hub")

    after = modules(tools)
    assert run.counts["fetched"] == 2  # the image by its former name is built from it too
    assert [slug for slug in after if after[slug] != before[slug]] == [SLUG]
    old, new = (images(form[SLUG])["docker.io/ai4oshub/ai4os-ai4life-loader"] for form in (before, after))
    assert (old["digest"] != new["digest"], old["pushed"] < new["pushed"]) == (True, True)


def test_images_when_docker_hub_is_ill_then_no_module_loses_one(tools: Services, replay: Any) -> None:
    before = modules(tools)

    for mode in ("status:404", "status:500", "html", "empty-200", "garbage-json", "truncate"):
        with replay.faulty(mode, match="/dockerhub/"):
            harvest_source(tools, "docker-hub")
        tools.clock.sleep(7200)

    assert {slug: images(form) for slug, form in modules(tools).items()} == {
        slug: images(form) for slug, form in before.items()
    }
