"""What must hold for images, DOIs and OAI items in any world, for any rulings."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.support.records import a_record, a_thing
from vocab.identity import Ruling, blocking_keys, group, partners
from vocab.record import SourceRecord

OTTER, SEAL = "github.com/hub/otter-counter", "github.com/hub/seal-finder"

REPOSITORIES = st.sampled_from([OTTER, SEAL, "github.com/lab/badger", "github.com/else/where"])
IMAGES = st.sampled_from(["docker.io/hub/otter-counter", "docker.io/hub/seal-finder", "docker.io/x/y"])
DOIS = st.sampled_from([f"10.5281/zenodo.70{each}" for each in range(4)])
KEYS = st.one_of(
    IMAGES.map("image:{}".format), DOIS.map("doi:{}".format), st.sampled_from(["oai:a.example:1", "oai:a.example:2"])
)


@st.composite
def worlds(draw: st.DrawFn) -> list[SourceRecord]:
    names = draw(st.lists(st.sampled_from(["hub/otter-counter", "hub/seal-finder", "lab/badger"]), unique=True))
    records = [
        a_record(
            name, source=draw(st.sampled_from(["hub", "lab"])), title=name, image=draw(st.lists(IMAGES, max_size=2)),
            identifiers=[{"scheme": "doi", "value": each} for each in draw(st.lists(DOIS, max_size=2))],
            code=draw(st.lists(REPOSITORIES, max_size=1)),
        )
        for name in names
    ]
    things = draw(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), KEYS), unique=True, max_size=6))
    return records + [
        a_thing(
            key, source=source, title=key, followed=draw(st.booleans()),
            about_repository=draw(st.lists(REPOSITORIES, max_size=2)), about_doi=draw(st.lists(DOIS, max_size=2)),
            about_module=draw(st.lists(st.sampled_from(["https://x.example/1", "https://x.example/2"]), max_size=1)),
            thing=draw(st.lists(st.sampled_from(["software", "dataset"]), max_size=1)),
            image=draw(st.lists(IMAGES, max_size=1)),
        )
        for source, key in things
    ]


RULINGS = st.lists(
    st.builds(Ruling, st.sampled_from(["join", "split"]), st.frozensets(KEYS | REPOSITORIES, min_size=2, max_size=2)),
    max_size=2,
)


@given(worlds(), RULINGS, st.randoms(use_true_random=False))
def test_group_of_things_does_not_depend_on_order(
    records: list[SourceRecord], rulings: list[Ruling], chance: random.Random
) -> None:
    expected = group(records, rulings)
    chance.shuffle(records)
    chance.shuffle(rulings)
    assert group(records, rulings) == expected


@given(worlds(), RULINGS)
def test_group_of_things_puts_each_in_one_group_and_makes_no_two_modules_one(
    records: list[SourceRecord], rulings: list[Ruling]
) -> None:
    found = group(records, rulings)
    without = group([each for each in records if each.key.startswith("github.com/")], rulings)

    members = [member for each in found.groups for member in each.members]
    assert sorted(members) == sorted((each.source, each.key) for each in records)
    repositories = [frozenset(key for key in each.keys if key.startswith("github.com/")) for each in found.groups]
    assert {each for each in repositories if each} == {each.keys for each in without.groups}


@given(worlds())
def test_group_of_the_things_that_are_near_is_what_it_is_in_the_whole_world(records: list[SourceRecord]) -> None:
    whole = group(records)
    near = {(records[0].source, records[0].key)} if records else set()
    while True:
        keys = {one for each in records if (each.source, each.key) in near for key in blocking_keys(each)
                for one in partners(key)}
        more = {(each.source, each.key) for each in records if keys & blocking_keys(each)}
        if more <= near:
            break
        near |= more
    part = group([each for each in records if (each.source, each.key) in near])

    assert [each for each in whole.groups if near.intersection(each.members)] == list(part.groups)
