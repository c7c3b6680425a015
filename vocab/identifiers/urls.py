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
_SCHEMELESS = re.compile(r"(?:www\.|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}(?::\d{1,5})?/)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ud800-\udfff]")
_SAFE_PATH = "/:@!$&'()*+,;=-._~%"
_SAFE_QUERY = _SAFE_PATH + "?"
_TRAILING = ".,;:!?'\"`>])}"

# Hosts that answer over https for certain, so that http:// is the same address.
HTTPS_HOSTS = frozenset({
    "arxiv.org", "bitbucket.org", "codeberg.org", "creativecommons.org", "doi.org", "dx.doi.org", "ghcr.io", "github.com", "gitlab.com",
    "hdl.handle.net", "hub.docker.com", "huggingface.co", "opensource.org", "orcid.org", "pypi.org", "quay.io", "raw.githubusercontent.com",
    "readthedocs.io", "ror.org", "spdx.org", "www.gbif.org", "www.kaggle.com", "www.seanoe.org", "zenodo.org",
})


def is_host(host: str) -> bool:
    """Whether a text can be the name of a public host: labels, a top-level domain of letters, or an IP address."""
    name = host.strip("[]")
    try:
        ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        return True
    try:
        ascii_name = name.lower().rstrip(".") if name.isascii() else name.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return False
    labels = ascii_name.split(".")
    if ascii_name == "localhost":
        return True
    return len(labels) > 1 and len(ascii_name) <= 253 and all(map(_LABEL.match, labels)) and bool(_TOP_LEVEL.match(labels[-1]))


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
    if not isinstance(text, str):
        return None
    bare = _unwrapped(text)
    if not bare or is_placeholder(bare) or _CONTROL.search(bare) or len(bare) > 4000:
        return None
    if not _SCHEME.match(bare) or _SCHEMELESS.match(bare):
        if not _SCHEMELESS.match(bare):
            return _as_doi(bare) if bare.lower().startswith("10.") else None
        bare = f"https://{bare}"
    if bare.lower().startswith("doi:"):
        return _as_doi(bare)
    parts = split_url(bare)
    if parts is None or parts.scheme.lower() not in _SCHEMES or not parts.hostname or not is_host(parts.hostname):
        return None
    cleaned = _rebuilt(parts)
    return None if is_placeholder(cleaned) else cleaned


def _unwrapped(text: str) -> str:
    bare = text.strip().strip("\"'`")
    if bare.startswith("<") and bare.endswith(">"):
        bare = bare[1:-1]
    bare = bare.strip()
    while bare and bare[-1] in _TRAILING and not (bare[-1] == ")" and bare.count("(") >= bare.count(")")):
        if bare[-1] == "]" and bare.count("[") >= bare.count("]"):
            break
        bare = bare[:-1]
    return bare


def _as_doi(text: str) -> str | None:
    name = doi(text)
    return doi_url(name) if name else None


def _rebuilt(parts: SplitResult) -> str:
    scheme, host = parts.scheme.lower(), _host_of(parts)
    if scheme == "http" and host in HTTPS_HOSTS and parts.port in (None, 80):
        scheme = "https"
    port = parts.port if parts.port not in (None, _DEFAULT_PORTS.get(scheme), _DEFAULT_PORTS.get(parts.scheme.lower())) else None
    path = re.sub(r"(?<!:)/{2,}", "/", parts.path)
    if host in {"doi.org", "dx.doi.org", "www.doi.org", "zenodo.org", "www.zenodo.org"}:
        as_doi = _as_doi(f"https://{host}{path}") if _is_whole_record(host, path) else None
        if as_doi:
            return as_doi
    address = f"{host}:{port}" if port else host
    return urlunsplit((scheme, address, quote(path, safe=_SAFE_PATH) or "/", quote(parts.query, safe=_SAFE_QUERY), quote(parts.fragment, safe=_SAFE_QUERY)))


def _is_whole_record(host: str, path: str) -> bool:
    return "doi.org" in host or bool(re.fullmatch(r"/(?:records?/\d+|doi/10\.\S+)/?", path))


def _host_of(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return f"[{host}]"
    return host if host.isascii() else host.encode("idna").decode("ascii")
