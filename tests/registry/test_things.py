"""Images and deposits in the registry: of which module they are, what they make and what they keep alive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.addressing import find_module
from registry.curation import join, split
from registry.modules import StoredModule, module_by_slug, origins_of, slug_of_alias
from registry.rebuilding import rebuild
from registry.services import Services
from tests.support.store import a_registry, changes, dump, fetched, harvested, metadata_of, register, statuses
from tests.support.things import DIGEST, a_deposit, an_image, an_item, as_it_was

OTTER = "github.com/hub/otter-counter"
IMAGE = "image:docker.io/hub/otter-counter"


@pytest.fixture
def world(services: Services) -> Services:
    for name in ("images", "deposits"):
        register(services, name)
    return services


def stored(services: Services, slug: str) -> StoredModule:
    found = module_by_slug(services.database, slug)
    assert found is not None
    return found


def otter(*, revision: str = "c1", **keys: Any) -> Any:
    links = {"docker_image": "hub/otter-counter"} | keys.pop("links", {})
    return fetched("hub/otter-counter", "Otter counter", revision=revision, links=links, **keys)


# Followed


def test_image_when_it_is_named_completes_the_distribution_and_is_a_source_of_the_module(world: Services) -> None:
    harvested(world, "hub", otter())
    harvested(world, "images", an_image("hub/otter-counter", named_by=[OTTER]))

    module = stored(world, "otter-counter").module
    image = next(each for each in module.distributions if each.kind == "image")
    assert (image.pull, image.tag, image.digest, image.platforms, image.size_bytes) == (
        "hub/otter-counter", "latest", DIGEST, ("linux/amd64",), 1_500_000_000,
    )
    assert [(each.source, each.key) for each in module.sources] == [("hub", OTTER), ("images", IMAGE)]
    assert changes(world) == [("created", "otter-counter"), ("updated", "otter-counter")]


def test_followed_record_when_its_module_is_taken_out_keeps_nothing_alive(world: Services) -> None:
    harvested(world, "hub", otter(), fetched("hub/seal", "Seals"))
    harvested(world, "images", an_image("hub/otter-counter", "Counts otters", named_by=[OTTER]))
    for _ in range(3):
        harvested(world, "hub", fetched("hub/seal", "Seals"))

    assert statuses(world) == {"otter-counter": "withdrawn", "seal": "published"}
    withdrawn = stored(world, "otter-counter").module
    assert withdrawn.withdrawn_reason is not None
    assert withdrawn.withdrawn_reason.startswith("no longer listed by hub")
    assert slug_of_alias(world.database, "docker.io/hub/otter-counter") == "otter-counter"
    before = changes(world)

    # What followed it goes too, and says nothing new of a module that is withdrawn.
    harvested(world, "images", an_image("hub/seal", named_by=["github.com/hub/seal"]))
    for _ in range(3):
        harvested(world, "images", as_it_was(an_image("hub/seal", named_by=["github.com/hub/seal"])))
    assert changes(world)[len(before):] == []

    harvested(world, "hub", otter(revision="c2"), fetched("hub/seal", "Seals"))
    assert statuses(world)["otter-counter"] == "published"


def test_followed_record_when_nobody_is_of_it_is_of_no_module(world: Services) -> None:
    harvested(world, "deposits", a_deposit(701, "Otters", named_by=[OTTER], roles=["own"]))

    assert statuses(world) == {}
    assert [row for row in dump(world, "finding")["finding"] if "no-metadata" in row] == []

    harvested(world, "hub", otter(doi="10.5281/zenodo.700"))
    module = stored(world, "otter-counter").module
    assert {each.value for each in module.identifiers} == {"10.5281/zenodo.700", "10.5281/zenodo.701"}


def test_listed_record_when_it_becomes_a_followed_one_is_withdrawn_and_comes_back_under_its_name(
    world: Services,
) -> None:
    harvested(world, "images", an_image("hub/otter-counter", "Counts otters"))
    assert statuses(world) == {"otter-counter": "published"}

    harvested(world, "images", an_image("hub/otter-counter", "Counts otters", named_by=["github.com/a/b"]))
    assert statuses(world) == {"otter-counter": "withdrawn"}
    assert stored(world, "otter-counter").module.withdrawn_reason == "no source lists it for its own sake any more"

    harvested(world, "images", an_image("hub/otter-counter", "Counts otters"))
    assert changes(world) == [
        ("created", "otter-counter"), ("withdrawn", "otter-counter"), ("restored", "otter-counter"),
    ]


# Listed for their own sake


def test_image_when_it_says_what_it_does_is_a_module_until_its_repository_is_listed(world: Services) -> None:
    harvested(world, "images", an_image("hub/otter-counter", "Counts otters"), an_image("hub/silent"))
    assert statuses(world) == {"otter-counter": "published"}

    harvested(world, "hub", otter())

    assert statuses(world) == {"otter-counter": "published"}
    module = stored(world, "otter-counter").module
    assert module.title == "Otter counter"
    assert {each.key for each in module.sources} == {OTTER, IMAGE}


def test_deposit_when_two_modules_turn_out_to_be_one_then_the_younger_leads_to_the_older(world: Services) -> None:
    harvested(world, "hub", otter())
    harvested(world, "deposits", a_deposit(701, "Counting otters on river banks"))
    assert statuses(world) == {"otter-counter": "published", "counting-otters-on-river-banks": "published"}

    harvested(world, "hub", otter(revision="c2", doi="10.5281/zenodo.700"))

    assert statuses(world) == {"otter-counter": "published", "counting-otters-on-river-banks": "withdrawn"}
    assert stored(world, "counting-otters-on-river-banks").merged_into == "otter-counter"
    assert slug_of_alias(world.database, "10.5281/zenodo.701") == "otter-counter"

    harvested(world, "hub", otter(revision="c3"))
    assert statuses(world) == {"otter-counter": "published", "counting-otters-on-river-banks": "published"}


def test_deposit_when_its_repository_is_taken_out_of_the_list_keeps_the_module_alive(world: Services) -> None:
    harvested(world, "hub", otter(), fetched("hub/seal", "Seals"))
    harvested(world, "deposits", a_deposit(701, "Otters", repository=OTTER))
    for _ in range(3):
        harvested(world, "hub", fetched("hub/seal", "Seals"))

    module = stored(world, "otter-counter").module
    assert module.status == "published"
    assert {each.key for each in module.sources} == {"doi:10.5281/zenodo.700"}


@pytest.mark.parametrize("type", ["dataset", "publication", "image"])
def test_deposit_when_it_is_no_software_makes_no_module(world: Services, type: str) -> None:
    harvested(world, "deposits", a_deposit(701, "Rivers", type=type, repository=OTTER))

    assert statuses(world) == {}


# What modules name


def test_data_set_when_many_modules_name_it_has_its_name_in_each_and_each_follows_a_change(world: Services) -> None:
    data = {"dataset": "https://doi.org/10.5281/zenodo.700"}
    harvested(
        world, "hub", otter(links=data), fetched("hub/seal", "Seals", links=data), fetched("hub/stork", "Storks"),
    )
    named_by = [OTTER, "github.com/hub/seal"]
    harvested(world, "deposits", a_deposit(701, "Rivers of Europe", type="dataset", named_by=named_by))

    for slug in ("otter-counter", "seal"):
        (found,) = stored(world, slug).module.training_data
        assert (found.title, found.kind, found.authors, found.year) == (
            "Rivers of Europe", "dataset", ("Ada Lovelace",), 2024,
        )
        told = origins_of(world.database, slug)["training_data"]
        assert [(each["origin"]["entry"], each["why"]) for each in told if not each["won"]] == [
            ("doi:10.5281/zenodo.700", "its record completes what the metadata says of it"),
        ]
    assert "deposits" not in {each.source for each in stored(world, "seal").module.sources}
    before = len(changes(world))

    harvested(
        world, "deposits", a_deposit(701, "Rivers", type="dataset", named_by=named_by, revision="z2"),
    )

    assert sorted(changes(world)[before:]) == [("updated", "otter-counter"), ("updated", "seal")]
    assert stored(world, "seal").module.training_data[0].title == "Rivers"


def test_module_when_it_stops_naming_a_data_set_shows_nothing_of_it(world: Services) -> None:
    data = {"dataset": "https://doi.org/10.5281/zenodo.700"}
    harvested(world, "hub", otter(links=data))
    harvested(world, "deposits", a_deposit(701, "Rivers", type="dataset", named_by=[OTTER]))

    harvested(world, "hub", otter(revision="c2"))

    assert stored(world, "otter-counter").module.training_data == ()


def test_data_set_when_its_record_is_gone_the_module_names_it_as_before(world: Services) -> None:
    harvested(world, "hub", otter(links={"dataset": "https://doi.org/10.5281/zenodo.700"}))
    other = a_deposit(801, "Else", type="dataset", named_by=[OTTER])
    harvested(world, "deposits", a_deposit(701, "Rivers", type="dataset", named_by=[OTTER]), other)
    for _ in range(3):
        harvested(world, "deposits", as_it_was(other))

    (found,) = stored(world, "otter-counter").module.training_data
    assert (found.doi, found.title) == ("10.5281/zenodo.700", None)


def test_paper_when_it_says_that_it_goes_with_the_repository_is_a_publication_of_the_module(world: Services) -> None:
    harvested(world, "hub", otter())
    harvested(world, "deposits", a_deposit(701, "Of otters", type="publication", repository=OTTER))

    assert [each.title for each in stored(world, "otter-counter").module.publications] == ["Of otters"]


def test_deposit_when_it_says_that_it_is_of_another_module_is_taken_from_the_one_that_names_it(
    world: Services,
) -> None:
    harvested(world, "hub", otter(), fetched("hub/seal", "Seals", doi="10.5281/zenodo.700"))
    harvested(world, "deposits", a_deposit(701, "Otters", repository=OTTER))

    seal, other = (stored(world, each).module for each in ("seal", "otter-counter"))
    assert seal.identifiers == ()
    assert {each.value for each in other.identifiers} == {"10.5281/zenodo.700", "10.5281/zenodo.701"}
    assert slug_of_alias(world.database, "10.5281/zenodo.700") == "otter-counter"
    found = [row for row in dump(world, "finding")["finding"] if "identifier-of-another" in row]
    assert len(found) == 1
    assert origins_of(world.database, "seal")["identifiers"][0]["why"] == f"its own record says that it is of {OTTER}"


OURS = "https://registry.sample.internal"


@pytest.fixture
def named(database_url: str, tmp_path: Path) -> Iterator[Services]:
    with a_registry(database_url, tmp_path / "home", "hub", "deposits", MODREG_BASE_URL=OURS) as opened:
        yield opened


def test_item_when_it_gives_the_address_of_a_module_of_ours_is_of_that_module(named: Services) -> None:
    harvested(named, "hub", fetched("hub/seal", "Seals"), fetched("hub/otter-counter", "Otter counter"))

    harvested(named, "deposits", an_item("oai:other.example:77", "Otters", f"{OURS}/id/module/otter-counter"))

    assert statuses(named) == {"otter-counter": "published", "seal": "published"}
    assert "oai:other.example:77" in {each.key for each in stored(named, "otter-counter").module.sources}


def test_item_when_the_module_whose_address_it_gives_comes_later_is_one_with_it(named: Services) -> None:
    harvested(named, "deposits", an_item("oai:other.example:77", "Otters", f"{OURS}/id/module/otter-counter"))
    assert statuses(named) == {"otters": "published"}

    harvested(named, "hub", fetched("hub/otter-counter", "Otter counter"))

    assert statuses(named) == {"otters": "published"}
    assert stored(named, "otters").module.title == "Otter counter"
    assert find_module(named.database, "otter-counter")[1] == "otters"
    assert rebuild(named, "modules").changes == ()


@pytest.mark.parametrize(
    ("key", "slug"),
    [("oai:other.example:otter-counter", "otter-counter"), ("oai:zenodo.org:77", "otters-of-europe"),
     ("oai:other.example:Otter_77", "otters-of-europe")],
)
def test_item_when_it_is_a_module_has_the_name_that_it_has_there_or_that_of_its_title(
    world: Services, key: str, slug: str
) -> None:
    harvested(world, "deposits", an_item(key, "Otters of Europe", "https://other.example/77"))

    assert list(statuses(world)) == [slug]


# Curators


def test_split_when_a_curator_takes_an_image_out_of_a_module_and_joins_it_again(world: Services) -> None:
    harvested(world, "hub", otter())
    harvested(world, "images", an_image("hub/otter-counter", "Counts otters"))

    split(world, [IMAGE])
    assert statuses(world) == {"otter-counter": "published", "hub-otter-counter": "published"}

    join(world, ["https://hub.docker.com/r/hub/otter-counter", OTTER])
    assert [each for each, status in statuses(world).items() if status == "published"] == ["otter-counter"]


# Again


def test_rebuild_of_things_writes_nothing_and_an_unchanged_world_moves_nothing(world: Services) -> None:
    data = {"dataset": "https://doi.org/10.5281/zenodo.800"}
    image = an_image("hub/otter-counter", "Counts otters", named_by=[OTTER])
    deposits = [
        a_deposit(701, "Otters", repository=OTTER, named_by=[OTTER], roles=["own"]),
        a_deposit(801, "Rivers", type="dataset", named_by=[OTTER], roles=["dataset"]), a_deposit(901, "Alone"),
    ]
    harvested(world, "hub", otter(links=data, doi="10.5281/zenodo.700"))
    harvested(world, "images", image)
    harvested(world, "deposits", *deposits)
    was = dump(world, "module", "face", "oai_record", "change", "alias", "mention", "record_key", "source_record")

    harvested(world, "images", as_it_was(image))
    harvested(world, "deposits", *map(as_it_was, deposits))
    assert dump(world, *was) == was

    rebuilt = rebuild(world, "modules")
    assert (rebuilt.changes, sum(rebuilt.written.values())) == ((), 0)
    assert dump(world, *was) == was


def test_licence_when_zenodo_filled_it_in_is_that_of_the_repository_and_told_to_the_record(world: Services) -> None:
    packaging = b'[project]\nname = "x"\nlicense = "MIT"\n'
    files = {"ai4-metadata.yml": metadata_of("Otter counter"), "pyproject.toml": packaging}
    harvested(world, "hub", fetched("hub/otter-counter", files=files))
    harvested(world, "deposits", a_deposit(701, "Otter counter", repository=OTTER, licence="cc-by-4.0"))

    licence = stored(world, "otter-counter").module.licence
    assert licence.declared is not None
    assert licence.declared.spdx == "MIT"
    (told,) = [row for row in dump(world, "finding")["finding"] if "conflict-licence-elsewhere" in row]
    assert "doi:10.5281/zenodo.700" in told
    refused = [each for each in origins_of(world.database, "otter-counter")["licence.declared"] if not each["won"]]
    assert [each["why"] for each in refused] == [
        "Zenodo enters CC-BY-4.0 where a release names no licence; what the repository says holds",
    ]
