"""Payloads: the bytes that sources answered, kept as they came, compressed, addressed by their SHA-256."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from registry.tables import payload

PLAIN = "plain"
# A row that a check found broken: its bytes are not given out, and the next ones that come take its place.
DAMAGED = "damaged"
DEFLATED = "zlib"
LEVEL = 6

# Statements of the way that every payload goes; made once, because making them takes as long as running them.
_ENCODING = select(payload.c.encoding).where(payload.c.sha256 == bindparam("sha256"))
_BODY = select(payload.c.encoding, payload.c.body).where(payload.c.sha256 == bindparam("sha256"))
_KEEP = payload.insert()
_SOUND = select(payload.c.sha256).where(
    payload.c.sha256.in_(bindparam("hashes", expanding=True)), payload.c.encoding != DAMAGED
)


def keep_payload(connection: Connection, body: bytes) -> str:
    """Keep bytes, once; returns their SHA-256."""
    sha256 = hashlib.sha256(body).hexdigest()
    known = connection.scalar(_ENCODING, {"sha256": sha256})
    if known is not None and known != DAMAGED:
        return sha256
    packed = zlib.compress(body, LEVEL)
    encoding, kept = (DEFLATED, packed) if len(packed) < len(body) else (PLAIN, body)
    values = {"encoding": encoding, "size": len(body), "body": kept}
    if known is None:
        connection.execute(_KEEP, {"sha256": sha256, **values})
    else:
        connection.execute(payload.update().where(payload.c.sha256 == sha256).values(values))
    return sha256


def keep_payloads(connection: Connection, bodies: Sequence[bytes]) -> list[str]:
    """Keep many at once; returns their SHA-256, in their order."""
    hashes = [hashlib.sha256(body).hexdigest() for body in bodies]
    sound = set(connection.scalars(_SOUND, {"hashes": hashes}))
    for sha256, body in dict(zip(hashes, bodies, strict=True)).items():
        if sha256 not in sound:
            keep_payload(connection, body)
    return hashes


def payload_of(connection: Connection, sha256: str) -> bytes | None:
    """The bytes with this hash, or None."""
    row = connection.execute(_BODY, {"sha256": sha256}).first()
    return unpack(row.encoding, row.body) if row and row.encoding != DAMAGED else None


def unpack(encoding: str, body: bytes) -> bytes:
    """The bytes as they came. Raises `ValueError` for a row that is damaged."""
    if encoding == PLAIN:
        return body
    try:
        return zlib.decompress(body)
    except zlib.error as error:
        raise ValueError(f"cannot be unpacked: {error}") from None
