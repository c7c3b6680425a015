"""What `modreg` prints of a harvested registry, for people and as JSON in the forms that scripts rely on."""

from __future__ import annotations

import re

import pytest

from tests.registry.cli.conftest import Modreg

COMMANDS = (
    ("init",), ("sources", "import"), ("sources", "list"), ("sources", "show"), ("sources", "test"),
    ("sources", "preview"), ("sources", "enable"), ("sources", "disable"), ("sources", "remove"), ("harvest",),
    ("runs", "list"), ("runs", "show"), ("runs", "approve"), ("runs", "discard"), ("up",), ("web",), ("worker",),
    ("export",), ("findings",), ("rebuild",), ("check",), ("backup",), ("restore",), ("modules", "split"),
    ("modules", "join"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_and_needs_no_database_for_it(modreg: Modreg, command: tuple[str, ...]) -> None:
    told = modreg(*command, "--help")
    assert told.code == 0
    assert told.out.startswith(f"Usage: modreg {' '.join(command)}")


def test_runs_list_has_the_form_that_operators_script_against(reading: Modreg) -> None:
    run = reading("runs", "list", "--json").json[0]
    counts = {"listed", "fetched", "unchanged", "created", "updated", "withdrawn", "failed", "findings"}
    assert counts | {"id", "source", "status", "started", "ended", "requests"} <= set(run)
    assert {"sent", "not_modified", "avoided", "bytes", "waited_s"} <= set(run["requests"])
    assert run["listed"] == run["fetched"] + run["unchanged"] + run["failed"]


def test_runs_show_tells_one_run_and_an_unknown_number_is_a_line(reading: Modreg) -> None:
    number = reading("runs", "list", "--json").json[0]["id"]
    assert f"id: {number}" in reading("runs", "show", str(number)).out
    unknown = reading("runs", "show", "9999")
    assert (unknown.code, unknown.err) == (1, "modreg: there is no run 9999; `modreg runs list` shows them\n")


def test_findings_have_the_form_that_operators_script_against(reading: Modreg) -> None:
    told = reading("findings", "--json")
    assert told.code == 3
    place = {"module", "source", "entry", "file", "line", "field", "found", "expected"}
    known = {"code", "severity", "mend", "message"} | place
    for finding in told.lines:
        assert {"code", "severity", "mend", "message"} <= set(finding) <= known
    assert {each["severity"] for each in told.lines} == {"info", "warning", "error"}


def test_findings_are_chosen_by_severity_and_source(reading: Modreg) -> None:
    errors = reading("findings", "--json", "--severity", "error", "--source", "sample-hub").lines
    assert errors
    assert {(each["severity"], each["source"]) for each in errors} == {("error", "sample-hub")}


def test_every_unreachable_listing_is_a_finding_with_its_place_in_the_catalogue(reading: Modreg) -> None:
    told = reading("findings", "--json").lines
    found = [each for each in told if each["code"] in ("entry-unreachable", "entry-empty")]
    last = {run["source"]: run["failed"] for run in reversed(reading("runs", "list", "--json").json)}
    assert len(found) == sum(last.values()) > 0
    listed = [each for each in found if each["entry"].startswith("github.com/")]
    assert all(each["file"] in (".gitmodules", "MODULES.yml") and each["line"] > 0 for each in listed)
    assert {each["entry"].partition(":")[0] for each in found if each not in listed} == {"image", "doi"}


def test_export_is_one_canonical_module_a_line(reading: Modreg) -> None:
    modules = reading("export").lines
    assert len(modules) >= 25
    assert [each["slug"] for each in modules] == sorted(each["slug"] for each in modules)
    for each in modules:
        assert {"slug", "uri", "status", "title", "aliases", "sources", "datestamp", "sequence"} <= set(each)
        assert each["uri"].endswith(f"/id/module/{each['slug']}")
        assert not [name for name, value in each.items() if value in (None, "", [], {})]


def test_export_takes_slugs_and_faces_and_names_the_unknown(reading: Modreg) -> None:
    slug = reading("export").lines[0]["slug"]
    assert reading("export", slug).lines[0]["slug"] == slug
    assert f"/id/module/{slug}>" in reading("export", "--format", "ttl", slug).out
    unknown = reading("export", "no-such-module")
    assert unknown.code == 1
    assert re.fullmatch(r"modreg: no-such-module: there is no module of this name; .*\n", unknown.err)


def test_sources_list_and_show(reading: Modreg) -> None:
    assert [each["name"] for each in reading("sources", "list", "--json").json] == [
        "sample-hub", "sample-tools", "sample-open-catalogue", "docker-hub", "image-registries", "zenodo", "dois",
    ]
    shown = reading("sources", "show", "sample-tools", "--json").json
    assert shown["catalogue"] == "sample-tools/tools-catalog"
    assert {each["state"] for each in shown["entries"]} <= {"ok", "unreachable", "failed"}
    assert "sample-tools" in reading("sources", "show", "sample-tools").out


def test_modules_show_tells_evidence_and_origins_by_any_name(reading: Modreg) -> None:
    module = next(each for each in reading("export").lines if len(each["sources"]) > 1)
    by_repository = reading("modules", "show", module["sources"][0]["key"]).json
    assert by_repository["slug"] == module["slug"]
    assert by_repository["evidence"]
    origins = reading("modules", "show", module["slug"], "--origins").json
    assert origins["title"][0]["origin"]["file"]


def test_a_second_harvest_is_free_and_a_check_finds_everything_whole(reading: Modreg) -> None:
    before = reading("export").out
    runs = reading("harvest", "--json").json
    assert [run["requests"]["quota_used"] for run in runs[:3]] == [0, 0, 0]  # elsewhere a 304 is no cheaper
    assert all(run["created"] == run["updated"] == run["fetched"] == 0 for run in runs)
    assert reading("export").out == before
    assert reading("check").code == 0


def test_a_rebuild_changes_no_byte(reading: Modreg) -> None:
    before, turtle = reading("export").out, reading("export", "--format", "ttl").out
    assert reading("rebuild", "all", "--json").json.get("changes", []) == []
    assert reading("export").out == before
    assert reading("export", "--format", "ttl").out == turtle
