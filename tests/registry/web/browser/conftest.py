"""The sample world, harvested over HTTP and served on the loopback, and windows of a browser that tell what fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.serving import make_server

from registry.accounts import first_link
from registry.followers import run_followers
from registry.harvesting import harvest_source
from registry.services import Services
from registry.sources import import_sources, list_sources
from registry.web import create_app
from tests.standin.server import StandIn
from tests.standin.worldfiles import WORLD
from tests.support.store import a_registry

WIDE, NARROW = 1280, 390


@dataclass
class Served:
    """The registry at an address, and whether its search engine is to answer."""

    base: str
    services: Services

    def welcome(self) -> str:
        """The address of a fresh link by which the first administrator sets a password."""
        return f"/admin/welcome/{first_link(self.services.database, self.services.clock.now())}"


@dataclass
class Watched:
    """A page of a browser; `complaints` are errors of the console, of scripts and of loading."""

    page: Any
    base: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Any:
        """Go to a path of the registry."""
        self.page.goto(self.base + path)
        return self.page

    def hear(self, told: Any) -> None:
        """Keep an error of the console."""
        if told.type == "error":
            self.complaints.append(told.text)

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The sample world behind the real application on a port of its own."""
    home = tmp_path_factory.mktemp("browsed")
    with StandIn() as standin:
        endpoints = home / "endpoints.json"
        endpoints.write_text(json.dumps(standin.endpoints), "utf-8")
        keys = {"MODREG_ENDPOINTS": str(endpoints), "MODREG_GITHUB_TOKEN": "sample"}
        with a_registry(f"sqlite:///{home / 'registry.sqlite3'}", home, **keys) as services:
            import_sources(services.database, (WORLD.parent / "demo-sources.toml").read_text("utf-8"))
            for source in list_sources(services.database):
                harvest_source(services, source.name)
            run_followers(services)
            with _listening(services) as base:
                yield Served(base, services)


@contextmanager
def _listening(services: Services) -> Iterator[str]:
    app = create_app(services)
    # A browser keeps no cookie of an https address that it asks over http.
    app.config["SESSION_COOKIE_SECURE"] = False
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def opened(browser: Any, served: Served) -> Iterator[Callable[..., Watched]]:
    """Opens a fresh window of a width; every request to another machine is cut, and no complaint goes unheard."""
    contexts: list[Any] = []
    watched: list[Watched] = []

    def open_window(width: int = WIDE, **more: Any) -> Watched:
        context = browser.new_context(viewport={"width": width, "height": 900}, **more)
        context.set_default_timeout(10_000)
        contexts.append(context)
        # Harvested descriptions show pictures from elsewhere; the tests are offline.
        context.route(lambda url: not url.startswith(served.base), lambda route: route.fulfill(status=204))
        window = Watched(context.new_page(), served.base)
        window.page.on("console", window.hear)
        window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
        watched.append(window)
        return window

    yield open_window
    for context in contexts:
        context.close()
    assert [each for window in watched for each in window.complaints] == []
