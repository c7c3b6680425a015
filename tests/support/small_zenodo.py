"""A Zenodo of a few records in memory: communities, search, tombstones, in each JSON shape; levers to disturb it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests

from tests.support.answers import Canned, Scripted

API = "https://zenodo.org/api"
MISSING = {"status": 404, "message": "The persistent identifier does not exist."}


@dataclass(slots=True)
class Deposit:
    """One version of a record; `index` counts from 1."""

    id: int
    concept: int
    index: int = 1
    title: str = "Fish finder"
    version: str = ""
    repository: str | None = None
    tag: str = "v1"
    relation: str = "isSupplementTo"
    communities: tuple[str, ...] = ()
    type: str = "software"
    doi: str | None = "own"
    updated: str = "2025-01-01T00:00:00+00:00"
    views: int = 7
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def own_doi(self) -> str | None:
        return f"10.5281/zenodo.{self.id}" if self.doi == "own" else self.doi

    @property
    def concept_doi(self) -> str | None:
        return f"10.5281/zenodo.{self.concept}" if self.doi == "own" else None

    @property
    def link(self) -> str | None:
        return f"https://github.com/{self.repository}/tree/{self.tag}" if self.repository else None


def concept(first: int, count: int = 1, **keys: Any) -> list[Deposit]:
    """Some versions of one concept, whose number is one less than that of the first."""
    return [
        Deposit(first + at, first - 1, at + 1, **{"version": f"v{at + 1}", "tag": f"v{at + 1}", **keys})
        for at in range(count)
    ]


class SmallZenodo(Scripted):
    """Holds deposits by number.

    `disturb` maps patterns of addresses to answers, `deaf` passes over every part of a question, `after` is called
    after each page of a search.
    """

    def __init__(self, *deposits: Deposit, shape: str = "native") -> None:
        super().__init__(self._respond)
        self.deposits = {each.id: each for each in deposits}
        self.shape = shape
        self.tombstones: dict[int, dict[str, Any]] = {}
        self.disturb: dict[str, Canned | Exception] = {}
        self.hidden: set[int] = set()
        self.deaf = False
        self.stuck = False
        self.after: list[Any] = []

    @property
    def paths(self) -> list[str]:
        """What was asked, without the API's address, and of a search only its page."""
        return [unquote(url.removeprefix(API)).replace("+", " ") for url in self.urls]

    def searches(self) -> list[dict[str, str]]:
        """The parameters of each search."""
        queries = (parse_qs(urlsplit(url).query) for url in self.urls if "page=" in url)
        return [{name: values[0] for name, values in query.items()} for query in queries]

    def delete(self, number: int, reason: str = "spam", note: str = "") -> None:
        """Turn a record into a tombstone."""
        self.deposits.pop(number)
        self.tombstones[number] = {
            "status": 410, "message": "Record deleted",
            "tombstone": {"note": note, "removal_date": "2026-09-11T10:30:41+00:00", "removal_reason": {"id": reason}},
        }

    def _respond(self, request: requests.PreparedRequest) -> Canned | Exception:
        url = str(request.url)
        for pattern, canned in self.disturb.items():
            if re.search(pattern, unquote(url).replace("+", " ")):
                return canned
        parts = urlsplit(url)
        path, query = parts.path.removeprefix("/api"), {name: each[0] for name, each in parse_qs(parts.query).items()}
        status, value = self._route(path, query)
        if status == 302:
            return Canned(302, b"", {"Location": value, "Retry-After": "60"})
        return Canned(status, json.dumps(value).encode(), {"Content-Type": "application/json", "Retry-After": "60"})

    def _route(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        community = re.fullmatch(r"/communities/([^/]+)(/records)?", path)
        if path == "/communities":
            return 200, {"hits": {"hits": [], "total": 0}}
        if community and not community.group(2):
            return self._community(unquote(community.group(1)))
        if community or path == "/records":
            return 200, self._search(community.group(1) if community else None, query)
        return self._record(int(path.rpartition("/")[2]))

    def _slugs(self) -> set[str]:
        return {slug for each in self.deposits.values() for slug in each.communities}

    def _community(self, slug: str) -> tuple[int, Any]:
        known = slug in self._slugs() or slug == "empty"
        return (200, {"id": f"id-of-{slug}", "slug": slug}) if known else (404, MISSING)

    def _record(self, number: int) -> tuple[int, Any]:
        if number in self.deposits:
            return 200, self.form(self.deposits[number])
        if number in self.tombstones:
            return 410, self.tombstones[number]
        latest = max((each.id for each in self.deposits.values() if each.concept == number), default=None)
        return (302, f"{API}/records/{latest}") if latest else (404, MISSING)

    def _search(self, community: str | None, query: dict[str, str]) -> dict[str, Any]:
        assert query["sort"] == "updated-desc"
        assert query["all_versions"] == "true"
        found = [
            each for each in self.deposits.values()
            if each.id not in self.hidden and (self.deaf or _fits(each, community, query.get("q", "")))
        ]
        found.sort(key=lambda each: (each.updated, each.id), reverse=True)
        size, page = int(query["size"]), 1 if self.stuck else int(query["page"])
        assert size * page <= 10_000
        shown = found[(page - 1) * size : page * size]
        answer = {"hits": {"hits": [self.form(each) for each in shown], "total": len(found)}}
        if self.after:
            self.after.pop(0)(self)
        return answer

    def form(self, deposit: Deposit) -> dict[str, Any]:
        """The JSON of a record in the shape that this Zenodo speaks."""
        last = max(each.index for each in self.deposits.values() if each.concept == deposit.concept)
        return {"native": native, "today": today, "old": old}[self.shape](deposit, deposit.index == last)


def native(deposit: Deposit, latest: bool) -> dict[str, Any]:
    """The shape of InvenioRDM."""
    related = {"identifier": deposit.link, "scheme": "url", "relation_type": {"id": deposit.relation.lower()}}
    communities = [{"id": f"id-of-{slug}", "slug": slug} for slug in deposit.communities]
    return {
        "id": str(deposit.id), "updated": deposit.updated, "revision_id": 4,
        "links": {"self": f"{API}/records/{deposit.id}", "self_html": f"https://zenodo.org/records/{deposit.id}"},
        "parent": {
            "id": str(deposit.concept), "communities": {"ids": [each["id"] for each in communities],
                                                        "entries": communities},
            "pids": {"doi": {"identifier": deposit.concept_doi}} if deposit.concept_doi else {},
        },
        "versions": {"is_latest": latest, "index": deposit.index},
        "pids": {"doi": {"identifier": deposit.own_doi}} if deposit.own_doi else {},
        "metadata": {
            "resource_type": {"id": deposit.type, "title": {"en": "Software"}}, "title": deposit.title,
            "publication_date": f"2025-01-{deposit.index:02}", "version": deposit.version,
            "creators": [{"person_or_org": {"type": "personal", "name": "Fisher, Ada", "given_name": "Ada",
                                            "family_name": "Fisher"}}],
            **({"related_identifiers": [related]} if deposit.link else {}), **deposit.extra,
        },
        "custom_fields": {},
        "files": {"enabled": True, "entries": {"a.zip": {"key": "a.zip", "size": 1}}},
        "stats": {"this_version": {"views": 1}, "all_versions": {"views": deposit.views, "downloads": 2}},
    }


def today(deposit: Deposit, latest: bool) -> dict[str, Any]:
    """Today's `application/json`, which keeps the looks of the years before."""
    kind, _, subtype = deposit.type.partition("-")
    related = {"identifier": deposit.link, "relation": deposit.relation, "scheme": "url"}
    place = {"index": deposit.index - 1, "is_last": latest, "parent": {"pid_type": "recid",
                                                                      "pid_value": str(deposit.concept)}}
    return {
        "id": deposit.id, "conceptrecid": str(deposit.concept), "doi": deposit.own_doi, "updated": deposit.updated,
        **({"conceptdoi": deposit.concept_doi} if deposit.concept_doi else {}),
        "links": {"self": f"{API}/records/{deposit.id}", "self_html": f"https://zenodo.org/records/{deposit.id}"},
        "metadata": {
            "title": deposit.title, "publication_date": f"2025-01-{deposit.index:02}", "version": deposit.version,
            "resource_type": {"type": kind, **({"subtype": subtype} if subtype else {})},
            "creators": [{"name": "Fisher, Ada", "affiliation": None}], "relations": {"version": [place]},
            "communities": [{"id": slug} for slug in deposit.communities],
            **({"related_identifiers": [related]} if deposit.link else {}), **deposit.extra,
        },
        "files": [{"key": "a.zip", "size": 1}], "stats": {"views": deposit.views, "downloads": 2},
    }


def old(deposit: Deposit, latest: bool) -> dict[str, Any]:
    """What Zenodo answered until autumn 2023."""
    form = today(deposit, latest)
    form["links"] = {"self": f"{API}/records/{deposit.id}", "html": f"https://zenodo.org/record/{deposit.id}"}
    form["metadata"]["relations"]["version"][0]["is_last"] = str(latest)
    return form | {"owners": [123], "stats": {"version_views": float(deposit.views), "views": 1.0}}


def _fits(deposit: Deposit, community: str | None, query: str) -> bool:
    if community is not None and community not in {f"id-of-{slug}" for slug in deposit.communities}:
        return False
    clauses = re.findall(r'((?:[\w.]|\\.)+):(?:\(([^()]*)\)|("[^"]*"))|"([^"]*)"', query)
    return not query or any(_has(deposit, *each) for each in clauses)


def _has(deposit: Deposit, name: str, group: str, quoted: str, words: str) -> bool:
    if words:
        return words.lower() in deposit.title.lower()
    values = [quoted.strip('"')] if quoted else group.split(" OR ")
    known = {
        "recid": str(deposit.id), "conceptrecid": str(deposit.concept), "doi": deposit.own_doi or "",
        "related.identifier": deposit.link or "", "title": deposit.title,
    }
    return any(fnmatchcase(known.get(name, ""), each) for each in values)
