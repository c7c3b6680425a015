"""How far a run is and how fast, for whoever looks at it: the command that runs it, and pages that read its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from registry.runs import Run, RunStatus

# What of a run's counts says that an entry was dealt with.
_DONE = ("fetched", "unchanged", "gone", "failed")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: entries done, entries listed, the entry that was done last, and how it went.

    `rate`: entries a second since the listing; `left_s`: seconds to the end at this rate; both None where they cannot
    be told. `remaining`: what servers last said is left of their quotas.
    """

    source: str
    done: int
    listed: int
    entry: str | None = None
    outcome: str | None = None
    rate: float | None = None
    left_s: int | None = None
    remaining: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form of `progress` in `modreg runs show --json`; absent values are absent."""
        form = {"done": self.done, "listed": self.listed, "rate": self.rate, "left_s": self.left_s,
                "remaining": self.remaining or None}
        return {name: value for name, value in form.items() if value is not None}


Report: TypeAlias = Callable[[Progress], None]


def progress_at(
    source: str, counts: Mapping[str, int], listed_at: datetime | None, now: datetime, **told: Any
) -> Progress:
    """How far a run with these counts is `now`; `told` are the other fields of `Progress`."""
    done, listed = sum(counts.get(name, 0) for name in _DONE), counts.get("listed", 0)
    elapsed = (now - listed_at).total_seconds() if listed_at is not None else 0.0
    rate = round(done / elapsed, 2) if elapsed >= 1 and done else None
    left_s = round(max(0, listed - done) / rate) if rate else None
    return Progress(source, done, listed, rate=rate, left_s=left_s, **told)


def progress_of(run: Run, now: datetime) -> Progress | None:
    """How far a run that goes on is, by its row; None when it is at its end."""
    if run.status is not RunStatus.RUNNING:
        return None
    listed_at = run.detail.get("listed_at")
    return progress_at(
        run.source, run.counts, datetime.fromisoformat(listed_at) if listed_at else None, now,
        remaining=run.requests.get("remaining", {}),
    )
