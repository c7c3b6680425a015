"""The direction of imports is a gate, and the gate is shut: wrong imports that are planted are caught."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("vocab", "harvester", "registry")

PLANTED = {
    "vocab/planted.py": "import requests\n",
    "harvester/planted.py": "import registry.planted_one\n",
    "registry/planted_one.py": "import registry.planted_two\n",
    "registry/planted_two.py": "import registry.planted_one\n",
    "registry/web/planted.py": "import sqlalchemy\n",
}


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, timeout=300)


def test_imports_as_they_are_keep_every_contract() -> None:
    answer = _lint_imports(CHECKOUT)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.slow
def test_imports_when_wrong_ones_are_planted_break_the_contract(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(CHECKOUT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    for name, text in PLANTED.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    answer = _lint_imports(tmp_path)

    assert answer.returncode == 1, answer.stdout + answer.stderr
    for seen in (
        "vocab.planted -> requests",
        "harvester.planted -> registry.planted_one",
        "registry.web.planted -> sqlalchemy",
        "registry.planted_one",
    ):
        assert seen in answer.stdout, answer.stdout
