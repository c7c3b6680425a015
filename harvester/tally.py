"""What a run costs, counted while it runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from harvester.events import Requests

Reason: TypeAlias = Literal["limit", "pace", "backoff"]


@dataclass(slots=True)
class Tally:
    """Mutable counters; `requests` gives the frozen value that goes into `Finished`."""

    sent: int = 0
    not_modified: int = 0
    avoided: int = 0
    bytes: int = 0
    retries: int = 0
    quota_used: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    waits: dict[Reason, float] = field(default_factory=dict)
    remaining: dict[str, int] = field(default_factory=dict)

    def waited(self, seconds: float, reason: Reason) -> None:
        """Count a wait."""
        self.waits[reason] = self.waits.get(reason, 0.0) + seconds

    def requests(self, since: Requests | None = None) -> Requests:
        """All that was counted, or what was counted since an earlier reading."""
        before = since or Requests()
        statuses = {status: count - before.by_status.get(status, 0) for status, count in sorted(self.by_status.items())}
        waits = {name: round(spent - before.waits.get(name, 0.0), 3) for name, spent in sorted(self.waits.items())}
        return Requests(
            sent=self.sent - before.sent,
            not_modified=self.not_modified - before.not_modified,
            avoided=self.avoided - before.avoided,
            bytes=self.bytes - before.bytes,
            waited_s=round(sum(waits.values()), 3),
            retries=self.retries - before.retries,
            quota_used=self.quota_used - before.quota_used,
            by_status={status: count for status, count in statuses.items() if count},
            waits={name: spent for name, spent in waits.items() if spent},
            remaining=dict(sorted(self.remaining.items())),
        )
