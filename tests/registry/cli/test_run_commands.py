"""Runs that did not end well: how the command ends, what is shown of them, and how a held one is decided."""

from __future__ import annotations

import pytest

from tests.registry.cli.conftest import SOURCES, Modreg
from tests.standin.server import StandIn
from tests.support.small_catalogue import files_of, listing_of


def test_harvest_when_one_of_two_sources_fails_is_done_but_not_whole(modreg: Modreg, standin: StandIn) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    standin.delete_repo("sample-hub/modules-catalog")
    told = modreg("harvest", "sample-hub")
    assert (told.code, told.err) == (1, "")
    assert "The catalogue sample-hub/modules-catalog does not exist, or is not public." in told.out
    told = modreg("harvest", "sample-hub", "sample-tools", "--json")
    assert told.code == 3
    assert [form["status"] for form in told.json] == ["failed", "ok with findings"]


@pytest.mark.parametrize("verdict", ["approve", "discard"])
def test_held_run_is_shown_and_decided(modreg: Modreg, standin: StandIn, verdict: str) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    catalogue, file = "sample-tools/tools-catalog", ".gitmodules"
    names = ["sample-tools/chat-llm", *(f"many/m{number}" for number in range(5))]
    for name in names[1:]:
        standin.create_repo(name, files_of(name))
    standin.change(catalogue, file, listing_of(*names))
    modreg("harvest", "sample-tools")
    standin.change(catalogue, file, listing_of(names[0]))
    told = modreg("harvest", "sample-tools", "--json")
    assert (told.code, told.json[0]["status"]) == (3, "held")
    number = str(told.json[0]["id"])
    shown = modreg("runs", "show", number).out
    assert "status: held" in shown
    assert all(f"- github.com/{name}" in shown for name in names[1:])
    decided = modreg("runs", verdict, number)
    assert decided.code == 0
    counted = {"approve": "approved, 5 modules withdrawn", "discard": "discarded, nothing was withdrawn"}
    assert decided.out == f"run {number}: {counted[verdict]}\n"
    again = modreg("runs", verdict, number)
    assert (again.code, again.err.count("\n")) == (1, 1)
    assert again.err.endswith("expected a held run\n")


def _broken(modreg: Modreg, standin: StandIn) -> str:
    """A run in which one repository answers nonsense; its number."""
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    standin.fault("/repos/sample-tools/chat-llm", "garbage-json")
    told = modreg("harvest", "sample-tools", "--json")
    assert told.code == 3
    return str(told.json[0]["id"])


def test_failure_is_shown_with_what_came_instead_of_an_answer(modreg: Modreg, standin: StandIn) -> None:
    number = _broken(modreg, standin)
    report = modreg("runs", "show", number, "--json").json
    assert len(report["failures"]) == report["failed"] == sum(report["failures_by_kind"].values())
    (failure,) = (each for each in report["failures"] if each["kind"] == "unexpected-answer")
    assert failure["entry"] == "github.com/sample-tools/chat-llm"
    position = str(failure["position"])
    assert f"`modreg runs payload {number} {position}` shows what came" in modreg("runs", "show", number).out
    assert modreg("runs", "payload", number, position).out
    told = modreg("runs", "payload", number, "77")
    expected = f"modreg: run {number}: it has no failure 77; `modreg runs show {number}` shows them\n"
    assert (told.code, told.err) == (1, expected)


def test_dry_run_tells_every_value_that_would_move(modreg: Modreg, standin: StandIn) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    modreg("harvest", "sample-tools")
    standin.change("sample-tools/chat-llm", "ai4-metadata.yml", files_of("Chats")["ai4-metadata.yml"])
    told = modreg("harvest", "--dry-run", "sample-tools").out
    assert "  would be updated: chat-llm\n" in told
    assert "    title: " in told
    (form,) = modreg("harvest", "--dry-run", "sample-tools", "--json").json
    (moved,) = form["changes"]
    assert (moved["module"], moved["kind"]) == ("chat-llm", "updated")
    assert {each["field"] for each in moved["differences"]} >= {"title", "summary"}
    history = modreg("modules", "history", "chat-llm", "--json").json
    assert [each["kind"] for each in history] == ["created"]


def test_history_of_a_module_names_run_source_and_fields(modreg: Modreg, standin: StandIn) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    modreg("harvest", "sample-tools")
    standin.change("sample-tools/chat-llm", "ai4-metadata.yml", files_of("Chats")["ai4-metadata.yml"])
    modreg("harvest", "sample-tools")
    newest, oldest = modreg("modules", "history", "sample-tools/chat-llm", "--json").json
    assert (newest["kind"], newest["run"], newest["source"]) == ("updated", 2, "sample-tools")
    assert "title" in newest["fields"]
    assert (oldest["kind"], oldest["run"]) == ("created", 1)
    assert ", ".join(newest["fields"]) in modreg("modules", "history", "chat-llm").out
    told = modreg("modules", "history", "nothing")
    assert told.code == 2
    assert told.err.endswith("no module is known as 'nothing'; `modreg modules list` shows them\n")


def test_old_runs_are_pruned_and_summed(modreg: Modreg) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    for _ in range(2):
        modreg("harvest", "sample-tools")
    assert modreg("runs", "summary").out == "no run is that old\n"
    done = modreg("runs", "prune", "--dry-run")
    assert done.out.startswith("0 runs would be summarised")
    told = modreg("runs", "prune", "--older-than", "yesterday")
    assert told.code == 2
    assert modreg("runs", "prune", "--json").json == {"summarised": 0, "kept": 0, "payloads": 0, "dry_run": False}
