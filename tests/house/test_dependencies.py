"""Every dependency has a job, and every import is declared."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Sequence
from importlib.metadata import packages_distributions
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("vocab", "harvester", "registry")

# Used without an import of ours.
BY_NAME = {
    "gunicorn": "started as a program by `modreg web`",
    "psycopg": "named by the URL of a PostgreSQL database",
    "tzdata": "what the time zones of schedules are read from where the system has none",
}


OURS = {*PACKAGES, "tests", "_typeshed"}  # the last is mypy's own


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _declared(extra: str | None = None) -> set[str]:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return {_normal(re.split(r"[\[<>=~! ;]", text, maxsplit=1)[0]) for text in lines}


def _imported(folders: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Distribution → one file that imports it."""
    distributions = packages_distributions()
    found: dict[str, str] = {}
    for path in (path for folder in folders for path in sorted((CHECKOUT / folder).rglob("*.py"))):
        for top in _top_names(path) - sys.stdlib_module_names - OURS:
            for distribution in distributions.get(top, [top]):
                found.setdefault(_normal(distribution), str(path.relative_to(CHECKOUT)))
    # Stubs stand under the name of what they describe.
    return {name: path for name, path in found.items() if not name.startswith("types-") and not name.endswith("-stubs")}


def _top_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_imports_are_declared() -> None:
    imported = _imported()
    assert {name: imported[name] for name in imported.keys() - _declared()} == {}


def test_imports_of_the_tests_are_declared() -> None:
    imported = _imported(["tests"])
    assert {name: imported[name] for name in imported.keys() - _declared() - _declared("dev")} == {}


def test_dependencies_are_used() -> None:
    assert _declared() - _imported().keys() - BY_NAME.keys() == set()


def test_locks_name_every_dependency_and_no_index() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (CHECKOUT / lock).read_text(encoding="utf-8")
        locked = {_normal(name) for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[.*?\])?==", text)}
        assert _declared() - locked == set(), f"{lock}: run `make lock`"
        assert "://" not in text, f"{lock} names an address"
