"""Docker Hub with its registry, Zenodo, DataCite and the DOI resolver, played beside the forge on the same server.

What they hold stands in `world/images.toml`, `world/deposits.toml` and `world/dois.toml`. They answer as the small
servers of `tests.support` do, here spoken to over HTTP: the public address of each becomes a path of the stand-in, also
in what the answers say of where to go next.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import requests

from harvester.clock import Clock
from tests.standin.answers import JSON, Answer, Request
from tests.standin.deposits import load_zenodo
from tests.standin.dois import load_datacite
from tests.standin.images import load_hub, load_registry
from tests.support import small_datacite, small_dockerhub, small_oci
from tests.support.answers import Canned, Scripted
from tests.support.small_datacite import SmallDatacite
from tests.support.small_dockerhub import SmallHub
from tests.support.small_oci import SmallRegistries
from tests.support.small_zenodo import SmallZenodo

# Path of the stand-in → the public address that is played there.
PUBLIC = {
    "/dockerhub": small_dockerhub.HUB,
    "/oci": f"https://{small_oci.HUB}",
    "/oci-tokens": small_oci.Host().realm.removesuffix("/token"),
    "/oci-storage": f"https://{small_oci.STORAGE}",
    "/zenodo": "https://zenodo.org",
    "/datacite": small_datacite.API,
    "/doi": small_datacite.RESOLVER,
    "/agency": small_datacite.ELSEWHERE,
}
ENDPOINTS = ("dockerhub", "oci", "zenodo", "datacite", "doi")
# Addresses of a person's browser stay as they are; what leads on to another answer of the same API is moved.
_LEADS_ON = re.compile(r'(?<="next":)\s*"https://(?:hub\.docker\.com|api\.datacite\.org)/')


@dataclass
class Neighbours:
    """The servers beside the forge, fresh from the files of the world when they are first asked."""

    clock: Clock

    @cached_property
    def hub(self) -> SmallHub:
        """Docker Hub's API."""
        return load_hub()

    @cached_property
    def registries(self) -> SmallRegistries:
        """The registry of Docker Hub, with its token service and its storage."""
        return load_registry(self.clock)

    @cached_property
    def zenodo(self) -> SmallZenodo:
        """Zenodo's API."""
        return load_zenodo()

    @cached_property
    def datacite(self) -> SmallDatacite:
        """DataCite, the DOI resolver and another agency."""
        return load_datacite()

    def endpoints(self, address: str) -> dict[str, str]:
        """Where they stand, by the keys of `MODREG_ENDPOINTS`."""
        return {key: f"{address}/{key}" for key in ENDPOINTS}

    def answer(self, request: Request, address: str) -> Answer | None:
        """What one of them answers, or None when the request is none of theirs."""
        prefix = f"/{request.target.removeprefix('/').partition('/')[0]}"
        if prefix not in PUBLIC:
            return None
        asked, headers = requests.PreparedRequest(), dict(request.headers)
        if prefix == "/oci-storage":  # to a client it is the server that it was sent from, which knows its credential
            headers.pop("authorization", None)
        asked.prepare(method=request.method, url=PUBLIC[prefix] + request.target.removeprefix(prefix), headers=headers)
        return _moved(self._canned(prefix, asked), address)

    def _canned(self, prefix: str, asked: requests.PreparedRequest) -> Canned:
        try:
            canned = self._server(prefix).answer(asked)
        except (AssertionError, KeyError, ValueError):  # a question as no source of ours asks it
            return Canned(400, b'{"message":"The stand-in does not know this question."}')
        if isinstance(canned, Exception):
            return Canned(502, b'{"message":"Nobody is there."}')
        return canned

    def _server(self, prefix: str) -> Scripted:
        if prefix == "/dockerhub":
            return self.hub
        if prefix == "/zenodo":
            return self.zenodo
        return self.registries if prefix.startswith("/oci") else self.datacite


def _moved(canned: Canned, address: str) -> Answer:
    """The answer with the addresses of the stand-in in place of those that are played."""
    headers = {name: _local(value, address) for name, value in canned.headers.items()}
    content_type = headers.pop("Content-Type", JSON)
    body = canned.body
    if b'"next":' in body:
        body = _LEADS_ON.sub(lambda found: _local(found.group(), address), body.decode()).encode()
    return Answer(canned.status, body, content_type, headers=headers, charged=0)


def _local(text: str, address: str) -> str:
    for prefix, public in PUBLIC.items():
        text = text.replace(f"{public}/", f"{address}{prefix}/")
    return text
