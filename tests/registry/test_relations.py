"""Relations between modules over both databases: whose image a module is built on, in whatever order they come."""

from __future__ import annotations

from typing import Any

import pytest

from harvester.events import Fetched
from registry.curation import join, split
from registry.modules import module_by_slug, origins_of
from registry.services import Services
from tests.support.store import changes, fetched, harvested, metadata_of, statuses, unchanged


def _built_on(image: str, name: str = "a/child", **more: Any) -> Fetched:
    files = {"Dockerfile": f"FROM {image}\n".encode(), "ai4-metadata.yml": metadata_of("Counts seals", **more)}
    return fetched(name, files=files)


def _base(title: str = "Base net") -> Fetched:
    return fetched("b/base-net", title, links={"docker_image": "bhub/base-net"})


def _relations(services: Services, slug: str) -> list[tuple[str, str]]:
    stored = module_by_slug(services.database, slug)
    assert stored is not None
    return [(each.type, each.target) for each in stored.module.relations]


def test_image_built_on_when_its_module_comes_later_then_it_becomes_the_base_model(services: Services) -> None:
    harvested(services, "hub", _built_on("bhub/base-net:1.0"))
    (said,) = origins_of(services.database, "child")["relations"]
    assert _relations(services, "child") == []
    assert (said["won"], said["raw"], said["why"]) == (
        False, "bhub/base-net:1.0", "no module has this image: it is what the image is built on and no base model",
    )

    harvested(services, "old", _base())

    (said,) = origins_of(services.database, "child")["relations"]
    assert _relations(services, "child") == [("base_model", "base-net")]
    assert (said["won"], said["why"]) == (True, "it is the image of the module base-net")
    assert changes(services) == [("created", "child"), ("created", "base-net"), ("updated", "child")]


def test_image_built_on_when_its_module_is_withdrawn_then_it_stays_the_base_model(services: Services) -> None:
    harvested(services, "old", _base(), fetched("b/other", "Other"))
    harvested(services, "hub", _built_on("docker.io/bhub/base-net@sha256:" + "a" * 64))

    harvested(services, "old", unchanged("b/other"))

    assert statuses(services)["base-net"] == "withdrawn"
    assert _relations(services, "child") == [("base_model", "base-net")]


def test_image_built_on_when_its_module_has_another_image_now_then_no_base_model(services: Services) -> None:
    harvested(services, "old", _base())
    harvested(services, "hub", _built_on("bhub/base-net"))

    harvested(
        services, "old", fetched("b/base-net", "Base net", links={"docker_image": "chub/base-net"}, revision="c2")
    )

    assert _relations(services, "child") == []


@pytest.mark.parametrize("image", ["python:3.11", "tensorflow/tensorflow:2.16", "ahub/child:base"])
def test_image_built_on_when_it_is_no_other_module_then_no_relation(services: Services, image: str) -> None:
    harvested(services, "old", _base())
    harvested(services, "hub", _built_on(image, links={"docker_image": "ahub/child"}))

    assert _relations(services, "child") == []


@pytest.mark.parametrize(
    "base", ["https://github.com/B/base-net/tree/main", "https://hub.docker.com/r/bhub/base-net", "10.5281/zenodo.77"]
)
def test_base_model_when_declared_by_any_name_of_a_module_then_its_slug(services: Services, base: str) -> None:
    cited = b"cff-version: 1.2.0\ntitle: Base net\nmessage: Cite it.\ndoi: 10.5281/zenodo.77\n"
    metadata = metadata_of("Base net", links={"docker_image": "bhub/base-net"})
    address = f"https://doi.org/{base}" if base.startswith("10.") else base
    child = _built_on("bhub/other", links={"base_model": address})

    net = fetched("b/base-net", files={"CITATION.cff": cited, "ai4-metadata.yml": metadata})
    harvested(services, "hub", child, net)

    assert _relations(services, "child") == [("base_model", "base-net")]


def test_modules_of_one_component_when_met_together_then_each_knows_the_others_names(services: Services) -> None:
    one = fetched("a/one", "Sorts seeds", links={"docker_image": "ahub/one"}, number=1)
    child = fetched(
        "a/child", number=2,
        files={"Dockerfile": b"FROM ahub/one\n", "ai4-metadata.yml": metadata_of("Counts seals")},
    )
    harvested(services, "hub", child, one)
    join(services, ["github.com/a/one", "github.com/a/child"])

    split(services, ["github.com/a/one", "github.com/a/child"])

    assert _relations(services, "child") == [("base_model", "one")]
