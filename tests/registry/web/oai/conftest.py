"""Registries of 35 modules, and the official schema where it is at hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from tests.support.oai import Registry, a_registry, numbered, stamp_at
from tests.support.standards import compile_oai_schema

CHECKOUT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema | None:
    """The official schema; None without the shared world, and then answers are checked for form alone."""
    shared = Path(os.environ.get("MODREG_SHARED") or CHECKOUT.parent / "shared")
    if not (shared / "standards" / "oai").is_dir():
        return None
    return compile_oai_schema(shared / "standards", tmp_path_factory.mktemp("schemas"))


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, schema: etree.XMLSchema | None) -> Iterator[Registry]:
    """35 modules, ten on a page, one of them withdrawn; for tests that only read."""
    home = tmp_path_factory.mktemp("registry")
    with a_registry(f"sqlite:///{home / 'registry.sqlite3'}", home, schema=schema) as made:
        made.publish((numbered(number), stamp_at(number * 60)) for number in range(35))
        made.withdraw(numbered(34), stamp_at(40 * 60))
        yield made


@pytest.fixture
def changing(database_url: str, tmp_path: Path, schema: etree.XMLSchema | None) -> Iterator[Registry]:
    """The same without a deletion, on each kind of database, for tests that write."""
    with a_registry(database_url, tmp_path, schema=schema) as made:
        made.publish((numbered(number), stamp_at(number * 60)) for number in range(35))
        yield made
