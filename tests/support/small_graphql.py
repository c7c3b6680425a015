"""The GraphQL side of `SmallGithub`: the few fields that a harvest asks for, resolved over the same repositories."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import requests
from graphql import GraphQLError, build_schema, graphql_sync

from tests.support.answers import Canned
from tests.support.small_github import Repo, SmallGithub, blob_id

ADDRESS = "https://api.github.com/graphql"

_SCHEMA = build_schema("""
    interface GitObject { oid: String! }
    type Blob implements GitObject { oid: String! byteSize: Int! isBinary: Boolean isTruncated: Boolean! text: String }
    type Tree implements GitObject { oid: String! entries: [TreeEntry!] }
    type TreeEntry { name: String! type: String! oid: String! object: GitObject }
    type RefConnection { totalCount: Int! }
    type Repository { databaseId: Int isPrivate: Boolean! refs(refPrefix: String!, first: Int): RefConnection
                      object(expression: String, oid: String): GitObject }
    type Query { repository(owner: String!, name: String!): Repository }
""")


@dataclass(slots=True)
class SmallGraphql:
    """Answers questions; `instead` are answers that come first, `most` is how many aliases one question may have."""

    github: SmallGithub
    most: int = 1_000
    instead: list[Canned | Exception] = field(default_factory=list)
    truncated: set[str] = field(default_factory=set)
    questions: list[str] = field(default_factory=list)

    def __call__(self, request: requests.PreparedRequest) -> Canned | Exception:
        question = json.loads(request.body or b"")["query"]
        self.questions.append(question)
        if self.instead:
            return self.instead.pop(0)
        if question.count(":repository(") > self.most or question.count(":object(oid") > self.most:
            return Canned(502, b"<html>")
        found = graphql_sync(_SCHEMA, question, {"repository": self._repository})
        errors = [
            {"message": each.message, "path": each.path, **({"type": "NOT_FOUND"} if each.path else {})}
            for each in found.errors or ()
        ]
        body = {"data": found.data, **({"errors": errors} if errors else {})}
        return Canned(200, json.dumps(body).encode(), {
            "X-RateLimit-Remaining": "4000", "X-RateLimit-Reset": "4000000000", "X-RateLimit-Resource": "graphql",
        })

    def _repository(self, _info: Any, owner: str, name: str) -> dict[str, Any]:
        repo = self.github.repos.get(self.github.moved.get(f"{owner}/{name}".lower(), f"{owner}/{name}").lower())
        if repo is None:
            raise GraphQLError(f"Could not resolve to a Repository with the name '{owner}/{name}'.")
        return {
            "databaseId": repo.id, "isPrivate": repo.private,
            "refs": lambda _info, **_: {"totalCount": len(repo.tags)},
            "object": lambda _info, **what: self._object(repo, **what),
        }

    def _object(self, repo: Repo, expression: str | None = None, oid: str | None = None) -> dict[str, Any] | None:
        if oid is not None:
            bodies = [body for files in (repo.files, *repo.branches.values()) for body in files.values()]
            return next((self._blob(body) for body in bodies if blob_id(body) == oid), None)
        branch, _, folder = (expression or "").partition(":")
        files = repo.snapshot(repo.branch if branch == "HEAD" else branch)
        rows = {path.removeprefix(f"{folder}/" if folder else ""): body for path, body in (files or {}).items()
                if path.startswith(f"{folder}/" if folder else "")}
        if files is None or (folder and not rows):
            return None
        return {"__typename": "Tree", "oid": "", "entries": [
            {"name": path, "type": "blob", "oid": blob_id(body), "object": self._blob(body)}
            for path, body in rows.items() if "/" not in path
        ]}

    def _blob(self, body: bytes) -> dict[str, Any]:
        binary = b"\0" in body
        text = body.decode("utf-8", "replace")
        cut = blob_id(body) in self.truncated
        return {
            "__typename": "Blob", "oid": blob_id(body), "byteSize": len(body), "isBinary": binary,
            "isTruncated": cut, "text": None if binary else text[:10] if cut else text,
        }
