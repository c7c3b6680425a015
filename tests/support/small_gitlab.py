"""A GitLab of a few projects: a small part of its API before a git server of the loopback."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.answers import Canned
from tests.support.small_git import GitRepo, SmallGit


@dataclass(slots=True)
class SmallGitlab:
    """Projects by their paths; `people` are namespaces of persons, `page` is how many a page of a list has."""

    server: SmallGit
    projects: dict[str, dict[str, Any]] = field(default_factory=dict)
    releases: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    moved: dict[str, str] = field(default_factory=dict)
    page: int = 2
    total: int | None = None

    def __post_init__(self) -> None:
        self.server.api = self.answer

    def create(self, path: str, files: Mapping[str, bytes], **facts: Any) -> GitRepo:
        """A project with one commit of these files."""
        self.projects[path] = {
            "id": 100 + len(self.projects), "path_with_namespace": path, "web_url": f"{self.server.url}/{path}",
            "default_branch": "main", "description": None, "topics": [], "archived": False, "visibility": "public",
            "empty_repo": not files, "star_count": 3, "forks_count": 1, "open_issues_count": 2, **facts,
        }
        return self.server.create(path, files)

    def answer(self, target: str, headers: Mapping[str, str]) -> Canned:
        """What the API answers."""
        parts = urlsplit(target)
        path, query = parts.path.removeprefix("/api/v4"), parse_qs(parts.query)
        listed = re.fullmatch(r"/(groups|users)/([^/]+)/projects", path)
        if listed:
            number = int(query.get("page", ["1"])[0])
            return self._list(listed.group(1), unquote(listed.group(2)), target, number, headers)
        single = re.fullmatch(r"/projects/([^/]+)(/releases)?", path)
        if single is None:
            return Canned(404, b'{"message": "404 Not Found"}')
        name = unquote(single.group(1))
        if name in self.moved:
            now = self.moved[name].replace("/", "%2F")
            return Canned(301, b"", {"Location": f"{self.server.url}/api/v4/projects/{now}"})
        found = next((each for at, each in self.projects.items() if name in (at, str(each["id"]))), None)
        if found is None or found["visibility"] != "public":
            return Canned(404, b'{"message": "404 Project Not Found"}')
        if single.group(2):
            return _tagged(self.releases.get(found["path_with_namespace"], []), headers)
        return _tagged({"license": None, **found}, headers)

    def _list(self, kind: str, namespace: str, target: str, page: int, headers: Mapping[str, str]) -> Canned:
        below = [each for path, each in self.projects.items() if path.startswith(f"{namespace}/")]
        if (kind == "users") != (namespace in self.people) or not below:
            return Canned(404, b'{"message": "404 Group Not Found"}')
        rows = [{name: value for name, value in each.items() if name != "license"} for each in below]
        told: dict[str, str] = {"X-Total": str(len(rows) if self.total is None else self.total)}
        if page * self.page < len(rows):
            bare = re.sub(r"&page=\d+", "", target)
            told["Link"] = f'<{self.server.url}{bare}&page={page + 1}>; rel="next"'
        return _tagged(rows[(page - 1) * self.page : page * self.page], headers, told)


def _tagged(value: Any, headers: Mapping[str, str], told: Mapping[str, str] | None = None) -> Canned:
    body = json.dumps(value).encode()
    tag = f'W/"{hashlib.sha256(body).hexdigest()}"'
    if headers.get("If-None-Match") == tag:
        return Canned(304, b"", {"ETag": tag, **(told or {})})
    return Canned(200, body, {"ETag": tag, "Content-Type": "application/json", **(told or {})})
