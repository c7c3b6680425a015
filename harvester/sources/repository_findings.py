"""What is to be told about the fetching of a repository, whichever forge it is on."""

from __future__ import annotations

from harvester.events import Entry
from harvester.sources.github_shapes import Tree
from harvester.sources.repository_files import has_metadata
from vocab.findings import finding
from vocab.record import Finding


def of_branch(entry: Entry, read: str, source: str) -> Finding:
    """The catalogue names a branch that is not there; another one was read."""
    message = f"The catalogue names the branch {entry.listing.branch!r}, which does not exist; {read!r} was read."
    return finding(
        "branch-missing", message, source=source, entry=entry.key, file=entry.listing.file, line=entry.listing.line,
        found=entry.listing.branch, expected=read,
    )


def of_name(entry: Entry, key: str, web: str, source: str) -> tuple[Finding, ...]:
    """The repository is listed by a name that it does not bear any more."""
    if entry.key == key:
        return ()
    message = f"The repository {entry.key} is now {key}."
    return (
        finding(
            "repository-renamed", message, source=source, entry=key, file=entry.listing.file, line=entry.listing.line,
            found=entry.listing.url, expected=f"`{web}`",
        ),
    )


def of_tree(tree: Tree, key: str, source: str) -> tuple[Finding, ...]:
    """The repository is too large to be listed whole, or holds no metadata."""
    found: list[Finding] = []
    if tree.truncated:
        message = "The repository has too many files to be listed whole."
        found.append(finding("tree-truncated", message, source=source, entry=key))
    if not has_metadata(tree):
        message = "There is no metadata file at the root of the repository."
        found.append(finding("no-metadata", message, source=source, entry=key))
    return tuple(found)
