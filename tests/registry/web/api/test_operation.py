"""`/api/v1/sources`, `/runs`, `/findings`, `/changes`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.site import PUBLISHED, Site, address

API = "/api/v1"


def json_of(site: Site, path: str, status: int = 200) -> Any:
    answer = site.get(path)
    assert answer.status_code == status, answer.text
    return answer.json


def test_sources_when_listed_then_settings_without_credentials(site: Site) -> None:
    told = json_of(site, f"{API}/sources")
    assert [each["name"] for each in told["items"]] == ["hub", "old"]
    assert told["total"] == 2
    assert "token" not in str(told).lower()
    assert json_of(site, f"{API}/sources/hub") == told["items"][0]


def test_source_when_unknown_then_problem(site: Site) -> None:
    told = json_of(site, f"{API}/sources/nowhere", 404)
    assert told["detail"] == "there is no source 'nowhere'; /api/v1/sources lists them"


def test_runs_when_listed_then_newest_first_with_the_fields_of_the_plan(site: Site) -> None:
    told = json_of(site, f"{API}/runs")
    assert [each["id"] for each in told["items"]] == [3, 2, 1]
    assert {
        "id", "source", "status", "started", "ended", "listed", "fetched", "unchanged", "created", "updated",
        "withdrawn", "failed", "requests", "findings",
    } <= set(told["items"][0])  # fmt: skip
    second = told["items"][1]
    told_of_second = [second[name] for name in ("source", "status", "created", "failed")]
    assert told_of_second == ["hub", "partial", PUBLISHED - 1, 1]
    whole = json_of(site, f"{API}/runs/2")
    assert {name: whole[name] for name in second} == second
    assert whole["failures_by_kind"] == {"timeout": 1}
    assert [(each["position"], each["kind"], each["stage"]) for each in whole["failures"]] == [(1, "timeout", "entry")]


def test_runs_when_paged_then_next_leads_on_and_keeps_the_source(site: Site) -> None:
    told = json_of(site, f"{API}/runs?source=hub&limit=1")
    assert (told["total"], told["next"]) == (2, address(f"{API}/runs?source=hub&limit=1&before=3"))
    last = json_of(site, told["next"].removeprefix(address("")))
    assert ([each["id"] for each in last["items"]], "next" in last) == ([2], False)


@pytest.mark.parametrize("number", ["0", "4", "2147483648", "99999999999999999999999"])
def test_run_when_there_is_none_then_problem(site: Site, number: str) -> None:
    assert json_of(site, f"{API}/runs/{number}", 404)["detail"] == f"there is no run {number}; /api/v1/runs lists them"


def test_findings_when_filtered_and_paged_then_all_of_them_once(site: Site) -> None:
    total = json_of(site, f"{API}/findings?severity=warning")["total"]
    seen: list[dict[str, Any]] = []
    path = f"{API}/findings?severity=warning&limit=7"
    while path:
        told = json_of(site, path)
        assert told["total"] == total
        seen += told["items"]
        path = told.get("next", "").removeprefix(address(""))
    assert len(seen) == total > 7
    assert {each["severity"] for each in seen} == {"warning"}
    assert all({"code", "severity", "message", "mend"} <= set(each) for each in seen)
    moved = json_of(site, f"{API}/findings?code=repository-moved&module=net-cutter&source=old")
    assert [each["entry"] for each in moved["items"]] == ["github.com/x/net-cutter"]


def test_changes_when_followed_then_every_sequence_number_in_order(site: Site) -> None:
    seen: list[int] = []
    path = f"{API}/changes?limit=10"
    while path:
        told = json_of(site, path)
        seen += [each["sequence"] for each in told["items"]]
        path = told.get("next", "").removeprefix(address(""))
    assert seen == sorted(set(seen))
    assert len(seen) > PUBLISHED
    last = json_of(site, f"{API}/changes?after={seen[-2]}")
    assert [each["sequence"] for each in last["items"]] == seen[-1:]
    assert {"kind", "slug", "datestamp"} <= set(last["items"][0])
    assert json_of(site, f"{API}/changes?after=2147483647")["items"] == []
