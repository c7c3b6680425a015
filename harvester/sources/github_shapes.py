"""The part of GitHub's JSON that we rely on; whatever else is in it is left alone and kept with the payload.

Everything is checked here once: ids are hexadecimal, names cannot lead to another path. Source: GitHub REST API,
version 2022-11-28.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Sha = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]
FullName = Annotated[str, StringConstraints(pattern=r"^[\w.-]{1,100}/[\w.-]{1,100}$")]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Licence(_Shape):
    """What GitHub detected."""

    key: str | None = None
    spdx_id: str | None = None


class Repository(_Shape):
    """`GET /repos/{owner}/{name}`, and one element of an owner's list."""

    id: int
    full_name: FullName
    default_branch: str
    private: bool = False
    archived: bool = False
    fork: bool = False
    pushed_at: str | None = None
    description: str | None = None
    homepage: str | None = None
    topics: list[str] = Field(default_factory=list)
    license: Licence | None = None
    stargazers_count: int = 0
    forks_count: int = 0
    open_issues_count: int = 0

    @property
    def owner(self) -> str:
        """The owner's name as GitHub spells it."""
        return self.full_name.partition("/")[0]


class _TreeOfCommit(_Shape):
    sha: Sha


class _CommitBody(_Shape):
    tree: _TreeOfCommit


class Commit(_Shape):
    """One element of `GET …/commits`."""

    sha: Sha
    commit: _CommitBody

    @property
    def tree(self) -> str:
        """The id of the commit's tree."""
        return self.commit.tree.sha


class _Told(_Shape):
    message: str


class ToldCommit(_Shape):
    """One element of `GET …/commits` of which only the words matter."""

    sha: Sha
    commit: _Told


class TreeRow(_Shape):
    """One file, folder or submodule of a tree."""

    path: str
    mode: str
    type: str
    sha: Sha
    size: int | None = None


class Tree(_Shape):
    """`GET …/git/trees/{sha}`."""

    sha: Sha
    tree: list[TreeRow]
    truncated: bool = False


class Blob(_Shape):
    """`GET …/git/blobs/{sha}`."""

    sha: Sha
    size: int
    encoding: str
    content: str

    def content_bytes(self) -> bytes | None:
        """The bytes of the file, or None when they are not as many as the answer says."""
        if self.encoding not in ("base64", "utf-8"):
            return None
        try:
            body = base64.b64decode(self.content) if self.encoding == "base64" else self.content.encode()
        except (binascii.Error, ValueError):
            return None
        return body if len(body) == self.size else None


class Named(_Shape):
    """One element of `GET …/tags` and `GET …/releases`, of which only the existence matters here."""

    name: str | None = None
