"""A GitHub of a few repositories in memory: enough of the REST API for one harvest, and levers to disturb it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

import requests

from tests.support.answers import Canned, Scripted

API = "https://api.github.com"


def blob_id(body: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest()


def _made_up(*parts: object) -> str:
    return hashlib.sha1(repr(parts).encode(), usedforsecurity=False).hexdigest()


@dataclass(slots=True)
class Repo:
    """One repository; every change moves `pushes`."""

    full_name: str
    files: dict[str, bytes] = field(default_factory=dict)
    branch: str = "main"
    branches: dict[str, dict[str, bytes]] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    pushes: int = 1
    private: bool = False
    truncated: bool = False
    sizes: dict[str, int] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    facts: dict[str, object] = field(default_factory=dict)
    alone: dict[str, object] = field(default_factory=dict)
    messages: list[str] = field(default_factory=lambda: ["Something"])

    @property
    def id(self) -> int:
        return int(_made_up(self.full_name)[:7], 16)

    def push(self, **files: bytes) -> None:
        """Change files (`__` stands for a dot)."""
        self.files.update({name.replace("__", "."): body for name, body in files.items()})
        self.pushes += 1

    def snapshot(self, branch: str) -> dict[str, bytes] | None:
        return self.files if branch == self.branch else self.branches.get(branch)

    def shape(self) -> dict[str, object]:
        return {
            "id": self.id, "full_name": self.full_name, "private": self.private, "default_branch": self.branch,
            "pushed_at": f"2026-01-01T00:00:{self.pushes:02}Z", "stargazers_count": 3, "forks_count": 1,
            "open_issues_count": 0, "archived": False, "description": None, "homepage": None, "topics": [],
            "license": None, **self.facts,
        }


class SmallGithub(Scripted):
    """Holds repositories by lower-case name; `disturb` maps patterns of addresses to answers."""

    def __init__(self, *repos: Repo) -> None:
        super().__init__(self._respond)
        self.repos = {repo.full_name.lower(): repo for repo in repos}
        self.moved: dict[str, str] = {}
        self.people: set[str] = set()
        self.disturb: dict[str, Canned | Exception] = {}
        self.graphql: Callable[[requests.PreparedRequest], Canned | Exception] | None = None
        self.headers: dict[str, str] = {"X-RateLimit-Remaining": "4000", "X-RateLimit-Reset": "4000000000"}

    def paths(self) -> list[str]:
        """What was asked, without the API's address."""
        return [url.removeprefix(API) for url in self.urls]

    def _respond(self, request: requests.PreparedRequest) -> Canned | Exception:
        url = str(request.url)
        for pattern, canned in self.disturb.items():
            if re.search(pattern, url):
                return canned
        if self.graphql is not None and url == f"{API}/graphql":
            return self.graphql(request)
        parts = urlsplit(url)
        status, value = self._route(unquote(parts.path), parse_qs(parts.query, keep_blank_values=True))
        if status == 301:
            return Canned(301, b"{}", {"Location": f"{API}{value}", **self.headers})
        body = json.dumps(value).encode()
        etag = f'"{hashlib.sha256(body + str(request.headers.get("Authorization")).encode()).hexdigest()}"'
        if status == 200 and request.headers.get("If-None-Match") == etag:
            return Canned(304, b"", {"ETag": etag, **self.headers})
        return Canned(status, body, {**({"ETag": etag} if status == 200 else {}), **self.headers})

    def _route(self, path: str, query: dict[str, list[str]]) -> tuple[int, object]:
        owner = re.fullmatch(r"/(orgs|users)/([^/]+)/repos", path)
        if owner:
            return self._owner(owner.group(1), owner.group(2).lower())
        match = re.fullmatch(r"/repos/([^/]+/[^/]+)(/.*)?", path)
        name = match.group(1).lower() if match else ""
        if name in self.moved:
            return 301, f"/repos/{self.moved[name]}{(match.group(2) if match else '') or ''}"
        repo = self.repos.get(name)
        if match is None or repo is None:
            return 404, {"message": "Not Found"}
        return self._below(repo, match.group(2) or "", query)

    def _owner(self, kind: str, owner: str) -> tuple[int, object]:
        shown = [r.shape() for n, r in self.repos.items() if n.startswith(owner + "/") and not r.private]
        if (kind == "orgs" and owner in self.people) or not shown:
            return 404, {"message": "Not Found"}
        return 200, shown

    def _below(self, repo: Repo, rest: str, query: dict[str, list[str]]) -> tuple[int, object]:
        if not rest:
            return 200, {**repo.shape(), **repo.alone}
        if rest == "/commits":
            files = repo.snapshot(query["sha"][0])
            if files is None:
                return 404, {"message": "Not Found"}
            if not files:
                return 409, {"message": "Git Repository is empty."}
            tree = {"sha": self._tree(files)}
            return 200, [
                {"sha": _made_up("commit", repo.pushes, files, *([number] if number else [])),
                 "commit": {"tree": tree, "message": message}}
                for number, message in enumerate(repo.messages)
            ]
        if rest.startswith("/git/trees/"):
            return self._trees(repo, rest.removeprefix("/git/trees/"), "recursive" in query)
        if rest.startswith("/git/blobs/"):
            return self._blob(repo, rest.removeprefix("/git/blobs/"))
        if rest in ("/tags", "/releases"):
            return 200, [{"name": tag} for tag in repo.tags]
        return 404, {"message": "Not Found"}

    @staticmethod
    def _tree(files: dict[str, bytes]) -> str:
        return _made_up("tree", sorted((path, blob_id(body)) for path, body in files.items()))

    def _trees(self, repo: Repo, ref: str, recursive: bool) -> tuple[int, object]:
        snapshots = [repo.files, *repo.branches.values()]
        files = repo.snapshot(ref) or next((each for each in snapshots if self._tree(each) == ref), None)
        if files is None:
            return 404, {"message": "Not Found"}
        rows = [
            {"path": path, "mode": "120000" if path in repo.links else "100644", "type": "blob", "sha": blob_id(body),
             "size": repo.sizes.get(path, len(body))}
            for path, body in files.items() if recursive or "/" not in path
        ]
        if recursive and repo.truncated:
            return 200, {"sha": self._tree(files), "tree": rows[:1], "truncated": True}
        return 200, {"sha": self._tree(files), "tree": rows, "truncated": False}

    @staticmethod
    def _blob(repo: Repo, sha: str) -> tuple[int, object]:
        bodies = [body for files in (repo.files, *repo.branches.values()) for body in files.values()]
        body = next((each for each in bodies if blob_id(each) == sha), None)
        if body is None:
            return 404, {"message": "Not Found"}
        text = base64.b64encode(body).decode()
        return 200, {"sha": sha, "size": len(body), "encoding": "base64", "content": text}
