"""To which module an image, a DOI or an OAI item belongs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.records import a_record, a_thing
from vocab.attachments import Disowned
from vocab.evidence_facts import RETIRED_PREFIX
from vocab.identity import Group, Grouping, Ruling, group
from vocab.record import SourceRecord

OTTER, SEAL = "github.com/hub/otter-counter", "github.com/hub/seal-finder"
IMAGE, DOI = "image:docker.io/hub/otter-counter", "doi:10.5281/zenodo.700"


def own_doi(value: str = "10.5281/zenodo.700", role: str | None = None) -> dict[str, Any]:
    return {"scheme": "doi", "value": value} | ({"role": role} if role else {})


def otter(**said: Any) -> SourceRecord:
    return a_record("hub/otter-counter", title="Otter counter", **said)


def seal(**said: Any) -> SourceRecord:
    return a_record("hub/seal-finder", title="Seal finder", **said)


def home_of(grouping: Grouping, key: str) -> Group:
    (found,) = [each for each in grouping.groups if key in each.keys]
    return found


def details(grouping: Grouping, key: str) -> list[tuple[str, str]]:
    return [(each.kind, each.detail) for each in home_of(grouping, key).evidence]


def told(grouping: Grouping) -> list[tuple[str, str | None, str]]:
    return [(each.code, each.entry, each.message) for each in grouping.findings]


# What the thing says of itself


def test_group_when_a_record_says_of_which_repository_it_is_attaches_it_there() -> None:
    found = group([otter(), seal(), a_thing(DOI, title="Otters", about_repository=OTTER)])

    assert home_of(found, DOI).keys == {OTTER, DOI}
    assert details(found, DOI) == [
        ("thing-of-repository", f"the DOI 10.5281/zenodo.700 says that it is of {OTTER}"),
    ]


@pytest.mark.parametrize(
    "said", [{"repository": [OTTER, "github.com/attic/otters"]}, {"catalogue_rename": "github.com/attic/otters"}]
)
def test_group_when_a_record_names_a_former_repository_follows_the_rename(said: dict[str, Any]) -> None:
    found = group([otter(**said), a_thing(DOI, title="Otters", about_repository="github.com/attic/otters")])

    assert home_of(found, DOI).keys == {OTTER, DOI}


def test_group_when_another_module_names_what_is_of_this_one_tells_it_and_takes_it_away() -> None:
    record = a_thing(DOI, title="Otters", about_repository=OTTER)

    found = group([otter(), seal(identifiers=own_doi()), record])

    assert home_of(found, DOI).keys == {OTTER, DOI}
    assert told(found) == [(
        "identifier-of-another", SEAL,
        f"ai4-metadata.yml of {SEAL} names the DOI 10.5281/zenodo.700, but the DOI 10.5281/zenodo.700 says that it is"
        f" of {OTTER}.",
    )]
    assert found.disowned == (Disowned("hub", SEAL, DOI, OTTER),)
    assert found.findings[0].mend == (
        "Take 10.5281/zenodo.700 out of the metadata, or correct its own record: it says that it is of"
        " github.com/hub/otter-counter."
    )


def test_group_when_a_record_says_that_it_is_of_a_repository_nobody_knows_the_module_that_names_it_has_it() -> None:
    record = a_thing(DOI, title="Otters", about_repository="github.com/else/where")

    assert home_of(group([otter(identifiers=own_doi()), record]), DOI).keys == {OTTER, DOI}


def test_group_when_a_record_says_that_it_is_of_two_takes_the_one_that_names_it() -> None:
    record = a_thing(DOI, title="Otters", about_repository=[OTTER, SEAL])

    found = group([otter(), seal(identifiers=own_doi()), record])

    assert home_of(found, DOI).keys == {SEAL, DOI}
    assert found.findings == ()


def test_group_when_a_record_says_that_it_is_of_two_and_nothing_decides_leaves_it_alone_and_joins_nothing() -> None:
    found = group([otter(), seal(), a_thing(DOI, title="Otters", about_repository=[OTTER, SEAL])])

    assert home_of(found, DOI).keys == {DOI}
    assert told(found) == [
        ("identity-doubtful", each,
         f"the DOI 10.5281/zenodo.700 says that it is of {OTTER} and {SEAL}: nothing says of which module it is, so it"
         " belongs to none.")
        for each in (OTTER, SEAL)
    ]


def test_group_when_an_item_gives_the_address_of_a_module_attaches_it_to_what_that_is_made_of() -> None:
    page = "registry.example.org/id/module/otter"
    item = a_thing("oai:other.example:otter", title="Otters", about_module=f"https://{page}")

    found = group([otter(), seal(), item], (), {page: frozenset({("hub", OTTER)})})

    assert details(found, item.key) == [
        ("thing-of-module", f"the OAI-PMH item oai:other.example:otter says that it is the module at {page}"),
    ]
    assert home_of(found, item.key).keys == {OTTER, item.key}


# What modules name


@pytest.mark.parametrize("role", [None, "concept", "version"])
def test_group_when_a_module_names_a_doi_as_its_own_attaches_the_record(role: str | None) -> None:
    found = group([otter(identifiers=own_doi(role=role)), seal(), a_thing(DOI, title="Otters")])

    assert details(found, DOI) == [("names-thing", f"ai4-metadata.yml of {OTTER} names the DOI 10.5281/zenodo.700")]


@pytest.mark.parametrize(
    "said",
    [
        {"identifiers": own_doi(role="paper")},
        {"training_data": {"doi": "10.5281/zenodo.700"}},
        {"publications": {"doi": "10.5281/zenodo.700"}},
    ],
)
def test_group_when_a_module_names_a_paper_or_data_set_the_record_of_it_stays_outside(said: dict[str, Any]) -> None:
    found = group([otter(**said), a_thing(DOI, title="Rivers", followed=True)])

    assert home_of(found, DOI) == Group((("elsewhere", DOI),))


@pytest.mark.parametrize("thing", ["dataset", "publication", "other"])
def test_group_when_the_record_is_no_software_it_is_of_no_module_though_one_calls_it_its_own(thing: str) -> None:
    record = a_thing(DOI, title="Rivers", thing=thing, about_repository=OTTER)

    found = group([otter(identifiers=own_doi()), record])

    assert home_of(found, DOI) == Group((("elsewhere", DOI),))


def test_group_when_two_modules_name_an_image_takes_the_one_that_is_called_like_it() -> None:
    image = "docker.io/hub/otter-counter"
    child = a_record("lab/badger", title="Badgers of the lab", image=image)

    found = group([otter(image=image), child, a_thing(IMAGE, reader="dockerhub")])

    assert home_of(found, IMAGE).keys == {OTTER, IMAGE}
    assert found.findings == ()


def test_group_when_two_modules_name_an_image_that_is_called_like_neither_tells_both() -> None:
    image = "docker.io/hub/fish"
    found = group([otter(image=image), seal(image=image), a_thing(f"image:{image}", followed=True)])

    assert home_of(found, f"image:{image}") == Group((("elsewhere", f"image:{image}"),))
    assert told(found) == [
        ("identity-doubtful", each,
         f"the image {image} is named by {OTTER} and {SEAL}: nothing says of which module it is, so it belongs to"
         " none.")
        for each in (OTTER, SEAL)
    ]


def test_group_when_one_of_two_that_name_it_is_listed_no_more_takes_the_other() -> None:
    gone = a_record("hub/seal-finder", source=f"{RETIRED_PREFIX}hub", title="Seals", identifiers=own_doi())

    found = group([otter(identifiers=own_doi()), gone, a_thing(DOI, title="Otters")])

    assert home_of(found, DOI).keys == {OTTER, DOI}


def test_group_when_the_code_that_one_module_names_is_what_the_record_is_of_attaches_it() -> None:
    record = a_thing(DOI, title="Otters", about_repository="github.com/lab/otter-code")

    found = group([otter(code="github.com/lab/otter-code"), seal(), record])

    assert details(found, DOI) == [(
        "thing-of-code",
        f"the DOI 10.5281/zenodo.700 says that it is of github.com/lab/otter-code, which {OTTER} names as its code",
    )]


def test_group_when_two_modules_share_the_code_attaches_to_neither() -> None:
    code = "github.com/lab/otter-code"

    found = group([otter(code=code), seal(code=code), a_thing(DOI, title="Otters", about_repository=code)])

    assert home_of(found, DOI).keys == {DOI}


# Curators


def test_group_when_a_curator_joins_a_thing_and_a_module_that_goes_before_its_own_word() -> None:
    record = a_thing(DOI, title="Otters", about_repository=SEAL, thing="dataset")

    found = group([otter(), seal(), record], [Ruling("join", frozenset({DOI, OTTER}))])

    assert home_of(found, DOI).keys == {OTTER, DOI}
    assert details(found, DOI) == [("ruling", "a curator joined them")]


def test_group_when_a_curator_splits_a_thing_from_its_module_it_goes_nowhere_else_by_itself() -> None:
    record = a_thing(DOI, title="Otters", about_repository=OTTER)

    found = group([otter(identifiers=own_doi()), record], [Ruling("split", frozenset({DOI, OTTER}))])

    assert home_of(found, DOI).keys == {DOI}


# Things among themselves


def test_group_when_an_item_bears_the_doi_of_a_record_they_are_one() -> None:
    item = a_thing("oai:zenodo.org:701", source="portal", title="Otters", about_doi="10.5281/zenodo.701")
    record = a_thing(DOI, title="Otters", about_doi=["10.5281/zenodo.700", "10.5281/zenodo.701"])

    found = group([item, record])

    assert [each.keys for each in found.groups] == [frozenset({item.key, DOI})]
    assert details(found, DOI) == [(
        "same-thing",
        "the DOI 10.5281/zenodo.700 and the OAI-PMH item oai:zenodo.org:701 are both the DOI 10.5281/zenodo.701",
    )]


def test_group_when_a_portal_lists_each_version_the_record_of_all_makes_them_one() -> None:
    items = [a_thing(f"oai:zenodo.org:70{each}", source="portal", title="Otters", about_doi=f"10.5281/zenodo.70{each}")
             for each in (1, 2)]
    record = a_thing(DOI, title="Otters", about_doi=["10.5281/zenodo.701", "10.5281/zenodo.702"])

    assert len(group([*items, record]).groups) == 1
    assert len(group(items).groups) == 2


def test_group_when_a_portal_gives_its_home_page_to_everything_joins_nothing() -> None:
    items = [a_thing(f"oai:portal.example:{each}", source="portal", title=each, about_module="https://portal.example/")
             for each in ("otter", "seal")]
    other = a_thing("oai:mirror.example:x", source="mirror", title="X", about_module="https://portal.example/")

    assert len(group([*items, other]).groups) == 3


def test_group_when_two_sources_give_one_page_they_are_one() -> None:
    items = [a_thing(f"oai:{each}.example:otter", source=each, title="Otters", about_module="https://lab.example/otter")
             for each in ("portal", "mirror")]

    assert len(group(items).groups) == 1


def test_group_when_an_image_and_a_deposit_are_of_a_repository_nobody_lists_they_are_one() -> None:
    where = "github.com/else/where"
    image = a_thing(IMAGE, source="hub images", reader="dockerhub", summary="Counts otters", about_repository=where)

    found = group([image, a_thing(DOI, title="Otters", about_repository=where)])

    assert home_of(found, DOI).keys == {DOI, IMAGE}
    assert details(found, DOI) == [(
        "same-repository-elsewhere",
        f"the DOI 10.5281/zenodo.700 and the image docker.io/hub/otter-counter say that they are of {where}",
    )]


def test_group_when_one_source_has_two_things_of_an_unknown_repository_they_stay_apart() -> None:
    where = "github.com/else/where"
    both = [a_thing(f"{DOI}{each}", title="Otters", about_repository=where) for each in (1, 2)]

    assert len(group(both).groups) == 2


def test_group_when_an_item_of_another_registry_names_an_image_the_image_goes_with_it() -> None:
    item = a_thing("oai:other.example:otter", title="Otters", image="docker.io/hub/otter-counter")
    image = a_thing(IMAGE, source="images", followed=True)

    found = group([item, image])

    assert home_of(found, IMAGE).keys == {item.key, IMAGE}
    assert home_of(found, IMAGE).makers == {("elsewhere", item.key)}


def test_group_when_a_record_of_a_module_names_an_image_the_image_goes_to_the_module() -> None:
    record = a_thing(DOI, title="Otters", about_repository=OTTER, image="docker.io/hub/otter-counter")
    image = a_thing(IMAGE, source="images", followed=True)

    assert home_of(group([otter(), record, image]), IMAGE).keys == {OTTER, DOI, IMAGE}


# What makes a module


def test_group_when_a_record_is_only_followed_it_makes_no_module() -> None:
    assert home_of(group([a_thing(DOI, title="Otters", followed=True)]), DOI).makers == frozenset()


def test_group_when_an_image_says_nothing_it_makes_no_module_but_is_of_one() -> None:
    silent = a_thing(IMAGE, source="images", reader="dockerhub", about_repository=OTTER)
    template = a_thing("image:docker.io/hub/x", source="images", reader="dockerhub", summary="Description of my module")

    found = group([otter(), silent, template])

    assert home_of(found, IMAGE).makers == {("hub", OTTER)}
    assert home_of(found, template.key).makers == frozenset()


def test_group_when_an_image_says_what_it_does_it_is_a_module() -> None:
    image = a_thing(IMAGE, source="images", reader="dockerhub", summary="Counts otters")

    assert home_of(group([image]), IMAGE).makers == {("images", IMAGE)}


def test_group_when_two_records_of_a_doi_disagree_on_what_it_is_software_holds() -> None:
    found = group([
        a_thing(DOI, source="zenodo", title="Otters", thing="software"),
        a_thing(DOI, source="datacite", title="Otters", thing="other"),
    ])

    assert home_of(found, DOI).makers == {("zenodo", DOI), ("datacite", DOI)}
