"""The ground truth of the real catalogues: which old and new repositories are the same module."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.support.corpus import index, listed_records, record_of
from vocab.identity import Grouping, Ruling, blocking_keys, group
from vocab.record import SourceRecord

pytestmark = pytest.mark.corpus

CATALOGUE = "deephdc/deep-oc"


@pytest.fixture(scope="module")
def listed(shared: Path) -> list[SourceRecord]:
    return listed_records(shared)


@pytest.fixture(scope="module")
def pairs(shared: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((shared / "corpus" / "pairs.json").read_bytes())
    return found


def key(repository: str) -> str:
    return f"github.com/{repository.lower()}"


def joined(grouping: Grouping) -> set[frozenset[str]]:
    return {each.keys for each in grouping.groups if len(each.keys) > 1}


def truth(pairs: list[dict[str, Any]], known: set[str]) -> set[frozenset[str]]:
    both = (frozenset({key(each["old"]), key(each["new"])}) for each in pairs if each["relation"] != "successor")
    return {each for each in both if each <= known}


def test_group_of_all_readable_listings_gives_47_modules_and_every_true_pair_and_no_other(
    listed: list[SourceRecord], pairs: list[dict[str, Any]]
) -> None:
    grouping = group(listed, [])

    expected = truth(pairs, {each.key for each in listed})
    assert (len(listed), len(expected), len(grouping.groups)) == (72, 22, 47)
    assert joined(grouping) == expected
    assert grouping.findings == ()


def test_group_when_a_delisted_repository_is_given_joins_it_to_the_tool_its_banner_names(
    shared: Path, listed: list[SourceRecord], pairs: list[dict[str, Any]]
) -> None:
    old = record_of(shared, "deephdc/DEEP-OC-federated-server", CATALOGUE)

    grouping = group([*listed, old], [])

    assert joined(grouping) == truth(pairs, {each.key for each in [*listed, old]})
    assert len(joined(grouping)) == 23


def test_group_when_a_module_has_a_successor_keeps_both(
    listed: list[SourceRecord], pairs: list[dict[str, Any]]
) -> None:
    grouping = group(listed, [])

    for pair in (each for each in pairs if each["relation"] == "successor"):
        assert not any({key(pair["old"]), key(pair["new"])} <= each.keys for each in grouping.groups)


def test_group_of_the_catalogues_in_any_order_is_the_same(listed: list[SourceRecord]) -> None:
    expected = group(listed, [])
    shuffled = list(listed)
    for seed in range(5):
        random.Random(seed).shuffle(shuffled)
        assert group(shuffled, []) == expected


def test_group_when_one_organisation_lists_everything_still_finds_every_pair(
    shared: Path, pairs: list[dict[str, Any]]
) -> None:
    """Code repositories and former names come along then, and go where their banner or metadata says."""
    records = [record_of(shared, each["repo"], "all") for each in index(shared) if each["kind"] != "catalogue"]

    grouping = group(records, [])

    for pair in truth(pairs, {each.key for each in records}):
        assert any(pair <= each.keys for each in grouping.groups), sorted(pair)
    hub = [{each for each in one.keys if "/ai4os-hub/" in each} for one in grouping.groups]
    renamed = json.loads((shared / "corpus" / "redirects.json").read_bytes())
    known_renames = [{key(each["from"]), key(each["to"])} for each in renamed]
    assert [sorted(each) for each in hub if len(each) > 1 and each not in known_renames] == []


def test_group_without_any_banner_joins_nothing_wrongly(
    listed: list[SourceRecord], pairs: list[dict[str, Any]]
) -> None:
    records = [_without(each, "evidence.moved_to") for each in listed]

    found = joined(group(records, []))

    expected = truth(pairs, {each.key for each in listed})
    assert found <= expected
    assert len(found) >= 20


def test_group_without_any_title_joins_nothing_wrongly(
    listed: list[SourceRecord], pairs: list[dict[str, Any]]
) -> None:
    records = [_without(each, "title") for each in listed]

    found = joined(group(records, []))

    expected = truth(pairs, {each.key for each in listed})
    assert found <= expected
    assert len(found) >= 21


def test_group_of_shared_history_alone_joins_nothing(listed: list[SourceRecord]) -> None:
    kept = ("evidence.commits", "evidence.repository", "evidence.numeric_id")
    records = [_only(each, kept) for each in listed]

    assert joined(group(records, [])) == set()


def test_blocking_keys_of_true_pairs_meet(listed: list[SourceRecord], pairs: list[dict[str, Any]]) -> None:
    keys: dict[str, frozenset[str]] = {}
    for each in listed:
        keys[each.key] = keys.get(each.key, frozenset()) | blocking_keys(each)
    for pair in truth(pairs, set(keys)):
        old, new = sorted(pair)
        assert keys[old] & keys[new], (old, new)


def test_group_when_a_curator_splits_a_true_pair_keeps_it_apart(
    listed: list[SourceRecord], pairs: list[dict[str, Any]]
) -> None:
    expected = truth(pairs, {each.key for each in listed})
    split = sorted(expected, key=sorted)[0]

    assert joined(group(listed, [Ruling("split", split)])) == expected - {split}


def _without(record: SourceRecord, field: str) -> SourceRecord:
    return _with(record, [each for each in record.statements if each.field != field])


def _only(record: SourceRecord, fields: tuple[str, ...]) -> SourceRecord:
    return _with(record, [each for each in record.statements if each.field in fields])


def _with(record: SourceRecord, statements: list[Any]) -> SourceRecord:
    return SourceRecord(record.source, record.key, record.url, record.revision, tuple(statements))
