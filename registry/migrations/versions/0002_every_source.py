"""Sources of every kind: what records name, credentials, the clock's state of a source, what a run could not do.

As 0001: they stand here as they were then. Columns that are not null have a default for the rows that are there.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, false

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key_text() -> String:
    """Text that is compared by bytes on both databases."""
    plain: String = String().with_variant(String(collation="C"), "postgresql")
    return plain


def stamp() -> String:
    """A UTC stamp with seconds."""
    plain: String = String(20).with_variant(String(20, collation="C"), "postgresql")
    return plain


# Tables of 0001 that the new ones point to.
Table("source", metadata, Column("name", key_text(), primary_key=True))
Table("source_record", metadata, Column("id", Integer, primary_key=True))
Table("run", metadata, Column("id", Integer, primary_key=True))

reference = Table(
    "reference", metadata,
    Column("record_id", Integer, ForeignKey("source_record.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", key_text(), primary_key=True),
    Column("value", key_text(), primary_key=True),
    Column("role", key_text(), primary_key=True),
)
Index(None, reference.c.kind, reference.c.value)

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
    Column("runs", Text, nullable=False),
    Column("counts", Text, nullable=False),
    Column("requests", Text, nullable=False),
)

hook_delivery = Table(
    "hook_delivery", metadata,
    Column("hook", key_text(), primary_key=True),
    Column("delivery", key_text(), primary_key=True),
    Column("received", stamp(), nullable=False),
)

_NEW = (reference, credential, run_failure, run_summary, hook_delivery)


def _new_columns() -> dict[str, tuple[Column[Any], ...]]:
    """Columns that tables of 0001 get; made anew each time, because a column belongs to one table for ever."""
    return {
        "source": (
            Column("paused_until", stamp()),
            Column("wanted", stamp()),
            Column("wanted_by", Text),
            Column("failures", Integer, nullable=False, server_default="0"),
            Column("alarm", Text),
        ),
        "run": (
            Column("trigger", key_text(), nullable=False, server_default="hand"),
            Column("detail", Text),
            Column("cancelled", Boolean, nullable=False, server_default=false()),
        ),
        "entry": (Column("absent_since", stamp()), Column("kept", stamp()), Column("gone", Text)),
        "source_record": (Column("retired_reason", Text), Column("archived", stamp())),
        "change": (Column("fields", Text),),
    }


def upgrade() -> None:
    """Make the new tables and columns."""
    metadata.create_all(op.get_bind(), tables=_NEW)
    for table, columns in _new_columns().items():
        for column in columns:
            op.add_column(table, column)


def downgrade() -> None:
    """Take them away again."""
    for table, columns in _new_columns().items():
        for column in columns:
            op.drop_column(table, column.name)
    metadata.drop_all(op.get_bind(), tables=_NEW)
