"""What one harvest of one source tells the registry, in order.

A harvest is a stream: first `Listed` (or `ListingFailed`), then for every listed entry exactly one of `Fetched`,
`Unchanged`, `Gone` or `Failed`, last `Finished`. Outcomes come in the order of the listing, but for entries that a
server's trouble kept from being read: they are tried once more, and come at the end. The registry applies each event
in one transaction, so a harvest that is killed between two events loses nothing and the next one goes on where this
one stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from vocab.record import Document, Finding, Listing


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something could not be had: what happened, at which stage and address, and what would mend it."""

    kind: str
    message: str
    mend: str
    stage: str
    url: str | None = None
    status: int | None = None
    retry_at: str | None = None
    payload: str | None = None
    """The SHA-256 of the bytes that could not be used, when some came; `Memory.payload` gives them back."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a source lists. `key` is canonical (`vocab.identifiers.entry_keys`), `url` as it was listed."""

    key: str
    url: str
    listing: Listing


@dataclass(frozen=True, slots=True)
class Listed:
    """The listing, trustworthy. When it is `whole`, what is not in it any more was delisted.

    Else it holds only what changed since the last harvest: what is not in it stays as it is, and what is no more is
    told by a final `Gone`. `problem`: the rest of the list could not be had; what is here is good and is applied, the
    run is no whole one, and the next one goes on.
    """

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...] = ()
    whole: bool = True
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ListingFailed:
    """The listing could not be had, or is not to be believed (empty, truncated, an error page). Removes nothing."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Fetched:
    """An entry was read anew. `fingerprint` is what `Memory.entry` gives back next time to see that nothing moved.

    `key` is the canonical key after renames; `previous_keys` are the names it was reached by. `counters` are
    volatile figures (stars, forks) that are kept beside the module and never move a datestamp. `findings` are about
    the fetching: a file too large to be had, a branch that does not exist.
    """

    entry: Entry
    key: str
    url: str
    revision: str | None
    documents: tuple[Document, ...]
    fingerprint: str
    previous_keys: tuple[str, ...] = ()
    counters: dict[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The entry is as it was when last fetched."""

    entry: Entry
    key: str
    counters: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gone:
    """The source says that the entry does not exist (404). Kept as known; withdrawn when it is delisted.

    `final`: the source says that it was taken away for ever (a tombstone, a deleted header): it is delisted at the end
    of the run with this reason, unless so many are that the run is held.
    """

    entry: Entry
    reason: str
    status: int
    final: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The entry could not be read this time; whatever was known of it stays."""

    entry: Entry
    problem: Problem


@dataclass(frozen=True, slots=True)
class Requests:
    """What the run cost: requests sent, answered 304, avoided without asking, bytes received, seconds waited.

    `waits` says why: `limit` until a server's limit ended, `pace` not to be too fast, `backoff` before one more try.
    `remaining` is what servers last said is left of their quotas.
    """

    sent: int = 0
    not_modified: int = 0
    avoided: int = 0
    bytes: int = 0
    waited_s: float = 0.0
    retries: int = 0
    quota_used: int = 0
    by_status: dict[str, int] = field(default_factory=dict)
    waits: dict[str, float] = field(default_factory=dict)
    remaining: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a harvest. `complete` is False when the run stopped early (quota, cancel); `parked_until` ISO time."""

    requests: Requests
    complete: bool = True
    problem: Problem | None = None
    parked_until: str | None = None


Event: TypeAlias = Listed | ListingFailed | Fetched | Unchanged | Gone | Failed | Finished
