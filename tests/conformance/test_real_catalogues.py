"""What becomes of the three real catalogues: every listing accounted for, and the modules as their owners know them.

One harvest of the replayed world and a second one, looked at from all sides. Facts about real modules stand here as
names and numbers; none of their texts does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from registry.findings import list_findings
from registry.followers import run_followers
from registry.harvesting import harvest_source, sources_to_harvest
from registry.modules import list_modules, origins_of
from registry.runs import Run
from registry.sources import import_sources
from tests.support.store import a_registry, dump

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

SOURCES = Path(__file__).parents[2] / "config" / "sources.toml"
CATALOGUES = ("ai4os-hub", "ai4os-tools", "deep-open-catalogue")
LISTED = {"deep-open-catalogue": 32, "ai4os-hub": 46, "ai4os-tools": 6}
# Which of our modules the images of others are built from.
BUILT_FROM = {
    "birds-audio-classification": "ai4os-audio-classification-tf",
    "plants-classification": "ai4os-image-classification-tf",
    "seeds-classification": "ai4os-image-classification-tf",
    "cold-coral-segmentation": "ai4os-yolo-torch",
    "diamorph-detection": "ai4os-yolo-torch",
    "obsea-fish-detection": "ai4os-yolo-torch",
    "smartbay-marine-types": "ai4os-yolo-torch",
    "smartbay-prawn-burrow-detection": "ai4os-yolo-torch",
    "smartbay-species-detection": "ai4os-yolo-torch",
}
CONTRADICTED_LICENCES = {
    "birds-audio-classification", "deep-species-detection", "integrated-plant-protection",
    "phyto-plankton-classification", "plants-classification", "posenet-tf", "satsr", "seeds-classification",
    "smartbay-prawn-burrow-detection", "smartbay-species-detection", "witoil-for-imagine",
}


@dataclass(frozen=True)
class World:
    """What stood in the registry after the first harvest and after the second one."""

    runs: tuple[Run, ...]
    again: tuple[Run, ...]
    export: bytes
    export_again: bytes
    rows: Mapping[str, Any]
    rows_again: Mapping[str, Any]
    modules: Mapping[str, dict[str, Any]]
    origins: Mapping[str, dict[str, list[dict[str, Any]]]]
    findings: tuple[Any, ...]

    def found(self, code: str, module: str | None = None) -> list[Any]:
        """The findings of one code, about one module or about all."""
        return [each for each in self.findings if each.code == code and module in (None, each.module)]

    def values(self, slug: str, field: str, part: str) -> list[Any]:
        """One part of each thing in a list of a module."""
        return [each.get(part) for each in self.modules[slug].get(field, [])]

    def aliases(self, slug: str) -> set[tuple[str, str]]:
        """The aliases of a module."""
        return {(each["kind"], each["value"]) for each in self.modules[slug]["aliases"]}


@pytest.fixture(scope="session")
def world(replay: Any, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The three catalogues, harvested twice."""
    home = tmp_path_factory.mktemp("real-catalogues")
    replay.reset()
    (home / "endpoints.json").write_text(json.dumps(replay.urls), encoding="utf-8")
    keys = {"MODREG_ENDPOINTS": str(home / "endpoints.json"), "MODREG_GITHUB_TOKEN": "replay"}
    with a_registry(f"sqlite:///{home / 'registry.sqlite3'}", home / "home", **keys) as services:
        database = services.database
        import_sources(database, SOURCES.read_text(encoding="utf-8"))
        names = sources_to_harvest(database, CATALOGUES)
        runs = tuple(harvest_source(services, name) for name in names)
        run_followers(services)
        rows, stored = dump(services, without=("run",)), list_modules(database, limit=1000)
        services.clock.sleep(3600)
        again = tuple(harvest_source(services, name) for name in names)
        run_followers(services)
        return World(
            runs, again, b"\n".join(each.canonical for each in stored),
            b"\n".join(each.canonical for each in list_modules(database, limit=1000)),
            rows, dump(services, without=("run",)),
            {each.module.slug: orjson.loads(each.canonical) for each in stored},
            {each.module.slug: origins_of(database, each.module.slug) for each in stored},
            tuple(list_findings(database, limit=10_000)),
        )


