"""What a request is answered, and with which credential and name it is sent. Values only, no network."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from urllib.parse import urljoin

from requests.utils import parse_header_links

from harvester.endpoints import origin
from harvester.errors import ForbiddenAddress

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def user_agent(contact: str) -> str:
    """How we name ourselves: product, version, and whom to write to."""
    try:
        release = version("module-registry")
    except PackageNotFoundError:
        release = "0"
    clean = "".join(char for char in contact if char.isprintable()).strip()
    return f"module-registry/{release} (+{clean})"


@dataclass(frozen=True, slots=True)
class Credential:
    """A token and the only origin it may be shown to; `scheme` stands before it in `Authorization` (RFC 9110 §11).

    `bearer` names whom a token is for that lives for minutes: answers are remembered under it, not under the token.
    """

    token: str = field(repr=False)
    address: str
    scheme: str = "Bearer"
    bearer: str | None = None

    @property
    def fingerprint(self) -> str:
        """What stands for the token in validators; the token cannot be had back from it."""
        return hashlib.sha256(b"credential:" + (self.bearer or self.token).encode()).hexdigest()[:16]

    def fits(self, url: str) -> bool:
        """Whether an address is of the credential's origin."""
        return origin(url) == origin(self.address)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered. Header names are lower-case; `final_url` is where redirects led."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    url: str
    final_url: str
    not_modified: bool = False
    links: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    moved: bool = False


def redirect_target(answer: Answer) -> str | None:
    """Where a redirect leads, or None for an answer that is none."""
    location = answer.headers.get("location")
    if answer.status not in _REDIRECTS or not location:
        return None
    try:
        target = urljoin(answer.url, location.encode("latin-1").decode("utf-8"))
        origin(target)
    except ValueError:
        raise ForbiddenAddress("The address redirects to something that is no web address.", url=answer.url) from None
    return target.partition("#")[0]


def links_of(header: str | None) -> Mapping[str, str]:
    """The addresses of a `Link` header by their relation."""
    rows = parse_header_links(header) if header else []
    return MappingProxyType({str(row["rel"]): str(row["url"]) for row in rows if "rel" in row and "url" in row})
