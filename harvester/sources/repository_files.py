"""Which files of a repository are wanted, and how they are had: by their id, once in a life.

The bytes of a git blob never change, so a known id is never asked for again, in whatever repository it turns up.
Bytes whose id is not the one asked for are used, but not remembered under that id. Border: from where the bytes of an
unknown id come (`Supply`) is the business of each forge's rooms.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from harvester.bounds import MIB
from harvester.client import Client
from harvester.errors import UnexpectedAnswer
from harvester.memory import Memory
from harvester.sources.github_shapes import Tree, TreeRow
from vocab.findings import finding
from vocab.record import Document, Finding

MAX_FILE = 1 * MIB
_MOST_FILES = 60
_SYMLINK = "120000"
_LONGEST_PATH = 4096

METADATA = re.compile(r"ai4-metadata\.(?:yml|yaml|json)|metadata\.(?:json|yaml|yml)")
_WANTED = (
    METADATA,
    re.compile(r"(?:README|LICEN[SC]E|COPYING)[^/]*", re.IGNORECASE),
    re.compile(r"CITATION\.cff|codemeta\.json|\.zenodo\.json"),
    re.compile(r"pyproject\.toml|setup\.cfg|setup\.py|VERSION|requirements\.txt"),
    re.compile(r"(?:docker/)?Dockerfile[^/]*"),
)

# The bytes of each of these files, in any order; None for one that is too large to be had.
Supply: TypeAlias = Callable[[Sequence[TreeRow]], Iterable[tuple[TreeRow, bytes | None]]]


def is_wanted(path: str) -> bool:
    """Whether a file is one that readers know."""
    return any(pattern.fullmatch(path) for pattern in _WANTED)


def wanted(tree: Tree) -> list[TreeRow]:
    """The wanted files of a tree in the order of their paths."""
    files = {row.path: row for row in tree.tree if row.type == "blob"}
    return [row for path, row in sorted(files.items()) if is_wanted(path)][:_MOST_FILES]


def has_metadata(tree: Tree) -> bool:
    """Whether one of the files is a module's metadata."""
    return any(METADATA.fullmatch(row.path) for row in tree.tree if row.type == "blob")


def git_blob_id(body: bytes, *, sha256: bool = False) -> str:
    """The id git gives to a file's bytes, in a repository of SHA-1 or of SHA-256."""
    named = b"blob %d\0" % len(body) + body
    return (hashlib.sha256(named) if sha256 else hashlib.sha1(named, usedforsecurity=False)).hexdigest()


@dataclass(frozen=True, slots=True)
class Place:
    """Whose files they are: for findings and, by `page`, for the address of each."""

    source: str
    key: str
    commit: str
    page: Callable[[str], str]


class FileStore:
    """The files of repositories, remembered by their ids."""

    def __init__(self, client: Client, memory: Memory) -> None:
        self._client = client
        self._memory = memory

    def documents(self, tree: Tree, place: Place, supply: Supply) -> tuple[list[Document], list[Finding]]:
        """The wanted files as documents; one that is too large is a finding instead. Raises `HarvestError`."""
        rows = wanted(tree)
        links = [row for row in rows if row.mode == _SYMLINK and (row.size or 0) <= _LONGEST_PATH]
        had = self.bodies([*links, *(row for row in rows if row.mode != _SYMLINK)], supply)
        files = {row.path: row for row in rows if row.mode != _SYMLINK}
        for link in links:
            target = _target(link, had.get(link.sha), tree)
            if target is not None:
                files[link.path] = target
        had |= self.bodies([file for file in files.values() if file.sha not in had], supply)
        documents: list[Document] = []
        findings: list[Finding] = []
        for path, file in sorted(files.items()):
            found = had.get(file.sha)
            if found is None or len(found[0]) > MAX_FILE:
                findings.append(_too_large(file, file.size or (len(found[0]) if found else None), place))
                continue
            documents.append(Document(path, found[0], found[1], place.page(file.path), place.commit))
        return documents, findings

    def bodies(self, rows: Sequence[TreeRow], supply: Supply) -> dict[str, tuple[bytes, str]]:
        """Bytes and SHA-256 of files by their ids; one that is too large is not among them. Raises `HarvestError`."""
        had: dict[str, tuple[bytes, str]] = {}
        missing: dict[str, TreeRow] = {}
        for row in rows:
            if row.sha in had or row.sha in missing or (row.size or 0) > MAX_FILE:
                continue
            known = self._memory.blob(row.sha)
            body = self._memory.payload(known) if known else None
            if known and body is not None:
                self._client.avoided()
                had[row.sha] = body, known
            else:
                missing[row.sha] = row
        for row, body in supply(tuple(missing.values())) if missing else ():
            if body is not None:
                had[row.sha] = body, self.keep(row.sha, body)
        return had

    def keep(self, sha: str, body: bytes) -> str:
        """Keep bytes, under the id only if it is theirs; returns their SHA-256."""
        is_of = _is_of(body, sha)
        with self._memory.together():
            sha256 = self._memory.keep_payload(body)
            if is_of:
                self._memory.keep_blob(sha, sha256)
        return sha256

    def keep_true(self, sha: str, body: bytes) -> None:
        """Keep bytes if the id is theirs, and else nothing."""
        if _is_of(body, sha):
            self.keep(sha, body)

    def body(self, row: TreeRow, supply: Supply) -> bytes:
        """The bytes of one file. Raises `HarvestError`."""
        found = self.bodies([row], supply).get(row.sha)
        if found is None:
            raise UnexpectedAnswer(f"{row.path} stands in the tree, but its content is not to be had.")
        return found[0]


def _is_of(body: bytes, sha: str) -> bool:
    return git_blob_id(body, sha256=len(sha) == 64) == sha


def _target(link: TreeRow, found: tuple[bytes, str] | None, tree: Tree) -> TreeRow | None:
    """The file of the same repository that a link leads to; None for a link to anything else."""
    if found is None or len(found[0]) > _LONGEST_PATH:
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(link.path), found[0].decode("utf-8", "replace")))
    regular = (row for row in tree.tree if row.type == "blob" and row.mode != _SYMLINK)
    return next((row for row in regular if row.path == path), None)


def _too_large(row: TreeRow, size: int | None, place: Place) -> Finding:
    return finding(
        "document-too-large",
        f"{row.path} is too large to be read ({f'{size / MIB:.1f} MiB' if size else 'more than the server may send'}).",
        source=place.source,
        entry=place.key,
        file=row.path,
        found=f"{size} bytes" if size else "more",
        expected=f"{MAX_FILE // MIB} MiB",
    )
