"""A DataCite, a DOI resolver and another agency with a few DOIs in memory, and levers to disturb them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import requests

from tests.support.answers import Canned, Scripted

API, RESOLVER, ELSEWHERE = "https://api.datacite.org", "https://doi.org", "https://api.agency.org"


@dataclass(slots=True)
class Registered:
    """One DOI with its agency; `views` move nothing but a counter."""

    doi: str
    agency: str = "DataCite"
    title: str = "A thing"
    views: int = 1
    facts: dict[str, object] = field(default_factory=dict)

    def row(self) -> dict[str, object]:
        return {"id": self.doi, "type": "dois", "attributes": {
            "doi": self.doi, "titles": [{"title": self.title}], "creators": [{"name": "Fisher, Ada"}],
            "publisher": "Archive", "publicationYear": 2024, "types": {"resourceTypeGeneral": "Dataset"},
            "url": "https://archive.sea.eu/1", "viewCount": self.views, "updated": "2024-01-01T00:00:00Z", **self.facts,
        }}

    def citation(self) -> dict[str, object]:
        return {"DOI": self.doi.upper(), "type": "article-journal", "title": self.title,
                "is-referenced-by-count": self.views, **self.facts}


class SmallDatacite(Scripted):
    """Holds DOIs; `disturb` maps patterns of addresses to answers."""

    def __init__(self, *registered: Registered) -> None:
        super().__init__(self._respond)
        self.registered = {each.doi: each for each in registered}
        self.disturb: dict[str, Canned | Exception] = {}
        self.knows_ids = True

    def paths(self) -> list[str]:
        """What was asked, without the addresses of the three servers, DOIs readable."""
        return [unquote(re.sub(f"^({API}|{RESOLVER}|{ELSEWHERE})", "", url)) for url in self.urls]

    def _respond(self, request: requests.PreparedRequest) -> Canned | Exception:
        url = str(request.url)
        for pattern, canned in self.disturb.items():
            if re.search(pattern, url):
                return canned
        parts = urlsplit(url)
        path = unquote(parts.path)
        if url.startswith(RESOLVER):
            return self._resolve(path.removeprefix("/"))
        if url.startswith(ELSEWHERE):
            return self._cite(path.removeprefix("/"), str(request.headers["Accept"]))
        if path == "/heartbeat":
            return Canned(200, b"OK")
        status, value = self._api(path, parse_qs(parts.query))
        body = json.dumps(value).encode()
        etag = f'W/"{hashlib.sha256(body).hexdigest()}"'
        if request.headers.get("If-None-Match") == etag:
            return Canned(304, b"", {"ETag": etag})
        return Canned(status, body, {"ETag": etag})

    def _resolve(self, path: str) -> Canned:
        if path.startswith("ra/"):
            rows = [
                {"DOI": each, "RA": found.agency} if (found := self.registered.get(each.lower()))
                else {"DOI": each, "status": "DOI does not exist"}
                for each in path.removeprefix("ra/").split(",")
            ]
            return Canned(200, json.dumps(rows).encode())
        if path not in self.registered:
            return Canned(404, b"<html>DOI Not Found</html>")
        return Canned(302, b"", {"Location": f"{ELSEWHERE}/{path}"})

    def _cite(self, doi: str, accept: str) -> Canned:
        if accept != "application/vnd.citationstyles.csl+json":
            return Canned(422, b"unprocessable entity")
        return Canned(200, json.dumps(self.registered[doi].citation()).encode())

    def _api(self, path: str, query: dict[str, list[str]]) -> tuple[int, object]:
        ours = {doi: each for doi, each in self.registered.items() if each.agency == "DataCite"}
        if path.startswith("/dois/"):
            found = ours.get(path.removeprefix("/dois/"))
            return (200, {"data": found.row()}) if found else (404, {"errors": [{"status": "404"}]})
        rows = [each.row() for each in ours.values()]
        if "ids" in query and self.knows_ids:
            rows = [row for row in rows if row["id"] in query["ids"][0].split(",")]
        if "query" in query:
            rows = [row for row in rows if query["query"][0] in json.dumps(row)]
        size, number = int(query["page[size]"][0]), int(query.get("page[number]", ["1"])[0])
        links: dict[str, object] = {"self": "x"}
        if number * size < len(rows):
            following = {**{name: each[0] for name, each in query.items()}, "page[number]": number + 1}
            links["next"] = f"{API}/dois?{urlencode(following)}"
        return 200, {"data": rows[(number - 1) * size:number * size], "meta": {"total": len(rows)}, "links": links}
