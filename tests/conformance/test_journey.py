"""The real world harvested through its history, by quarters and months: what the registry made of it, step by step.

Each step travels in time and harvests every source. Every entry of the change log must be explained by something that
moved in that step, a module that was renamed keeps its address, and the end is what a fresh harvest of today makes.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from registry.changes import list_changes
from registry.harvesting import harvest_source, sources_to_harvest
from registry.holding import approve
from registry.modules import list_modules
from registry.runs import Run, RunStatus
from registry.services import Services
from registry.sources import import_sources
from tests.support.clock import HandClock
from tests.support.store import a_registry

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

SOURCES = Path(__file__).parents[2] / "config" / "sources.toml"
TODAY = "2026-11-24T00:00:00Z"
STEPS = (
    *(f"{year}-{month:02}-01T00:00:00Z" for year in range(2020, 2024) for month in (1, 4, 7, 10)),
    *(f"2024-{month:02}-01T00:00:00Z" for month in range(3, 13)),
    *(f"2025-{month:02}-01T00:00:00Z" for month in range(1, 13)),
    *(f"2026-{month:02}-01T00:00:00Z" for month in range(1, 12)),
    TODAY,
)
CATALOGUES = {
    "ai4os-hub": ("ai4os-hub/modules-catalog", ".gitmodules"),
    "ai4os-tools": ("ai4os/tools-catalog", ".gitmodules"),
    "deep-open-catalogue": ("deephdc/deep-oc", "MODULES.yml"),
}
# What two registries of the same modules may differ in: when it was seen, and the slug that was given first.
OF_ITS_OWN = frozenset({"datestamp", "sequence", "slug", "uri", "findings"})
# Moments are those of the world, which has none of its own: a module that was never read before 2020 is as good.
REPOSITORY = re.compile(r"(?:github\.com/)([\w.-]+/[\w.-]+?)(?:\.git)?/?\s*$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Moved:
    """One entry of the change log: the repositories and images that it was about, and the modules related to it."""

    sequence: int
    kind: str
    slug: str
    about: frozenset[str]
    related: frozenset[str]


@dataclass(frozen=True)
class Step:
    """One moment: what moved in the world since the one before, and what the registry made of it."""

    at: str
    moved: frozenset[str]
    listed: frozenset[str]
    runs: tuple[Run, ...]
    changes: tuple[Moved, ...]


@dataclass
class World:
    """What the replay shows at its present moment."""

    replay: Any
    heads: dict[str, str] = field(default_factory=dict)
    lists: dict[str, frozenset[str]] = field(default_factory=dict)

    def look(self) -> tuple[frozenset[str], frozenset[str]]:
        """The repositories and images that moved since the last look, and the repositories that came or went."""
        heads = {row["full_name"].lower(): row["head"] for row in self.replay.call("GET", "/repos")["repos"]}
        heads |= {f"docker.io/{name}": pushed for name, pushed in self._images()}
        lists = {name: self._list(*place) for name, place in CATALOGUES.items()}
        moved = {name for name, _ in heads.items() ^ self.heads.items()}
        others = {name: self.lists.get(name, frozenset()) for name in lists}
        listed = frozenset().union(*(found ^ others[name] for name, found in lists.items()))
        self.heads, self.lists = heads, lists
        return frozenset(moved), listed

    def _images(self) -> Iterator[tuple[str, str]]:
        for namespace in ("deephdc", "ai4oshub"):
            page = f"{self.replay.dockerhub}/v2/repositories/{namespace}/?page_size=100"
            for row in json.loads(self._read(page) or '{"results": []}')["results"]:
                yield f"{row['namespace']}/{row['name']}", row["last_updated"]

    def _list(self, repository: str, file: str) -> frozenset[str]:
        text = self._read(f"{self.replay.raw}/{repository}/HEAD/{file}")
        return frozenset(each.lower() for each in REPOSITORY.findall(text))

    def _read(self, address: str) -> str:
        question = urllib.request.Request(address, headers={"User-Agent": "journey/1"})
        try:
            with urllib.request.urlopen(question, timeout=20) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError:
            return ""


@dataclass(frozen=True)
class Journey:
    """Every step, what stands at the end, and what a fresh registry makes of today."""

    steps: tuple[Step, ...]
    travelled: Mapping[str, dict[str, Any]]
    fresh: Mapping[str, dict[str, Any]]

    def history(self, slug: str) -> list[tuple[str, str]]:
        """The kinds of changes of a module, with the day of the step."""
        return [(each.at[:7], one.kind) for each in self.steps for one in each.changes if one.slug == slug]


@pytest.fixture(scope="module")
def journey(replay: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    replay.reset()
    steps = []
    with registry(replay, tmp_path_factory.mktemp("travelled")) as services:
        world, last = World(replay), 0
        for at in STEPS:
            replay.time(None if at == TODAY else at)
            # Limits of an hour ago say nothing about a month later.
            replay.reset("limits", "stats")
            assert isinstance(services.clock, HandClock)
            services.clock.moment = datetime.fromisoformat(at)
            moved, listed = world.look()
            runs = tuple(harvest(services))
            changes = tuple(changes_since(services, last))
            last = changes[-1].sequence if changes else last
            steps.append(Step(at, moved, listed, runs, changes))
        travelled = modules_of(services)
    with registry(replay, tmp_path_factory.mktemp("fresh")) as services:
        services.clock.moment = datetime.fromisoformat(TODAY)  # type: ignore[attr-defined]
        assert [run for run in harvest(services) if run.status is RunStatus.FAILED] == []
        fresh = modules_of(services)
    yield Journey(tuple(steps), travelled, fresh)
    replay.reset()


@contextmanager
def registry(replay: Any, home: Path) -> Iterator[Services]:
    """A registry with the shipped sources over the replay."""
    endpoints = home / "endpoints.json"
    endpoints.write_text(json.dumps(replay.urls), encoding="utf-8")
    keys = {"MODREG_ENDPOINTS": str(endpoints), "MODREG_GITHUB_TOKEN": "any", "MODREG_ZENODO_TOKEN": "any"}
    with a_registry(f"sqlite:///{home / 'registry.sqlite3'}", home, **keys) as services:
        import_sources(services.database, SOURCES.read_text(encoding="utf-8"))
        yield services


def harvest(services: Services) -> Iterator[Run]:
    """Every source once; what is held is approved, as an administrator would who knows that it is so."""
    for name in sources_to_harvest(services.database):
        run = harvest_source(services, name)
        if run.status is RunStatus.HELD:
            approve(services, run.id)
        yield run


def changes_since(services: Services, sequence: int) -> Iterator[Moved]:
    modules = {each.module.slug: each.module for each in list_modules(services.database, limit=5000)}
    for each in list_changes(services.database, sequence, 5000):
        module = modules[each.slug]
        kinds = {"repository", "image"}
        names = {one.value.removeprefix("github.com/") for one in module.aliases if one.kind in kinds}
        names |= {(one.reference or "").partition("@")[0].partition(":")[0] for one in module.distributions}
        related = {one.target for one in module.relations}
        related |= {other.slug for other in modules.values() if any(one.target == each.slug for one in other.relations)}
        yield Moved(each.sequence, each.kind, each.slug, frozenset(names), frozenset(related))


def modules_of(services: Services) -> dict[str, dict[str, Any]]:
    return {
        each.module.slug: orjson.loads(each.canonical)
        for each in list_modules(services.database, limit=5000, status="published")
    }


def test_change_log_when_the_world_moves_then_every_entry_is_explained_by_it(journey: Journey) -> None:
    unexplained = []
    for step in journey.steps:
        moved = step.moved | step.listed
        told = {one.slug for one in step.changes if one.about & moved}
        unexplained += [
            (step.at[:7], one.kind, one.slug) for one in step.changes if one.slug not in told and not one.related & told
        ]
    assert not unexplained, unexplained


def test_catalogue_when_it_does_not_exist_yet_then_its_source_fails_and_no_other(journey: Journey) -> None:
    first = {run.source: run for run in journey.steps[0].runs}
    assert first["ai4os-hub"].status is RunStatus.FAILED
    assert "does not exist" in (first["ai4os-hub"].problem or {})["message"]
    assert first["deep-open-catalogue"].counts["created"] == 13
    started = next(step for step in journey.steps if any(one.source == "ai4os-hub" and one.status != "failed"
                                                         for one in step.runs))
    assert started.at[:7] == "2024-03"


def test_module_when_it_moves_to_another_repository_then_it_keeps_its_address_and_is_never_gone(
    journey: Journey,
) -> None:
    for step in journey.steps:
        kinds: dict[str, list[str]] = {}
        for one in step.changes:
            kinds.setdefault(one.slug, []).append(one.kind)
        assert {slug: kind for slug, kind in kinds.items() if {"withdrawn", "restored"} <= set(kind)} == {}, step.at


def test_end_when_the_journey_is_over_then_it_is_what_a_fresh_harvest_makes(journey: Journey) -> None:
    travelled, fresh = by_repository(journey.travelled), by_repository(journey.fresh)
    assert travelled.keys() == fresh.keys()
    assert {name: differences(travelled[name], fresh[name]) for name in fresh if travelled[name] != fresh[name]} == {}


def test_second_harvest_when_nothing_moved_then_nothing_is_written(journey: Journey) -> None:
    still = [step for step in journey.steps if not step.moved and not step.listed]
    assert still
    assert {(step.at[:7], one.slug) for step in still for one in step.changes} == set()


def by_repository(modules: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The modules by the repository that they are read from, without what is of their registry alone."""
    names = {slug: key_of(form) for slug, form in modules.items()}
    return {key_of(form): normal(form, names) for form in modules.values()}


def key_of(form: Mapping[str, Any]) -> str:
    return str(min(each["key"] for each in form["sources"]))


def normal(form: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A canonical form in which other modules are called by their repositories, and no slug given earlier stands."""
    kept = {name: value for name, value in form.items() if name not in OF_ITS_OWN}
    kept["relations"] = sorted(
        (orjson.dumps({**each, "target": names.get(each["target"], each["target"])}).decode()
         for each in form.get("relations", ())),
    )
    kept["aliases"] = sorted(
        (each["kind"], each["value"]) for each in form.get("aliases", ()) if each["kind"] not in {"slug", "uri"}
    )
    return kept


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        name: (one.get(name), other.get(name))
        for name in sorted({*one, *other}) if one.get(name) != other.get(name)
    }
