"""What `modreg` does to a registry, and what it says to wrong use: one line, the right exit code, nothing lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from registry.cli import main
from tests.registry.cli.conftest import SOURCES, Modreg
from tests.standin.server import StandIn


def test_init_makes_the_database_and_prints_the_first_administrators_link(modreg: Modreg) -> None:
    first, second = modreg("init"), modreg("init")
    assert ": created (revision " in first.out
    assert "http://127.0.0.1:8000/admin/welcome/" in first.out
    assert ": is up to date (revision " in second.out


def test_a_command_before_init_says_what_to_do(modreg: Modreg) -> None:
    told = modreg("harvest")
    assert told.code == 1
    assert told.err.count("\n") == 1
    assert "modreg init" in told.err


def test_a_harvest_without_sources_says_what_to_do(modreg: Modreg) -> None:
    modreg("init")
    told = modreg("harvest")
    assert told.code == 2
    assert "no source is enabled and not paused; register some with `modreg sources import FILE`" in told.err


def test_an_unknown_source_is_told_with_those_there_are(modreg: Modreg) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    told = modreg("harvest", "sample-hubb")
    assert told.code == 2
    assert "sample-hubb" in told.err
    assert "sample-hub," in told.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[source]]\nname = 'x'\nkind = 'github'\ncatalogue = 'a/b'\ncolour = 'red'\n", "colour"),
        ("[[source]]\nname = 'x'\nkind = 'gopher'\n", "gopher"),
        ("[[source]]\nname = 'x'\nkind = 'github'\n", "catalogue"),
        ("[[source]]\nname = 'x'\nkind = 'github'\ncatalogue = 'a/b'\nschedule = 'often'\n", "often"),
        ("[[source]\n", "TOML"),
        ("", "source"),
    ],
)
def test_a_wrong_sources_file_is_one_line_that_names_it_and_registers_nothing(
    modreg: Modreg, tmp_path: Path, text: str, told: str
) -> None:
    modreg("init")
    file = tmp_path / "mine.toml"
    file.write_text(text, "utf-8")
    refused = modreg("sources", "import", str(file))
    assert refused.code == 2
    assert refused.err.startswith(f"modreg: {file}")
    assert told in refused.err
    assert refused.err.count("\n") == 1
    assert modreg("sources", "list", "--json").json == []


def test_a_sources_file_that_is_not_there_is_one_line(modreg: Modreg, tmp_path: Path) -> None:
    modreg("init")
    told = modreg("sources", "import", str(tmp_path / "none.toml"))
    assert told.code == 2
    assert "No such file or directory; expected a TOML file with [[source]] tables" in told.err


def test_a_wrong_setting_is_one_line_that_names_key_found_and_expected(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MODREG_REPOSITORY_ID", "nodot")
    with pytest.raises(SystemExit) as ended:
        main(["init"])
    told = capfd.readouterr().err
    assert ended.value.code == 2
    assert told.startswith("modreg: MODREG_REPOSITORY_ID: found 'nodot', expected a domain name with a dot")
    assert told.count("\n") == 1


def test_a_harvest_with_findings_of_severity_error_ends_with_3(modreg: Modreg) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    told = modreg("harvest", "sample-tools")
    assert told.code == 3
    assert told.out.splitlines()[0].split()[:3] == ["SOURCE", "STATUS", "LISTED"]


def test_a_dry_run_tells_what_would_be_and_writes_nothing(modreg: Modreg) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    told = modreg("harvest", "sample-tools", "--dry-run")
    assert "would be created: " in told.out
    assert modreg("export").out == ""
    assert modreg("runs", "list", "--json").json == []


def test_a_source_that_cannot_be_listed_fails_with_its_reason_and_removes_nothing(
    modreg: Modreg, standin: StandIn
) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    modreg("harvest", "sample-tools")
    before = modreg("export").out
    standin.fault("/repos/sample-tools/tools-catalog", "status:500")
    told = modreg("harvest", "sample-tools", "--json")
    assert told.code == 1
    assert told.json[0]["status"] == "failed"
    assert told.json[0]["problem"]["message"]
    assert modreg("export").out == before


def test_sources_are_tried_previewed_switched_and_removed(modreg: Modreg, standin: StandIn) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    good = modreg("sources", "test", "sample-tools")
    assert good.code == 0
    assert good.out.startswith("sample-tools lists ")
    preview = modreg("sources", "preview", "sample-tools", "--limit", "2", "--json").json
    assert preview[0]["key"].startswith("github.com/")
    modreg("sources", "disable", "sample-tools")
    listed = modreg("sources", "list", "--json").json
    assert [each["name"] for each in listed if not each["enabled"]] == ["sample-tools"]
    modreg("sources", "enable", "sample-tools")
    standin.fault("/repos/sample-tools/tools-catalog", "status:404")
    assert modreg("sources", "test", "sample-tools").code == 1
    assert modreg("sources", "remove", "sample-tools").out == "sample-tools: removed\n"
    assert len(modreg("sources", "list", "--json").json) == len(listed) - 1


def test_a_source_that_is_removed_with_its_modules_leaves_the_index_at_once(modreg: Modreg) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    modreg("harvest", "sample-tools")
    assert modreg("sources", "remove", "sample-tools", "--withdraw").code == 0
    assert {each["status"] for each in modreg("export").lines} == {"withdrawn"}
    assert modreg("check").code == 0


def test_split_and_join_are_kept_over_harvests_and_slugs_survive(modreg: Modreg) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    modreg("harvest")
    module = next(each for each in modreg("export").lines if len(_repositories(each)) == 2)
    keys = _repositories(module)
    count = len(modreg("export").lines)
    assert modreg("modules", "split", *keys).code == 0
    assert len(modreg("export").lines) == count + 1
    modreg("harvest", "--full")
    assert len(modreg("export").lines) == count + 1
    assert modreg("modules", "show", module["slug"]).code == 0
    assert modreg("modules", "join", *keys).code == 0
    assert len(modreg("export").lines) == count
    again = modreg("modules", "show", module["slug"]).json
    assert again["sources"] == module["sources"]


def _repositories(module: dict[str, Any]) -> list[str]:
    return [each["key"] for each in module["sources"] if each["key"].startswith("github.com/")]


def test_a_curators_value_wins_survives_a_harvest_and_can_be_taken_back(modreg: Modreg) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    modreg("harvest", "sample-tools")
    module = modreg("export").lines[0]
    modreg("modules", "set", module["slug"], "title", "A better title")
    modreg("harvest", "sample-tools", "--full")
    assert modreg("export", module["slug"]).lines[0]["title"] == "A better title"
    assert modreg("modules", "curated", module["slug"], "--json").json[0]["value"] == "A better title"
    modreg("modules", "unset", module["slug"], "title")
    assert modreg("export", module["slug"]).lines[0]["title"] == module["title"]


def test_modules_of_a_moderated_source_are_drafts_until_they_are_published(modreg: Modreg, tmp_path: Path) -> None:
    modreg("init")
    file = tmp_path / "moderated.toml"
    source = 'name = "strangers"\nkind = "github"\ncatalogue = "sample-tools/tools-catalog"\ntrust = "moderated"\n'
    file.write_text(f"[[source]]\n{source}", "utf-8")
    modreg("sources", "import", str(file))
    modreg("harvest")
    assert modreg("export").out == ""
    drafts = [each["slug"] for each in modreg("modules", "drafts", "--json").json]
    assert len(drafts) == 3
    assert modreg("modules", "publish", drafts[0]).out == f"created: {drafts[0]}\n"
    assert [each["slug"] for each in modreg("export").lines] == drafts[:1]
    assert [each["slug"] for each in modreg("modules", "drafts", "--json").json] == drafts[1:]


def test_backup_and_restore_bring_back_the_whole_registry(
    modreg: Modreg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    modreg("init")
    modreg("sources", "import", str(SOURCES))
    modreg("harvest", "sample-tools")
    before = modreg("export").out
    assert modreg("backup", str(tmp_path / "kept")).code == 0
    monkeypatch.setenv("MODREG_HOME", str(tmp_path / "elsewhere"))
    for arguments in (["restore", str(tmp_path / "kept")], ["check"], ["export"]):
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert not ended.value.code, capfd.readouterr().err
    assert capfd.readouterr().out == before
