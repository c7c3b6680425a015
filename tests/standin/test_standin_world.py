"""The sample world holds what its README and `expected.toml` say it holds."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest
import yaml

from tests.standin.deposits import deposit_rows, load_zenodo
from tests.standin.dois import load_datacite
from tests.standin.images import image_rows
from tests.standin.world import Commit, World
from tests.standin.worldfiles import WORLD, load_world

ROW = re.compile(r"^\| (D\d+) \| (.+?) \| `(.+?)` \| `(.+?)` \| `(.+)` \|$", re.MULTILINE)
ROWS = ROW.findall((WORLD / "README.md").read_text("utf-8"))
EXPECTED: dict[str, Any] = tomllib.loads((WORLD / "expected.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def world() -> World:
    return load_world()


def head(world: World, name: str) -> Commit:
    commit = world.require(name).head
    assert commit is not None
    return commit


def text(world: World, name: str, path: str, commit: int = -1) -> str:
    return world.blobs[world.require(name).commits[commit].nodes[path].sha].decode()


def test_readme_lists_every_defect_of_the_catalogues() -> None:
    assert {row[0] for row in ROWS} == {f"D{number}" for number in range(1, 25)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[2].partition('/')[2]}")
def test_defect_of_the_readme_is_in_the_world(world: World, row: tuple[str, ...]) -> None:
    _, _, repository, path, seen = row
    wanted = seen.replace("\\n", "\n").replace("\\t", "\t")
    assert wanted in text(world, repository, path)


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] == "D1"], ids=lambda row: str(row[2]))
def test_json_that_is_said_to_be_broken_does_not_parse(world: World, row: tuple[str, ...]) -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(text(world, row[2], row[3]))


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] == "D12"], ids=lambda row: str(row[2]))
def test_json_with_tabs_is_json_and_no_yaml(world: World, row: tuple[str, ...]) -> None:
    content = text(world, row[2], row[3])
    assert json.loads(content)["title"]
    with pytest.raises(yaml.YAMLError):
        yaml.safe_load(content)


def test_yaml_that_is_said_to_be_broken_was_good_one_commit_before(world: World) -> None:
    with pytest.raises(yaml.YAMLError):
        yaml.safe_load(text(world, "sample-hub/phyto-cells", "ai4-metadata.yml"))
    before = yaml.safe_load(text(world, "sample-hub/phyto-cells", "ai4-metadata.yml", -2))
    assert before["title"] == "Phytoplankton cells"


def test_json_with_a_raw_line_break_was_good_one_commit_before(world: World) -> None:
    assert json.loads(text(world, "sample-oc/OC-river-ice", "metadata.json", -2))["title"] == "Segment images"


def test_all_other_metadata_of_the_world_parses(world: World) -> None:
    broken = {row[2] for row in ROWS if row[0] in ("D1", "D2")}
    for repository in world.repositories.values():
        if repository.full_name in broken or repository.head is None:
            continue
        for path in repository.head.files():
            if path.endswith(("metadata.yml", "metadata.yaml")):
                assert yaml.safe_load(text(world, repository.full_name, path))["title"]
            elif path.endswith(".json"):
                assert json.loads(text(world, repository.full_name, path))


def test_second_of_two_equal_keys_says_less(world: World) -> None:
    assert yaml.safe_load(text(world, "sample-hub/seed-sorting", "ai4-metadata.yml"))["libraries"] == ["TensorFlow"]


def test_rename_of_the_metadata_file_is_one_commit(world: World) -> None:
    before, after = world.require("sample-oc/UC-skywatch-OC-cloud-cover").commits
    assert ("metadata.json" in before.nodes, "metadata.yaml" in before.nodes) == (True, False)
    assert ("metadata.json" in after.nodes, "metadata.yaml" in after.nodes) == (False, True)


@pytest.mark.parametrize(
    ("repository", "detected"),
    [
        ("leaf-species", "MIT"), ("band-sharpener", "GPL-3.0"), ("coral-segmentation", "AGPL-3.0"),
        ("crop-disease-watch", "GPL-3.0"),
    ],
)
def test_licence_file_is_another_than_the_metadata_says(world: World, repository: str, detected: str) -> None:
    name = f"sample-hub/{repository}"
    assert world.require(name).licence == detected
    assert text(world, name, "LICENSE") == (WORLD / "licences" / f"{detected}.txt").read_text("utf-8").replace(
        "{holder}", "The authors of the sample world"
    )
    assert json.loads(text(world, name, "metadata.json"))["license"] not in (detected, f"{detected}-only")


def test_keep_alive_commits_leave_the_tree_as_it_was(world: World) -> None:
    commits = world.require("sample-oc/stream-anomaly").commits
    assert len({commit.sha for commit in commits}) == 4
    assert len({commit.tree for commit in commits[1:]}) == 1


def listed(world: World, catalogue: str) -> list[str]:
    files = head(world, catalogue).nodes
    content = text(world, catalogue, "MODULES.yml" if "MODULES.yml" in files else ".gitmodules")
    found = re.findall(r"github\.com[:/](\S+)", content)
    return [name.rstrip("/").removesuffix(".git") for name in found]


@pytest.mark.parametrize("catalogue", EXPECTED["listings"])
def test_catalogue_lists_as_many_entries_as_expected(world: World, catalogue: str) -> None:
    assert len(listed(world, catalogue)) == EXPECTED["listings"][catalogue]


def test_listed_entries_are_there_but_for_those_expected_missing(world: World) -> None:
    names = [name for catalogue in EXPECTED["listings"] for name in listed(world, catalogue)]
    assert {name for name in names if world.find(name) is None} == set(EXPECTED["unreachable"])
    there = [found.full_name for name in names if (found := world.find(name))]
    assert sorted(name for name in set(there) if there.count(name) == 2) == EXPECTED["listed_twice"]
    assert [name for name in set(there) if world.require(name).head is None] == EXPECTED["empty"]


def test_every_repository_of_the_pairs_is_in_the_world(world: World) -> None:
    pairs = [(row["old"], row["new"]) for row in EXPECTED["same"] + EXPECTED["successor"]]
    pairs += [tuple(row["pair"]) for row in EXPECTED["distinct"]]
    assert [name for pair in pairs for name in pair if world.find(name) is None] == []


def test_history_of_parent_and_child_begins_with_the_same_commits(world: World) -> None:
    parent, child = (world.require(f"sample-hub/{name}").commits for name in ("yolo-detector", "sea-litter-counter"))
    assert [commit.sha for commit in parent[:2]] == [commit.sha for commit in child[:2]]
    assert parent[2].sha != child[2].sha


def named_by_metadata(world: World, pattern: str) -> set[str]:
    """What the metadata of today's snapshots names."""
    texts = [
        text(world, repository.full_name, path) for repository in world.repositories.values() if repository.head
        for path in repository.head.files() if path.startswith(("metadata.", "ai4-metadata.", "CITATION."))
    ]
    return {name.lower() for each in texts for name in re.findall(pattern, each)}


