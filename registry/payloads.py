"""Payloads: the bytes that sources answered, kept as they came, compressed, addressed by their SHA-256."""

from __future__ import annotations

import hashlib
import zlib

from sqlalchemy import Connection, select

from registry.tables import payload

PLAIN = "plain"
# A row that a check found broken: its bytes are not given out, and the next ones that come take its place.
DAMAGED = "damaged"
DEFLATED = "zlib"
LEVEL = 6


def keep_payload(connection: Connection, body: bytes) -> str:
    """Keep bytes, once; returns their SHA-256."""
    sha256 = hashlib.sha256(body).hexdigest()
    here = payload.c.sha256 == sha256
    known = connection.scalar(select(payload.c.encoding).where(here))
    if known is not None and known != DAMAGED:
        return sha256
    packed = zlib.compress(body, LEVEL)
    encoding, kept = (DEFLATED, packed) if len(packed) < len(body) else (PLAIN, body)
    values = {"encoding": encoding, "size": len(body), "body": kept}
    if known is None:
        connection.execute(payload.insert().values(sha256=sha256, **values))
    else:
        connection.execute(payload.update().where(here).values(values))
    return sha256


def payload_of(connection: Connection, sha256: str) -> bytes | None:
    """The bytes with this hash, or None."""
    row = connection.execute(select(payload.c.encoding, payload.c.body).where(payload.c.sha256 == sha256)).first()
    return unpack(row.encoding, row.body) if row and row.encoding != DAMAGED else None


def unpack(encoding: str, body: bytes) -> bytes:
    """The bytes as they came. Raises `ValueError` for a row that is damaged."""
    if encoding == PLAIN:
        return body
    try:
        return zlib.decompress(body)
    except zlib.error as error:
        raise ValueError(f"cannot be unpacked: {error}") from None
