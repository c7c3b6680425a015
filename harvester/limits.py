"""How servers say "not now", and until when: every dialect read into one verdict.

Seen in the wild: `Retry-After` in seconds or as an HTTP date; `X-RateLimit-Reset` and `X-Retry-After` as epoch
seconds (GitHub, Zenodo, Docker Hub); `RateLimit: "api";r=0;t=55` and the older `limit=, remaining=, reset=` (IETF
drafts, seconds from now); `RateLimit-Remaining: 76;w=21600` (Docker's registry). `Retry-After` alone is no refusal:
some servers send it on every answer, so it is read on 403, 429 and 503 only. GitHub's secondary limit may show in
the body alone. Pure functions; nothing here waits. Sources: RFC 9110 §10.2.3, draft-ietf-httpapi-ratelimit-headers,
GitHub REST "Rate limits".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

_SECONDARY = re.compile(rb"secondary rate limit|abuse detection mechanism", re.IGNORECASE)
_PRIMARY = re.compile(rb"API rate limit exceeded|rate limit exceeded", re.IGNORECASE)
_EPOCH = 1_000_000_000  # a number this large is a moment, not a length
_EPOCH_MS = 100_000_000_000
_LONGEST_S = 7 * 24 * 3600  # whatever a server says, a source is asked again after a week
_WITHOUT_WORD = timedelta(seconds=60)


class RefusalKind(StrEnum):
    """Why a server does not answer now."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    BUSY = "busy"
    PERMISSION = "permission"
    CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A verdict. `until` is None when asking again would not help; `named` = the server said when, we did not guess."""

    kind: RefusalKind
    until: datetime | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """What a server says is left of a quota, and when it is filled again."""

    remaining: int
    reset: datetime | None
    resource: str | None = None


def refusal(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Refusal | None:
    """The verdict on an answer, or None when it is no refusal.

    Args:
        status: of the answer.
        headers: with lower-case names.
        body: its first bytes are enough.
        now: our clock; moments that the server names are corrected by the server's `Date`.
    """
    if status == 401:
        return Refusal(RefusalKind.CREDENTIAL)
    if status == 503:
        until = retry_after(headers, now)
        return Refusal(RefusalKind.BUSY, until, named=True) if until else None
    if status not in (403, 429):
        return None
    return _limited(status, headers, body[:4096], now)


def _limited(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Refusal:
    named = retry_after(headers, now)
    left = budget(headers, now)
    if left is not None and left.remaining <= 0 and left.reset is not None:
        named = max(named, left.reset) if named else left.reset
    secondary = bool(_SECONDARY.search(body)) or "gh-limited-by" in headers
    exhausted = left is not None and left.remaining <= 0
    if exhausted and not secondary:
        return Refusal(RefusalKind.PRIMARY, named or now + _WITHOUT_WORD, named is not None)
    if secondary or named is not None or status == 429 or _PRIMARY.search(body):
        return Refusal(RefusalKind.SECONDARY, named or now + _WITHOUT_WORD, named is not None)
    return Refusal(RefusalKind.PERMISSION)


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """The moment of `Retry-After` or `X-Retry-After`, in whichever dialect."""
    for name in ("retry-after", "x-retry-after"):
        text = headers.get(name, "").strip()
        if re.fullmatch(r"\d+(\.\d+)?", text):
            return _moment(float(text), headers, now)
        moment = _http_date(text) if text else None
        if moment is not None:
            return _after((moment - _server_now(headers, now)).total_seconds(), now)
    return None


def budget(headers: Mapping[str, str], now: datetime) -> Budget | None:
    """What the headers of any answer say of the quota, or None when they say nothing."""
    remaining, reset = _structured(headers.get("ratelimit", ""))
    if remaining is None:
        for prefix in ("x-ratelimit-", "ratelimit-", "x-rate-limit-"):
            text = headers.get(prefix + "remaining", "")
            number, _, window = text.partition(";")
            if re.fullmatch(r"\s*\d{1,15}\s*", number):
                remaining = int(number)
                reset = _number(headers.get(prefix + "reset", "")) or _parameter("w", window)
                break
    if remaining is None:
        return None
    moment = _moment(reset, headers, now) if reset is not None else None
    return Budget(remaining, moment, headers.get("x-ratelimit-resource"))


def _structured(text: str) -> tuple[int | None, float | None]:
    """`RateLimit: "api";r=0;t=55` and `RateLimit: limit=100, remaining=0, reset=55`; the tightest policy counts."""
    found: list[tuple[int, float | None]] = []
    for policy in re.split(r",(?=\s*\")", text) if '"' in text else [text]:
        remaining = _parameter("r", policy) if '"' in policy else _parameter("remaining", policy)
        reset = _parameter("t", policy) if '"' in policy else _parameter("reset", policy)
        if remaining is not None:
            found.append((int(remaining), reset))
    return min(found, key=lambda each: (each[0], -(each[1] or 0))) if found else (None, None)


def _parameter(name: str, text: str) -> float | None:
    match = re.search(rf"(?:^|[;,\s]){name}\s*=\s*(\d{{1,15}})", text)
    return float(match.group(1)) if match else None


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*\d{1,15}(\.\d+)?\s*", text) else None


def _moment(number: float, headers: Mapping[str, str], now: datetime) -> datetime:
    """A number as a moment of our clock: seconds from now when small, an epoch when large."""
    if number >= _EPOCH_MS:
        number /= 1000
    if number < _EPOCH:
        return _after(number, now)
    # One second more: epochs are cut to whole seconds, and asking a moment too early is asking too early.
    return _after(number - _server_now(headers, now).timestamp() + 1, now)


def _server_now(headers: Mapping[str, str], now: datetime) -> datetime:
    """The server's own clock, by which it counts."""
    return _http_date(headers.get("date", "")) or now


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _after(seconds: float, now: datetime) -> datetime:
    return now + timedelta(seconds=min(max(seconds, 0), _LONGEST_S))
