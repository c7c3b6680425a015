"""Identifiers of blobs, trees and commits, computed as git computes them.

Does not read or write repositories. Specification: gitformat-pack, "object types"; gitglossary, "tree object".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

FILE, TREE, GITLINK = "100644", "40000", "160000"


@dataclass(frozen=True, slots=True)
class Node:
    """One entry of a snapshot: a file, a folder or a pinned submodule. `size` is that of a file."""

    mode: str
    sha: str
    size: int = 0

    @property
    def kind(self) -> str:
        """`blob`, `tree` or `commit`, as the API calls them."""
        return {TREE: "tree", GITLINK: "commit"}.get(self.mode, "blob")


def object_id(kind: str, body: bytes) -> str:
    """The SHA-1 of a git object."""
    return hashlib.sha1(f"{kind} {len(body)}\0".encode() + body, usedforsecurity=False).hexdigest()


def with_folders(files: Mapping[str, Node]) -> dict[str, Node]:
    """A flat mapping of paths to files, completed by its folders; the root is the path `""`."""
    children: dict[str, dict[str, Node]] = {"": {}}
    for path, node in files.items():
        folder, _, name = path.rpartition("/")
        for parent in _ancestors(folder):
            children.setdefault(parent, {})
        children[folder][name] = node
    nodes = dict(files)
    for folder in sorted(children, key=lambda path: (path.count("/"), path != ""), reverse=True):
        tree = Node(TREE, tree_id(children[folder]))
        nodes[folder] = tree
        if folder:
            parent, _, name = folder.rpartition("/")
            children[parent][name] = tree
    return nodes


def tree_id(entries: Mapping[str, Node]) -> str:
    """The id of one folder. Git sorts a folder as if its name ended in a slash."""
    rows = sorted(entries.items(), key=lambda row: row[0] + ("/" if row[1].mode == TREE else ""))
    return object_id("tree", b"".join(f"{n.mode} {name}\0".encode() + bytes.fromhex(n.sha) for name, n in rows))


def commit_id(tree: str, parents: tuple[str, ...], author: str, date: str, message: str) -> str:
    """The id of a commit whose author committed it himself; `author` is `Name <address>`, `date` ISO in UTC."""
    stamp = int(datetime.fromisoformat(date).astimezone(UTC).timestamp())
    head = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    head += [f"author {author} {stamp} +0000", f"committer {author} {stamp} +0000", "", message]
    return object_id("commit", "\n".join(head).encode())


def _ancestors(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
