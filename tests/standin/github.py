"""GitHub's REST API and raw files over the sample world: which address answers what.

No limits, no faults, no sockets: see `limits`, `faults` and `server`. The facts are those of GitHub's REST
documentation, version 2022-11-28.
"""

from __future__ import annotations

import re

from tests.standin.answers import DOCUMENTATION, Answer, ApiError, Request, dumped, paged, told
from tests.standin.repository_api import HANDLERS, Call
from tests.standin.shapes import Shapes, account_number
from tests.standin.world import Commit, Repository, World

VERSIONS = ("2022-11-28", "2026-03-10")
TEXT = "text/plain; charset=utf-8"


class GitHub:
    """Answers requests of the API; `path` comes without the prefix under which the stand-in plays it."""

    def __init__(self, world: World, api: str, raw: str) -> None:
        self.world, self.api = world, api
        self.shapes = Shapes(world, api, raw)

    def answer(self, request: Request, path: str) -> Answer:
        """The answer to a request. Raises `ApiError`."""
        self._admit(request, path)
        if listing := re.fullmatch(r"/(orgs|users|user|organizations)/([^/]+)/repos", path):
            return self._account(request, listing[1], listing[2])
        if named := re.fullmatch(r"/repos/([^/]+/[^/]+)(?:/(.+))?", path):
            return self._named(request, named[1], named[2] or "")
        if numbered := re.fullmatch(r"/repositories/(\d+)(?:/(.+))?", path):
            found = self.world.repositories.get(int(numbered[1]))
            if found is None or found.private:
                raise ApiError(404, "Not Found")
            return self._repository(request, found, numbered[2] or "")
        raise ApiError(404, "Not Found")

    @staticmethod
    def _admit(request: Request, path: str) -> None:
        version = request.headers.get("x-github-api-version", VERSIONS[0])
        if version not in VERSIONS:
            raise ApiError(400, f"{version} is not a supported version of the REST API.")
        if request.method not in ("GET", "HEAD") or path.endswith("/"):
            raise ApiError(404, "Not Found")

    def _account(self, request: Request, kind: str, name: str) -> Answer:
        logins = {r.owner for r in self.world.repositories.values()}
        login = next((o for o in logins if name.casefold() == o.casefold() or name == str(account_number(o))), None)
        if login is None or (kind == "orgs" and login.casefold() in self.world.users):
            raise ApiError(404, "Not Found")
        where = "user" if login.casefold() in self.world.users else "organizations"
        rows = self.world.of_owner(login)
        page, headers = paged(request, rows, f"{self.api}/{where}/{account_number(login)}/repos")
        answer = told([self.shapes.repository(row) for row in page])
        answer.headers |= headers
        return answer

    def _named(self, request: Request, name: str, rest: str) -> Answer:
        found = self.world.find(name)
        if found is not None:
            return self._repository(request, found, rest)
        moved = self.world.moved(name)
        if moved is None:
            raise ApiError(404, "Not Found")
        target = f"{self.api}/repositories/{moved.id}" + (f"/{rest}" if rest else "")
        if "?" in request.target:
            target += "?" + request.target.partition("?")[2]
        body = {"message": "Moved Permanently", "url": target, "documentation_url": f"{DOCUMENTATION}/guides"}
        return Answer(301, dumped(body), headers={"Location": target})

    def _repository(self, request: Request, repository: Repository, rest: str) -> Answer:
        modified = repository.head.date if repository.head else None
        if not rest:
            return told(self.shapes.repository(repository), modified)
        parts = tuple(rest.split("/"))
        for depth in (2, 1):
            handler = HANDLERS.get("/".join(parts[:depth]))
            if handler is not None:
                base = f"{self.api}/repositories/{repository.id}/{rest}"
                return handler(Call(request, self.shapes, repository, parts[depth:], base))
        raise ApiError(404, "Not Found")


def raw_file(world: World, path: str) -> Answer:
    """A file as `raw.githubusercontent.com` serves it: `/{owner}/{name}/{ref}/{path}`, no quota, no renames told."""
    owner, _, rest = path.strip("/").partition("/")
    name, _, rest = rest.partition("/")
    repository = world.find(f"{owner}/{name}") or world.moved(f"{owner}/{name}")
    for commit in _at(repository, rest):
        node = commit.nodes.get(rest.partition("/")[2] if "/" in rest else "")
        if node is not None and node.kind == "blob":
            return Answer(200, world.blobs[node.sha], TEXT, etag=node.sha, charged=0)
    return Answer(404, b"404: Not Found", TEXT, charged=0)


def _at(repository: Repository | None, rest: str) -> list[Commit]:
    ref = rest.partition("/")[0]
    if repository is None or repository.head is None:
        return []
    if ref in ("HEAD", repository.branch):
        return [repository.head]
    return [commit for commit in repository.commits if commit.sha == repository.tags.get(ref, ref)]
