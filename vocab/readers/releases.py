"""What tags and commits say of a module, whichever forge tells them: its versions, and when its content last changed.

Tags are versions when they read like one; `model` and `api-v1` do not. The date of the last content is that of the
newest commit whose tree differs from its parent's, so commits that only keep a repository alive do not count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vocab.module import Version
from vocab.readers.notes import Notes

CONTENT_RULE = "last commit that changed a file"

_VERSION = re.compile(
    r"(?:v|ver|version|release)?[-_.]?(?P<number>\d{1,4}(?:\.\d{1,6}){0,3}(?P<pre>[-._+]?(?:a|b|c|rc|alpha|beta|pre|dev|post)[-._]?\d{0,4})?)",
    re.IGNORECASE,
)
_KEEP_ALIVE = re.compile(r"keep[- ]?alive|automated commit to keep", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, of a list that begins with the newest."""

    sha: str
    tree: str | None
    parents: tuple[str, ...]
    date: str | None
    message: str


def version_of(tag: str) -> str | None:
    """The version that a tag names (`v.0.1.0` → `0.1.0`), or None when it names none."""
    match = _VERSION.fullmatch(tag.strip())
    if match is None or ("." not in match["number"] and not tag.strip().lower().startswith("v")):
        return None
    return match["number"]


def is_prerelease(version: str) -> bool:
    """Whether a version says that it is not final."""
    return bool(re.search(r"(?<![a-z])(?:a|b|c|rc|alpha|beta|pre|dev)[-._]?\d*\Z", version, re.IGNORECASE))


def order_of(version: str) -> tuple[tuple[int, ...], bool]:
    """By what versions are compared: their numbers, final ones after their candidates."""
    numbers = re.match(r"\d+(?:\.\d+)*", version)
    return (tuple(int(part) for part in numbers.group().split(".")) if numbers else (), not is_prerelease(version))


def content_commit(commits: Sequence[Commit]) -> Commit | None:
    """The newest commit with a date that changed a file."""
    trees = {each.sha: each.tree for each in commits}
    for each in commits:
        is_same = len(each.parents) == 1 and each.tree is not None and trees.get(each.parents[0]) == each.tree
        if each.date and not is_same and not _KEEP_ALIVE.search(each.message):
            return each
    return None


def say_versions(notes: Notes, found: Sequence[Version], rule: str) -> None:
    """States versions, and which of them is the highest that is final."""
    for each in found:
        notes.say("versions", each, url=each.url, rule=rule)
    final = [each for each in found if not is_prerelease(each.name)]
    if final:
        highest = max(final, key=lambda each: order_of(each.name))
        notes.say("version", highest.name, url=highest.url, rule=f"highest {rule}")
