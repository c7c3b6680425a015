"""The first form of all tables.

They stand here as they were then and are never edited: a later form is a later revision. Models and migrations are
compared by a test on both databases.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

revision = "0001"
down_revision = None
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


# Sources and what they list

source = Table(
    "source", metadata,
    Column("name", key_text(), primary_key=True),
    Column("kind", key_text(), nullable=False),
    Column("position", Integer, nullable=False),
    Column("settings", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("parked_until", stamp()),
)

entry = Table(
    "entry", metadata,
    Column("id", Integer, primary_key=True),
    Column("source", key_text(), ForeignKey("source.name"), nullable=False),
    Column("key", key_text(), nullable=False),
    Column("url", Text, nullable=False),
    Column("listing", Text, nullable=False),
    Column("state", key_text(), nullable=False),
    Column("missing", Integer, nullable=False, default=0),
    Column("record_key", key_text()),
    Column("fingerprint", Text),
    Column("revision", Text),
    Column("problem", Text),
    Column("counters", Text),
    UniqueConstraint("source", "key"),
)
Index(None, entry.c.source, entry.c.record_key)

payload = Table(
    "payload", metadata,
    Column("sha256", key_text(), primary_key=True),
    Column("encoding", key_text(), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

git_blob = Table(
    "git_blob", metadata,
    Column("git_sha", key_text(), primary_key=True),
    Column("sha256", key_text(), ForeignKey("payload.sha256"), nullable=False),
)

validator = Table(
    "validator", metadata,
    Column("url", key_text(), primary_key=True),
    Column("token", key_text(), primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("sha256", key_text(), nullable=False),
    Column("status", Integer, nullable=False),
    Column("links", Text),
    Column("final_url", Text),
)

# What the sources say

source_record = Table(
    "source_record", metadata,
    Column("id", Integer, primary_key=True),
    Column("source", key_text(), nullable=False),
    Column("key", key_text(), nullable=False),
    Column("url", Text, nullable=False),
    Column("revision", Text),
    Column("listing", Text),
    Column("previous_keys", Text, nullable=False),
    Column("form", LargeBinary, nullable=False),
    Column("module_id", Integer, ForeignKey("module.id")),
    Column("home_id", Integer, ForeignKey("module.id")),
    Column("retired", Integer),
    UniqueConstraint("source", "key"),
)
Index(None, source_record.c.module_id)

document = Table(
    "document", metadata,
    Column("record_id", Integer, ForeignKey("source_record.id", ondelete="CASCADE"), primary_key=True),
    Column("path", key_text(), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("sha256", key_text(), ForeignKey("payload.sha256")),
    Column("url", Text),
    Column("commit", Text),
    Column("good_sha256", key_text(), ForeignKey("payload.sha256")),
    Column("good_url", Text),
    Column("good_commit", Text),
)

record_key = Table(
    "record_key", metadata,
    Column("key", key_text(), primary_key=True),
    Column("record_id", Integer, ForeignKey("source_record.id", ondelete="CASCADE"), primary_key=True),
)
Index(None, record_key.c.record_id)

# Modules

module = Table(
    "module", metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", key_text(), nullable=False, unique=True),
    Column("status", key_text(), nullable=False),
    Column("title", Text, nullable=False),
    Column("form", LargeBinary, nullable=False),
    Column("content_hash", key_text(), nullable=False),
    Column("origins", LargeBinary, nullable=False),
    Column("evidence", Text),
    Column("sets", Text, nullable=False),
    Column("datestamp", stamp()),
    Column("sequence", Integer),
    Column("merged_into", Integer, ForeignKey("module.id", deferrable=True, initially="DEFERRED")),
    Column("withdrawn_reason", Text),
    Column("approved", Boolean, nullable=False, default=False),
)
Index(None, module.c.status, module.c.slug)
Index(None, module.c.sequence)
Index(None, module.c.merged_into)

alias = Table(
    "alias", metadata,
    Column("value", key_text(), primary_key=True),
    Column("kind", key_text(), primary_key=True),
    Column("module_id", Integer, ForeignKey("module.id"), primary_key=True),
)
Index(None, alias.c.module_id)

mention = Table(
    "mention", metadata,
    Column("value", key_text(), primary_key=True),
    Column("module_id", Integer, ForeignKey("module.id"), primary_key=True),
)
Index(None, mention.c.module_id)

face = Table(
    "face", metadata,
    Column("module_id", Integer, ForeignKey("module.id"), primary_key=True),
    Column("extension", key_text(), primary_key=True),
    Column("name", key_text(), nullable=False),
    Column("media_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", stamp(), nullable=False),
)

change = Table(
    "change", metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("module_id", Integer, ForeignKey("module.id"), nullable=False),
    Column("kind", key_text(), nullable=False),
    Column("datestamp", stamp(), nullable=False),
    Column("content_hash", key_text(), nullable=False),
    Column("run_id", Integer, ForeignKey("run.id")),
)
Index(None, change.c.module_id)

finding = Table(
    "finding", metadata,
    Column("id", Integer, primary_key=True),
    Column("scope", key_text(), nullable=False),
    Column("module_id", Integer, ForeignKey("module.id")),
    Column("code", key_text(), nullable=False),
    Column("severity", key_text(), nullable=False),
    Column("message", Text, nullable=False),
    Column("mend", Text, nullable=False),
    Column("source", key_text()),
    Column("entry", Text),
    Column("file", Text),
    Column("line", Integer),
    Column("field", Text),
    Column("found", Text),
    Column("expected", Text),
)
Index(None, finding.c.scope)
Index(None, finding.c.module_id)
Index(None, finding.c.source)
Index(None, finding.c.code)

# Work

run = Table(
    "run", metadata,
    Column("id", Integer, primary_key=True),
    Column("source", key_text(), nullable=False),
    Column("status", key_text(), nullable=False),
    Column("started", stamp(), nullable=False),
    Column("ended", stamp()),
    Column("counts", Text, nullable=False),
    Column("requests", Text, nullable=False),
    Column("findings", Integer, nullable=False, default=0),
    Column("has_errors", Boolean, nullable=False, default=False),
    Column("problem", Text),
    Column("held", Text),
    Column("holder", Text),
)
Index(None, run.c.source, run.c.id)
Index(None, run.c.status)

lease = Table(
    "lease", metadata,
    Column("name", key_text(), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("run_id", Integer),
    Column("until", stamp(), nullable=False),
)

follower = Table(
    "follower", metadata,
    Column("name", key_text(), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("updated", stamp(), nullable=False),
    Column("problem", Text),
)

# People and what they decided

ruling = Table(
    "ruling", metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", key_text(), nullable=False),
    Column("entry_keys", Text, nullable=False),
    Column("account", Text),
    Column("made", stamp(), nullable=False),
)

curated = Table(
    "curated", metadata,
    Column("id", Integer, primary_key=True),
    Column("module_id", Integer, ForeignKey("module.id"), nullable=False),
    Column("field", key_text(), nullable=False),
    Column("value", Text, nullable=False),
    Column("account", Text),
    Column("made", stamp(), nullable=False),
)
Index(None, curated.c.module_id)

account = Table(
    "account", metadata,
    Column("id", Integer, primary_key=True),
    Column("name", key_text(), nullable=False, unique=True),
    Column("role", key_text(), nullable=False),
    Column("password", Text),
    Column("email", Text),
    Column("enabled", Boolean, nullable=False),
    Column("created", stamp(), nullable=False),
)

token = Table(
    "token", metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, ForeignKey("account.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", key_text(), nullable=False, unique=True),
    Column("created", stamp(), nullable=False),
    Column("expires", stamp()),
    Column("revoked", stamp()),
)

one_time_link = Table(
    "one_time_link", metadata,
    Column("digest", key_text(), primary_key=True),
    Column("purpose", key_text(), nullable=False),
    Column("account_id", Integer, ForeignKey("account.id")),
    Column("created", stamp(), nullable=False),
    Column("expires", stamp(), nullable=False),
    Column("used", stamp()),
)

audit = Table(
    "audit", metadata,
    Column("id", Integer, primary_key=True),
    Column("at", stamp(), nullable=False),
    Column("account", Text),
    Column("action", key_text(), nullable=False),
    Column("subject", Text),
    Column("detail", Text),
)

# OAI-PMH

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


def upgrade() -> None:
    """Make every table."""
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Back to an empty database."""
    metadata.drop_all(op.get_bind())
