"""Which files of a repository are wanted, and how they are had: by their id, once in a life.

The bytes of a git blob never change, so a known id is never asked for again, in whatever repository it turns up.
Bytes whose id is not the one asked for are used, but not remembered under that id.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from harvester.bounds import MIB
from harvester.client import Client
from harvester.errors import UnexpectedAnswer
from harvester.memory import Memory
from harvester.sources.github_api import GithubApi, git_blob_id
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


@dataclass(frozen=True, slots=True)
class Place:
    """Whose files they are: for addresses and findings."""

    source: str
    key: str
    full_name: str
    commit: str
    web: str


class FileStore:
    """The files of repositories, remembered by their ids."""

    def __init__(self, api: GithubApi, client: Client, memory: Memory) -> None:
        self._api = api
        self._client = client
        self._memory = memory

    def documents(self, tree: Tree, place: Place) -> tuple[list[Document], list[Finding]]:
        """The wanted files as documents; one that is too large is a finding instead. Raises `HarvestError`."""
        documents: list[Document] = []
        findings: list[Finding] = []
        for row in wanted(tree):
            file = self._linked(row, tree, place) if row.mode == _SYMLINK else row
            if file is None:
                continue
            if (file.size or 0) > MAX_FILE:
                findings.append(_too_large(file, place))
                continue
            body, sha256 = self.blob(place.full_name, file)
            url = f"{place.web}/blob/{place.commit}/{file.path}"
            documents.append(Document(row.path, body, sha256, url, place.commit))
        return documents, findings

    def _linked(self, link: TreeRow, tree: Tree, place: Place) -> TreeRow | None:
        """The file of the same repository that a link leads to; None for a link to anything else."""
        if (link.size or 0) > _LONGEST_PATH:
            return None
        target, _ = self.blob(place.full_name, link)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(link.path), target.decode("utf-8", "replace")))
        regular = (row for row in tree.tree if row.type == "blob" and row.mode != _SYMLINK)
        return next((row for row in regular if row.path == path), None)

    def blob(self, full_name: str, row: TreeRow) -> tuple[bytes, str]:
        """The bytes of a file and their SHA-256. Raises `HarvestError`."""
        known = self._memory.blob(row.sha)
        body = self._memory.payload(known) if known else None
        if known and body is not None:
            self._client.avoided()
            return body, known
        body = self._api.blob(full_name, row.sha).value
        if body is None:
            raise UnexpectedAnswer(f"{row.path} stands in the tree, but its content is not there.")
        sha256 = self._memory.keep_payload(body)
        if git_blob_id(body) == row.sha:
            self._memory.keep_blob(row.sha, sha256)
        return body, sha256


def _too_large(row: TreeRow, place: Place) -> Finding:
    size = row.size or 0
    return finding(
        "document-too-large",
        f"{row.path} is too large to be read ({size / MIB:.1f} MiB).",
        source=place.source,
        entry=place.key,
        file=row.path,
        found=f"{size} bytes",
        expected=f"{MAX_FILE // MIB} MiB",
    )
