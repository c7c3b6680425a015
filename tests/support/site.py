"""A filled registry behind its web: whole, bare, hostile, withdrawn and renamed modules, and enough others to page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from harvester.events import Fetched
from registry.followers import run_followers
from registry.search.engine import SearchEngine, SearchUnavailableError
from registry.services import Services
from registry.web import create_app
from tests.standin.worldfiles import WORLD
from tests.support.store import BASE_URL, a_registry, failed, fetched, harvested, metadata_of

WHOLE, OLD_REPOSITORY = "fish-finder", "x/DEEP-OC-fish-finder"
IMAGE, DOI = "docker.io/ahub/fish-finder", "10.5281/zenodo.1"
BARE, HOSTILE, WITHDRAWN, OLDER, NEWER = "bare-weights", "hostile", "leaver", "net-cutter", "plankton-separator"
OTHERS = 22
PUBLISHED = OTHERS + 5
SCRIPT = "<script>alert(1)</script>"

_CITATION = b"""cff-version: 1.2.0
message: Cite it.
title: Fish finder
type: software
authors:
  - given-names: Ada
    family-names: Muster
    orcid: https://orcid.org/0000-0003-2134-7655
    affiliation: Institute of Fish
  - name: The Fish & Chips Group
doi: 10.5281/zenodo.1
version: 1.2.0
date-released: 2024-05-06
"""
_LINKS = {
    "source_code": "https://github.com/a/fish-finder",
    "docker_image": "ahub/fish-finder",
    "documentation": "https://fish.sample.internal/docs",
    "dataset": "https://doi.org/10.5281/zenodo.2",
    "weights": "https://fish.sample.internal/weights.pt",
    "citation": "https://doi.org/10.89999/fish",
    "base_model": "https://huggingface.co/some/fish",
}
_NEEDS = {"inference": {"cpu": 2, "memory_MB": 4000}, "training": {"gpu": 1, "memory_MB": 16000}}
_HOSTILE_TEXT = f"""# Head{SCRIPT}

<img src=x onerror=alert(2)> <a href="javascript:alert(3)">click</a> [link](javascript:alert(4))
<iframe src="https://evil.example.org"></iframe><form action="https://evil.example.org"><input></form>
<style>body {{ display: none }}</style> <p style="position:fixed" onclick="alert(5)" id="content">text</p>

![picture](http://pictures.example.org/a.png) ![inside](docs/b.png) [inside](docs/c.md)
"""


@dataclass(frozen=True)
class Site:
    """The services, the application over them, and a client."""

    services: Services
    app: Flask

    @property
    def client(self) -> FlaskClient:
        """A new client, without cookies."""
        return self.app.test_client()

    def get(self, path: str, **headers: str) -> TestResponse:
        """A GET request; headers with `_` for `-`."""
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def text(self, path: str, status: int = 200, **headers: str) -> str:
        """The body of an answer that has this status."""
        answer = self.get(path, **headers)
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.text


@contextmanager
def a_site(database_url: str, home: Path, *, others: int = OTHERS, **keys: str) -> Iterator[Site]:
    """A site whose store and index hold the modules named above."""
    with a_registry(database_url, home, "hub", "old", **keys) as services:
        fill(services, others)
        yield Site(services, create_app(services))


def fill(services: Services, others: int = OTHERS) -> None:
    """Harvest the made-up catalogues `hub` and `old`, and let the index follow."""
    banner = b"# Fish finder\n\nThis module is now maintained in <https://github.com/a/fish-finder>.\n"
    replaced = b"# Cut nets\n\nThis module has been replaced by https://github.com/a/plankton-separator, a new model.\n"
    older = {"ai4-metadata.yml": metadata_of("Fish finder"), "README.md": banner}
    cutter = {"ai4-metadata.yml": metadata_of("Cut nets"), "README.md": replaced}
    harvested(services, "old", fetched(OLD_REPOSITORY, files=older), fetched("x/net-cutter", files=cutter, line=2))
    kept = [_whole(), _hostile(), fetched("a/plankton-separator", "Separate plankton", line=3)]
    kept.append(fetched("a/bare-weights", files={"README.md": b"# Bare weights\n"}, line=4))
    kept += [fetched(f"a/counter-{each:02}", f"Counter {each:02}", line=10 + each) for each in range(others)]
    leaver = fetched("a/leaver", "Leaver", line=5)
    unread = failed("a/unreachable", 6)
    harvested(services, "hub", *kept, leaver, unread)
    harvested(services, "hub", *kept, unread)
    run_followers(services)


def _whole() -> Fetched:
    metadata = metadata_of(
        "Fish finder", "Finds fish in pictures", description="Finds **fish** in pictures of the sea.", links=_LINKS,
        resources=_NEEDS, tags=["fish", "sea"], categories=["AI4 inference", "AI4 trainable"], doi=DOI,
    )
    files = {
        "ai4-metadata.yml": metadata, "CITATION.cff": _CITATION, "VERSION": b"1.2.0\n",
        "LICENSE": (WORLD / "licences" / "MIT.txt").read_bytes(),
    }
    return fetched("a/fish-finder", files=files)


def _hostile() -> Fetched:
    metadata = metadata_of(
        f"Title {SCRIPT} & co", f'"><img src=x onerror=alert(1)> {SCRIPT}', description=_HOSTILE_TEXT,
        tags=[SCRIPT, "a&b"],
        links={"source_code": "https://github.com/a/hostile", "documentation": "javascript:alert(6)"},
    )
    citation = f'cff-version: 1.2.0\ntitle: Hostile\nauthors:\n  - name: "{SCRIPT}"\n'.encode()
    return fetched("a/hostile", files={"ai4-metadata.yml": metadata, "CITATION.cff": citation}, line=2)


@contextmanager
def counted(services: Services) -> Iterator[list[str]]:
    """The SQL statements that run inside the block, without the brackets of transactions."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            said.append(statement)

    event.listen(services.database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(services.database.engine, "before_cursor_execute", note)


class AwayEngine:
    """A search engine that does not answer."""

    name = "away"

    def __getattr__(self, name: str) -> object:
        def refuse(*_: object, **__: object) -> object:
            raise SearchUnavailableError("no connection to 127.0.0.1:9200")

        return refuse


def without_engine(services: Services) -> Services:
    """The same services, but the search engine does not answer."""
    return Services(services.settings, services.database, services.clock, lambda *_: cast("SearchEngine", AwayEngine()))


def address(path: str) -> str:
    """The public address of a path."""
    return f"{BASE_URL}{path}"