def test_every_listing_is_accounted_for(world: World) -> None:
    assert {run.source: run.counts["listed"] for run in world.runs} == LISTED
    assert sum(run.counts["fetched"] for run in world.runs) == 72
    assert sum(run.counts["failed"] for run in world.runs) == 12
    assert len(world.modules) == 47


def test_every_unreachable_entry_is_told_at_the_line_that_lists_it(world: World, shared: Path) -> None:
    unreachable = world.found("entry-unreachable")
    assert len(unreachable) == 12
    homes = {
        "deep-open-catalogue": "deephdc/deep-oc", "ai4os-hub": "ai4os-hub/modules-catalog",
        "ai4os-tools": "ai4os/tools-catalog",
    }
    for each in unreachable:
        assert (each.module, str(each.severity)) == (None, "error")
        lines = (shared / "corpus" / "github" / homes[each.source] / "files" / each.file).read_text().splitlines()
        assert each.entry.removeprefix("github.com/") in lines[each.line - 1].casefold()


def test_the_second_harvest_costs_nothing_and_writes_nothing(world: World) -> None:
    assert {run.requests["quota_used"] for run in world.again} == {0}
    assert sum(run.counts["unchanged"] for run in world.again) == 72
    assert world.rows_again == world.rows
    assert world.export_again == world.export


def test_licences_that_contradict_their_file_are_all_told(world: World) -> None:
    assert {each.module for each in world.found("conflict-licence")} == CONTRADICTED_LICENCES
    assert world.found("licence-missing") == []


def test_satsr_says_its_licence_in_three_ways(world: World) -> None:
    licence = world.modules["satsr"]["licence"]
    assert {name: value["spdx"] for name, value in licence.items()} == {
        "declared": "Apache-2.0", "detected": "GPL-3.0-only", "concluded": "GPL-3.0-only",
    }
    (told,) = world.found("conflict-licence", "satsr")
    assert (told.file, told.line, told.message.rpartition("; ")[2]) == ("metadata.json", 43, "setup.cfg says MIT.")


def test_metadata_that_does_not_parse_gives_a_whole_record(world: World) -> None:
    module = world.modules["phyto-plankton-classification"]
    assert (module["libraries"], module["communities"]) == (["keras", "tensorflow"], ["vo.imagine-ai.eu"])
    assert len(module["description"]) > 2500
    assert world.values("phyto-plankton-classification", "training_data", "doi") == ["10.5281/zenodo.10554845"]
    assert 14 in [each.line for each in world.found("yaml-salvaged", "phyto-plankton-classification")]
    for slug in ("zooprocess-multiple-classifier", "zooprocess-multiple-separator"):
        assert [(each.file, each.line) for each in world.found("json-repaired", slug)] == [("metadata.json", 5)]


def test_a_key_that_stands_twice_loses_no_library(world: World) -> None:
    assert world.modules["seeds-classification"]["libraries"] == ["keras", "tensorflow"]
    assert [each.line for each in world.found("yaml-duplicate-key", "seeds-classification")] == [42]


def test_base_images_that_are_modules_of_ours_are_relations_to_them(world: World) -> None:
    relations = {
        slug: each["target"] for slug, module in world.modules.items()
        for each in module.get("relations", []) if each["type"] == "base_model" and "://" not in each["target"]
    }
    assert relations == BUILT_FROM


def test_a_renamed_repository_is_known_by_its_former_names(world: World) -> None:
    assert ("repository", "github.com/ai4os/ai4-llm") in world.aliases("ai4os-llm")
    assert world.values("ai4os-llm", "links", "url") == ["https://github.com/ai4os/ai4os-llm"]
    assert [(each.file, each.line) for each in world.found("link-by-former-name")] == [("ai4-metadata.yml", 14)]
    assert ("repository", "github.com/ai4os/ai4-cvat") in world.aliases("ai4os-cvat")
    assert ("image", "docker.io/ai4oshub/ai4os-yolov8-torch") in world.aliases("ai4os-yolo-torch")


