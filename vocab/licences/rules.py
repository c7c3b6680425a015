"""What tells one licence text from another: one row a licence and way of telling it.

A row is either a title that must stand as a whole line, or sentences that must stand in the text and others that must
not. Border: `detection` applies the rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextRule:
    """One row: `line` must match a line whole; or all `needs` stand in the flattened text and none of `lacks`."""

    spdx: str
    needs: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    line: re.Pattern[str] | None = None


def _title(spdx: str, pattern: str) -> TextRule:
    return TextRule(spdx, line=re.compile(pattern, re.IGNORECASE))


def _version(number: str) -> str:
    whole, _, part = number.partition(".")
    return rf"{whole}(?:[.]0)?" if part == "0" else rf"{whole}[.]{part}"


_LICENCE = "licen[cs]e"
_APACHE_NOTICE = "you may not use this file except in compliance with the license"
_MIT_GRANT = (
    "permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated"
    " documentation files"
)
_MIT_NOTICE = "permission notice shall be included in all copies"
_X11_CLAUSE = "except as contained in this notice, the name"
_BSD_GRANT = "redistribution and use in source and binary forms, with or without modification, are permitted"
_BSD_ADVERTISING = "all advertising materials mentioning"
_BSD_ENDORSE = "endorse or promote products"
_BSD_CLEAR = "no express or implied licenses to any party's patent rights are granted"
_ISC_GRANT = "to use, copy, modify, and"
_ISC_FREE = "distribute this software for any purpose with or without fee is hereby granted"

# In all these the version stands below the title or behind it; both lines are tried joined.
_GNU = tuple(
    _title(f"{short}-{version}-only", rf"gnu {name} {_LICENCE}[, ]*(?:v|version) ?{_version(version)}\b.{{0,40}}")
    for short, name, version in (
        ("AGPL", "affero general public", "3.0"), ("LGPL", "lesser general public", "3.0"),
        ("LGPL", "lesser general public", "2.1"), ("LGPL", "library general public", "2.0"),
        ("GPL", "general public", "3.0"), ("GPL", "general public", "2.0"),
    )
)
_CC_NAMES = {
    "BY": "attribution", "BY-SA": "attribution share ?alike", "BY-NC": "attribution non ?commercial",
    "BY-ND": "attribution no ?deriv(?:ative)?s", "BY-NC-SA": "attribution non ?commercial share ?alike",
    "BY-NC-ND": "attribution non ?commercial no ?deriv(?:ative)?s",
}
_CC_SCOPE = r"(?: (?:international|unported|generic))?"
_CREATIVE_COMMONS = tuple(
    _title(
        f"CC-{code}-{version}",
        rf"(?:creative commons )?(?:legal code )?{name} {version}{_CC_SCOPE}"
        rf"(?: \(?cc {code.replace('-', ' ').lower()}(?: {version})?\)?)?(?: public {_LICENCE}| {_LICENCE}| deed)?",
    )
    for version in ("4.0", "3.0", "2.5", "2.0") for code, name in _CC_NAMES.items()
)
_EUPL = rf"(?:european union public {_LICENCE}[, ]*(?:\(?eupl\)? ?)?|eupl )(?:v[. ]*|version )"

RULES: tuple[TextRule, ...] = (
    *_GNU,
    _title("Apache-2.0", rf"apache {_LICENCE}[, ]*(?:version )?2(?:[.]0)?\b.{{0,40}}"),
    TextRule("Apache-2.0", needs=("licensed under the apache license, version 2.0", _APACHE_NOTICE)),
    TextRule("MIT", needs=(_MIT_GRANT, _MIT_NOTICE), lacks=(_X11_CLAUSE, "neither the name")),
    TextRule("X11", needs=(_MIT_GRANT, _MIT_NOTICE, _X11_CLAUSE)),
    TextRule("NCSA", needs=(_MIT_GRANT, "redistributions of source code must retain", "neither the names of")),
    TextRule("MIT-0", needs=(_MIT_GRANT, '"as is"'), lacks=(_MIT_NOTICE, "redistributions of")),
    TextRule("BSD-4-Clause", needs=(_BSD_GRANT, _BSD_ADVERTISING)),
    TextRule("BSD-3-Clause-Clear", needs=(_BSD_GRANT, _BSD_CLEAR)),
    TextRule("BSD-3-Clause", needs=(_BSD_GRANT, _BSD_ENDORSE), lacks=(_BSD_ADVERTISING, _BSD_CLEAR)),
    TextRule("BSD-2-Clause", needs=(_BSD_GRANT,), lacks=(_BSD_ENDORSE, _BSD_ADVERTISING, "neither the name")),
    TextRule("ISC", needs=(_ISC_GRANT, f"{_ISC_FREE}, provided that")),
    TextRule("0BSD", needs=(_ISC_GRANT, f"{_ISC_FREE}."), lacks=("provided that the above copyright notice",)),
    TextRule("Unlicense", needs=("this is free and unencumbered software released into the public domain",)),
    TextRule("Zlib", needs=(
        "this software is provided 'as-is', without any express or implied warranty", "must not be misrepresented",
    )),
    TextRule("WTFPL", needs=("do what the fuck you want to public license",)),
    _title("BSL-1.0", rf"boost software {_LICENCE} (?:version )?1[.]0\b.{{0,40}}"),
    _title("MPL-2.0", rf"mozilla public {_LICENCE}[, ]*(?:version )?2[.]0"),
    TextRule("MPL-2.0", needs=("subject to the terms of the mozilla public license, v. 2.0",)),
    _title("MPL-1.1", rf"mozilla public {_LICENCE}[, ]*(?:version )?1[.]1"),
    _title("EPL-2.0", rf"eclipse public {_LICENCE} (?:v(?:ersion)? ?)?2[.]0"),
    _title("EPL-1.0", rf"eclipse public {_LICENCE} (?:v(?:ersion)? ?)?1[.]0"),
    _title("EUPL-1.2", rf"{_EUPL}1[.]2\b.{{0,60}}"),
    _title("EUPL-1.1", rf"{_EUPL}1[.]1\b.{{0,60}}"),
    TextRule("CECILL-2.1", needs=("cecill free software license agreement", "version 2.1 dated 2013-06-21")),
    _title("CECILL-B", rf"cecill b free software {_LICENCE} agreement"),
    _title("CECILL-C", rf"cecill c free software {_LICENCE} agreement"),
    _title("CDDL-1.0", rf"common development and distribution {_LICENCE}.{{0,20}}(?:version )?1[.]0.{{0,20}}"),
    _title("Artistic-2.0", rf"(?:the )?artistic {_LICENCE} 2[.]0"),
    _title("CC0-1.0", r"(?:creative commons )?(?:legal code )?cc0 1[.]0 universal.{0,60}"),
    *_CREATIVE_COMMONS,
    _title("ODbL-1.0", rf"(?:odc )?open database {_LICENCE}(?: \(odbl\))?(?: v?1[.]0)?"),
    _title("OFL-1.1", rf"sil open font {_LICENCE} (?:version )?1[.]1\b.{{0,40}}"),
    _title("BUSL-1.1", rf"business source {_LICENCE} 1[.]1"),
    _title("SSPL-1.0", rf"server side public {_LICENCE}(?: version 1)?\b.{{0,40}}"),
    _title("Elastic-2.0", rf"elastic {_LICENCE} 2[.]0"),
)
# The text of the left one contains that of the right: the LGPL of version 3 is often followed by the GPL it builds on.
CONTAINED = {"LGPL-3.0-only": "GPL-3.0-only", "CECILL-2.1": "GPL-2.0-only"}
