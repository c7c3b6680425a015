"""Relations of a module: what is declared, what its image is built on, and what turns out to be a module."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.records import a_statement
from vocab.merge import Merged, merge
from vocab.merging.relations import names_of
from vocab.module import Relation
from vocab.record import SourceRecord, Statement

NEW, OLD = "github.com/hub/otter-counter", "github.com/attic/deep-oc-otter_det"


class Place:
    """A repository that says things; `says` makes a statement as one of its readers does."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.said: list[Statement] = []

    def says(self, field: str, value: Any, reader: str = "ai4_v2") -> Place:
        file = {"ai4_v2": "ai4-metadata.yml", "dockerfile": "Dockerfile"}.get(reader)
        self.said.append(a_statement(field, value, reader=reader, source="hub", entry=self.key, file=file))
        return self


@pytest.fixture
def new() -> Place:
    return Place(NEW)


@pytest.fixture
def old() -> Place:
    return Place(OLD).says("evidence.moved_to", NEW, "readme")


def merged(*places: Place, **more: Any) -> Merged:
    records = [SourceRecord("hub", each.key, f"https://{each.key}", "c0ffee", tuple(each.said)) for each in places]
    return merge(records, slug="otter-counter", uri="https://r.example/id/otter", **more)


SEAL_IMAGE, RUNTIME = "https://hub.docker.com/r/x/seal", "https://hub.docker.com/_/python"


def verdicts(merged: Merged) -> list[tuple[bool, str]]:
    return [(each.won, each.why) for each in merged.origins.fields["relations"]]


def test_merge_of_base_models_prefers_what_is_declared_and_leaves_itself_out(new: Place) -> None:
    new.says("relations", {"type": "base_model", "target": SEAL_IMAGE}, "dockerfile")
    new.says("relations", {"type": "base_model", "target": "https://github.com/hub/seal"})
    new.says("relations", {"type": "base_model", "target": f"https://{NEW}"})

    found = merged(new, relations=[Relation("successor", "seal-finder")])

    assert found.module.relations == (
        Relation("base_model", "https://github.com/hub/seal"), Relation("successor", "seal-finder"),
    )
    assert found.with_modules({SEAL_IMAGE: "seal"}).module.relations == found.module.relations
    assert verdicts(found) == [
        (True, "ai4-metadata.yml names it"),
        (False, "it is the module itself"),
        (False, "ai4-metadata.yml declares the base model; an image stands in only when nobody does"),
    ]


def test_merge_of_an_image_built_on_waits_until_it_is_known_whose_it_is(new: Place) -> None:
    new.says("relations", {"type": "base_model", "target": SEAL_IMAGE}, "dockerfile")
    new.says("relations", {"type": "base_model", "target": RUNTIME}, "dockerfile")

    found = merged(new)
    nobodys = "no module has this image: it is what the image is built on and no base model"

    assert found.module.relations == ()
    assert verdicts(found) == [(False, nobodys), (False, nobodys)]
    known = found.with_modules({SEAL_IMAGE: "seal"})
    assert known.module.relations == (Relation("base_model", "seal"),)
    assert verdicts(known) == [(True, "it is the image of the module seal"), (False, nobodys)]


def test_merge_of_two_images_of_one_module_names_it_once(new: Place) -> None:
    old_name = "https://hub.docker.com/r/x/deep-seal"
    for each in (SEAL_IMAGE, old_name):
        new.says("relations", {"type": "base_model", "target": each}, "dockerfile")

    known = merged(new).with_modules({SEAL_IMAGE: "seal", old_name: "seal"})

    assert known.module.relations == (Relation("base_model", "seal"),)
    assert verdicts(known) == [(True, "it is the image of the module seal"), (False, "says the same")]


def test_merge_of_an_image_that_turns_out_to_be_its_own_is_no_relation(new: Place) -> None:
    new.says("relations", {"type": "base_model", "target": SEAL_IMAGE}, "dockerfile")

    known = merged(new).with_modules({SEAL_IMAGE: "otter-counter"})

    assert known.module.relations == ()
    assert verdicts(known) == [(False, "it is the module itself")]


def test_merge_of_a_base_image_under_its_own_name_is_no_relation(new: Place) -> None:
    new.says("evidence.image", "docker.io/hub/otter-counter")
    new.says("relations", {"type": "base_model", "target": "https://hub.docker.com/r/hub/otter-counter"}, "dockerfile")

    assert verdicts(merged(new)) == [(False, "it is the module itself")]


def test_merge_of_base_images_believes_where_the_module_is_maintained_today(new: Place, old: Place) -> None:
    old.says("relations", {"type": "base_model", "target": SEAL_IMAGE}, "dockerfile")
    new.says("relations", {"type": "base_model", "target": RUNTIME}, "dockerfile")

    known = merged(old, new).with_modules({SEAL_IMAGE: "seal"})

    assert known.module.relations == ()
    assert (False, "it is what an earlier place was built from") in verdicts(known)


def test_merge_keeps_a_base_model_that_an_earlier_place_declares_whatever_todays_is_built_on(
    new: Place, old: Place
) -> None:
    old.says("relations", {"type": "base_model", "target": "https://github.com/hub/seal"})
    new.says("relations", {"type": "base_model", "target": RUNTIME}, "dockerfile")

    assert merged(old, new).module.relations == (Relation("base_model", "https://github.com/hub/seal"),)


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("https://hub.docker.com/r/x/seal", ("docker.io/x/seal", "https://hub.docker.com/r/x/seal")),
        ("https://github.com/Hub/Seal/tree/main", ("github.com/hub/seal", "https://github.com/Hub/Seal/tree/main")),
        ("https://doi.org/10.5281/ZENODO.7", ("10.5281/zenodo.7", "https://doi.org/10.5281/ZENODO.7")),
        ("https://sea.eu/a page", ("https://sea.eu/a page",)),
    ],
)
def test_names_of_what_a_relation_names_are_those_by_which_a_module_may_be_known(
    target: str, names: tuple[str, ...]
) -> None:
    assert names_of(target) == names
