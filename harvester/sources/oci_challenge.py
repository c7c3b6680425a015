"""`WWW-Authenticate` of a registry: how it wants to be asked (RFC 9110 §11.6.1, distribution "Token Authentication").

One header may hold several challenges, parameters may be quoted and hold commas, and scopes are lists with commas
themselves. Pure. Border: what is done about a challenge is decided in `oci_auth`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_LENGTH = 8192
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PIECE = re.compile(
    rf"""(?:
    (?P<name>{_WORD})\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s,"=][^\s,"]*))   # a parameter
    | (?P<scheme>{_WORD})(?:[ ]+[A-Za-z0-9._~+/-]+=*(?=[\s]*(?:,|\Z)))?                      # a scheme, its token68
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge; scheme and names of parameters are lower-case."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def challenges_in(header: str) -> tuple[Challenge, ...]:
    """The challenges of a header in their order; what cannot be read is passed over."""
    found: list[tuple[str, dict[str, str]]] = []
    at, text = 0, header[:MAX_LENGTH]
    while at < len(text):
        piece = None if text[at] in " \t," else _PIECE.match(text, at)
        if piece is None:
            at += 1
            continue
        at = piece.end()
        if piece["scheme"]:
            found.append((piece["scheme"].lower(), {}))
        elif found:
            quoted = piece["quoted"]
            value = piece["plain"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            found[-1][1].setdefault(piece["name"].lower(), value)
    return tuple(Challenge(scheme, parameters) for scheme, parameters in found)


def best_challenge(header: str) -> Challenge | None:
    """The challenge to take up: `Bearer` that says where tokens are, else `Basic`; None when there is neither."""
    found = challenges_in(header)
    bearer = next((each for each in found if each.scheme == "bearer" and each.parameters.get("realm")), None)
    return bearer or next((each for each in found if each.scheme == "basic"), None)