def test_old_slugs_lead_to_todays_module_and_no_alias_to_two(world: World) -> None:
    assert ("slug", "deep-oc-generic-dev") in world.aliases("ai4os-dev-env")
    assert ("slug", "ai4os-yolov8-torch") in world.aliases("ai4os-yolo-torch")
    assert ("slug", "uc-emvollmer-deep-oc-tbbrdet-api") in world.aliases("thermal-bridges-rooftops-detector")
    everything = [alias for slug in world.modules for alias in world.aliases(slug)]
    assert len(everything) == len(set(everything))


def test_what_a_fork_inherits_is_not_its_own(world: World) -> None:
    module = world.modules["ai4os-cvat"]
    assert not module.get("versions")
    assert not module.get("identifiers")
    assert [(each["name"], each["kind"]) for each in module["authors"]] == [("ai4os", "organisation")]
    assert [each.found for each in world.found("tags-inherited", "ai4os-cvat")] == ["73"]
    assert [each.file for each in world.found("citation-inherited", "ai4os-cvat")] == ["CITATION.cff"]


def test_people_are_people_and_named_once(world: World) -> None:
    for module in world.modules.values():
        for field in ("authors", "contacts"):
            names = [each["name"] for each in module.get(field, [])]
            assert len(names) == len(set(names))
            assert not [each for each in names if re.search(r"[()\u00b4\u00c3]", each)]
    assert world.values("ai4os-dev-env", "authors", "name")[-1] == "Valentin Kozlov"
    assert world.values("sentinel-data-fusion", "authors", "affiliation") == ["IFCA-CSIC"] * 3
    kinds = {each["name"]: each["kind"] for module in world.modules.values() for each in module["authors"]}
    assert {name: kinds[name] for name in ("HMGU", "IFREMER", "MicroStep-MIS", "Marine Colin", "Wout Decrop")} == {
        "HMGU": "organisation", "IFREMER": "organisation", "MicroStep-MIS": "organisation", "Marine Colin": "person",
        "Wout Decrop": "person",
    }


def test_orcids_are_those_of_the_one_module_that_states_real_ones(world: World) -> None:
    with_orcid = {
        slug: {each["orcid"] for each in module["authors"] if "orcid" in each} for slug, module in world.modules.items()
    }
    assert {slug: found for slug, found in with_orcid.items() if found} == {
        "socib-shoreline-extraction": {"0009-0006-9040-9118", "0000-0001-6573-3924"}
    }
    assert {(each.module, each.file) for each in world.found("orcid-invalid")} == {
        ("deep-species-detection", "CITATION.cff")
    }


def test_dois_of_data_and_papers_are_not_those_of_modules(world: World) -> None:
    own = {slug: set(world.values(slug, "identifiers", "value")) for slug in world.modules}
    assert {slug: found for slug, found in own.items() if found} == {
        "ai4os-demo-app": {"10.5281/zenodo.13343448"},
        "socib-shoreline-extraction": {"10.5281/zenodo.18255272"},
        "zooprocess-multiple-classifier": {"10.5281/zenodo.18241878"},
    }
    for slug in world.modules:
        others = {*world.values(slug, "training_data", "doi"), *world.values(slug, "publications", "doi")}
        assert not own[slug] & others
    assert world.values("satsr", "publications", "doi") == ["10.1016/j.isprsjprs.2018.09.018"]


def test_data_sets_are_things_with_a_doi_and_the_title_that_the_citation_gives(world: World) -> None:
    (data,) = world.modules["deep-species-detection"]["training_data"]
    assert (data["doi"], data["kind"], data["title"][:22]) == ("10.17882/101899", "dataset", "Deep-sea observatories")
    (weights,) = [each for each in world.modules["smartbay-marine-types"]["distributions"] if each["kind"] == "weights"]
    assert weights["doi"] == "10.5281/zenodo.15366751"


