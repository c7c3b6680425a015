"""Which licence the text of a licence file is, told by its title and by the sentences that only it has.

The trap: the text of the GPL names the Affero licence, that of the LGPL names the GPL. So a title counts only where it
is a whole line with its version behind or below it. Border: what the metadata says does not matter here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from vocab.licences.names import spdx_of, value_of
from vocab.licences.rules import CONTAINED, RULES, TextRule
from vocab.module import LicenceValue

_TAG = re.compile(r"SPDX-License-Identifier:\s*([^\n*<>\"]{2,120})")
_EITHER = re.compile(
    r"\b(?:dual[- ]licen[cs]ed?|under either|either of the following licen[cs]es"
    r"|at your (?:option|choice)\b.{0,80}licen[cs]e|licen[cs]ed under .{0,60}\bor\b)",
    re.IGNORECASE,
)
_QUOTES = str.maketrans("\u201c\u201d\u2018\u2019", "\"\"''")
_WHOSE = re.compile(r"(?:copyright|\(c\)|\u00a9)", re.IGNORECASE)
_MAX_LENGTH = 400_000
# Longer texts are not remembered, so that memory stays small; the longest licence in use is shorter.
_SHORT = 40_000
# A file with more texts than this is a list of what others' parts are under; its own licence stands first.
_MAX_TEXTS = 3


def detect(text: object) -> LicenceValue | None:
    """The licence that a licence file holds, or None when it is none that we know.

    Two texts in one file give an expression: `OR` when the file speaks of a choice, else `AND`. The text of a GNU
    licence cannot say "or any later version", so it is read as `-only`; `conclude` lets the metadata say more.
    """
    if not isinstance(text, str) or not text.strip():
        return None
    body = text[:_MAX_LENGTH]
    tag = _TAG.search(body)
    tagged = spdx_of(tag.group(1)) if tag else None
    if tagged:
        return value_of(tagged, tag.group(1).strip() if tag else None)
    spdx = _remembered(body) if len(body) <= _SHORT else _detected(body)
    if not spdx:
        return None
    value = value_of(spdx, _first_line(body))
    return value if value.raw else replace(value, raw=value.title or spdx)


def _detected(body: str) -> str | None:
    flat, titles = _flat(body), _titles(body)
    found: dict[str, int] = {}
    for rule in RULES:
        at = _place(rule, flat, titles)
        if at is not None and rule.spdx not in found:
            found[rule.spdx] = at
    contained = {CONTAINED.get(name) for name in found}
    names = [name for name in sorted(found, key=found.__getitem__) if name not in contained]
    if len(names) > _MAX_TEXTS:
        return names[0]
    operator = " OR " if _EITHER.search(flat[:5000]) else " AND "
    return operator.join(names) or None


# Most licence files are one of a few, letter by letter.
_remembered = lru_cache(maxsize=32)(_detected)


def _place(rule: TextRule, flat: str, titles: list[tuple[int, str]]) -> int | None:
    if rule.line:
        return next((at for at, line in titles if rule.line.fullmatch(line)), None)
    if all(need in flat for need in rule.needs) and not any(lack in flat for lack in rule.lacks):
        return flat.index(rule.needs[0])
    return None


def _flat(body: str) -> str:
    """The whole text on one line in lower case, with plain quotation marks and without marks of comments."""
    plain = body.casefold().translate(_QUOTES)
    return re.sub(r"[ \t\r\n*#>/\\_]+", " ", plain.replace("``", '"').replace("''", '"'))


def _titles(body: str) -> list[tuple[int, str]]:
    """Every line that is not empty, alone and joined with the next, with its place in the text."""
    place, lines = 0, []
    for line in body.splitlines(keepends=True):
        bare = _bare(line)
        if bare:
            lines.append((place, bare))
        place += len(line)
    alone = [(at, line) for at, line in lines if len(line) < 160]
    joined = [(at, f"{line} {below}") for (at, line), (_, below) in pairwise(lines) if len(line) < 80]
    return alone + joined


def _bare(line: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[^a-z0-9.,() ]+", " ", line.casefold())).strip(" .,")


def _first_line(body: str) -> str:
    """The title of the text. Some begin with whose it is; then it is a short line below that calls itself a licence."""
    lines = [line for each in body.splitlines() if (line := re.sub(r"\s+", " ", each.strip(" \t#*=-/")))]
    if lines and _WHOSE.match(lines[0]):
        lines = [line for line in lines[1:6] if re.search(r"\blicen[cs]e\b", line, re.IGNORECASE) and len(line) < 80]
    return lines[0][:120] if lines else ""
