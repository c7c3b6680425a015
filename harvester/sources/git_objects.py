"""What the objects of a repository say: its newest commits, its tree; and the documents that are written of them.

Commits are read by the few lines that matter, because old ones bear times and names that strict parsers refuse. A tree
is walked with an end: the same small tree standing in itself many times over would name more files than atoms.
Border: objects in, values out; which of them are asked for is decided in `git_repository`.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from dulwich.errors import ObjectFormatException
from dulwich.objects import parse_tree

from harvester.errors import UnexpectedAnswer
from harvester.sources.git_pack import GitObject
from harvester.sources.git_remote import Refs
from harvester.sources.github_shapes import Tree, TreeRow

MOST_ROWS = 100_000
_MOST_DEPTH = 100
_MOST_PARENTS = 100
_MESSAGE = 4_000
_ID = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_WHEN = re.compile(rb"> *(\d{1,12})(?: |\Z)")
_KINDS = {0o040000: "tree", 0o160000: "commit"}


@dataclass(frozen=True, slots=True)
class Change:
    """One commit. `seconds` since 1970 by the committer's clock; the message is cut."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    seconds: int
    message: str

    @property
    def date(self) -> str | None:
        """When it was committed, in UTC; None when that is no date."""
        try:
            return datetime.fromtimestamp(self.seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if self.seconds else None
        except (OverflowError, ValueError, OSError):
            return None


def change_of(sha: str, objects: Mapping[str, GitObject]) -> Change | None:
    """The commit of this id, or None when it is not among the objects or is none."""
    found = objects.get(sha)
    if found is None or found.kind != b"commit":
        return None
    head, _, message = found.body.partition(b"\n\n")
    tree: str | None = None
    parents: list[str] = []
    when: re.Match[bytes] | None = None
    for line in head.split(b"\n"):
        name, _, value = line.partition(b" ")
        if name in (b"tree", b"parent") and _ID.fullmatch(value):
            if name == b"tree":
                tree = tree or value.decode()
            elif len(parents) < _MOST_PARENTS:
                parents.append(value.decode())
        elif name == b"committer":
            when = when or _WHEN.search(value)
    if tree is None:
        return None
    seconds = int(when.group(1)) if when else 0
    return Change(sha, tree, tuple(parents), seconds, message[:_MESSAGE].decode("utf-8", "replace"))


def history(head: str, objects: Mapping[str, GitObject], most: int) -> list[Change]:
    """The commits that lead to a head, the newest first, as far as they were fetched.

    Raises:
        UnexpectedAnswer: the head itself is not there.
    """
    first = change_of(head, objects)
    if first is None:
        raise UnexpectedAnswer("The commit that the branch names is not in the pack.")
    waiting = [(-first.seconds, 0, first)]
    seen = {head}
    found: list[Change] = []
    while waiting and len(found) < most:
        _, _, change = heapq.heappop(waiting)
        found.append(change)
        for parent in change.parents:
            older = change_of(parent, objects) if parent not in seen else None
            seen.add(parent)
            if older is not None:
                heapq.heappush(waiting, (-older.seconds, len(seen), older))
    return found


def tree_of(sha: str, objects: Mapping[str, GitObject]) -> Tree:
    """All files below a tree by their paths; `truncated` when there are more than are taken.

    Raises:
        UnexpectedAnswer: the tree is not there, or is damaged.
    """
    rows: list[TreeRow] = []
    waiting = [("", sha)]
    while waiting:
        folder, name = waiting.pop()
        below = rows_of(name, objects, folder)
        if len(rows) + len(below) > MOST_ROWS:
            return Tree(sha=sha, tree=rows, truncated=True)
        rows += below
        waiting += [
            (f"{row.path}/", row.sha) for row in reversed(below) if row.type == "tree" and row.sha in objects
            and row.path.count("/") < _MOST_DEPTH
        ]
    return Tree(sha=sha, tree=rows, truncated=False)


def rows_of(sha: str, objects: Mapping[str, GitObject], folder: str = "") -> list[TreeRow]:
    """What stands in one tree. Raises `UnexpectedAnswer`."""
    found = objects.get(sha)
    if found is None or found.kind != b"tree":
        raise UnexpectedAnswer("A tree of the commit is not in the pack.")
    try:
        return list(_rows(found.body, len(sha) // 2, folder, objects))
    except (ObjectFormatException, ValueError) as error:
        raise UnexpectedAnswer(f"A tree of the commit is damaged: {str(error)[:100]}.") from error


def _rows(body: bytes, size: int, folder: str, objects: Mapping[str, GitObject]) -> Iterator[TreeRow]:
    for name, mode, raw in parse_tree(body, size):
        sha = raw.decode("ascii")
        there = objects.get(sha)
        yield TreeRow(
            path=f"{folder}{name.decode('utf-8', 'replace')}", mode=f"{mode:06o}",
            type=_KINDS.get(mode & 0o170000, "blob"), sha=sha, size=len(there.body) if there is not None else None,
        )


def refs_document(
    refs: Refs, commit: str, branch: str | None, changes: Sequence[Change], page: Callable[[str], str | None]
) -> bytes:
    """What is kept of the refs: the branch that is read, and the tags. The same refs give the same bytes.

    Args:
        refs: of the repository.
        commit: that was read.
        branch: that was read.
        changes: commits that were fetched; they know the date of a tag.
        page: of a tag by its name.
    """
    dates = {each.sha: each.date for each in changes}
    tags = [
        {"name": each.name, "object": each.target, "commit": each.commit, "date": dates.get(each.commit),
         "page": page(each.name)}
        for each in refs.tags
    ]
    return orjson.dumps({"branch": branch, "commit": commit, "tags": tags})


def commits_document(changes: Sequence[Change]) -> bytes:
    """What is kept of the commits."""
    return orjson.dumps([
        {"sha": each.sha, "tree": each.tree, "parents": each.parents, "date": each.date, "message": each.message}
        for each in changes
    ])
