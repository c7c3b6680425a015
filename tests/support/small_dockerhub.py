"""A Docker Hub of a few images in memory: lists and their clamp, tags, log-in, and levers to disturb it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from tests.support.answers import Canned, Scripted

HUB = "https://hub.docker.com"
USER, SECRET = "sample-user", "sample-secret"


@dataclass(slots=True)
class Hosted:
    """One repository; a push moves `pushes`, a pull only its counter."""

    full_name: str
    tags: list[str] = field(default_factory=lambda: ["latest"])
    pushes: int = 1
    pulls: int = 7
    facts: dict[str, object] = field(default_factory=dict)
    page: str = "# Page"

    def row(self) -> dict[str, object]:
        owner, _, name = self.full_name.partition("/")
        return {
            "name": name, "namespace": owner, "repository_type": "image", "status": 1, "description": "An image.",
            "is_private": False, "star_count": 2, "pull_count": self.pulls, "content_types": ["image"],
            "last_updated": f"2026-01-01T00:00:{self.pushes:02}Z", **self.facts,
        }

    def tag(self, name: str) -> dict[str, object]:
        at = self.tags.index(name) + 1
        below = [{"architecture": "amd64", "os": "linux", "variant": None, "digest": f"sha256:{at:064x}", "size": 9}]
        return {"name": name, "digest": f"sha256:{at * 1000:064x}", "images": below, "tag_last_pushed": "2026-01-01"}


class SmallHub(Scripted):
    """Holds repositories by name; `disturb` maps patterns of addresses to answers, `clamp` cuts pages in silence."""

    def __init__(self, *hosted: Hosted) -> None:
        super().__init__(self._respond)
        self.hosted = {each.full_name: each for each in hosted}
        self.empty: set[str] = set()
        self.disturb: dict[str, Canned | Exception] = {}
        self.clamp = 100
        self.hides_rest = False
        self.sessions = 0
        self.accepted: set[str] = set()

    def paths(self) -> list[str]:
        """What was asked, without the address of the API."""
        return [url.removeprefix(HUB) for url in self.urls]

    def _respond(self, request: requests.PreparedRequest) -> Canned | Exception:
        url = str(request.url)
        for pattern, canned in self.disturb.items():
            if re.search(pattern, url):
                return canned
        parts = urlsplit(url)
        status, value = self._route(request, parts.path, parse_qs(parts.query))
        return Canned(status, json.dumps(value).encode(), {"X-RateLimit-Remaining": "100"})

    def _route(self, request: requests.PreparedRequest, path: str, query: dict[str, list[str]]) -> tuple[int, object]:
        if path == "/v2/auth/token":
            return self._log_in(request)
        shown = request.headers.get("Authorization")
        if shown is not None and shown.removeprefix("Bearer ") not in self.accepted:
            return 401, {"detail": "token expired"}
        who = re.fullmatch(r"/v2/(users|orgs)/([^/]+)/", path)
        if who:
            known = who.group(2) in {*self.empty, *(name.partition("/")[0] for name in self.hosted)}
            return (200, {"id": "x"}) if known and who.group(1) == "orgs" else (404, {"message": "not found"})
        listed = re.fullmatch(r"/v2/repositories/([^/]+)/", path)
        if listed:
            rows = [each.row() for name, each in self.hosted.items() if name.startswith(listed.group(1) + "/")]
            return self._page(path, query, rows)
        single = re.fullmatch(r"/v2/repositories/([^/]+/[^/]+)/", path)
        tags = re.fullmatch(r"/v2/namespaces/([^/]+)/repositories/([^/]+)/tags", path)
        found = self.hosted.get(single.group(1) if single else "/".join(tags.groups()) if tags else "")
        if found is None:
            return 404, {"message": "object not found"}
        if tags:
            return self._page(path, query, [found.tag(name) for name in found.tags])
        return 200, {**found.row(), "full_description": found.page, "permissions": {"read": True}}

    def _log_in(self, request: requests.PreparedRequest) -> tuple[int, object]:
        asked = json.loads(request.body or b"{}")
        if asked != {"identifier": USER, "secret": SECRET}:
            return 401, {"detail": "unauthorized"}
        self.sessions += 1
        token = f"session-{self.sessions}"
        self.accepted = {token}
        return 200, {"access_token": token}

    def _page(self, path: str, query: dict[str, list[str]], rows: list[dict[str, object]]) -> tuple[int, object]:
        size = min(int(query.get("page_size", ["10"])[0]), self.clamp)
        number = int(query.get("page", ["1"])[0])
        more = number * size < len(rows) and not self.hides_rest
        following = f"{HUB}{path}?{urlencode({'page': number + 1, 'page_size': size})}" if more else None
        shown = rows[(number - 1) * size:number * size]
        return 200, {"count": len(rows), "next": following, "previous": None, "results": shown}
