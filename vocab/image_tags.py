"""Tags of a container image: which of several names of one digest to show, and which of many images.

A registry keeps hundreds of tags; a module shows those that somebody would pull. Border: what a digest holds is read
elsewhere; here are names, versions and dates of pushing alone. Grammar of tags: OCI distribution specification,
"Pulling manifests".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vocab.module import Distribution

LATEST = "latest"
# So many of the versions without a variant are shown, newest first, and so many variants, each by its newest image.
MOST_VERSIONS = 3
MOST_VARIANTS = 8

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_SEPARATORS = re.compile(r"[-_+]")
_VERSION = re.compile(r"v?(\d{1,5}(?:\.\d{1,8}){0,4})", re.IGNORECASE | re.ASCII)
_DATE = re.compile(r"\d{6,14}", re.ASCII)
_COMMIT = re.compile(r"(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40}")
_NO_WORD = re.compile(r"[\W\d]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A tag in its parts: the version, the words that name a variant, and whether it names a day or a commit."""

    version: tuple[int, ...]
    words: tuple[str, ...]
    is_dated: bool
    is_commit: bool


def _parsed(tag: str) -> _Parsed:
    version: tuple[int, ...] = ()
    words: list[str] = []
    dated = commit = False
    for token in filter(None, _SEPARATORS.split(tag.lower())):
        number = _VERSION.fullmatch(token)
        if number and not version:
            version = tuple(int(part) for part in number.group(1).split("."))
        elif _DATE.fullmatch(token):
            dated = True
        elif _COMMIT.fullmatch(token):
            commit = True
        elif token != LATEST and (word := _NO_WORD.sub("", token)):
            words.append(word)
    return _Parsed(version, tuple(words), dated, commit)


def is_tag(text: str) -> bool:
    """Whether a text can be a tag."""
    return bool(_TAG.fullmatch(text))


def variant_of(tag: str) -> tuple[str, ...]:
    """The words of a tag that are no version, day or commit: `1.2-gpu` gives `gpu`, `1.2` and `latest` give none."""
    return _parsed(tag).words


def version_in(tag: str) -> tuple[int, ...]:
    """The numbers of the version that a tag names, for comparing; empty when it names none."""
    return _parsed(tag).version


def preferred_tag(tags: Iterable[str]) -> str | None:
    """The name to show of several that one digest has: the one that says most and is moved least.

    A plain version comes first, the one with most numbers; then a version with a variant, a day, `latest`, any other
    name, and a commit last.
    """
    return min(tags, key=_order, default=None)


def _order(tag: str) -> tuple[int, int, tuple[int, ...], int, str]:
    parsed = _parsed(tag)
    if parsed.version and not parsed.is_commit:
        rank = 1 if parsed.words or parsed.is_dated else 0
    elif parsed.is_dated:
        rank = 2
    elif tag == LATEST:
        rank = 3
    else:
        rank = 5 if parsed.is_commit else 4
    return rank, -len(parsed.version), tuple(-each for each in parsed.version), len(tag), tag


def relevant(images: Sequence[Distribution]) -> list[Distribution]:
    """The images that are shown, the one to take first; each is one digest with all its tags and when it was pushed.

    That of `latest`; the three highest versions without a variant; and of each variant (`cpu`, `gpu`, …) the one that
    was pushed last, for the eight variants that were pushed last. A variant that was left behind, pushed more than a
    year before the newest image, is shown only when there is nothing else.
    """
    by_push = sorted(images, key=lambda each: (each.tag or "", each.digest or ""))
    by_push.sort(key=lambda each: each.pushed or "", reverse=True)
    kept = [each for each in by_push if LATEST in each.tags][:1]
    variants = {variant_of(tag) for each in kept for tag in each.tags}
    plain = [each for each in by_push if any(not variant_of(tag) for tag in each.tags) and each not in kept]
    plain.sort(key=_highest, reverse=True)
    kept += plain[:MOST_VERSIONS]
    year_before = _year_before(by_push[0].pushed) if by_push else ""
    found = 0
    for each in by_push:
        news = {variant_of(tag) for tag in each.tags} - variants - {()}
        if not news or found >= MOST_VARIANTS or (kept and (each.pushed or year_before) < year_before):
            continue
        variants |= news
        found += 1
        kept += [each] if each not in kept else []
    return kept


def _year_before(moment: str | None) -> str:
    """The ISO date a year earlier; as text, since only the order matters."""
    year = (moment or "")[:4]
    return f"{int(year) - 1:04}{(moment or '')[4:]}" if year.isdecimal() and year.isascii() else ""


def _highest(image: Distribution) -> tuple[int, ...]:
    return max((version_in(tag) for tag in image.tags if not variant_of(tag)), default=())
