"""Where the source APIs stand: the public addresses, or those of an enterprise server, a mirror or a stand-in.

Read from the JSON file that `MODREG_ENDPOINTS` names (house plan §7). A host that is named there may have a private
address; no other may. Border: no network here, only addresses.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from urllib.parse import urlsplit

from harvester.errors import WrongSettings

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PUBLIC = MappingProxyType({
    "github": "https://api.github.com",
    "graphql": "https://api.github.com/graphql",
    "raw": "https://raw.githubusercontent.com",
    "dockerhub": "https://hub.docker.com",
    "oci": "https://registry-1.docker.io",
    "zenodo": "https://zenodo.org",
    "zenodo_oai": "https://zenodo.org/oai2d",
    "datacite": "https://api.datacite.org",
    "doi": "https://doi.org",
})
# GraphQL has a budget of its own but is the same server: for pacing it is one lane with the REST API.
_LANES = tuple(key for key in _PUBLIC if key != "graphql")


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address, all in one spelling. Raises `ValueError` when it has none."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        message = f"not an http(s) address: {url[:200]!r}"
        raise ValueError(message)
    return scheme, parts.hostname.rstrip(".").lower(), parts.port or _DEFAULT_PORTS[scheme]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The base address of each source API, without a trailing slash."""

    github: str = _PUBLIC["github"]
    graphql: str = _PUBLIC["graphql"]
    raw: str = _PUBLIC["raw"]
    dockerhub: str = _PUBLIC["dockerhub"]
    oci: str = _PUBLIC["oci"]
    zenodo: str = _PUBLIC["zenodo"]
    zenodo_oai: str = _PUBLIC["zenodo_oai"]
    datacite: str = _PUBLIC["datacite"]
    doi: str = _PUBLIC["doi"]
    named: frozenset[str] = field(default=frozenset())

    @classmethod
    def from_json(cls, text: str | bytes, place: str = "the endpoints file") -> Endpoints:
        """The endpoints of a JSON object.

        Keys that are not ours (such as `control`) are left alone; what looks like a slip of one of ours is refused.

        Raises:
            WrongSettings: with one line that names the key, what was found and what would be right.
        """
        try:
            form = json.loads(text)
        except ValueError as error:
            seen = f"{place} is not JSON: {error}."
            raise WrongSettings(seen, mend='Write an object such as {"github": "https://HOST/api/v3"}.') from None
        if not isinstance(form, dict):
            seen = f"{place} holds {type(form).__name__}, not an object."
            raise WrongSettings(seen, mend='Write an object such as {"github": "https://HOST/api/v3"}.')
        for key in form:
            meant = difflib.get_close_matches(str(key), _PUBLIC, 1, 0.8) if key not in _PUBLIC else ()
            if meant:
                raise WrongSettings(f"{place}: unknown key {key!r}.", mend=f"Did you mean {meant[0]!r}?")
        return cls.from_mapping({key: value for key, value in form.items() if key in _PUBLIC}, place)

    @classmethod
    def from_mapping(cls, form: Mapping[str, object], place: str = "the endpoints") -> Endpoints:
        """The endpoints of a mapping; see `from_json`."""
        addresses: dict[str, str] = {}
        for key, value in form.items():
            if key not in _PUBLIC:
                known = ", ".join(_PUBLIC)
                raise WrongSettings(f"{place}: unknown key {key!r}.", mend=f"Known keys are {known}.")
            addresses[key] = _address(value, key, place)
        return cls(**addresses, named=frozenset(addresses))

    def address(self, key: str) -> str:
        """The base address of one API by its key. Raises `KeyError`."""
        if key not in _PUBLIC:
            raise KeyError(key)
        value: str = getattr(self, key)
        return value

    def is_own(self, key: str) -> bool:
        """Whether the operator moved this API away from its public address."""
        return key in _PUBLIC and self.address(key) != _PUBLIC[key]

    def lane(self, url: str) -> str:
        """Whose budget a request to this address spends: the key of an API, or the host for any other."""
        fitting = [key for key in _LANES if _below(url, self.address(key))]
        if fitting:
            return max(fitting, key=lambda key: len(self.address(key)))
        return "github" if _below(url, self.graphql) else origin(url)[1]

    def may_be_private(self, host: str, port: int) -> bool:
        """Whether a host is one the operator named; its encrypted port is the same host."""
        for key in self.named:
            _, known, at = origin(self.address(key))
            if known == host.rstrip(".").lower() and (port == at or (at, port) == (80, 443)):
                return True
        return False


PUBLIC_KEYS = tuple(each.name for each in fields(Endpoints) if each.name != "named")


def _below(url: str, base: str) -> bool:
    return url == base or url.startswith((base + "/", base + "?"))


def _address(value: object, key: str, place: str) -> str:
    mend = "Write an address such as https://HOST/PATH, without user, query or fragment."
    if not isinstance(value, str):
        raise WrongSettings(f"{place}: {key} is {json.dumps(value)[:100]}, not an address.", mend=mend)
    try:
        origin(value)
        parts = urlsplit(value)
        clean = not (parts.query or parts.fragment or "@" in parts.netloc or any(c.isspace() for c in value))
    except ValueError:
        clean = False
    if not clean:
        raise WrongSettings(f"{place}: {key} is {value[:100]!r}, not an address.", mend=mend)
    return value.rstrip("/")
