"""The tables of what goes on: credentials of sources, what a run could not do, old runs in sums, webhook deliveries.

All of them are primary. The forms of columns are those of `registry.tables`.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from registry.tables import JsonText, key_text, metadata, stamp

credential = Table(
    "credential", metadata,
    Column("source", key_text(), ForeignKey("source.name", ondelete="CASCADE"), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("stored", stamp(), nullable=False),
    Column("expires", stamp()),
    Column("checked", stamp()),
    Column("verdict", Text),
)

run_failure = Table(
    "run_failure", metadata,
    Column("run_id", Integer, ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("entry", Text),
    Column("stage", key_text(), nullable=False),
    Column("kind", key_text(), nullable=False),
    Column("message", Text, nullable=False),
    Column("mend", Text, nullable=False),
    Column("url", Text),
    Column("status", Integer),
    Column("payload", key_text()),
    Column("retry_at", stamp()),
)

run_summary = Table(
    "run_summary", metadata,
    Column("source", key_text(), primary_key=True),
    Column("month", key_text(), primary_key=True),
    Column("runs", JsonText, nullable=False),
    Column("counts", JsonText, nullable=False),
    Column("requests", JsonText, nullable=False),
)

hook_delivery = Table(
    "hook_delivery", metadata,
    Column("hook", key_text(), primary_key=True),
    Column("delivery", key_text(), primary_key=True),
    Column("received", stamp(), nullable=False),
)
