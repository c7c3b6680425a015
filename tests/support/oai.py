"""A registry of made-up modules behind the real `/oai`, and a client that distrusts every answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from lxml import etree
from werkzeug.test import TestResponse

from registry.database import Database
from registry.oai_records import delete_oai, write_oai
from registry.oai_sets import sets_of
from registry.oai_tables import oai_membership, oai_record
from registry.services import Services
from registry.settings import Settings
from registry.web.oai import oai_blueprint
from tests.support.clock import HandClock
from tests.support.faces import a_context
from tests.support.modules import BASE_URL, a_module
from tests.support.standards import check
from vocab.faces import FACES
from vocab.module import Module, SourceRef

ENDPOINT = f"{BASE_URL}/oai"
OAI = "{http://www.openarchives.org/OAI/2.0/}"
DOMAIN = "registry.example.org"
START = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = "a secret of the tests"


def stamp_at(seconds: int) -> str:
    """A datestamp, so many seconds after the start."""
    return (START + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def numbered(number: int, **changes: Any) -> Module:
    """Module number so and so: of one of two sources, one of three tasks."""
    values: dict[str, Any] = {
        "slug": f"module-{number:04}",
        "title": f"Module {number} <&>",
        "tasks": (("classification", "computer-vision", "time-series")[number % 3],),
        "sources": (
            SourceRef(
                ("ai4os-hub", "deep-open-catalogue")[number % 2],
                f"github.com/example/m{number}",
                f"https://github.com/example/m{number}",
            ),
        ),
    }
    return a_module(**(values | changes))


def identifier_of(number: int) -> str:
    """The OAI identifier of module number so and so."""
    return f"oai:{DOMAIN}:module-{number:04}"


def attributes(element: etree._Element) -> dict[str, str]:
    """The attributes of an element."""
    return {str(name): str(value) for name, value in element.attrib.items()}


@dataclass
class Answer:
    """One answer that passed the checks every answer must pass."""

    response: TestResponse
    root: etree._Element

    @property
    def error(self) -> str | None:
        """The code of the error, or None."""
        found = self.root.find(f"{OAI}error")
        return None if found is None else found.get("code")

    @property
    def message(self) -> str:
        """The text of the error."""
        return self.root.findtext(f"{OAI}error") or ""

    @property
    def request(self) -> etree._Element:
        """The `request` element."""
        found = self.root.find(f"{OAI}request")
        assert found is not None
        return found

    @property
    def token(self) -> etree._Element | None:
        """The `resumptionToken` element, or None."""
        return self.root.find(f".//{OAI}resumptionToken")

    def texts(self, name: str) -> list[str]:
        """The texts of all OAI elements of this name."""
        return [each.text or "" for each in self.root.iter(f"{OAI}{name}")]

    def identifiers(self) -> list[str]:
        """The identifiers in the headers."""
        return [each.findtext(f"{OAI}identifier") or "" for each in self.root.iter(f"{OAI}header")]


@dataclass
class Registry:
    """The endpoint, its store and its clock. `schema` is the official one, where it is at hand."""

    app: Flask
    database: Database
    clock: HandClock
    schema: etree.XMLSchema | None = None

    def publish(self, modules: Iterable[tuple[Module, str]]) -> None:
        """Write modules with their datestamps, as the catalogue does."""
        with self.database.write() as connection:
            for module, datestamp in modules:
                faces = {name: spec.render(module, a_context()) for name, spec in FACES.items() if spec.oai}
                write_oai(connection, module, faces, datestamp, sets_of(module), repository_id=DOMAIN)

    def withdraw(self, module: Module, datestamp: str) -> None:
        """Leave a tombstone."""
        with self.database.write() as connection:
            delete_oai(connection, module, datestamp, sets_of(module), repository_id=DOMAIN)

    def ask(self, **arguments: str) -> Answer:
        """A GET request; `from_` stands for `from`."""
        return self.get(urlencode({name.rstrip("_"): value for name, value in arguments.items()}))

    def get(self, query: str) -> Answer:
        """A GET request with this query string."""
        return self.checked(self.app.test_client().get(f"/oai?{query}"))

    def post(self, form: str | bytes, **more: Any) -> Answer:
        """A POST request with this body."""
        more = {"content_type": "application/x-www-form-urlencoded"} | more
        return self.checked(self.app.test_client().post("/oai", data=form, **more))

    def checked(self, response: TestResponse) -> Answer:
        """What holds of every answer: HTTP 200, XML in UTF-8, valid, our address, the time of the clock."""
        assert response.status_code == 200, response.data
        assert response.headers["Content-Type"] == "text/xml; charset=UTF-8"
        root = etree.fromstring(response.data)
        if self.schema is not None:
            check(self.schema, root)
        answer = Answer(response, root)
        assert answer.request.text == ENDPOINT
        assert answer.texts("responseDate") == [self.clock.moment.strftime("%Y-%m-%dT%H:%M:%SZ")]
        assert answer.error is None or answer.message
        return answer

    def pages(self, verb: str = "ListRecords", **arguments: str) -> Iterator[Answer]:
        """A whole list, page by page, as it is read."""
        answer = self.ask(verb=verb, **({"metadataPrefix": "oai_dc"} | arguments))
        yield answer
        while answer.token is not None and answer.token.text:
            answer = self.ask(verb=verb, resumptionToken=answer.token.text)
            yield answer

    def harvest(self, verb: str = "ListRecords", **arguments: str) -> list[str]:
        """The identifiers of a whole list."""
        return [found for page in self.pages(verb, **arguments) for found in page.identifiers()]


@contextmanager
def a_registry(
    database_url: str, home: Path, *, page_size: int = 10, schema: etree.XMLSchema | None = None, **changes: Any
) -> Iterator[Registry]:
    """An empty registry at a fresh database; `changes` are settings."""
    values: dict[str, Any] = {
        "home": home,
        "database_url": database_url,
        "base_url": BASE_URL,
        "secret_key": SECRET,
        "repository_id": DOMAIN,
        "admin_email": "admin@example.org",
        "publisher": "Example Institute",
    }
    database = Database(database_url)
    try:
        oai_record.metadata.create_all(database.engine, tables=[oai_record, oai_membership])
        yield _registry(database, Settings(**(values | changes)), page_size, schema)
    finally:
        database.close()


def _registry(database: Database, settings: Settings, page_size: int, schema: etree.XMLSchema | None) -> Registry:
    clock = HandClock(START + timedelta(days=30))
    app = Flask("tests.oai")
    app.register_blueprint(oai_blueprint(Services(settings, database, clock, _no_engine), page_size))
    return Registry(app, database, clock, schema)


def _no_engine(*_: object) -> Any:
    raise AssertionError("OAI-PMH never searches")
