"""The tables behind OAI-PMH: one row for each item in each format, and the sets each row is in.

Rows hold what is sent, ready as bytes, so that a page is a join of bytes. Both tables are derived: the catalogue writes
them in the transaction that changes the module. Ties of the datestamp are broken by the identifier, never by a rowid,
which SQLite could not use to seek within equal datestamps.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, LargeBinary, Table

from registry.tables import key_text, metadata, stamp

oai_record = Table(
    "oai_record", metadata,
    Column("prefix", key_text(), primary_key=True),
    Column("identifier", key_text(), primary_key=True),
    Column("datestamp", stamp(), nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("header", LargeBinary, nullable=False),
    Column("record", LargeBinary, nullable=False),
)
Index(None, oai_record.c.prefix, oai_record.c.datestamp, oai_record.c.identifier)
Index("ix_oai_record_identifier", oai_record.c.identifier)
Index("ix_oai_record_datestamp", oai_record.c.datestamp)

oai_membership = Table(
    "oai_membership", metadata,
    Column("prefix", key_text(), primary_key=True),
    Column("set_spec", key_text(), primary_key=True),
    Column("datestamp", stamp(), primary_key=True),
    Column("identifier", key_text(), primary_key=True),
    sqlite_with_rowid=False,
)
Index("ix_oai_membership_identifier", oai_membership.c.identifier)
Index("ix_oai_membership_set_spec", oai_membership.c.set_spec)
