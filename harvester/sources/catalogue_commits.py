"""What the commits of a catalogue say of its entries: which name one had before, what one replaces.

Only whole sentences that name both count, and the later name must be that of an entry which is listed now; "rename
and re-add Y" names no other. Messages are written by anybody: they are cut, and read by patterns that cannot run
away. Border: messages in, notes out; what a note is worth is weighed in `vocab.evidence`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from harvester.events import Entry
from vocab.record import CatalogueNote, NoteKind

_MAX_MESSAGE = 4_000
_MAX_SENTENCE = 300
_MAX_NOTES = 10  # of one entry

_WORD = r"[A-Za-z0-9](?:[\w.-]{0,98}\w)?"
_NOUN = r"(?:the\s+)?(?:(?:sub)?module\s+|repo(?:sitory)?\s+|tool\s+)?"
_QUOTE = "[`'\"]?"
_OLD = rf"{_NOUN}{_QUOTE}(?P<old>{_WORD}(?:/{_WORD})?){_QUOTE}"
_NEW = rf"{_NOUN}{_QUOTE}(?P<new>{_WORD}(?:/{_WORD})?){_QUOTE}"
_TO = r"(?:\s+(?:to|into|as)\s+|\s*(?:->|=>|→)\s*)"
_WAS = r"(?:(?:is|was|has\s+been)\s+)?(?:now\s+)?"


def _sentence(pattern: str) -> re.Pattern[str]:
    ending = r"\s*[.!]?\s*(?:\([^()]{0,80}\)|\#\d{1,9})?\s*"
    return re.compile(pattern + ending, re.IGNORECASE | re.ASCII)


_SENTENCES: tuple[tuple[NoteKind, re.Pattern[str]], ...] = (
    ("renamed", _sentence(rf"renam(?:e|es|ed|ing)\s+{_OLD}{_TO}{_NEW}")),
    ("renamed", _sentence(rf"mov(?:e|es|ed|ing)\s+{_OLD}\s+to\s+{_NEW}")),
    ("renamed", _sentence(rf"{_OLD}\s+{_WAS}(?:renamed{_TO}|moved\s+to\s+){_NEW}")),
    ("replaces", _sentence(rf"(?:replac|supersed)(?:e|es|ed|ing)\s+{_OLD}\s+(?:with|by)\s+{_NEW}")),
    ("replaces", _sentence(rf"{_OLD}\s+{_WAS}(?:replaced\s+(?:with|by)|superseded\s+by)\s+{_NEW}")),
    ("replaces", _sentence(rf"{_NEW}\s+(?:replaces|supersedes)\s+{_OLD}")),
)
_BREAK = re.compile(r"[\r\n;]|(?<=[\w`'\"])[.!]\s")
# A bullet, a tag in brackets, the kind of change: `* `, `[hub] `, `fix(list): `.
_BEFORE = re.compile(r"\s*(?:[-*+]\s+)?(?:\[[^\]]{1,30}\]\s*)?(?:(?!revert)\w{1,20}(?:\([^()]{1,40}\))?!?:\s+)?", re.I)
_REVERT = re.compile(r"\s*revert\b", re.IGNORECASE)
_REVERTED = re.compile(r"\breverts commit ([0-9a-f]{40,64})\b", re.IGNORECASE)
# What one may rename or replace that is no repository.
_FILE = re.compile(
    r"\.(?:md|rst|txt|ya?ml|json|toml|cfg|ini|py|ipynb|sh|png|jpe?g|gif|svg|html?|xml|csv|zip|gz|cff|lock)\Z", re.I
)
_NO_NAMES = frozenset({
    "it", "this", "that", "them", "these", "those", "all", "everything", "old", "new", "file", "files", "folder",
    "directory", "branch", "path", "name", "names", "url", "urls", "link", "links", "title", "readme", "license",
    "licence", "logo", "image", "images", "icon", "metadata", "pin", "pins", "entry", "entries", "module", "modules",
    "submodule", "submodules", "repo", "repos", "repository", "repositories", "tool", "tools", "catalog", "catalogue",
    "code", "project", "model", "app", "master", "main",
})


def notes_of(commits: Iterable[tuple[str, str]], entries: Sequence[Entry]) -> dict[str, tuple[CatalogueNote, ...]]:
    """What is said of each entry, by its key.

    Args:
        commits: id and message of each, the newest first; where two contradict each other the newer one counts, and
            one that was reverted says nothing.
        entries: what the catalogue lists now.
    """
    listed = _by_name(entries)
    found: dict[str, list[CatalogueNote]] = defaultdict(list)
    pairs: set[tuple[str, str]] = set()
    renamed: set[str] = set()
    for sha, kind, written_old, written_new in _said(commits):
        new = _only(listed, written_new)
        old = _key_of(written_old, new, listed) if new else None
        if new is None or old is None or old == new or (old, new) in pairs:
            continue
        if len(found[new]) >= _MAX_NOTES or (kind == "renamed" and old in renamed):
            continue
        pairs.add((old, new))
        if kind == "renamed":
            renamed.add(old)
        found[new].append(CatalogueNote(kind, old, sha))
    return {key: tuple(notes) for key, notes in found.items() if notes}


def _said(commits: Iterable[tuple[str, str]]) -> Iterator[tuple[str, NoteKind, str, str]]:
    reverted: set[str] = set()
    for sha, whole in commits:
        message = whole[:_MAX_MESSAGE]
        if sha in reverted:
            continue
        reverted |= {each.lower() for each in _REVERTED.findall(message)}
        if _REVERT.match(message):
            continue
        for sentence in _BREAK.split(message):
            if match := _matched(sentence):
                yield (sha, *match)


def _matched(written: str) -> tuple[NoteKind, str, str] | None:
    """The kind, the old and the new name of a sentence that says so."""
    if len(written) > _MAX_SENTENCE:
        return None
    before = _BEFORE.match(written)
    sentence = written[before.end() :] if before else written
    for kind, pattern in _SENTENCES:
        if match := pattern.fullmatch(sentence.rstrip()):
            return kind, match["old"], match["new"]
    return None


def _by_name(entries: Sequence[Entry]) -> dict[str, set[str]]:
    """The entries by everything they may be called: path in the catalogue, name, owner and name."""
    listed: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        full_name = entry.key.partition("/")[2]
        for name in (entry.listing.name, full_name, full_name.rpartition("/")[2]):
            if name:
                listed[name.casefold()].add(entry.key)
    return listed


def _only(listed: dict[str, set[str]], name: str) -> str | None:
    keys = listed.get(name.casefold(), set())
    return next(iter(keys)) if len(keys) == 1 else None


def _key_of(name: str, new: str, listed: dict[str, set[str]]) -> str | None:
    """The repository that a name means: one that is listed, else, without an owner, one beside the later one."""
    folded = name.casefold()
    if folded in _NO_NAMES or _FILE.search(folded):
        return None
    if folded in listed:
        return _only(listed, name)
    host, owner = new.split("/")[:2]
    return f"{host}/{folded}" if "/" in folded else f"{host}/{owner}/{folded}"
