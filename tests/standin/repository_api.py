"""What one repository answers below its own address: trees, blobs, commits, tags, files. One table of handlers.

Border: which repository an address means, and whether it may be asked, stands in `github`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tests.standin.answers import Answer, ApiError, Request, paged, told
from tests.standin.gitobjects import Node
from tests.standin.shapes import Shapes
from tests.standin.world import Commit, Repository

LICENCE_FILE = re.compile(r"(?i)^(licen[cs]e|copying)(\.\w+)?$")
README_FILE = re.compile(r"(?i)^readme(\.\w+)?$")


@dataclass(frozen=True, slots=True)
class Call:
    """A request about one repository; `rest` is the path below the handler, `base` is where lists have their pages."""

    request: Request
    shapes: Shapes
    repository: Repository
    rest: tuple[str, ...]
    base: str


Handler: TypeAlias = Callable[[Call], Answer]


def resolve(repository: Repository, ref: str) -> Commit:
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


def tree(call: Call) -> Answer:
    ref = "/".join(call.rest)
    recursive = "recursive" in call.request.query  # any value, `0` too, turns it on
    for commit in reversed(call.repository.commits):
        base = next((p for p, node in commit.nodes.items() if node.kind == "tree" and node.sha == ref), None)
        if base is not None:
            return told(call.shapes.tree(call.repository, commit, base, recursive), commit.date)
    commit = resolve(call.repository, ref)
    return told(call.shapes.tree(call.repository, commit, "", recursive), commit.date)


def blob(call: Call) -> Answer:
    sha = call.rest[0] if call.rest else ""
    here = any(node.sha == sha for commit in call.repository.commits for node in commit.nodes.values())
    if not here or sha not in call.shapes.world.blobs:
        raise ApiError(404, "Not Found")
    if _wants_raw(call.request):
        return Answer(body=call.shapes.world.blobs[sha], content_type="application/octet-stream", etag=f"{sha}-raw")
    return told(call.shapes.blob(call.repository, sha), etag=sha)


def git_commit(call: Call) -> Answer:
    commit = resolve(call.repository, "/".join(call.rest))
    return told(call.shapes.git_commit(call.repository, commit), commit.date)


def commits(call: Call) -> Answer:
    if call.rest:
        commit = resolve(call.repository, "/".join(call.rest))
        return told(call.shapes.commit(call.repository, commit), commit.date)
    query = call.request.query
    head = resolve(call.repository, query.get("sha", "HEAD"))
    line = call.repository.commits[: call.repository.commits.index(head) + 1]
    if "path" in query:
        line = _touching(line, query["path"])
    page, headers = paged(call.request, line[::-1], call.base)
    answer = told([call.shapes.commit(call.repository, commit) for commit in page], head.date)
    answer.headers |= headers
    return answer


def branches(call: Call) -> Answer:
    if call.repository.head is None and not call.rest:
        return told([])
    if call.rest and "/".join(call.rest) != call.repository.branch:
        raise ApiError(404, "Branch not found")
    resolve(call.repository, "HEAD")
    told_branch = call.shapes.branch(call.repository)
    return told(told_branch if call.rest else [told_branch])


def tags(call: Call) -> Answer:
    rows = [call.shapes.tag(call.repository, name, sha) for name, sha in reversed(call.repository.tags.items())]
    return _list(call, rows)


def releases(call: Call) -> Answer:
    newest = sorted(call.repository.releases, key=lambda row: row.date, reverse=True)
    if call.rest == ("latest",):
        final = [row for row in newest if not row.prerelease]
        if not final:
            raise ApiError(404, "Not Found")
        return told(call.shapes.release(call.repository, final[0]))
    return _list(call, [call.shapes.release(call.repository, row) for row in newest])


def contents(call: Call) -> Answer:
    path = "/".join(call.rest)
    ref = call.request.query.get("ref", call.repository.branch)
    commit = _filled(call.repository, ref)
    node = commit.nodes.get(path)
    if node is None:
        raise ApiError(404, "Not Found")
    if node.kind != "tree":
        return _file(call, path, node, ref, commit)
    start = f"{path}/" if path else ""
    rows = [
        call.shapes.content(call.repository, below, each, ref, inline=False)
        for below, each in sorted(commit.nodes.items())
        if below and below.startswith(start) and "/" not in below.removeprefix(start)
    ]
    return told(rows, commit.date, etag=node.sha)


def readme(call: Call) -> Answer:
    return _one(call, README_FILE)


def licence(call: Call) -> Answer:
    if call.repository.licence is None:
        raise ApiError(404, "Not Found")
    return _one(call, LICENCE_FILE)


def topics(call: Call) -> Answer:
    return told({"names": list(call.repository.topics)})


def languages(call: Call) -> Answer:
    return told(call.shapes.languages(call.repository))


def _filled(repository: Repository, ref: str) -> Commit:
    if repository.head is None:
        raise ApiError(404, "This repository is empty.")
    return resolve(repository, ref)


def _one(call: Call, pattern: re.Pattern[str]) -> Answer:
    ref = call.request.query.get("ref", call.repository.branch)
    commit = _filled(call.repository, ref)
    path = next((name for name, node in sorted(commit.nodes.items()) if pattern.match(name)), None)
    if path is None:
        raise ApiError(404, "Not Found")
    return _file(call, path, commit.nodes[path], ref, commit)


def _file(call: Call, path: str, node: Node, ref: str, commit: Commit) -> Answer:
    if _wants_raw(call.request) and node.kind == "blob":
        body = call.shapes.world.blobs[node.sha]
        kind = "application/vnd.github.raw+json; charset=utf-8"
        return Answer(body=body, content_type=kind, etag=f"{node.sha}-raw", modified=commit.date)
    value = call.shapes.content(call.repository, path, node, ref, inline=True)
    if LICENCE_FILE.match(path):
        value["license"] = call.shapes.licence(call.repository.licence)
    return told(value, commit.date, etag=node.sha)


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


HANDLERS: dict[str, Handler] = {
    "git/trees": tree, "git/blobs": blob, "git/commits": git_commit, "commits": commits,
    "branches": branches, "tags": tags, "releases": releases, "contents": contents,
    "readme": readme, "license": licence, "topics": topics, "languages": languages,
}
