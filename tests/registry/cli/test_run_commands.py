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
