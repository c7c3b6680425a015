"""What people write for a licence → SPDX expression: names, abbreviations, classifiers, URLs, EU codes, expressions.

Border: the text of a licence is not read here, `detection` does that.
"""

from __future__ import annotations

import re
from functools import cache

from license_expression import (
    ExpressionError,
    ExpressionParseError,
    LicenseSymbol,
    LicenseWithExceptionSymbol,
    Licensing,
    get_spdx_licensing,
)

from vocab.identifiers import is_placeholder
from vocab.licences.table import EU_LICENCES, by_eu_code, licences
from vocab.module import LicenceValue

_NOISE = re.compile(r"\b(?:the|licen[cs]ed?|licen[cs]es|under|version|ver|v|of|a|text|file|terms|gnu)\b")
_VERSION = re.compile(r"\b(?:version|ver|v)[. ]*(?=\d)|(?<=[a-z])v(?=\d)")
_CLASSIFIER = re.compile(r"licen[cs]e\s*::\s*(?:osi approved\s*::\s*)?", re.IGNORECASE)
_LATER = re.compile(r"(?:\+|\bor[ -](?:any )?(?:later|newer|greater|above)(?: versions?)?\b)", re.IGNORECASE)
_ONLY = re.compile(r"\bonly\b")
_FAMILY = re.compile(
    r"(?:(?P<affero>agpl|affero(?: general public| gpl)?)|(?P<lesser>lgpl|(?:lesser|library) (?:general public|gpl))"
    r"|(?P<plain>gpl|general public))\b ?(?P<version>\d(?:\.\d)?)?(?P<rest>.*)\Z"
)
_CC_PARTS = (
    (re.compile(r"\bnon ?commercial\b|\bnc\b"), "NC"),
    (re.compile(r"\bshare ?alike\b|\bsa\b"), "SA"),
    (re.compile(r"\bno ?deriv(?:ative)?s?\b|\bnd\b"), "ND"),
)
_CC_WORD = r"(?:by|nc|nd|sa|attribution|non ?commercial|share ?alike|no ?deriv(?:ative)?s?)"
_CC = re.compile(
    rf"(?:cc|creative commons) (?P<parts>(?:{_CC_WORD}\b ?)+)"
    r"(?P<version>\d\.\d)?(?: ?(?:international|unported|generic|public|deed|intl))*\Z"
)
_EUPL_HOSTS = r"(?:joinup\.ec\.europa\.eu|interoperable-europe\.ec\.europa\.eu|eupl\.eu)"
# Web addresses that stand for a licence, and its name in them.
_URLS = tuple((re.compile(rf"https?://(?:www\.)?{pattern}\Z", re.IGNORECASE), name) for pattern, name in (
    (r"spdx\.org/licenses/([\w.+-]+?)(?:\.(?:html|json|txt|rdf))?/?", r"\1"),
    (r"opensource\.org/licen[cs]es?/([\w.-]+?)(?:\.(?:php|html))?/?", r"\1"),
    (r"choosealicense\.com/licenses/([\w.-]+)/?", r"\1"),
    (r"api\.github\.com/licenses/([\w.-]+)", r"\1"),
    (r"creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)(?:/.*)?", r"CC-\1-\2"),
    (r"creativecommons\.org/publicdomain/zero/1\.0(?:/.*)?", "CC0-1.0"),
    (r"gnu\.org/licenses/(?:old-licenses/)?((?:a|l)?gpl|fdl)-(\d\.\d)(?:-standalone)?(?:\.\w+)*/?", r"\1-\2"),
    (r"apache\.org/licenses/LICENSE-2\.0(?:\.\w+)?/?", "Apache-2.0"),
    (r"mozilla\.org/.*MPL/2\.0/?", "MPL-2.0"),
    (rf"{_EUPL_HOSTS}/(?:\S*?eupl[-v]*)?1[.-]?1\b\S*", "EUPL-1.1"),
    (rf"{_EUPL_HOSTS}/\S*?(?:eupl|1[.]2)\S*", "EUPL-1.2"),
    (r"unlicense\.org/?", "Unlicense"),
))
_MAX_LENGTH = 300
_MAX_PARTS = 5


def licence_value(text: object) -> LicenceValue:
    """What a text says about the licence: its raw words and, where they can be told, SPDX expression, title and codes.

    A placeholder or an empty text gives a value without `spdx`; so does a name that stands for no certain licence.
    """
    raw = text.strip() if isinstance(text, str) else ""
    spdx = spdx_of(raw)
    if spdx is None:
        return LicenceValue(raw=raw or None)
    return value_of(spdx, raw)


def value_of(spdx: str, raw: str | None = None) -> LicenceValue:
    """The value for an SPDX expression. Title, URL, EU code and OSI approval are those of a single licence."""
    row = licences().get(spdx)
    if row:
        return LicenceValue(raw=raw, spdx=spdx, title=row.title, url=row.url, eu=row.eu, osi=row.osi)
    keys = keys_of(spdx)
    if len(keys) == 1 and " " not in spdx and not spdx.startswith("LicenseRef-"):
        return LicenceValue(raw=raw, spdx=spdx, url=f"https://spdx.org/licenses/{spdx}")
    rows = [licences().get(key) for key in keys]
    osi = all(row.osi for row in rows if row) if rows and all(rows) else None
    return LicenceValue(raw=raw, spdx=spdx, osi=osi)


def spdx_of(text: str) -> str | None:
    """The SPDX expression for a name, code, URL or expression, or None."""
    bare = re.sub(r"\s+", " ", text).strip(" \t\"'`.;,<>")
    if not bare or len(bare) > _MAX_LENGTH or is_placeholder(bare):
        return None
    return next((spdx for spdx in (read(bare) for read in _WAYS) if spdx), None)


