"""The figures of a run in words, for the command line and the console alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def span(seconds: float) -> str:
    """A length of time in the two largest units that it has."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def progress_words(progress: Mapping[str, Any]) -> str:
    """How far, how fast, how long."""
    told = f"{progress['done']} of {progress['listed']} entries"
    if "rate" in progress:
        told += f", {progress['rate']:g} a second"
    if "left_s" in progress:
        told += f", {span(progress['left_s'])} to the end"
    return told


def sums(counts: Mapping[str, Any]) -> str:
    """`3 error, 2 warning`: how many of each, the most first."""
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{count} {name}" for name, count in ordered)


def request_words(spent: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a run asked and waited for, as (what, words)."""
    size = spent.get("bytes", 0) / 1e6
    yield "requests", f"{spent.get('sent', 0)} sent, {spent.get('avoided', 0)} avoided, {size:.1f} MB"
    if spent.get("by_status"):
        yield "answers", ", ".join(f"{status}: {count}" for status, count in sorted(spent["by_status"].items()))
    yield "tried again", str(spent.get("retries", 0))
    yield "counted against quotas", str(spent.get("quota_used", 0))
    waits = ", ".join(f"{name} {span(each)}" for name, each in sorted(spent.get("waits", {}).items()))
    yield "waited", span(spent.get("waited_s", 0)) + (f" ({waits})" if waits else "")
    if spent.get("remaining"):
        yield "left of quotas", ", ".join(f"{name} {count}" for name, count in sorted(spent["remaining"].items()))
