"""DOIs in one form: bare and in lower case, from URLs, `doi:` forms and addresses of Zenodo records.

Border: whether a DOI is registered is not asked. Sample and test DOIs (prefix 10.5072, `zenodo.1234567`) are none, save
where an archive says that one is its record's own (`own_doi`).
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from vocab.identifiers.placeholders import is_placeholder

_WEB = r"(?:https?:/{1,2})?(?:www\.)?"
_RESOLVERS = r"(?:(?:dx\.)?doi\.org|hdl\.handle\.net|zenodo\.org/doi)"
_RESOLVER = re.compile(rf"{_WEB}{_RESOLVERS}/+(?:doi:)?(?=10\.)", re.IGNORECASE)
_PREFIX = re.compile(r"(?:info:doi/|urn:doi:|doi\s*[:=]?\s*)(?=10\.)", re.IGNORECASE)
_NUMBER = r"(\d{3,12})(?![\w-])"
_RECORD = re.compile(rf"{_WEB}zenodo\.org/(?:api/)?(?:records?|deposit)/{_NUMBER}", re.IGNORECASE | re.ASCII)
_BADGE = re.compile(rf"{_WEB}zenodo\.org/badge/DOI/(10\.\S+?)\.svg\Z", re.IGNORECASE)
_SHAPE = r"10\.\d{4,9}(?:\.\d{1,9}){0,3}/[^\s\"<>\\^`{|}\]]{1,300}"
_DOI = re.compile(rf"{_SHAPE}\Z", re.ASCII)
_ANYWHERE = re.compile(rf"(?<![\w.]){_SHAPE}", re.ASCII)
_RECORD_ANYWHERE = re.compile(rf"\bzenodo\.org/records?/{_NUMBER}", re.IGNORECASE | re.ASCII)
_BROKEN_ZENODO = re.compile(r"10\.5281/zenodo\.(?![0-9]+\Z)")
_SANDBOX = re.compile(r"10\.5072/[a-z0-9][a-z0-9._-]{2,60}\Z", re.ASCII)
_SAFE = "/:@!$&'()*+,;=-._~"
_TRAILING = frozenset(".,;:!?'*_&/")
_PAIRS = {")": "(", "]": "["}


def doi(text: object) -> str | None:
    """The bare DOI in lower case, or None when the text is no DOI or a sample of one."""
    if not isinstance(text, str) or len(text) > 2000:
        return None
    bare = text.strip().strip("<>\"'` ")
    badge = _BADGE.match(bare)
    if badge:
        return _canonical(unquote(badge.group(1)))
    record = _RECORD.match(bare)
    if record:
        return _canonical(f"10.5281/zenodo.{int(record.group(1))}")
    resolver = _RESOLVER.match(bare)
    if resolver:
        # Only in a URL are `%2F`, `?` and `#` marks of the URL and no part of the name.
        return _canonical(unquote(re.split(r"[?#]", bare[resolver.end():], maxsplit=1)[0]))
    prefix = _PREFIX.match(bare)
    return _canonical(bare[prefix.end():] if prefix else bare)


def own_doi(text: object) -> str | None:
    """The DOI that an archive states as its record's own: as `doi`, and that of a sandbox, which has a test prefix."""
    bare = text.strip().lower() if isinstance(text, str) else ""
    return doi(text) or (bare if _SANDBOX.match(bare) else None)


def doi_url(name: str) -> str:
    """The address that resolves a bare DOI; halves of surrogate pairs, which no address can hold, become `?`."""
    return f"https://doi.org/{quote(name, safe=_SAFE, errors='replace')}"


def dois_in(text: str) -> tuple[str, ...]:
    """All DOIs that a running text names, addresses of Zenodo records included, in the order of first mention."""
    found: dict[int, str] = {}
    for match in _ANYWHERE.finditer(text):
        # A badge's file ending, a query, or the bracket that closes a Markdown link is no part of the name.
        name = doi(re.split(r"\.svg\b|[?#]|\)(?=[\s\])]|\Z)", match.group(0), maxsplit=1)[0])
        if name:
            found[match.start()] = name
    for match in _RECORD_ANYWHERE.finditer(text):
        name = doi(f"https://{match.group(0)}")
        if name:
            found[match.start()] = name
    return tuple(dict.fromkeys(found[start] for start in sorted(found)))


def _canonical(text: str) -> str | None:
    name = _trimmed(text.strip().lower())
    if not _DOI.match(name) or _BROKEN_ZENODO.match(name) or is_placeholder(name):
        return None
    return name


def _trimmed(name: str) -> str:
    while name:
        last = name[-1]
        if last not in _TRAILING and not (last in _PAIRS and name.count(last) > name.count(_PAIRS[last])):
            break
        name = name[:-1]
    return name
