"""URLs in one clean form: scheme and host in lower case, no default port, no blanks, https where the host has it.

Border: paths and queries keep their letter case and order, because servers may tell them apart; only addresses of DOIs
and Zenodo records are rewritten, because two spellings of these are the same thing.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from vocab.identifiers.dois import doi, doi_url
from vocab.identifiers.placeholders import is_placeholder

_SCHEMES = frozenset({"http", "https", "ftp", "ftps"})
_DEFAULT_PORTS = {"http": 80, "https": 443, "ftp": 21}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
# No top-level domain holds a digit or a hyphen, save the `xn--` ones: `github.cai4os-hub` is no host.
_TOP_LEVEL = re.compile(r"(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59})\Z")
_SCHEMELESS = re.compile(r"(?:www\.|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}(?::\d{1,5})?/)", re.IGNORECASE | re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE | re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ud800-\udfff]")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SAFE_PATH = "/:@!$&'()*+,;=-._~%"
_SAFE_QUERY = _SAFE_PATH + "?"
_TRAILING = frozenset(".,;:!?#'\"`>])}")
_PAIRS = {")": "(", "]": "["}
_MAX_LENGTH = 4000
_RECORD_PATH = re.compile(r"/(?:records?/\d+|doi/10\.\S+)/?\Z", re.ASCII)
_DOI_HOSTS = frozenset({"doi.org", "dx.doi.org", "www.doi.org"})

# Hosts that answer over https for certain, so that http:// is the same address.
HTTPS_HOSTS = frozenset({
    "arxiv.org", "bitbucket.org", "codeberg.org", "creativecommons.org", "ghcr.io", "github.com", "gitlab.com",
    "hdl.handle.net", "hub.docker.com", "huggingface.co", "opensource.org", "orcid.org", "pypi.org", "quay.io",
    "raw.githubusercontent.com", "readthedocs.io", "ror.org", "spdx.org", "www.gbif.org", "www.kaggle.com",
    "www.seanoe.org", "zenodo.org",
})


def is_host(host: str) -> bool:
    """Whether a text can be the name of a host: labels below a top-level domain of letters, or an IP address."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return _is_host_name(name)
    return True


def _is_host_name(name: str) -> bool:
    if name == "localhost":
        return True
    labels = (_ascii(name) or "").split(".")
    well_formed = len(labels) > 1 and len(name) <= 253 and all(map(_LABEL.match, labels))
    return well_formed and bool(_TOP_LEVEL.match(labels[-1]))


def _ascii(host: str) -> str | None:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return None


def split_url(text: str) -> SplitResult | None:
    """The parts of a URL, or None when it cannot be split or its port is no number."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def clean_url(text: object) -> str | None:
    """The clean form of a web address, or None for a placeholder, a broken host or anything that is no web address."""
    if not isinstance(text, str) or len(text) > _MAX_LENGTH:
        return None
    bare = _unwrapped(text)
    if not bare or is_placeholder(bare) or _CONTROL.search(bare):
        return None
    if _SCHEMELESS.match(bare):
        bare = f"https://{bare}"
    elif not _SCHEME.match(bare) or bare.lower().startswith("doi:"):
        return _as_doi(bare)
    parts = split_url(bare)
    if parts is None or parts.scheme not in _SCHEMES or not parts.hostname or not is_host(parts.hostname):
        return None
    cleaned = _rebuilt(parts)
    return None if is_placeholder(cleaned) or len(cleaned) > _MAX_LENGTH else cleaned


def url_key(url: str | None) -> str:
    """An address for comparing: scheme, `www.`, a slash at the end and the letter case of the host do not count."""
    if not url:
        return ""
    split = urlsplit(url.strip())
    host = split.netloc.casefold().removeprefix("www.")
    rest = split.path.rstrip("/") + (f"?{split.query}" if split.query else "")
    return f"{host}{rest}" if host else url.strip().rstrip("/")


def _unwrapped(text: str) -> str:
    bare = text.strip().lstrip("\"'`<").strip()
    while bare and bare[-1] in _TRAILING:
        opening = _PAIRS.get(bare[-1])
        if opening and bare.count(opening) >= bare.count(bare[-1]):
            break
        bare = bare[:-1].rstrip()
    return bare


def _as_doi(text: str) -> str | None:
    name = doi(text)
    return doi_url(name) if name else None


def _rebuilt(parts: SplitResult) -> str:
    host = _ascii((parts.hostname or "").rstrip(".")) or ""
    as_doi = _as_doi(f"https://{host}{parts.path}") if host in _DOI_HOSTS or _is_record(host, parts.path) else None
    if as_doi:
        return as_doi
    path = re.sub(r"(?<!:)/{2,}", "/", parts.path)
    port = None if parts.port == _DEFAULT_PORTS.get(parts.scheme) else parts.port
    scheme = "https" if parts.scheme == "http" and port is None and host in HTTPS_HOSTS else parts.scheme
    address = (f"[{host}]" if ":" in host else host) + (f":{port}" if port is not None else "")
    query, fragment = _quoted(parts.query, _SAFE_QUERY), _quoted(parts.fragment, _SAFE_QUERY)
    return urlunsplit((scheme, address, _quoted(path, _SAFE_PATH), query, fragment))


def _is_record(host: str, path: str) -> bool:
    return host in {"zenodo.org", "www.zenodo.org"} and bool(_RECORD_PATH.match(path))


def _quoted(text: str, safe: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", text), safe=safe)