def test_images_that_metadata_names_are_at_docker_hub_but_for_those_expected_missing(world: World) -> None:
    named = named_by_metadata(world, r'docker_(?:image|registry_repo)"?: "? ?(sample\w+/[\w-]+)')
    held = {row["name"] for row in image_rows()}
    assert len(named) > 40
    assert sorted(named - held) == EXPECTED["missing"]["images"]
    assert sorted(held - named) == []


def test_dois_that_metadata_names_are_registered_but_for_those_expected_missing(world: World) -> None:
    named = named_by_metadata(world, r"10\.(?:5281|89999)/[\w.-]+\w")
    assert len(named) > 15
    assert sorted(named - load_datacite().registered.keys()) == EXPECTED["missing"]["dois"]


def test_tombstones_are_those_expected() -> None:
    zenodo = load_zenodo()
    assert [f"10.5281/zenodo.{number}" for number in zenodo.tombstones] == EXPECTED["missing"]["deposits"]
    assert not zenodo.tombstones.keys() & zenodo.deposits.keys()


def test_commits_that_labels_name_are_in_the_world(world: World) -> None:
    said = [row.get("labels", {}) | build.get("labels", {}) for row in image_rows() for build in row["build"]]
    named = [(each["source"].removeprefix("https://github.com/"), each["revision"])
             for each in said if "revision" in each]
    assert len(named) == 2
    assert [name for name, sha in named if sha not in {commit.sha for commit in world.require(name).commits}] == []


def test_deposits_name_tags_that_there_are(world: World) -> None:
    rows = [row for row in deposit_rows() if world.find(row.get("repository", "")) is not None]
    tags = {row["repository"]: [version["name"] for version in row["version"]] for row in rows}
    lacking = {name: set(names) - world.require(name).tags.keys() for name, names in tags.items()}
    assert len(tags) == 4
    # Whoever gave the default licence had no tag either: the deposit was made by hand.
    assert {name: each for name, each in lacking.items() if each} == {"sample-hub/shoreline-mapper": {"0.1.0"}}


def test_world_that_is_changed_leaves_the_next_one_fresh() -> None:
    first = load_world()
    before = first.require("sample-hub/demo-app").head
    first.change("sample-hub/demo-app", "README.md", "other")
    first.delete("sample-hub/hail-damage")
    second = load_world()
    assert second.require("sample-hub/demo-app").head == before
    assert second.find("sample-hub/hail-damage") is not None
