"""Every way in which a source can fail x every address it is asked at x first and later harvest: nothing is lost.

The replayed world plays the sources and the faults. One test for each address prints its rows of the table; what must
hold for every row: no exception, no public module lost, memory bounded, a status that tells what happened, and a clean
harvest afterwards that makes everything as if nothing had been.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from harvester.bounds import Limits
from registry.harvesting import harvest_source, sources_to_harvest
from registry.modules import list_modules
from registry.runs import Run, RunStatus
from registry.services import Services
from registry.sources import import_sources
from tests.support.memory_use import PeakMemory
from tests.support.store import a_registry
from vocab.canonical import content_hash

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

MODES = (
    "status:403", "status:404", "status:429", "status:500", "status:503", "html", "timeout:1", "slow:50", "drip:20",
    "truncate", "reset", "garbage-json", "empty-200", "gzip-bomb:64", "huge:64", "redirect-loop", "redirect-private",
    "wrong-charset",
)
# What may come of a fault without anything being wrong: it is slow, or the answer is the same in another wrapping.
HARMLESS = frozenset({"slow:50", "drip:20", "wrong-charset"})
MOST_MIB = 150
BOUNDS = Limits(connect_s=2, read_s=0.5, total_s=2, wait_cap_s=0.2, backoff_s=0.01)
ROW = "{:<20}{:<18}{:<7}{:<22}{:>7}{:>5}{:>5}{:>6}  {}"


@dataclass(frozen=True)
class Address:
    """One kind of address: what is searched for in the path, and the sources that ask there."""

    name: str
    match: str
    sources: tuple[str, ...]


REPOSITORIES = """
[[source]]
name = "repositories"
kind = "github"
repositories = ["ai4os-hub/ai4os-demo-app", "ai4os-hub/socib-shoreline-extraction", "deephdc/DEEP-OC-mods"]
"""
MOVED = ("ai4os-hub/ai4os-demo-app", "deephdc/DEEP-OC-mods", "ai4os/ai4os-cvat")
TABLES = {
    "repositories": REPOSITORIES,
    "catalogue": '[[source]]\nname = "catalogue"\nkind = "github"\ncatalogue = "ai4os/tools-catalog"\n',
    "dockerhub": '[[source]]\nname = "dockerhub"\nkind = "dockerhub"\nfollow = true\n',
    "oci": '[[source]]\nname = "oci"\nkind = "oci"\nfollow = true\n',
    "zenodo": '[[source]]\nname = "zenodo"\nkind = "zenodo"\ncommunities = ["ai4eosc"]\nfollow = true\n',
    "datacite": '[[source]]\nname = "datacite"\nkind = "datacite"\nfollow = true\n',
    "oaipmh": '[[source]]\nname = "oaipmh"\nkind = "oaipmh"\nurl = "{zenodo_oai}"\nprefix = "oai_datacite"\n'
              'set = "user-ai4eosc"\n',
}
ADDRESSES = (
    Address("github repository", r"^/github/repos/[^/]+/[^/]+$", ("repositories",)),
    Address("github commits", r"^/github/repos/.*/commits", ("repositories",)),
    Address("github tree", r"^/github/repos/.*/git/trees", ("repositories",)),
    Address("github blob", r"^/github/repos/.*/git/blobs", ("repositories",)),
    Address("github tags", r"^/github/repos/.*/tags", ("repositories",)),
    Address("github graphql", r"^/github/graphql", ("repositories",)),
    Address("github catalogue", r"^/github/repos/ai4os/tools-catalog", ("catalogue",)),
    Address("github owner", r"^/github/(users|orgs|organizations)/", ("catalogue",)),
    Address("dockerhub list", r"^/dockerhub/v2/(repositories|namespaces)/[^/]+(/repositories)?/?(\?|$)",
            ("repositories", "dockerhub")),
    Address("dockerhub image", r"^/dockerhub/v2/.*/[^/?]+/[^/?]+", ("repositories", "dockerhub")),
    Address("oci token", r"^/token", ("repositories", "oci")),
    Address("oci manifest", r"^/v2/.*/manifests", ("repositories", "oci")),
    Address("oci blob", r"^/v2/.*/blobs|^/_cdn", ("repositories", "oci")),
    Address("zenodo community", r"^/zenodo/api/communities", ("repositories", "zenodo")),
    Address("zenodo records", r"^/zenodo/api/(records|communities/.*/records)", ("repositories", "zenodo")),
    Address("datacite", r"^/datacite|^/doi|^/crosscite", ("repositories", "datacite")),
    Address("oai-pmh", r"^/zenodo/oai2d", ("repositories", "oaipmh")),
)


@dataclass(frozen=True)
class Filled:
    """A home in which the sources of one address were harvested undisturbed.

    `public` is what was public then, `moved` what is public when some repositories have moved since.
    """

    home: Path
    public: Mapping[str, str]
    moved: Mapping[str, str]


@pytest.fixture(scope="module", params=ADDRESSES, ids=lambda each: each.name.replace(" ", "-"))
def address(request: pytest.FixtureRequest) -> Address:
    chosen = request.param
    assert isinstance(chosen, Address)
    return chosen


@pytest.fixture(scope="module")
def filled(address: Address, replay: Any, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    replay.reset()
    home = tmp_path_factory.mktemp("filled")
    with opened(home, replay, address) as services:
        runs = harvest(services, address)
        assert {each.status for each in runs} <= {RunStatus.OK, RunStatus.FINDINGS}, [each.problem for each in runs]
        public = public_of(services)
    assert public
    later = tmp_path_factory.mktemp("moved") / "home"
    shutil.copytree(home, later)
    move_on(replay)
    with opened(later, replay, address) as services:
        harvest(services, address, full=True)
        return Filled(home, public, public_of(services))


@pytest.mark.parametrize("phase", ["first", "later"])
def test_fault_when_it_strikes_an_address_then_nothing_is_lost(
    phase: str, address: Address, filled: Filled, replay: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, rows = [], []
    for mode in MODES:
        replay.reset()
        home = tmp_path / mode.replace(":", "-")
        if phase == "later":
            shutil.copytree(filled.home, home)
            move_on(replay)
        wanted = filled.moved if phase == "later" else filled.public
        with opened(home, replay, address) as services:
            with replay.faulty(mode, match=address.match), PeakMemory() as peak:
                runs = harvest(services, address, full=phase == "later")
                struck = replay.call("GET", "/faults")["faults"][0]["hits"]
            during = public_of(services)
            replay.reset("faults", "limits")
            harvest(services, address, full=True)
            after = public_of(services)
        lost = sorted(filled.public.keys() - during.keys()) if phase == "later" else []
        told = any(each.status not in {RunStatus.OK, RunStatus.FINDINGS} or each.counts["failed"] for each in runs)
        faults = [
            *(["it never struck"] if not struck else []),
            *([f"lost {lost}"] if lost else []),
            *([f"not mended: {_differing(wanted, after)}"] if after != wanted else []),
            *([f"{peak.mib:.0f} MiB"] if peak.mib > MOST_MIB else []),
            *(["untold"] if mode not in HARMLESS and not told and during != wanted else []),
        ]
        wrong += [f"{mode}: {each}" for each in faults]
        statuses = "/".join(dict.fromkeys(each.status for each in runs))
        rows.append(ROW.format(
            address.name, mode, phase, statuses, struck, len(during), len(lost), f"{peak.mib:.0f}",
            "; ".join(faults) or "ok",
        ))
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(rows) + "\n")
    assert wrong == []


def move_on(replay: Any) -> None:
    """Let some repositories have a new commit, so that there is something to read."""
    for name in MOVED:
        replay.mutate(repo=name, op="put-file", path="VERSION", content="99.1\n", date="2026-10-01T00:00:00Z")


@contextmanager
def opened(home: Path, replay: Any, address: Address) -> Iterator[Services]:
    """A registry in a home folder, with the sources of this address and short patience."""
    home.mkdir(exist_ok=True)
    endpoints = home / "endpoints.json"
    # Batches spare the addresses that are asked one by one: they are used where they are what is looked at.
    elsewhere = {} if "graphql" in address.name else {"graphql": "http://127.0.0.1:9/graphql"}
    endpoints.write_text(json.dumps(replay.urls | elsewhere), encoding="utf-8")
    keys = {"MODREG_ENDPOINTS": str(endpoints), "MODREG_GITHUB_TOKEN": "any"}
    with a_registry(f"sqlite:///{home / 'registry.sqlite3'}", home, **keys) as services:
        services.limits = BOUNDS
        tables = "".join(TABLES[each] for each in address.sources).replace("{zenodo_oai}", replay.urls["zenodo_oai"])
        import_sources(services.database, tables)
        yield services


def harvest(services: Services, address: Address, *, full: bool = False) -> list[Run]:
    """One run of each source; an exception would fail the test."""
    return [harvest_source(services, each, full) for each in sources_to_harvest(services.database, address.sources)]


def public_of(services: Services) -> dict[str, str]:
    """The content of every public module, by slug; what the replay draws anew with each commit is left out."""
    stored = list_modules(services.database, limit=1000, status="published")
    return {
        each.module.slug: content_hash(replace(each.module, distributions=tuple(
            replace(one, digest=None, size_bytes=None, revision=None) for one in each.module.distributions
        ))) for each in stored
    }


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return sorted({slug for slug, _ in {*before.items()} ^ {*after.items()}})


def test_table_when_the_replay_has_another_fault_then_it_is_in_it(shared: Path) -> None:
    """The table is whole: every mode that the replay's own page names stands in it."""
    page = (shared / "replay" / "README.md").read_text(encoding="utf-8")
    line = page[page.index("**Fault modes**"):].split("\n\n")[0]
    named = {each.split(":")[0].split("[")[0] for each in line.split("Keys:")[0].split("`")[1::2]}
    assert named <= {each.split(":")[0] for each in MODES}, orjson.dumps(sorted(named))
