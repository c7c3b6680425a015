"""Registries that harvest each other: each with a store and a clock of its own, served over HTTP on the loopback."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from werkzeug.serving import make_server

from registry.harvesting import harvest_source
from registry.runs import Run
from registry.services import Services
from registry.sources import import_sources
from registry.web import create_app
from tests.support.clock import HandClock
from tests.support.store import a_registry
from vocab.plain_text import plain_text

DC = "{http://purl.org/dc/elements/1.1/}"
OAI = "{http://www.openarchives.org/OAI/2.0/}"
PROVENANCE = "{http://www.openarchives.org/OAI/2.0/provenance}"
LIST = "/oai?verb=ListRecords&metadataPrefix=oai_dc"


@dataclass
class Member:
    """One registry of the federation. `url` is where its `/oai` can be harvested while it is served."""

    name: str
    services: Services
    url: str = ""

    @property
    def clock(self) -> HandClock:
        assert isinstance(self.services.clock, HandClock)
        return self.services.clock

    def harvest(self, source: str = "other", *, full: bool = False) -> Run:
        return harvest_source(self.services, source, full=full)

    def records(self) -> dict[str, etree._Element]:
        """Every record that it publishes, by the last part of its identifier, deletions among them."""
        client = create_app(self.services).test_client()
        found: dict[str, etree._Element] = {}
        path: str | None = LIST
        while path is not None:
            root = etree.fromstring(client.get(path).data)
            for record in root.iter(f"{OAI}record"):
                identifier = record.findtext(f"{OAI}header/{OAI}identifier") or ""
                found[identifier.rpartition(":")[2]] = record
            token = root.findtext(f".//{OAI}resumptionToken")
            path = f"/oai?verb=ListRecords&resumptionToken={token}" if token else None
        return found


def dublin_core(record: etree._Element, *names: str) -> dict[str, list[str]]:
    """What a record says in these elements, each value as a person reads it."""
    return {
        name: sorted(" ".join(plain_text(each.text or "").split()) for each in record.iter(f"{DC}{name}"))
        for name in names
    }


def is_deleted(record: etree._Element) -> bool:
    header = record.find(f"{OAI}header")
    return header is not None and header.get("status") == "deleted"


def all_hops(record: etree._Element) -> list[list[tuple[str, str]]]:
    """The base URL and identifier of each hop of each way that a record came, the nearest hop first."""
    ways: list[list[tuple[str, str]]] = []
    for provenance in record.iter(f"{PROVENANCE}provenance"):
        found: list[tuple[str, str]] = []
        element = provenance.find(f"{PROVENANCE}originDescription")
        while element is not None:
            base, name = (element.findtext(f"{PROVENANCE}{each}") or "" for each in ("baseURL", "identifier"))
            found.append((base, name))
            element = element.find(f"{PROVENANCE}originDescription")
        ways.append(found)
    return ways


def hops(record: etree._Element) -> list[tuple[str, str]]:
    """Those of the one way that a record came."""
    (way,) = all_hops(record)
    return way


def _source(name: str, url: str) -> str:
    return f'[[source]]\nname = "{name}"\nkind = "oaipmh"\nurl = "{url}"\n'


@contextmanager
def a_member(home: Path, name: str, *, of: Member | None = None, and_of: Member | None = None) -> Iterator[Member]:
    """A registry with a name of its own, whose sources `other` and `another` harvest those members' `/oai`."""
    home.mkdir(parents=True, exist_ok=True)
    sources = {"other": of, "another": and_of}
    harvested = {source: member.url for source, member in sources.items() if member is not None}
    # What the operator names may have a private address, as whatever stands on the loopback has.
    endpoints = dict(zip(("zenodo_oai", "doi"), harvested.values(), strict=False))
    (home / "endpoints.json").write_text(json.dumps(endpoints), "utf-8")
    keys = {
        "MODREG_ENDPOINTS": str(home / "endpoints.json"), "MODREG_BASE_URL": f"https://{name}.sample.internal",
        "MODREG_REPOSITORY_ID": f"{name}.sample.internal", "MODREG_PUBLISHER": f"Registry {name}",
        "MODREG_PAGE_SIZE": "10",
    }
    url = f"sqlite:///{home / 'registry.sqlite3'}"
    with a_registry(url, home, *(() if harvested else ("hub", "old")), **keys) as services:
        for source, address in harvested.items():
            import_sources(services.database, _source(source, address))
        yield Member(name, services)


@contextmanager
def served(member: Member) -> Iterator[Member]:
    """The same member, while it answers on the loopback."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, create_app(member.services), threaded=True)
    thread = threading.Thread(target=server.serve_forever, name=f"member {member.name}")
    thread.start()
    try:
        yield Member(member.name, member.services, f"http://127.0.0.1:{server.server_port}/oai")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
