"""GitHub's REST API and raw files over the sample world: which address answers what.

No limits, no faults, no sockets: see `limits`, `faults` and `server`. The facts are those of GitHub's REST
documentation, version 2022-11-28.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tests.standin.answers import DOCUMENTATION, Answer, ApiError, Request, dumped, paged, told
from tests.standin.gitobjects import Node
from tests.standin.shapes import Shapes, account_number
from tests.standin.world import Commit, Repository, World

VERSIONS = ("2022-11-28", "2026-03-10")
TEXT = "text/plain; charset=utf-8"
LICENCE_FILE = re.compile(r"(?i)^(licen[cs]e|copying)(\.\w+)?$")
README_FILE = re.compile(r"(?i)^readme(\.\w+)?$")


@dataclass(frozen=True, slots=True)
class Call:
    """A request about one repository; `base` is the address that lists are paged under."""

    request: Request
    repository: Repository
    rest: tuple[str, ...]
    base: str


Handler: TypeAlias = Callable[["GitHub", Call], Answer]


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
        call = Call(request, repository, parts, f"{self.api}/repositories/{repository.id}")
        for depth in (2, 1):
            handler = HANDLERS.get("/".join(parts[:depth]))
            if handler is not None:
                return handler(self, Call(request, repository, parts[depth:], f"{call.base}/{'/'.join(parts)}"))
        raise ApiError(404, "Not Found")

    # What a repository answers below its own address -------------------------------------------------------------

    def resolve(self, repository: Repository, ref: str) -> Commit:
        """The commit a branch, tag or id means. Raises `ApiError`: 409 for an empty repository, else 404."""
        if repository.head is None:
            raise ApiError(409, "Git Repository is empty.")
        if ref in ("HEAD", repository.branch, f"heads/{repository.branch}"):
            return repository.head
        sha = repository.tags.get(ref.removeprefix("tags/"), ref)
        found = next((commit for commit in repository.commits if commit.sha == sha), None)
        if found is None:
            raise ApiError(404, f"No commit found for the ref {ref}")
        return found

    def tree(self, call: Call) -> Answer:
        ref = "/".join(call.rest)
        recursive = "recursive" in call.request.query  # any value, `0` too, turns it on
        for commit in reversed(call.repository.commits):
            base = next((p for p, node in commit.nodes.items() if node.kind == "tree" and node.sha == ref), None)
            if base is not None:
                return told(self.shapes.tree(call.repository, commit, base, recursive), commit.date)
        commit = self.resolve(call.repository, ref)
        return told(self.shapes.tree(call.repository, commit, "", recursive), commit.date)

    def blob(self, call: Call) -> Answer:
        sha = call.rest[0] if call.rest else ""
        here = any(node.sha == sha for commit in call.repository.commits for node in commit.nodes.values())
        if not here or sha not in self.world.blobs:
            raise ApiError(404, "Not Found")
        if _wants_raw(call.request):
            return Answer(body=self.world.blobs[sha], content_type="application/octet-stream", etag=f"{sha}-raw")
        return told(self.shapes.blob(call.repository, sha), etag=sha)

    def git_commit(self, call: Call) -> Answer:
        commit = self.resolve(call.repository, "/".join(call.rest))
        return told(self.shapes.git_commit(call.repository, commit), commit.date)

    def commits(self, call: Call) -> Answer:
        if call.rest:
            commit = self.resolve(call.repository, "/".join(call.rest))
            return told(self.shapes.commit(call.repository, commit), commit.date)
        query = call.request.query
        head = self.resolve(call.repository, query.get("sha", "HEAD"))
        line = call.repository.commits[: call.repository.commits.index(head) + 1]
        if "path" in query:
            line = _touching(line, query["path"])
        page, headers = paged(call.request, line[::-1], call.base)
        answer = told([self.shapes.commit(call.repository, commit) for commit in page], head.date)
        answer.headers |= headers
        return answer

    def branches(self, call: Call) -> Answer:
        if call.repository.head is None and not call.rest:
            return told([])
        if call.rest and "/".join(call.rest) != call.repository.branch:
            raise ApiError(404, "Branch not found")
        self.resolve(call.repository, "HEAD")
        told_branch = self.shapes.branch(call.repository)
        return told(told_branch if call.rest else [told_branch])

    def tags(self, call: Call) -> Answer:
        rows = [self.shapes.tag(call.repository, name, sha) for name, sha in reversed(call.repository.tags.items())]
        return _list(call, rows)

    def releases(self, call: Call) -> Answer:
        newest = sorted(call.repository.releases, key=lambda row: row.date, reverse=True)
        if call.rest == ("latest",):
            final = [row for row in newest if not row.prerelease]
            if not final:
                raise ApiError(404, "Not Found")
            return told(self.shapes.release(call.repository, final[0]))
        return _list(call, [self.shapes.release(call.repository, row) for row in newest])

    def contents(self, call: Call) -> Answer:
        path = "/".join(call.rest)
        ref = call.request.query.get("ref", call.repository.branch)
        commit = self._filled(call.repository, ref)
        node = commit.nodes.get(path)
        if node is None:
            raise ApiError(404, "Not Found")
        if node.kind != "tree":
            return self._file(call, path, node, ref, commit)
        start = f"{path}/" if path else ""
        rows = [
            self.shapes.content(call.repository, below, each, ref, inline=False)
            for below, each in sorted(commit.nodes.items())
            if below and below.startswith(start) and "/" not in below.removeprefix(start)
        ]
        return told(rows, commit.date, etag=node.sha)

    def readme(self, call: Call) -> Answer:
        return self._one(call, README_FILE)

    def licence(self, call: Call) -> Answer:
        if call.repository.licence is None:
            raise ApiError(404, "Not Found")
        return self._one(call, LICENCE_FILE)

    def topics(self, call: Call) -> Answer:
        return told({"names": list(call.repository.topics)})

    def languages(self, call: Call) -> Answer:
        return told(self.shapes.languages(call.repository))

    def _filled(self, repository: Repository, ref: str) -> Commit:
        if repository.head is None:
            raise ApiError(404, "This repository is empty.")
        return self.resolve(repository, ref)

    def _one(self, call: Call, pattern: re.Pattern[str]) -> Answer:
        ref = call.request.query.get("ref", call.repository.branch)
        commit = self._filled(call.repository, ref)
        path = next((name for name, node in sorted(commit.nodes.items()) if pattern.match(name)), None)
        if path is None:
            raise ApiError(404, "Not Found")
        return self._file(call, path, commit.nodes[path], ref, commit)

    def _file(self, call: Call, path: str, node: Node, ref: str, commit: Commit) -> Answer:
        if _wants_raw(call.request) and node.kind == "blob":
            body = self.world.blobs[node.sha]
            kind = "application/vnd.github.raw+json; charset=utf-8"
            return Answer(body=body, content_type=kind, etag=f"{node.sha}-raw", modified=commit.date)
        value = self.shapes.content(call.repository, path, node, ref, inline=True)
        if LICENCE_FILE.match(path):
            value["license"] = self.shapes.licence(call.repository.licence)
        return told(value, commit.date, etag=node.sha)


HANDLERS: dict[str, Handler] = {
    "git/trees": GitHub.tree, "git/blobs": GitHub.blob, "git/commits": GitHub.git_commit, "commits": GitHub.commits,
    "branches": GitHub.branches, "tags": GitHub.tags, "releases": GitHub.releases, "contents": GitHub.contents,
    "readme": GitHub.readme, "license": GitHub.licence, "topics": GitHub.topics, "languages": GitHub.languages,
}


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


def _touching(line: list[Commit], path: str) -> list[Commit]:
    """The commits of a line (oldest first) in which this path changed."""
    found, before = [], None
    for commit in line:
        node = commit.nodes.get(path)
        if node != before:
            found.append(commit)
        before = node
    return found


def _list(call: Call, rows: list[dict[str, object]]) -> Answer:
    page, headers = paged(call.request, rows, call.base)
    answer = told(page)
    answer.headers |= headers
    return answer


def _wants_raw(request: Request) -> bool:
    return "raw" in request.headers.get("accept", "")
