"""Which licence the text of a licence file is, told by its title and by the sentences that only it has.

The trap: the text of the GPL names the Affero licence, that of the LGPL names the GPL. So a title counts only where it
is a whole line with its version below it. Border: what metadata says does not matter here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vocab.licences.names import spdx_of, value_of
from vocab.module import LicenceValue

_TAG = re.compile(r"SPDX-License-Identifier:\s*([^\n*<>\"]{2,120})")
_EITHER = re.compile(r"\b(?:dual[- ]licen[cs]ed?|under either|either of the following licen[cs]es|at your (?:option|choice)\b.{0,80}licen[cs]e|licen[cs]ed under .{0,60}\bor\b)", re.IGNORECASE)
_MAX = 400_000


@dataclass(frozen=True, slots=True)
class TextRule:
    """One row: all `needs` must stand in the flattened text and none of `lacks`; `line` must match a line whole."""

    spdx: str
    needs: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    line: re.Pattern[str] | None = None


def _title(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_MIT_GRANT = "permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files"
_MIT_NOTICE = "permission notice shall be included in all copies"
_BSD_GRANT = "redistribution and use in source and binary forms, with or without modification, are permitted"
_ISC_GRANT = "to use, copy, modify, and"
_CC_LINE = r"(?:creative commons )?(?:legal code )?(?:cc )?{name}(?: {version})?(?: (?:international|unported|generic))?(?: \(cc {short} {version}\))?(?: public licen[cs]e| licen[cs]e| deed)?"

# Titles of the GNU licences: the title's line and the version's line joined (see `_titles`).
_GNU = tuple(
    TextRule(f"{short}-{version}-only", line=_title(rf"gnu {name} licen[cs]e[, ]*(?:v|version) ?{version.removesuffix('.0').replace('.', r'[.]')}(?:[.]0)?\b.{{0,40}}"))
    for short, name, version in (
        ("AGPL", "affero general public", "3.0"), ("LGPL", "lesser general public", "3.0"), ("LGPL", "lesser general public", "2.1"),
        ("LGPL", "library general public", "2.0"), ("GPL", "general public", "3.0"), ("GPL", "general public", "2.0"),
    )
)
_PARTS = {
    "BY": "attribution", "BY-SA": "attribution share ?alike", "BY-NC": "attribution non ?commercial", "BY-ND": "attribution no ?deriv(?:ative)?s",
    "BY-NC-SA": "attribution non ?commercial share ?alike", "BY-NC-ND": "attribution non ?commercial no ?deriv(?:ative)?s",
}
_CREATIVE_COMMONS = tuple(
    TextRule(f"CC-{code}-{version}", line=_title(rf"(?:creative commons )?(?:legal code )?{name} {version}(?: (?:international|unported|generic))?(?: \(?cc[ -]{code.replace('-', '[ -]')}(?:[ -]{version})?\)?)?(?: public licen[cs]e| licen[cs]e| deed)?"))
    for version in ("4.0", "3.0", "2.5", "2.0") for code, name in _PARTS.items()
)

RULES: tuple[TextRule, ...] = (
    *_GNU,
    TextRule("Apache-2.0", line=_title(r"apache licen[cs]e[, ]*(?:version )?2(?:[.]0)?\b.{0,40}")),
    TextRule("Apache-2.0", needs=("licensed under the apache license, version 2.0", "you may not use this file except in compliance with the license")),
    TextRule("MIT", needs=(_MIT_GRANT, _MIT_NOTICE), lacks=("except as contained in this notice, the name", "neither the name",)),
    TextRule("X11", needs=(_MIT_GRANT, _MIT_NOTICE, "except as contained in this notice, the name")),
    TextRule("NCSA", needs=(_MIT_GRANT, "redistributions of source code must retain", "neither the names of")),
    TextRule("MIT-0", needs=(_MIT_GRANT, "the software is provided \"as is\""), lacks=(_MIT_NOTICE, "redistributions of source code")),
    TextRule("BSD-4-Clause", needs=(_BSD_GRANT, "all advertising materials mentioning")),
    TextRule("BSD-3-Clause-Clear", needs=(_BSD_GRANT, "no express or implied licenses to any party's patent rights are granted")),
    TextRule("BSD-3-Clause", needs=(_BSD_GRANT, "endorse or promote products"), lacks=("all advertising materials mentioning", "no express or implied licenses to any party's patent")),
    TextRule("BSD-2-Clause", needs=(_BSD_GRANT,), lacks=("endorse or promote products", "all advertising materials mentioning", "neither the name")),
    TextRule("ISC", needs=(_ISC_GRANT, "distribute this software for any purpose with or without fee is hereby granted, provided that")),
    TextRule("0BSD", needs=(_ISC_GRANT, "distribute this software for any purpose with or without fee is hereby granted."), lacks=("provided that the above copyright notice",)),
    TextRule("Unlicense", needs=("this is free and unencumbered software released into the public domain",)),
    TextRule("Zlib", needs=("this software is provided 'as-is', without any express or implied warranty", "must not be misrepresented")),
    TextRule("WTFPL", needs=("do what the fuck you want to public license",)),
    TextRule("BSL-1.0", line=_title(r"boost software licen[cs]e (?:version )?1[.]0\b.{0,40}")),
    TextRule("MPL-2.0", line=_title(r"mozilla public licen[cs]e[, ]*(?:version )?2[.]0")),
    TextRule("MPL-2.0", needs=("subject to the terms of the mozilla public license, v. 2.0",)),
    TextRule("MPL-1.1", line=_title(r"mozilla public licen[cs]e[, ]*(?:version )?1[.]1")),
    TextRule("EPL-2.0", line=_title(r"eclipse public licen[cs]e (?:v(?:ersion)? ?)?2[.]0")),
    TextRule("EPL-1.0", line=_title(r"eclipse public licen[cs]e (?:v(?:ersion)? ?)?1[.]0")),
    TextRule("EUPL-1.2", line=_title(r"(?:european union public licen[cs]e[, ]*)?(?:eupl )?(?:v[. ]*|version )1[.]2\b.{0,60}")),
    TextRule("EUPL-1.1", line=_title(r"(?:european union public licen[cs]e[, ]*)?(?:eupl )?(?:v[. ]*|version )1[.]1\b.{0,60}")),
    TextRule("CECILL-2.1", needs=("cecill free software license agreement", "version 2.1 dated 2013-06-21")),
    TextRule("CECILL-B", line=_title(r"cecill b free software licen[cs]e agreement")),
    TextRule("CECILL-C", line=_title(r"cecill c free software licen[cs]e agreement")),
    TextRule("CDDL-1.0", line=_title(r"common development and distribution licen[cs]e.{0,20}(?:version )?1[.]0.{0,20}")),
    TextRule("Artistic-2.0", line=_title(r"(?:the )?artistic licen[cs]e 2[.]0")),
    TextRule("CC0-1.0", line=_title(r"(?:creative commons )?(?:legal code )?cc0 1[.]0 universal.{0,60}")),
    *_CREATIVE_COMMONS,
    TextRule("ODbL-1.0", line=_title(r"(?:odc )?open database licen[cs]e(?: \(odbl\))?(?: v?1[.]0)?")),
    TextRule("OFL-1.1", line=_title(r"sil open font licen[cs]e (?:version )?1[.]1\b.{0,40}")),
    TextRule("BUSL-1.1", line=_title(r"business source licen[cs]e 1[.]1")),
    TextRule("SSPL-1.0", line=_title(r"server side public licen[cs]e(?: version 1)?\b.{0,40}")),
    TextRule("Elastic-2.0", line=_title(r"elastic licen[cs]e 2[.]0")),
)
# A text that the left one contains: the LGPL of version 3 is often followed by the GPL that it builds on.
_CONTAINED = {"LGPL-3.0-only": "GPL-3.0-only", "CECILL-2.1": "GPL-2.0-only"}


def detect(text: object) -> LicenceValue | None:
    """The licence that a licence file holds, or None when it is none that we know.

    Two texts in one file give an expression: `OR` when the file speaks of a choice, else `AND`. The text of a GNU
    licence cannot say "or any later version", so it is read as `-only`; `conclude` lets the metadata say more.
    """
    if not isinstance(text, str) or not text.strip():
        return None
    body = text[:_MAX]
    tag = _TAG.search(body)
    tagged = spdx_of(tag.group(1)) if tag else None
    if tagged:
        return value_of(tagged, tag.group(1).strip() if tag else None)
    spdx = _detected(body)
    return value_of(spdx, _first_line(body)) if spdx else None


def _detected(body: str) -> str | None:
    flat, titles = _flat(body), _titles(body)
    found: dict[str, int] = {}
    for rule in RULES:
        at = _place(rule, flat, titles)
        if at is not None and rule.spdx not in found:
            found[rule.spdx] = at
    names = [name for name in sorted(found, key=lambda name: found[name]) if not any(_CONTAINED.get(other) == name for other in found)]
    if len(names) > 3:
        return names[0]
    operator = " OR " if _EITHER.search(flat[:5000]) else " AND "
    return operator.join(names) or None


def _place(rule: TextRule, flat: str, titles: list[tuple[int, str]]) -> int | None:
    if rule.line:
        return next((at for at, line in titles if rule.line.fullmatch(line)), None)
    if all(need in flat for need in rule.needs) and not any(lack in flat for lack in rule.lacks):
        return flat.index(rule.needs[0])
    return None


def _flat(body: str) -> str:
    quotes = body.casefold().translate(str.maketrans("“”‘’", "\"\"''"))
    return re.sub(r"[ \t\r\n*#>/\\_]+", " ", quotes.replace("``", '"').replace("''", '"'))


def _titles(body: str) -> list[tuple[int, str]]:
    """Every line, alone and joined with the next one that is not empty, without marks; with its place in the text."""
    lines = [(at, _bare(line)) for at, line in enumerate(body.splitlines()) if _bare(line)]
    alone = [(at * 200, line) for at, line in lines if len(line) < 160]
    joined = [(at * 200, f"{line} {following[1]}") for (at, line), following in zip(lines, lines[1:], strict=False) if len(line) < 80 and len(following[1]) < 120]
    return alone + joined


def _bare(line: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[^a-z0-9.,() ]+", " ", line.casefold())).strip(" .,")


def _first_line(body: str) -> str:
    line = next(line.strip(" \t#*=-/") for line in body.splitlines() if line.strip(" \t#*=-/"))
    return re.sub(r"\s+", " ", line)[:120]
