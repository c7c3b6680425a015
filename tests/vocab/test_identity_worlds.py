"""What must hold for any records and rulings."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.support.records import a_record
from vocab.evidence import STRENGTH
from vocab.identity import Ruling, blocking_keys, group
from vocab.record import SourceRecord

TEXT = "Counts the otters on photographs of river banks and says how certain it is of each of them"
NAMES = st.sampled_from(
    ["otter-counter", "otter", "otter_det", "deep-oc-otter-detector", "seal", "image-classification"]
)
KEYS = st.builds("{}/{}".format, st.sampled_from(["hub", "attic", "lab"]), NAMES)
TARGETS = st.lists(KEYS.map("github.com/{}".format), max_size=2)


@st.composite
def worlds(draw: st.DrawFn) -> list[SourceRecord]:
    entries = draw(st.lists(st.tuples(st.sampled_from(["a", "b"]), KEYS), min_size=2, max_size=7, unique=True))
    return [
        a_record(
            name, source=source, title=draw(st.sampled_from([None, "Otter counter", "Image classification", "Seals"])),
            moved_to=draw(TARGETS), names_repository=draw(TARGETS), replaced_by=draw(TARGETS),
            image=draw(st.lists(st.sampled_from(["docker.io/x/otter", "docker.io/x/seal"]), max_size=1)),
            numeric_id=draw(st.lists(st.sampled_from(["7", "8", "9"]), max_size=1)),
            summary=draw(st.sampled_from([TEXT, "Something else altogether that nobody has said before today"])),
            dates__created=draw(st.sampled_from(["2023-08-09", "2019-01-01"])),
            commits=draw(st.sampled_from([[], ["1"]])),
        )
        for source, name in entries
    ]


RULINGS = st.lists(
    st.builds(Ruling, st.sampled_from(["join", "split"]),
              st.frozensets(KEYS.map("github.com/{}".format), min_size=2, max_size=3)),
    max_size=2,
)


@given(worlds(), RULINGS, st.randoms(use_true_random=False))
def test_group_of_any_world_does_not_depend_on_order(
    records: list[SourceRecord], rulings: list[Ruling], chance: random.Random
) -> None:
    expected = group(records, rulings)
    chance.shuffle(records)
    chance.shuffle(rulings)
    assert group(records, rulings) == expected


@given(worlds(), RULINGS)
def test_group_of_any_world_puts_each_record_in_one_group_and_obeys_the_curator(
    records: list[SourceRecord], rulings: list[Ruling]
) -> None:
    grouping = group(records, rulings)

    members = [member for each in grouping.groups for member in each.members]
    assert sorted(members) == sorted((each.source, each.key) for each in records)
    for ruling in rulings:
        if ruling.kind == "split":
            assert all(len(each.keys & ruling.keys) <= 1 for each in grouping.groups)
    if rulings and all(each.kind == "join" for each in rulings):
        known = {each.key for each in records}
        for ruling in rulings:
            assert all(ruling.keys & known <= each.keys or not ruling.keys & each.keys
                       for each in grouping.groups if len(each.members) > 1)


@given(worlds())
def test_blocking_keys_of_whatever_is_linked_meet(records: list[SourceRecord]) -> None:
    keys: dict[str, set[str]] = {}
    for each in records:
        keys.setdefault(each.key, set()).update(blocking_keys(each))
    for found in group(records, []).groups:
        for reason in found.evidence:
            if reason.a != reason.b and reason.kind in STRENGTH:
                assert keys[reason.a] & keys[reason.b], reason


@given(worlds())
def test_group_of_one_component_is_what_it_is_in_the_whole_world(records: list[SourceRecord]) -> None:
    whole = group(records, [])
    reached, keys = {records[0].key}, set(blocking_keys(records[0]))
    while more := {each.key for each in records if each.key not in reached and keys & blocking_keys(each)}:
        reached |= more
        keys = {one for each in records if each.key in reached for one in blocking_keys(each)}
    part = [each for each in records if each.key in reached]

    assert [each for each in whole.groups if each.keys & reached] == list(group(part, []).groups)
