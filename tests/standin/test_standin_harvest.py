"""The sample world, harvested over HTTP and read: nothing is lost, and one module is one module."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from typing import Any

import pytest

from harvester.addresses import open_session
from harvester.client import Client
from harvester.clock import SystemClock
from harvester.endpoints import Endpoints
from harvester.events import Failed, Fetched, Gone, Listed
from harvester.harvest import harvest
from tests.standin.server import StandIn
from tests.standin.worldfiles import WORLD
from tests.support.memory import DictMemory
from vocab.identity import group
from vocab.merge import merge
from vocab.merging.relations import names_of
from vocab.readers import read_entry
from vocab.record import EntryContext, SourceRecord

EXPECTED: dict[str, Any] = tomllib.loads((WORLD / "expected.toml").read_text("utf-8"))


class Harvested:
    """All events of all three catalogues, in the order of the demo's sources."""

    def __init__(self, standin: StandIn) -> None:
        self.listed: dict[str, int] = {}
        self.gone: list[str] = []
        self.failed: list[str] = []
        self.records: list[SourceRecord] = []
        clock, memory = SystemClock(), DictMemory()
        endpoints = Endpoints.from_json(json.dumps(standin.endpoints))
        for catalogue in ("sample-hub/modules-catalog", "sample-tools/tools-catalog", "sample-oc/open-catalogue"):
            with open_session(endpoints) as session:
                client = Client(session, memory, endpoints, clock, contact="demo@sample.internal")
                settings = {"catalogue": catalogue}
                for event in harvest(catalogue, "github", settings, endpoints, client, memory, clock, token="sample"):
                    self.take(catalogue, event)

    def take(self, catalogue: str, event: object) -> None:
        match event:
            case Listed():
                self.listed[catalogue] = len(event.entries)
            case Gone():
                self.gone.append(event.entry.key)
            case Failed():
                self.failed.append(event.entry.key)
            case Fetched():
                context = EntryContext(catalogue, event.key, event.url, event.revision, event.entry.listing)
                self.records.append(read_entry(context, event.documents))
            case _:
                pass


@pytest.fixture(scope="module")
def harvested() -> Harvested:
    with StandIn() as running:
        return Harvested(running)


@pytest.fixture(scope="module")
def module_of(harvested: Harvested) -> dict[str, int]:
    """Which of the groups a repository went into, by key."""
    groups = group(harvested.records, ()).groups
    return {key: number for number, members in enumerate(groups) for _, key in members.members}


def key_of(name: str) -> str:
    return f"github.com/{name.lower()}"


def test_every_listing_is_read_missing_or_failed(harvested: Harvested) -> None:
    assert harvested.listed == EXPECTED["listings"]
    assert sorted(harvested.gone) == sorted(map(key_of, EXPECTED["unreachable"]))
    assert harvested.failed == [key_of(name) for name in EXPECTED["empty"]]
    assert len(harvested.records) + len(harvested.gone) + len(harvested.failed) == sum(EXPECTED["listings"].values())


@pytest.mark.parametrize("row", EXPECTED["same"], ids=lambda row: row["old"].partition("/")[2])
def test_old_and_new_repository_are_one_module(module_of: dict[str, int], row: dict[str, str]) -> None:
    assert module_of[key_of(row["old"])] == module_of[key_of(row["new"])]


@pytest.mark.parametrize("row", EXPECTED["distinct"], ids=lambda row: "-".join(row["pair"]).replace("/", "."))
def test_modules_that_only_look_alike_stay_two(module_of: dict[str, int], row: dict[str, list[str]]) -> None:
    first, second = row["pair"]
    assert module_of[key_of(first)] != module_of[key_of(second)]


def test_successor_is_another_module_and_a_relation(harvested: Harvested, module_of: dict[str, int]) -> None:
    rows = [(key_of(row["old"]), key_of(row["new"])) for row in EXPECTED["successor"]]
    assert [pair for pair in rows if module_of[pair[0]] == module_of[pair[1]]] == []
    relations = group(harvested.records, ()).relations
    assert sorted((each.type, each.a, each.b) for each in relations) == sorted(("successor", *pair) for pair in rows)


def test_commit_of_a_catalogue_is_all_that_joins_what_says_nothing_itself(harvested: Harvested) -> None:
    both = {key_of("sample-oc/OC-demo-app"), key_of("sample-hub/demo-app")}
    told = next(each for each in group(harvested.records, ()).groups if both <= each.keys)
    assert [each.kind for each in told.evidence if each.strength >= 40] == ["catalogue-commit"]
    assert "of the catalogue says that github.com/sample-oc/oc-demo-app was renamed to it" in told.evidence[0].detail

    silent = [
        replace(each, statements=tuple(one for one in each.statements if one.field != "evidence.catalogue_rename"))
        for each in harvested.records
    ]
    assert not any(both <= each.keys for each in group(silent, ()).groups)


def test_there_are_as_many_modules_as_expected(module_of: dict[str, int]) -> None:
    assert len(set(module_of.values())) == EXPECTED["modules"]


def test_children_built_on_the_image_of_another_module_are_related_to_it(harvested: Harvested) -> None:
    merged = {}
    for each in group(harvested.records, ()).groups:
        members = [one for one in harvested.records if (one.source, one.key) in each.members]
        slug = members[0].key.rpartition("/")[2]
        merged[slug] = merge(members, slug=slug, uri=f"https://r.sample.internal/{slug}")
    images = {
        alias.value: slug for slug, one in merged.items() for alias in one.module.aliases if alias.kind == "image"
    }
    waiting = {each.target for one in merged.values() for each in one.waiting}
    modules = {each: images[name] for each in waiting for name in names_of(each) if name in images}

    found = {
        slug: relation.target for slug, one in merged.items()
        for relation in one.with_modules(modules).module.relations if relation.type == "base_model"
    }

    known = {slug: target for slug, target in found.items() if "/" not in target}
    assert known == EXPECTED["built_on"]
