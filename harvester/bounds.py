"""How much of an answer we take: bytes, also when unpacked, and time, also when it comes drop by drop.

An answer is read in pieces; each piece is unpacked to a bounded size, so that a small compressed body cannot become
a large one in memory. Border: knows nothing of statuses and retries.
"""

from __future__ import annotations

from dataclasses import dataclass

import requests

from harvester.clock import Clock
from harvester.errors import TimedOut, TooLarge

_PIECE = 64 * 1024
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost. `wait_cap_s` is the longest wait for a limit; above it the source is parked.

    Limits by the minute are waited for, with some seconds by which a server's clock may differ from ours.
    """

    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 60.0
    max_bytes: int = 24 * MIB
    max_redirects: int = 5
    wait_cap_s: float = 75.0
    tries: int = 3
    backoff_s: float = 1.0


def read_body(response: requests.Response, limits: Limits, clock: Clock, deadline: float) -> bytes:
    """The whole body, unpacked.

    Args:
        response: an answer that was asked for with `stream=True`.
        limits: `max_bytes` bounds the body as sent and as unpacked.
        clock: measures the time.
        deadline: the reading of `clock.monotonic` at which reading ends.

    Raises:
        TooLarge: the body is larger than allowed.
        TimedOut: the body did not end in time.
    """
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limits.max_bytes:
        raise _too_large(response, limits)
    pieces: list[bytes] = []
    size = 0
    while True:
        piece = response.raw.read1(_PIECE, decode_content=True)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        size += len(piece)
        if size > limits.max_bytes:
            raise _too_large(response, limits)
        if clock.monotonic() > deadline:
            seen = f"The answer did not end within {limits.total_s:g} s."
            raise TimedOut(seen, url=response.url, status=response.status_code)


def _too_large(response: requests.Response, limits: Limits) -> TooLarge:
    packed = " when unpacked" if response.headers.get("content-encoding") else ""
    seen = f"The answer is larger than {limits.max_bytes // MIB or 1} MiB{packed}."
    return TooLarge(seen, url=response.url, status=response.status_code)
