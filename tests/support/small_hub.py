"""A Hugging Face Hub of a few models in memory, with levers to disturb it, and one source harvested from it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests

from harvester.bounds import Limits
from harvester.client import Client
from harvester.endpoints import Endpoints
from harvester.events import Event
from harvester.harvest import harvest
from tests.support.answers import Canned, Scripted, session_of
from tests.support.clock import HandClock
from tests.support.memory import DictMemory

HUB = "https://huggingface.co"


@dataclass(slots=True)
class HubModel:
    """One model; its commit follows from its files."""

    name: str
    files: dict[str, bytes]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def sha(self) -> str:
        return hashlib.sha1(repr(sorted(self.files.items())).encode(), usedforsecurity=False).hexdigest()

    def shape(self) -> dict[str, Any]:
        return {
            "_id": hashlib.md5(self.name.encode(), usedforsecurity=False).hexdigest()[:24], "id": self.name,
            "sha": self.sha, "private": False, "gated": False, "pipeline_tag": "object-detection", "downloads": 5,
            "likes": 2, "library_name": "transformers", "tags": ["license:mit"], "cardData": {"license": "mit"},
            "siblings": [{"rfilename": path} for path in self.files], "createdAt": "2024-01-02T00:00:00.000Z",
            **self.facts,
        }


class SmallHub(Scripted):
    """Holds models by their ids; two of them are a page."""

    def __init__(self, *models: HubModel) -> None:
        super().__init__(self._respond)
        self.models = {each.name: each for each in models}
        self.moved: dict[str, str] = {}
        self.disturb: dict[str, Canned | Exception] = {}
        self.memory = DictMemory()
        self.clock = HandClock()

    def run(self, *, full: bool = False, token: str | None = None, **settings: object) -> list[Event]:
        """One harvest over the memory of those before it."""
        self.requests.clear()
        endpoints = Endpoints()
        client = Client(
            session_of(self), self.memory, endpoints, self.clock, contact="us@example.org", limits=Limits(tries=1)
        )
        stream = harvest(
            "src", "huggingface", settings, endpoints, client, self.memory, self.clock, full=full, token=token
        )
        return self.memory.learn("src", stream)

    def paths(self) -> list[str]:
        """What was asked, without the Hub's address."""
        return [url.removeprefix(HUB) for url in self.urls]

    def _respond(self, request: requests.PreparedRequest) -> Canned | Exception:
        url = str(request.url)
        for pattern, canned in self.disturb.items():
            if re.search(pattern, url):
                return canned
        parts = urlsplit(url)
        path, query = unquote(parts.path), parse_qs(parts.query)
        if path == "/api/models":
            return self._list(query["author"][0], int(query.get("cursor", ["0"])[0]), url, request)
        if path.startswith("/api/models/"):
            name = path.removeprefix("/api/models/")
            if name in self.moved:
                return Canned(307, b"Temporary Redirect", {"Location": f"/api/models/{self.moved[name]}"})
            model = self.models.get(name)
            if model is None:
                is_known = "Authorization" in request.headers
                return Canned(404 if is_known else 401, b'{"error": "Repository not found"}')
            return _tagged(model.shape(), request)
        match = re.fullmatch(r"/(.+)/raw/([0-9a-f]{40})/(.+)", path)
        model = self.models.get(match.group(1)) if match else None
        if match is None or model is None or model.sha != match.group(2) or match.group(3) not in model.files:
            return Canned(404, b"Entry not found")
        return Canned(200, model.files[match.group(3)], {"Content-Type": "text/plain"})

    def _list(self, author: str, start: int, url: str, request: requests.PreparedRequest) -> Canned:
        rows = [each.shape() for name, each in self.models.items() if name.startswith(f"{author}/")]
        headers = {}
        if start + 2 < len(rows):
            following = f"{re.sub(r'&cursor=[0-9]+', '', url)}&cursor={start + 2}"
            headers["Link"] = f'<{following}>; rel="next"'
        return _tagged(rows[start : start + 2], request, headers)


def _tagged(value: Any, request: requests.PreparedRequest, headers: dict[str, str] | None = None) -> Canned:
    body = json.dumps(value).encode()
    tag = f'W/"{hashlib.sha256(body).hexdigest()}"'
    told = {"ETag": tag, "RateLimit": '"api";r=480;t=55', **(headers or {})}
    return Canned(304, b"", told) if request.headers.get("If-None-Match") == tag else Canned(200, body, told)
