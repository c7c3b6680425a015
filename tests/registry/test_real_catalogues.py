"""The three catalogues that there are, over the replay of their forge: nothing lost, second run free, rebuilt equal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.checking import check
from registry.dry_runs import DryRun
from registry.findings import list_findings
from registry.followers import run_followers
from registry.harvesting import harvest_source, sources_to_harvest
from registry.modules import count_modules, list_modules, module_by_slug
from registry.rebuilding import rebuild
from registry.runs import RunStatus
from registry.services import Services
from registry.sources import import_sources
from registry.trying import preview_source
from registry.trying import test_source as try_source
from tests.support.store import a_registry, dump, fetched, harvested

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

SOURCES = Path(__file__).parents[2] / "config" / "sources.toml"
CATALOGUES = ("ai4os-hub", "ai4os-tools", "deep-open-catalogue")


@pytest.fixture
def catalogues(database_url: str, tmp_path: Path, replay: Any) -> Iterator[Services]:
    """A registry with the sources that we ship, before the replayed world."""
    replay.reset()
    endpoints = tmp_path / "endpoints.json"
    endpoints.write_text(json.dumps(replay.urls))
    keys = {"MODREG_ENDPOINTS": str(endpoints), "MODREG_GITHUB_TOKEN": "replay"}
    with a_registry(database_url, tmp_path / "home", **keys) as services:
        import_sources(services.database, SOURCES.read_text(encoding="utf-8"))
        yield services
    replay.reset()


def test_catalogues_when_harvested_twice_then_nothing_lost_and_the_second_run_is_free(catalogues: Services) -> None:
    names = sources_to_harvest(catalogues.database, CATALOGUES)
    first = [harvest_source(catalogues, name) for name in names]

    assert {run.source: run.counts["listed"] for run in first} == {
        "ai4os-hub": 46, "ai4os-tools": 6, "deep-open-catalogue": 32,
    }
    assert sum(run.counts["fetched"] for run in first) == 72
    assert sum(run.counts["failed"] for run in first) == 12
    assert {run.status for run in first} == {RunStatus.FINDINGS}
    unreachable = list_findings(catalogues.database, code="entry-unreachable")
    assert len(unreachable) == 12
    assert {each.file for each in unreachable} == {"MODULES.yml", ".gitmodules"}
    assert all(each.line for each in unreachable)
    assert count_modules(catalogues.database) == {"published": 47}

    before = dump(catalogues, without=("run", "run_failure"))
    catalogues.clock.sleep(3600)
    second = [harvest_source(catalogues, name) for name in names]

    assert dump(catalogues, without=("run", "run_failure")) == before
    assert sum(run.counts["unchanged"] for run in second) == 72
    assert {run.requests["quota_used"] for run in second} == {0}

    run_followers(catalogues)
    stored = dump(catalogues, without=("follower",))
    assert rebuild(catalogues).changes == ()
    assert dump(catalogues, without=("follower",)) == stored
    assert check(catalogues).differences == ()
    assert len(catalogues.search.slugs()) == 47


def test_catalogue_when_its_file_is_an_error_page_then_nothing_is_withdrawn(
    catalogues: Services, replay: Any
) -> None:
    harvest_source(catalogues, "ai4os-tools")
    before = dump(catalogues, "module", "change", "face")
    replay.mutate(repo="ai4os/tools-catalog", op="put-file", path=".gitmodules", content="<html>Not now</html>")

    run = harvest_source(catalogues, "ai4os-tools")

    assert run.status is RunStatus.FAILED
    assert dump(catalogues, "module", "change", "face") == before


def test_source_when_tried_then_nothing_is_kept(catalogues: Services) -> None:
    before = dump(catalogues)

    trial = try_source(catalogues, "ai4os-tools")
    previews = preview_source(catalogues, "ai4os-tools", limit=2)
    run = harvest_source(catalogues, "ai4os-tools", dry_run=True)

    assert trial.sentence == "ai4os-tools lists 6 entries."
    assert [each.outcome for each in previews] == ["fetched", "fetched"]
    assert isinstance(run, DryRun)
    assert len(run.changes) == 5
    assert dump(catalogues) == before


def _histories(shared: Path) -> dict[str, list[dict[str, Any]]]:
    """The versions of metadata files, oldest first, of each repository in which one ever did not parse."""
    found = {}
    for file in sorted((shared / "corpus" / "github").glob("*/*/history.jsonl")):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        rows = [row for row in rows if "metadata" in row["path"] and "/" not in row["path"]]
        if any(row.get("parses") is False for row in rows):
            found["/".join(file.parts[-3:-1])] = rows
    return found


def test_history_when_versions_do_not_parse_then_the_last_good_record_stays_public(
    shared: Path, tmp_path: Path
) -> None:
    histories = _histories(shared)
    assert len(histories) > 10
    broken = kept = 0
    for number, (name, rows) in enumerate(histories.items()):
        folder = shared / "corpus" / "github" / name / "history"
        with a_registry(f"sqlite:///{tmp_path / f'{number}.sqlite3'}", tmp_path / "home", "hub") as services:
            files: dict[str, bytes] = {}
            for row in rows:
                if row["status"] == "D":
                    files.pop(row["path"], None)
                elif row.get("stored") and (folder / row["stored"]).is_file():
                    files[row["path"]] = (folder / row["stored"]).read_bytes()
                else:
                    continue
                before = {each.module.slug: each for each in list_modules(services.database)}
                harvested(services, "hub", fetched(name, files=dict(files), revision=row["sha"]))
                broken += row.get("parses") is False
                for slug, was in before.items():
                    now = module_by_slug(services.database, slug)
                    assert now is not None, f"{name} at {row['sha']}"
                    assert now.status == "published", f"{name} at {row['sha']}"
                    told = list_findings(services.database, module=slug, code="last-good-kept")
                    if any(each.file == row["path"] for each in told):
                        kept += 1
                        assert (now.module.title, now.module.summary) == (was.module.title, was.module.summary)
    assert broken >= 39
    assert kept > 0
