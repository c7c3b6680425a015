"""What other servers say of the sample modules, harvested with the demo's sources: one module carries all of it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harvester.clock import SystemClock
from registry.exporting import export
from registry.findings import list_findings
from registry.harvesting import harvest_source
from registry.runs import Run
from registry.services import Services
from registry.source_files import read_sources
from registry.sources import import_sources
from tests.standin.images import load_registry
from tests.standin.server import StandIn
from tests.standin.worldfiles import WORLD
from tests.support.clock import HandClock
from tests.support.small_oci import HUB
from tests.support.store import a_registry

SOURCES = Path(__file__).with_name("demo-sources.toml").read_text("utf-8")
NAMES = [source.name for source in read_sources(SOURCES, "demo-sources.toml")]
EXPECTED: dict[str, Any] = tomllib.loads((WORLD / "expected.toml").read_text("utf-8"))


@dataclass
class Told:
    """The registry after two harvests: runs of both, published modules, findings of each source, and what was asked."""

    runs: list[dict[str, Run]]
    quota: list[int]
    asked: list[dict[str, int]]
    modules: dict[str, dict[str, Any]]
    findings: dict[str, list[list[str]]]


def modules_of(services: Services) -> dict[str, dict[str, Any]]:
    return {form["slug"]: form for form in map(json.loads, b"".join(export(services)).splitlines())}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    home = tmp_path_factory.mktemp("elsewhere")
    with StandIn() as standin:
        (home / "endpoints.json").write_text(json.dumps(standin.endpoints), "utf-8")
        keys = {"MODREG_ENDPOINTS": str(home / "endpoints.json"), "MODREG_GITHUB_TOKEN": "any"}
        with a_registry(f"sqlite:///{home / 'registry.sqlite3'}", home, **keys) as services:
            services.clock = HandClock(SystemClock().now().replace(microsecond=0))
            import_sources(services.database, SOURCES)
            runs: list[dict[str, Run]] = []
            quota, asked = [], []
            for _ in range(2):
                standin.requests.clear()
                runs.append({name: harvest_source(services, name) for name in NAMES})
                quota.append(standin.quota_used())
                servers = [row.target.split("/")[1] for row in standin.requests]
                asked.append({server: servers.count(server) for server in servers})
            findings = {
                name: sorted([each.code, each.entry or ""] for each in list_findings(services.database, source=name))
                for name in NAMES
            }
            yield Told(runs, quota, asked, modules_of(services), findings)


def images_of(module: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Images of Docker Hub by name and tag."""
    found = [each for each in module["distributions"] if each["kind"] == "image"]
    names = [each["reference"].removeprefix("docker.io/").partition(":")[0] for each in found]
    return {f"{name}:{each.get('tag', '')}": each for name, each in zip(names, found, strict=True)}


def titles(module: dict[str, Any], field: str, kind: str = "") -> list[str]:
    return [each["title"] for each in module.get(field, ()) if not kind or each["kind"] == kind]


def test_other_servers_add_to_modules_and_make_none(told: Told) -> None:
    assert len(told.modules) == EXPECTED["modules"]
    first = told.runs[0]
    assert [first[name].counts.get("created", 0) for name in NAMES[3:]] == [0, 0, 0, 0]
    assert all(first[name].counts["updated"] for name in NAMES[3:])
    assert {run.status for run in first.values()} == {"ok with findings"}


@pytest.mark.parametrize("row", EXPECTED["carries"], ids=lambda row: str(row["module"]))
def test_module_carries_what_is_said_of_it_elsewhere(told: Told, row: dict[str, Any]) -> None:
    module = told.modules[row["module"]]
    images = images_of(module)
    assert list(images) == row["images"]
    assert [name for name, each in images.items() if "digest" not in each] == row.get("without_digest", [])
    assert next(iter(images.values())).get("platforms", []) == row.get("platforms", [])
    dois = {each["role"]: each["value"] for each in module.get("identifiers", ()) if each["scheme"] == "doi"}
    assert dois == row.get("dois", {})
    if "versions" in row:
        assert {each["name"]: each.get("doi", "") for each in module["versions"]} == row["versions"]
    assert titles(module, "training_data") == row.get("training_data", [])
    assert titles(module, "publications") == row.get("publications", [])
    assert titles(module, "distributions", "weights") == row.get("weights", [])
    assert module["licence"]["concluded"]["spdx"] == row["licence"]


def test_digests_are_those_of_the_registry_and_names_of_one_digest_are_one_image(told: Told) -> None:
    name = "samplehub/thermal-drone-anomaly"
    host = load_registry(HandClock()).hosts[HUB]
    shown = images_of(told.modules["thermal-drone-anomaly"])
    assert shown[f"{name}:latest"]["digest"] == host.images[name].tags["1.3.0"]
    assert shown[f"{name}:latest"]["tags"] == ["1.3", "1.3.0", "latest"]
    assert shown[f"{name}:1.2.0"]["digest"] == host.images[name].tags["1.2.0"]


def test_things_that_are_named_by_doi_have_title_people_and_licence(told: Told) -> None:
    (data,) = told.modules["retina-grading"]["training_data"]
    assert data == {
        "url": "https://doi.org/10.89999/sample.fundus-grades", "doi": "10.89999/sample.fundus-grades",
        "kind": "dataset", "title": "Graded photographs of the fundus", "authors": ["Ida Sorensen"], "year": 2017,
        "licence": "CC-BY-NC-4.0", "publisher": "Sample Eye Clinic",
    }
    (paper,) = told.modules["retina-grading"]["publications"]
    assert (paper["authors"], paper["year"], paper["publisher"]) == (
        ["Ida Sorensen", "Remi Okonjo"], 2019, "Sample Press",
    )


@pytest.mark.parametrize("source", NAMES[3:])
def test_what_other_servers_say_otherwise_is_a_finding(told: Told, source: str) -> None:
    assert told.findings[source] == EXPECTED["findings"][source]


def test_second_harvest_writes_nothing_and_asks_next_to_nothing(told: Told) -> None:
    first, second = told.runs
    written = {"created", "updated", "withdrawn", "restored", "fetched"}
    assert [name for run in second.values() for name in written if run.counts.get(name)] == []
    assert told.quota[0] > 0
    assert told.quota[1] == 0
    images = first["image-registries"].counts["fetched"]  # each is looked at, which is no pull
    assert told.asked[1] == {"github": 13, "dockerhub": 5, "oci": images, "oci-tokens": 2, "zenodo": 2}
