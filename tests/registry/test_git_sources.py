"""Modules on forges without an API of their own: by git, by GitLab, and by both as one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from registry.harvesting import harvest_source
from registry.modules import list_modules
from registry.runs import RunStatus
from registry.services import Services
from registry.sources import import_sources
from registry.trying import test_source as try_source
from tests.support.small_git import HAS_GIT, SmallGit
from tests.support.small_gitlab import SmallGitlab
from tests.support.store import a_registry, dump, metadata_of

LICENCE = b"MIT License\n\nCopyright (c) 2025 Ada\n"


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[SmallGitlab]:
    with SmallGit(tmp_path / "git", "git" if HAS_GIT else "dulwich") as server:
        small = SmallGitlab(server)
        for name, title in (("one", "Coral reefs"), ("two", "Plankton in the deep")):
            repo = small.create(
                f"reef/{name}", {"ai4-metadata.yml": metadata_of(title), "LICENSE": LICENCE}, description=title,
                created_at="2024-01-02T00:00:00Z", license={"key": "mit"},
            )
            repo.tag("v1.0", repo.repo.head().decode(), annotated=True)
        small.create("reef/site", {"index.html": b"x"})
        rows = "".join(f"- module: {server.url}/reef/{name}.git\n" for name in ("one", "two", "nothing"))
        server.create("lists/hub", {"MODULES.yml": rows.encode()})
        yield small


@pytest.fixture
def services(gitlab: SmallGitlab, tmp_path: Path) -> Iterator[Services]:
    endpoints = tmp_path / "endpoints.json"
    endpoints.write_text(json.dumps({"github": gitlab.server.url}))  # names the server, so that it may be private
    url = f"sqlite:///{tmp_path / 'registry.sqlite3'}"
    with a_registry(url, tmp_path / "home", MODREG_ENDPOINTS=str(endpoints)) as opened:
        import_sources(opened.database, f"""
            [[source]]
            name = "by-git"
            kind = "git"
            catalogue = "{gitlab.server.url}/lists/hub.git"
            schedule = "6h"
            [[source]]
            name = "by-gitlab"
            kind = "gitlab"
            url = "{gitlab.server.url}"
            group = "reef"
            schedule = "6h"
        """)
        yield opened


def test_modules_of_other_forges_are_published_once_whoever_lists_them(
    gitlab: SmallGitlab, services: Services
) -> None:
    by_git, by_gitlab = harvest_source(services, "by-git"), harvest_source(services, "by-gitlab")
    assert (by_git.counts["fetched"], by_git.counts["created"]) == (2, 2)
    assert (by_gitlab.counts["fetched"], by_gitlab.counts["created"]) == (2, 0)
    assert {by_git.status, by_gitlab.status} == {RunStatus.FINDINGS}
    modules = [orjson.loads(each.canonical) for each in list_modules(services.database, limit=10)]
    assert sorted(each["title"] for each in modules) == ["Coral reefs", "Plankton in the deep"]
    reefs = next(each for each in modules if each["title"] == "Coral reefs")
    assert {each["source"] for each in reefs["sources"]} == {"by-git", "by-gitlab"}
    assert {each["key"] for each in reefs["sources"]} == {f"{gitlab.server.host}/reef/one"}
    assert [(each["name"], each.get("date")) for each in reefs["versions"]] == [("1.0", "2023-11-14T23:13:20Z")]
    assert reefs["licence"]["declared"]["spdx"] == "MIT"

    rows = dump(services, without=("run", "run_failure"))
    again = [harvest_source(services, name) for name in ("by-git", "by-gitlab")]
    assert [run.counts["unchanged"] for run in again] == [2, 2]
    assert dump(services, without=("run", "run_failure")) == rows

    gitlab.server.repos["reef/one"].commit({"ai4-metadata.yml": metadata_of("Coral reefs, again"), "LICENSE": LICENCE})
    changed = [harvest_source(services, name) for name in ("by-git", "by-gitlab")]
    told = [(run.counts["fetched"], run.counts["updated"]) for run in changed]
    assert told == [(1, 1), (1, 0)], "one change, whoever tells it first"


def test_source_is_tried_in_a_sentence(gitlab: SmallGitlab, services: Services) -> None:
    assert "3 entries" in try_source(services, "by-git").sentence
    gitlab.server.repos.pop("lists/hub")
    (gitlab.server.root / "lists" / "hub.git").rename(gitlab.server.root / "away")
    assert try_source(services, "by-git").sentence == (
        f"by-git cannot be listed: The catalogue {gitlab.server.url}/lists/hub does not exist, or is not public (404). "
        "Check the address; a private one needs the credential of this source. Nothing was withdrawn."
    )
