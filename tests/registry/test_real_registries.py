"""Images as their registry has them, beside the catalogue that names them and what Docker Hub says, over the replay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.checking import check
from registry.exporting import export
from registry.harvesting import harvest_source
from registry.modules import count_modules
from registry.rebuilding import rebuild
from registry.runs import RunStatus
from registry.services import Services
from registry.sources import import_sources
from tests.support.store import a_registry, dump

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

SOURCES = Path(__file__).parents[2] / "config" / "sources.toml"
REGISTRIES = "image-registries"
SLUG, IMAGE = "ai4os-ai4life-loader", "docker.io/ai4oshub/ai4os-ai4life-loader"


@pytest.fixture
def tools(tmp_path: Path, replay: Any) -> Iterator[Services]:
    """A registry that harvested one catalogue."""
    replay.reset()
    (tmp_path / "endpoints.json").write_text(json.dumps(replay.urls))
    keys = {"MODREG_ENDPOINTS": str(tmp_path / "endpoints.json"), "MODREG_GITHUB_TOKEN": "replay"}
    with a_registry(f"sqlite:///{tmp_path / 'registry.sqlite3'}", tmp_path / "home", **keys) as services:
        import_sources(services.database, SOURCES.read_text(encoding="utf-8"))
        harvest_source(services, "ai4os-tools")
        yield services
    replay.reset()


def modules(services: Services) -> dict[str, dict[str, Any]]:
    forms = [json.loads(line) for line in b"".join(export(services)).splitlines()]
    return {form["slug"]: form for form in forms}


def image_of(services: Services) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = [each for each in modules(services)[SLUG]["distributions"] if each.get("reference") == IMAGE]
    return found


def test_images_when_read_then_their_modules_know_more_and_no_module_is_made(tools: Services) -> None:
    run = harvest_source(tools, REGISTRIES)

    assert count_modules(tools.database) == {"published": 5}
    assert run.counts["created"] == 0
    image = image_of(tools)
    assert image["digest"].startswith("sha256:")
    assert image["platforms"] == ["linux/amd64", "linux/arm64/v8"]
    assert (image["tag"], image["size_bytes"] > 10**9, len(image["revision"])) == ("latest", True, 40)
    assert REGISTRIES in {each["source"] for each in modules(tools)[SLUG]["sources"]}


def test_images_when_docker_hub_speaks_of_them_too_then_both_words_are_one_image(tools: Services) -> None:
    harvest_source(tools, "docker-hub")
    before = image_of(tools)
    harvest_source(tools, REGISTRIES)
    after = image_of(tools)

    assert {name: after[name] for name in ("digest", "pushed", "platforms")} == {
        name: before[name] for name in ("digest", "pushed", "platforms")
    }
    assert set(after) - set(before) == {"created", "revision"}


def test_images_when_nothing_moved_then_the_second_harvest_writes_nothing_and_pulls_nothing(
    tools: Services, replay: Any
) -> None:
    harvest_source(tools, REGISTRIES)
    before, pulled = dump(tools, without=("run", "run_failure")), replay.stats()["apis"]["oci"]["charged"]
    tools.clock.sleep(3600)

    run = harvest_source(tools, REGISTRIES)

    assert dump(tools, without=("run", "run_failure")) == before
    assert (run.counts["fetched"], run.counts["unchanged"]) == (0, 5)
    assert (run.requests["sent"] - run.requests["not_modified"], run.requests["quota_used"]) == (1, 0)
    assert replay.stats()["apis"]["oci"]["charged"] == pulled


def test_images_when_rebuilt_then_everything_is_as_it_was(tools: Services) -> None:
    harvest_source(tools, REGISTRIES)
    before = modules(tools)

    rebuild(tools, "all")

    assert modules(tools) == before
    assert check(tools).differences == ()


def test_images_when_pulls_run_out_then_the_run_is_partial_and_the_next_one_ends_it(
    tools: Services, replay: Any
) -> None:
    replay.call("POST", "/rate-limit", {"api": "oci", "resource": "pull", "limit": 4, "remaining": 4})

    first = harvest_source(tools, REGISTRIES)
    early = harvest_source(tools, REGISTRIES)
    tools.clock.sleep(6 * 3600 + 1)
    replay.reset("limits")
    later = harvest_source(tools, REGISTRIES)

    assert (first.status, first.counts["fetched"]) == (RunStatus.PARTIAL, 2)
    assert (early.status, early.requests["sent"]) == (RunStatus.PARTIAL, 0)
    assert (later.counts["unchanged"], later.counts["fetched"]) == (2, 3)
