"""Sizes one can read: files, functions and classes stay small, and no file is a drawer for everything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDERS = ("vocab", "harvester", "registry", "config", "tests")

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_METHODS = 15
DRAWERS = {"utils.py", "util.py", "base.py", "helpers.py", "common.py", "misc.py"}

# Files that are one long table, and may be as long as the table is.
TABLES: frozenset[str] = frozenset()


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((CHECKOUT / folder).rglob("*.py"))


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in _files():
        yield str(path.relative_to(CHECKOUT)), ast.parse(path.read_text(encoding="utf-8"))


def test_files_are_short() -> None:
    long = {}
    for path in _files():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        name = str(path.relative_to(CHECKOUT))
        if lines > MAX_FILE_LINES and name not in TABLES:
            long[name] = lines
    assert long == {}


def test_functions_are_short() -> None:
    long = {}
    for name, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    long[f"{name}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_classes_have_few_methods() -> None:
    wide = {}
    for name, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                methods = sum(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body)
                if methods > MAX_METHODS:
                    wide[f"{name}:{node.lineno} {node.name}"] = methods
    assert wide == {}


def test_no_file_is_a_drawer() -> None:
    assert [str(path.relative_to(CHECKOUT)) for path in _files() if path.name in DRAWERS] == []


def test_tables_that_are_exempt_exist_and_need_it() -> None:
    for name in TABLES:
        assert len((CHECKOUT / name).read_text(encoding="utf-8").splitlines()) > MAX_FILE_LINES, name


def test_every_module_tells_what_it_is() -> None:
    silent = [
        name for name, tree in _trees() if not name.startswith("tests/") and tree.body and not ast.get_docstring(tree)
    ]
    assert silent == []
