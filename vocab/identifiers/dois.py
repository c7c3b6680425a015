"""DOIs in one form: bare and in lower case, from URLs, `doi:` forms and addresses of Zenodo records.

Border: whether a DOI is registered is not asked. Sample and test DOIs (prefix 10.5072, `zenodo.1234567`) are none.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from vocab.identifiers.placeholders import is_placeholder

_RESOLVER = re.compile(r"(?:https?:/{1,2})?(?:(?:dx\.|www\.)?doi\.org|hdl\.handle\.net|www\.zenodo\.org/doi|zenodo\.org/doi)/+(?:doi:)?", re.IGNORECASE)
_PREFIX = re.compile(r"(?:info:doi/|urn:doi:|doi\s*[:=]?\s*|DOI\s+)(?=10\.)", re.IGNORECASE)
_RECORD = re.compile(r"(?:https?:/{1,2})?(?:www\.)?zenodo\.org/(?:api/)?(?:records?|deposit)/(\d{3,12})(?![\w-])", re.IGNORECASE)
_BADGE = re.compile(r"(?:https?:/{1,2})?(?:www\.)?zenodo\.org/badge/DOI/(10\.\S+?)\.svg\Z", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d{1,9})*/[^\s\"<>\\^`{|}]{1,300}\Z")
_ANYWHERE = re.compile(r"\b10\.\d{4,9}(?:\.\d{1,9})*/[^\s\"<>\\^`{|}\]]{1,300}")
_BROKEN_ZENODO = re.compile(r"10\.5281/zenodo\.(?!\d+\Z)")
_TRAILING = ".,;:!?'*_&/"
_PAIRS = {")": "(", "]": "["}


def doi(text: object) -> str | None:
    """The bare DOI in lower case, or None when the text is no DOI or a sample of one."""
    if not isinstance(text, str) or len(text) > 2000:
        return None
    bare = unquote(text.strip().strip("<>\"'` "))
    badge = _BADGE.match(bare)
    if badge:
        return _canonical(badge.group(1))
    record = _RECORD.match(bare)
    if record:
        return _canonical(f"10.5281/zenodo.{int(record.group(1))}")
    resolver = _RESOLVER.match(bare)
    if resolver:
        return _canonical(re.split(r"[?#]", bare[resolver.end():], maxsplit=1)[0])
    prefix = _PREFIX.match(bare)
    return _canonical(bare[prefix.end():] if prefix else bare)


def doi_url(name: str) -> str:
    """The address that resolves a bare DOI."""
    return f"https://doi.org/{name}"


def dois_in(text: str) -> tuple[str, ...]:
    """All DOIs that a running text names, addresses of Zenodo records included, in the order of first mention."""
    found: dict[int, str] = {}
    for match in _ANYWHERE.finditer(text):
        # In Markdown `[10.1/x](https://doi.org/10.1/x)` the first one runs into the second.
        name = doi(re.split(r"\]\(|\.svg\b|[?#]|\)(?=[\s\]]|\Z)", match.group(0), maxsplit=1)[0])
        if name:
            found[match.start()] = name
    for match in _RECORD.finditer(text):
        found[match.start()] = f"10.5281/zenodo.{int(match.group(1))}"
    return tuple(dict.fromkeys(found[start] for start in sorted(found)))


def _canonical(text: str) -> str | None:
    name = _trimmed(text.strip().lower())
    if not _DOI.match(name) or _BROKEN_ZENODO.match(name) or is_placeholder(name):
        return None
    return name


def _trimmed(name: str) -> str:
    while name:
        last = name[-1]
        if last in _TRAILING or (last in _PAIRS and name.count(last) > name.count(_PAIRS[last])):
            name = name[:-1]
        else:
            break
    return name