def test_todays_image_stands_first_and_is_what_one_types(world: World) -> None:
    pulls = {
        slug: [each["pull"] for each in module["distributions"] if each["kind"] == "image"]
        for slug, module in world.modules.items()
    }
    assert pulls["ai4os-llm"] == ["vllm/vllm-openai:latest"]
    assert pulls["posenet-tf"] == ["ai4oshub/posenet-tf", "deephdc/deep-oc-posenet-tf"]
    assert pulls["image-classification-tf-dicom"] == ["deephdc/deep-oc-image-classification-tf-dicom"]
    assert all(found for found in pulls.values())
    of_hub = [found for found in pulls.values() if any(each.startswith("ai4oshub/") for each in found)]
    assert len(of_hub) > 30
    assert all(found[0].startswith("ai4oshub/") for found in of_hub)


def test_keywords_are_free_words_and_what_a_module_is_for_is_kept_from_the_older_file(world: World) -> None:
    words = {word.casefold() for module in world.modules.values() for word in module.get("keywords", [])}
    assert not words & {
        "docker", "api-v1", "api-v2", "services", "beta", "tensorflow", "pytorch", "trainable", "inference",
        "pre-trained", "image", "audio", "video",
    }
    assert not [each for each in words if each.startswith("vo.")]
    assert world.modules["dogs-breed-detector"]["categories"] == ["inference", "pre-trained", "trainable"]
    assert sum("vo.imagine-ai.eu" in module.get("communities", []) for module in world.modules.values()) >= 20


def test_dates_are_the_likely_ones_and_the_others_are_told(world: World) -> None:
    assert world.modules["posenet-tf"]["dates"]["created"] == "2019-07-31"
    assert "2025-06-12" in [each.found for each in world.found("conflict-metadata-files", "posenet-tf")]
    dates = world.modules["socib-beach-wracks-identification"]["dates"]
    assert dates["created"] <= dates["updated"]
    assert [each.line for each in world.found("date-order")] == [23]
    assert world.found("date-implausible") == []


def test_no_value_of_a_template_is_published(world: World) -> None:
    assert b"add-some-" not in world.export
    assert len(world.found("value-placeholder")) == 10
    assert world.modules["ai4os-demo-app"].get("publications", []) == []
    told = {each.file for each in world.found("value-template-text")}
    assert told == {"ai4-metadata.yml", "metadata.json"}


def test_titles_and_descriptions_are_there_and_unbroken(world: World) -> None:
    for slug, module in world.modules.items():
        assert module["title"] == module["title"].strip()
        assert "\n" not in module["summary"], slug
        assert module["summary"].count('"') % 2 == 0, slug
        assert module["description"].strip(), slug


def test_every_value_from_a_file_stands_at_its_line_there(world: World, shared: Path) -> None:
    folders = {
        f"github.com/{each.parent.name}/{each.name}".casefold(): each for each in (shared / "corpus/github").glob("*/*")
    }
    seen, astray = 0, []
    for row in (row for fields in world.origins.values() for rows in fields.values() for row in rows):
        origin = row["origin"]
        file = folders[origin["entry"]] / "files" / (origin.get("file") or "-")
        if not file.is_file() or origin["reader"] in {"listing", "licence_file"}:
            continue
        head = json.loads((folders[origin["entry"]] / "repo.json").read_text(encoding="utf-8"))["head_sha"]
        lines = file.read_text(encoding="utf-8", errors="replace").split("\n")[origin["line"] - 1 : origin["line"] + 3]
        said = row.get("raw") or row["value"]
        text = " ".join(map(str, said.values())) if isinstance(said, dict) else str(said)
        words = re.findall(r"[A-Za-z0-9]{3,}", text) or [text]
        there = any(word.casefold() in "\n".join(lines).casefold() for word in words)
        if origin["commit"] != head or not there:
            astray.append((origin["entry"], origin["file"], origin["line"], row["value"]))
        seen += 1
    assert astray == []
    assert seen > 2000
