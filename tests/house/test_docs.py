"""The manual is complete: what one can set, call, fetch or read stands in it, and its generated parts are fresh."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from harvester.endpoints import Endpoints
from registry.cli import modreg
from registry.database import migrate, open_database
from registry.services import open_services
from registry.settings import PREFIX, Settings, load_settings
from registry.web import create_app
from vocab.faces import FACES
from vocab.findings import FINDINGS

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").glob("*.md")])

# Flask's own, and the way to serve the pages' files.
NO_ADDRESS = {"/static/<path:filename>"}


@pytest.fixture(scope="module")
def manual() -> str:
    """Every page, one after the other."""
    return "\n".join(path.read_text(encoding="utf-8") for path in PAGES)


@pytest.fixture(scope="module")
def operators_guide() -> str:
    return (CHECKOUT / "docs" / "operator.md").read_text(encoding="utf-8")


def _commands(command: click.Command, path: tuple[str, ...] = ("modreg",)) -> list[str]:
    if not isinstance(command, click.Group):
        return [" ".join(path)]
    return [line for name, part in sorted(command.commands.items()) for line in _commands(part, (*path, name))]


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_setting_stands_in_the_operators_guide(name: str, operators_guide: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in operators_guide


@pytest.mark.parametrize("name", sorted({field.name for field in dataclasses.fields(Endpoints)} - {"named"}))
def test_endpoint_stands_in_the_operators_guide(name: str, operators_guide: str) -> None:
    assert f"`{name}`" in operators_guide


@pytest.mark.parametrize("line", _commands(modreg))
def test_command_stands_in_the_operators_guide_and_helps(line: str, operators_guide: str) -> None:
    assert line in operators_guide
    command: click.Command = modreg
    for name in line.split()[1:]:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    assert command.help, f"`{line} --help` says nothing"


@pytest.mark.parametrize("code", sorted(FINDINGS))
def test_finding_code_stands_in_the_list_of_findings(code: str) -> None:
    assert f"| `{code}` |" in (CHECKOUT / "docs" / "findings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(FACES))
def test_face_stands_in_the_manual(name: str, manual: str) -> None:
    assert f"`{name}`" in manual


def test_every_address_stands_in_the_manual(tmp_path: Path, manual: str) -> None:
    settings = load_settings(environ={"MODREG_HOME": str(tmp_path)})
    with contextlib.closing(open_database(settings)) as database:
        migrate(database)
    with open_services(settings) as services:
        rules = {rule.rule for rule in create_app(services).url_map.iter_rules()} - NO_ADDRESS
    written = {re.sub(r"<(?:\w+(?:\(.*?\))?:)?(\w+)>", r"{\1}", rule) for rule in rules}
    assert sorted(address for address in written if f"`{address}`" not in manual) == []


def test_generated_parts_are_what_make_fix_would_write() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", *map(str, PAGES)],
        cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=60,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_links_between_pages_lead_somewhere() -> None:
    dead = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert dead == []
