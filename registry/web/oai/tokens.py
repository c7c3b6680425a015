"""Resumption tokens: where a list goes on, signed, kept by the client and nowhere else.

A token carries the whole question, so that page two is of the same list, and the upper bound that was frozen when the
list began, so that a harvest of a busy registry ends. The same token always gives the same page. It survives restarts
and holds on every node with the same secret key. OAI-PMH 2.0 §3.5.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from registry.oai_records import Position, Selection
from registry.web.oai.errors import BadResumptionTokenError

LIFE = timedelta(hours=48)

_SIGNATURE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Token:
    """A list that goes on: `cursor` records were given so far, of `total`; `until` says that the client set a bound."""

    verb: str
    selection: Selection
    until: bool
    position: Position
    cursor: int
    total: int


class Signer:
    """Writes and reads tokens with the registry's secret key."""

    def __init__(self, secret_key: bytes) -> None:
        """Derive a key of our own, so that nothing else that the secret signs is ever taken for a token."""
        self._key = hmac.digest(secret_key, b"oai-pmh resumption token", "sha256")

    def write(self, token: Token, expires: datetime) -> str:
        """The token as URL-safe text."""
        chosen = token.selection
        payload = orjson.dumps([
            token.verb, chosen.prefix, chosen.set_spec, chosen.from_stamp, chosen.bound, token.until,
            token.position.datestamp, token.position.identifier, token.cursor, token.total, int(expires.timestamp()),
        ])
        return base64.urlsafe_b64encode(self._signature(payload) + payload).rstrip(b"=").decode()

    def read(self, text: str, verb: str, now: datetime) -> Token:
        """The token of a text.

        Raises:
            BadResumptionTokenError: not ours, of another verb, or too old.
        """
        payload = self._verified(text)
        given, prefix, set_spec, start, bound, until, stamp, identifier, cursor, total, expiry = orjson.loads(payload)
        if given != verb:
            raise BadResumptionTokenError(f"this token goes on with {given}; use it with that verb")
        if datetime.fromtimestamp(expiry, UTC) < now:
            raise BadResumptionTokenError("this token has expired; begin the list again")
        position = Position(stamp, identifier)
        return Token(verb, Selection(prefix, set_spec, start, bound), until, position, cursor, total)

    def _verified(self, text: str) -> bytes:
        padding = "=" * (-len(text) % 4)
        try:
            raw = base64.b64decode((text + padding).encode("ascii"), altchars=b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error, ValueError):
            raw = b""
        signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not payload or not hmac.compare_digest(signature, self._signature(payload)):
            raise BadResumptionTokenError("this is no token of ours; begin the list again")
        return payload

    def _signature(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, hashlib.sha256)[:_SIGNATURE_BYTES]
