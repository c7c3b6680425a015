"""Datestamps of the store as date-times, for HTTP headers."""

from __future__ import annotations

from datetime import UTC, datetime


def http_datetime(datestamp: str) -> datetime:
    """The UTC date-time of a datestamp such as `2026-01-31T12:00:00Z`."""
    return datetime.strptime(datestamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