def keys_of(spdx: str) -> tuple[str, ...]:
    """The licences in an SPDX expression, each once, in order."""
    return tuple(dict.fromkeys(re.findall(r"(?<!WITH )\b(?!(?:AND|OR|WITH)\b)[\w.+-]+", spdx)))


def key_of(name: str) -> str:
    """A name without letter case, punctuation and words that carry nothing: what names are compared by."""
    folded = _VERSION.sub(" ", name.casefold().replace("_", " "))
    folded = re.sub(r"[^a-z0-9.+]+", " ", folded)
    folded = re.sub(r"\b(\d)\.0\b", r"\1", re.sub(r"\.(?!\d)", " ", folded))
    return re.sub(r"\s+", " ", _NOISE.sub(" ", folded)).strip()


@cache
def _names() -> dict[str, str]:
    """Every name that we know, in `key_of` form, with its licence."""
    table: dict[str, str] = {}
    for spdx, row in licences().items():
        for name in (spdx, row.title, *row.names):
            table.setdefault(key_of(name), spdx)
            table.setdefault(key_of(name).replace(" ", ""), spdx)
    return table


@cache
def _licensing() -> Licensing:
    return get_spdx_licensing()


def _from_table(text: str) -> str | None:
    if "+" in text:
        return None
    # Classifiers end in the abbreviation: `Mozilla Public License 2.0 (MPL 2.0)`.
    without_abbreviation = re.sub(r"\s*\([^()]{1,40}\)\s*\Z", "", text)
    return _names().get(key_of(text)) or _names().get(key_of(without_abbreviation))


def _from_url(text: str) -> str | None:
    for pattern, replacement in _URLS:
        match = pattern.match(text)
        if match:
            name = match.expand(replacement)
            return _from_table(name) or _from_expression(name) or _from_family(name)
    return None


def _from_eu_code(text: str) -> str | None:
    code = text.replace("https://", "http://", 1).removeprefix(EU_LICENCES)
    row = by_eu_code().get(code.strip("/"))
    return row.spdx if row and (code != text or "_" in code) else None


def _from_classifier(text: str) -> str | None:
    match = _CLASSIFIER.match(text)
    if not match or not text[match.end():]:
        return None
    return spdx_of(text[match.end():])


def _from_expression(text: str) -> str | None:
    """An expression in SPDX syntax, with identifiers in any letter case; deprecated ones become their successors."""
    if not re.fullmatch(r"[\w.+()\s-]+", text):
        return None
    try:
        parsed = _licensing().parse(text, validate=True)
    except (ExpressionError, ExpressionParseError, AttributeError, IndexError, TypeError, ValueError):
        # The parser trips over its own feet for `MIT AND` (AttributeError) and `()` (IndexError).
        return None
    if parsed is None:
        return None
    symbols = [part for symbol in parsed.symbols for part in (_parts(symbol))]
    # Names that only the scanner behind the library has are no SPDX identifiers.
    return None if any(symbol.startswith("LicenseRef-") for symbol in symbols) else str(parsed.render("{symbol.key}"))


def _parts(symbol: LicenseSymbol | LicenseWithExceptionSymbol) -> tuple[str, ...]:
    if isinstance(symbol, LicenseWithExceptionSymbol):
        return (symbol.license_symbol.key, symbol.exception_symbol.key)
    return (symbol.key,)


def _from_family(text: str) -> str | None:
    """The GNU licences in all their spellings: `GPLv3`, `GNU AGPL v3 or later (AGPLv3+)`, `LGPL 2.1+`."""
    match = _FAMILY.match(key_of(text))
    if not match or not match.group("version"):
        return None
    prefix = "AGPL" if match.group("affero") else "LGPL" if match.group("lesser") else "GPL"
    version = match.group("version") if "." in match.group("version") else f"{match.group('version')}.0"
    later = bool(_LATER.search(match.group("rest"))) and not _ONLY.search(match.group("rest"))
    rest = _LATER.sub(" ", match.group("rest"))
    if re.sub(r"\b(?:a|l)?gpl\d?\b|\bonly\b|\b\d(?:\.\d)?\b|[+ ]", "", rest):
        return None
    spdx = f"{prefix}-{version}-{'or-later' if later else 'only'}"
    return spdx if spdx in licences() else None


def _from_creative_commons(text: str) -> str | None:
    words = re.sub(r"[^a-z0-9.]+", " ", re.sub(r"licen[cs]e", " ", text.casefold())).strip()
    match = _CC.match(words)
    if not match or not re.search(r"\b(?:by|attribution)\b", match.group("parts")):
        return None
    parts = [code for pattern, code in _CC_PARTS if pattern.search(match.group("parts"))]
    # Without a version the current one is meant.
    spdx = "-".join(["CC-BY", *parts, match.group("version") or "4.0"])
    return spdx if spdx in licences() else None


def _from_list(text: str) -> str | None:
    """Several names in one text: `MIT and Apache 2.0`, `MIT / Apache-2.0` (a choice, as in Cargo files)."""
    for separator, operator in ((r"\s+or\s+|\s*/\s*|\s*\|\|?\s*", "OR"), (r"\s+and\s+|\s*[,;&]\s*", "AND")):
        parts = re.split(separator, text, flags=re.IGNORECASE)
        if 2 <= len(parts) <= _MAX_PARTS and "://" not in text:
            found = [name for name in map(spdx_of, parts) if name]
            if len(found) == len(parts):
                return f" {operator} ".join(dict.fromkeys(f"({name})" if " OR " in name else name for name in found))
    return None


# In this order: the table knows the commonest reading, an expression is read strictly, the rest is for free wording.
_WAYS = (
    _from_table, _from_url, _from_eu_code, _from_classifier, _from_expression, _from_family, _from_creative_commons,
    _from_list,
)
