"""The sample world in memory: repositories with their commits, and what can happen to them.

Knows nothing of HTTP. `tests.standin.worldfiles` reads it from the data files; tests change it through `StandIn`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from tests.standin.gitobjects import FILE, Node, commit_id, object_id, with_folders

AUTHOR = "Sample Author <author@sample.internal>"


def stable_number(text: str, span: int = 800_000_000, first: int = 100_000_000) -> int:
    """A number that belongs to a text for ever, as a forge's numeric ids do."""
    return first + int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % span


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; `nodes` is its whole snapshot, folders included."""

    sha: str
    parents: tuple[str, ...]
    author: str
    date: str
    message: str
    nodes: Mapping[str, Node]

    @property
    def tree(self) -> str:
        """The id of the root folder."""
        return self.nodes[""].sha

    def files(self) -> dict[str, Node]:
        """Files and submodules without the folders."""
        return {path: node for path, node in self.nodes.items() if node.kind != "tree"}


@dataclass(frozen=True, slots=True)
class Release:
    """A release of a tag."""

    tag: str
    name: str
    body: str
    date: str
    prerelease: bool = False


@dataclass(slots=True)
class Repository:
    """One repository: facts of the forge, commits of the default branch (oldest first), tags and releases."""

    owner: str
    name: str
    id: int
    branch: str = "main"
    description: str | None = None
    homepage: str | None = None
    topics: tuple[str, ...] = ()
    archived: bool = False
    fork: bool = False
    private: bool = False
    stars: int = 0
    licence: str | None = None
    commits: list[Commit] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    releases: list[Release] = field(default_factory=list)

    @property
    def full_name(self) -> str:
        """Owner and name as they are spelt."""
        return f"{self.owner}/{self.name}"

    @property
    def head(self) -> Commit | None:
        """The newest commit, or None for an empty repository."""
        return self.commits[-1] if self.commits else None

    def copy(self) -> Repository:
        """A copy that can be changed; commits are immutable and shared."""
        return replace(self, commits=list(self.commits), tags=dict(self.tags), releases=list(self.releases))


class World:
    """All repositories of a forge, by name, by number and by the names they had."""

    def __init__(self) -> None:
        self.repositories: dict[int, Repository] = {}
        self.redirects: dict[str, int] = {}
        self.blobs: dict[str, bytes] = {}
        self.users: set[str] = set()

    def copy(self) -> World:
        """A fresh world; what happens to it leaves this one as it is."""
        other = World()
        other.repositories = {number: repository.copy() for number, repository in self.repositories.items()}
        other.redirects, other.blobs, other.users = dict(self.redirects), dict(self.blobs), set(self.users)
        return other

    def find(self, full_name: str) -> Repository | None:
        """The public repository that has this name now, in any letter case."""
        wanted = full_name.casefold()
        return next((r for r in self.repositories.values() if r.full_name.casefold() == wanted and not r.private), None)

    def moved(self, full_name: str) -> Repository | None:
        """The public repository that had this name once."""
        found = self.repositories.get(self.redirects.get(full_name.casefold(), 0))
        return None if found is None or found.private else found

    def require(self, full_name: str) -> Repository:
        """The repository of this name, for tests. Raises `KeyError`."""
        found = self.find(full_name)
        if found is None:
            raise KeyError(f"The world has no public repository {full_name}.")
        return found

    def of_owner(self, owner: str) -> list[Repository]:
        """The public repositories of one account, last pushed first."""
        mine = [r for r in self.repositories.values() if r.owner.casefold() == owner.casefold() and not r.private]
        return sorted(mine, key=lambda r: (r.head.date if r.head else "", r.full_name), reverse=True)

    def add(self, repository: Repository) -> Repository:
        """Put a repository into the world."""
        self.repositories[repository.id] = repository
        return repository

    def blob(self, content: bytes) -> Node:
        """Keep bytes; returns the file that holds them."""
        sha = object_id("blob", content)
        self.blobs[sha] = content
        return Node(FILE, sha, len(content))

    def commit(
        self, repository: Repository, files: Mapping[str, Node], message: str, date: str | None = None,
        author: str = AUTHOR,
    ) -> Commit:
        """Append a commit with this snapshot. Without a date it comes one day after the last one."""
        head = repository.head
        date = date or next_day(head.date if head else "2025-06-01T09:00:00Z")
        parents = (head.sha,) if head else ()
        commit = make_commit(parents, author, date, message, files)
        repository.commits.append(commit)
        return commit

    def change(
        self, full_name: str, path: str, content: bytes | str | None, message: str = "Change", date: str | None = None
    ) -> Commit:
        """Write a file (None: delete it) in a commit of its own; a commit that changes nothing is a keep-alive."""
        repository = self.require(full_name)
        files = repository.head.files() if repository.head else {}
        if content is None:
            files.pop(path)
        else:
            files[path] = self.blob(content.encode() if isinstance(content, str) else content)
        return self.commit(repository, files, message, date)

    def rename(self, full_name: str, to: str) -> Repository:
        """Give a repository another `owner/name`; the old one redirects. Its number stays."""
        repository = self.require(full_name)
        self.redirects[full_name.casefold()] = repository.id
        repository.owner, repository.name = to.split("/")
        self.redirects.pop(to.casefold(), None)
        return repository

    def delete(self, full_name: str) -> None:
        """Take a repository out of the world."""
        del self.repositories[self.require(full_name).id]


def make_commit(
    parents: tuple[str, ...], author: str, date: str, message: str, files: Mapping[str, Node]
) -> Commit:
    """A commit with its id as git computes it."""
    nodes = with_folders(files)
    return Commit(commit_id(nodes[""].sha, parents, author, date, message), parents, author, date, message, nodes)


@cache
def next_day(date: str) -> str:
    """The same hour of the following day."""
    return (datetime.fromisoformat(date) + timedelta(days=1)).isoformat().replace("+00:00", "Z")
