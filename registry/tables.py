"""The tables of the registry on one `metadata`, for SQLite and PostgreSQL alike; `oai_tables`, `work_tables` add some.

Text that is compared or paged over has PostgreSQL's collation `C`, so that both databases sort alike, by bytes.
Stamps are UTC text with seconds, `2026-11-24T14:00:00Z`. Canonical forms are bytes: equal modules are equal bytes.
Primary: payload, git_blob, document, entry, source, addresses of source_record, slug, status, stamps and sets of
module, change, run, ruling, curated, account and what hangs on it. Derived, and made again by `registry.rebuilding`:
the form of source_record, record_key, form and origins of module, mention, alias, face, the findings of modules.
"""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
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
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class JsonText(TypeDecorator[Any]):
    """JSON as text, written by orjson with sorted keys: equal values are equal texts on both databases."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


def key_text() -> String:
    """Text that is a key: compared by bytes on both databases."""
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
    Column("settings", JsonText, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("parked_until", stamp()),
    Column("paused_until", stamp()),
    Column("wanted", stamp()),
    Column("wanted_by", Text),
    Column("failures", Integer, nullable=False, default=0),
    Column("alarm", JsonText),
)

entry = Table(
    "entry", metadata,
    Column("id", Integer, primary_key=True),
    Column("source", key_text(), ForeignKey("source.name"), nullable=False),
    Column("key", key_text(), nullable=False),
    Column("url", Text, nullable=False),
    Column("listing", JsonText, nullable=False),
    Column("state", key_text(), nullable=False),
    Column("missing", Integer, nullable=False, default=0),
    Column("absent_since", stamp()),
    Column("kept", stamp()),
    Column("gone", JsonText),
    Column("record_key", key_text()),
    Column("fingerprint", Text),
    Column("revision", Text),
    Column("problem", JsonText),
    Column("counters", JsonText),
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
    Column("listing", JsonText),
    Column("previous_keys", JsonText, nullable=False),
    Column("form", LargeBinary, nullable=False),
    Column("module_id", Integer, ForeignKey("module.id")),
    Column("home_id", Integer, ForeignKey("module.id")),
    Column("retired", Integer),
    Column("retired_reason", Text),
    Column("archived", stamp()),
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

reference = Table(
    "reference", metadata,
    Column("record_id", Integer, ForeignKey("source_record.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", key_text(), primary_key=True),
    Column("value", key_text(), primary_key=True),
    Column("role", key_text(), primary_key=True),
)
Index(None, reference.c.kind, reference.c.value)

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
    Column("evidence", JsonText),
    Column("sets", JsonText, nullable=False),
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
    Column("fields", JsonText),
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
    Column("counts", JsonText, nullable=False),
    Column("requests", JsonText, nullable=False),
    Column("findings", Integer, nullable=False, default=0),
    Column("has_errors", Boolean, nullable=False, default=False),
    Column("problem", JsonText),
    Column("held", JsonText),
    Column("holder", Text),
    Column("trigger", key_text(), nullable=False, default="hand"),
    Column("detail", JsonText),
    Column("cancelled", Boolean, nullable=False, default=False),
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
    Column("entry_keys", JsonText, nullable=False),
    Column("account", Text),
    Column("made", stamp(), nullable=False),
)

curated = Table(
    "curated", metadata,
    Column("id", Integer, primary_key=True),
    Column("module_id", Integer, ForeignKey("module.id"), nullable=False),
    Column("field", key_text(), nullable=False),
    Column("value", JsonText, nullable=False),
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
    Column("detail", JsonText),
)
