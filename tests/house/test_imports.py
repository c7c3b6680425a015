"""The direction of imports is a gate, and the gate is shut: wrong imports that are planted are caught."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from vocab.faces import FACES
from vocab.readers import READERS

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("vocab", "harvester", "registry")

PLANTED = {
    "vocab/planted.py": "import requests\n",
    "harvester/planted.py": "import registry.planted_one\n",
    "registry/planted_one.py": "import registry.planted_two\n",
    "registry/planted_two.py": "import registry.planted_one\n",
    "registry/web/planted.py": "import sqlalchemy\n",
    "vocab/readers/shared_by_mistake.py": "import vocab.readers.readme\n",
}


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, timeout=300)


def test_imports_as_they_are_keep_every_contract() -> None:
    answer = _lint_imports(CHECKOUT)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def _contract(name: str) -> set[str]:
    text = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    return next(set(contract["modules"]) for contract in contracts if contract["name"].startswith(name))


def test_contract_of_readers_names_every_row() -> None:
    assert _contract("Readers") == {f"vocab.readers.{name}" for name in READERS}


def test_contract_of_faces_names_every_row() -> None:
    rendering = {form.render.__module__ for row in FACES.values() for form in row.serialisations}
    assert _contract("Faces") == rendering


@pytest.mark.slow
def test_imports_when_wrong_ones_are_planted_break_the_contract(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(CHECKOUT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    for name, text in PLANTED.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with (tmp_path / "vocab/readers/citation_cff.py").open("a", encoding="utf-8") as reader:
        reader.write("\nimport vocab.readers.shared_by_mistake\n")

    answer = _lint_imports(tmp_path)

    assert answer.returncode == 1, answer.stdout + answer.stderr
    for seen in (
        "vocab.planted -> requests",
        "harvester.planted -> registry.planted_one",
        "registry.web.planted -> sqlalchemy",
        "registry.planted_one",
        "vocab.readers.shared_by_mistake -> vocab.readers.readme",
    ):
        assert seen in answer.stdout, answer.stdout
