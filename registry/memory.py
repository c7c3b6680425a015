"""What a harvest remembers between runs, over the database: implements `harvester.memory.Memory`.

Each keeping is a short transaction, by itself or with what goes together, so that what was put is there after a kill
-9. The overlay is for dry runs: it reads the database and keeps everything new to itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlalchemy import Connection, bindparam, select

from harvester.memory import KnownEntry, Memory, Named, Validator
from registry.database import Database
from registry.payloads import keep_payload, payload_of
from registry.shelf import Shelf
from registry.tables import entry, git_blob, reference, source_record, validator

DELISTED = "delisted"

# Asked several times for every entry; made once, because making a statement takes as long as running it.
_VALIDATOR = select(validator).where(validator.c.url == bindparam("url"), validator.c.token == bindparam("token"))
_BLOB = select(git_blob.c.sha256).where(git_blob.c.git_sha == bindparam("git_sha"))
_ENTRY = select(entry.c.fingerprint, entry.c.record_key, entry.c.state).where(
    entry.c.source == bindparam("source"), entry.c.key == bindparam("key")
)


class DatabaseMemory:
    """Memory of all sources, in the registry's database.

    With `forget` no entry counts as known: a full harvest. `before_entry` is called before an entry is looked up, for
    whoever applies events later than they are read.
    """

    def __init__(
        self, database: Database, *, forget: bool = False, before_entry: Callable[[str], None] | None = None
    ) -> None:
        self._database = database
        self._forget = forget
        self._before_entry = before_entry
        self._now: Connection | None = None

    def validator(self, url: str, token: str) -> Validator | None:
        """The last answer of this address to this credential, or None."""
        with self._reading() as connection:
            row = connection.execute(_VALIDATOR, {"url": url, "token": token}).first()
        return Validator(**row._mapping) if row else None

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is kept in the block is one transaction."""
        with self._database.write() as connection:
            self._now = connection
            try:
                yield
            finally:
                self._now = None

    def keep_validator(self, kept: Validator) -> None:
        """Remember an answer; writes only what is news."""
        if self.validator(kept.url, kept.token) == kept:
            return
        row = {name: getattr(kept, name) for name in validator.c.keys()}  # noqa: SIM118 - columns, not a dict
        with self._keeping() as connection:
            here = (validator.c.url == kept.url) & (validator.c.token == kept.token)
            connection.execute(validator.delete().where(here))
            connection.execute(validator.insert(), row)

    def payload(self, sha256: str) -> bytes | None:
        """The bytes with this hash, or None."""
        with self._reading() as connection:
            return payload_of(connection, sha256)

    def keep_payload(self, body: bytes) -> str:
        """Keep bytes; returns their SHA-256."""
        with self._keeping() as connection:
            return keep_payload(connection, body)

    def blob(self, git_sha: str) -> str | None:
        """The SHA-256 of the payload that is this git blob, or None."""
        with self._reading() as connection:
            return connection.scalar(_BLOB, {"git_sha": git_sha})

    def keep_blob(self, git_sha: str, sha256: str) -> None:
        """Remember which payload a git blob is."""
        with self._keeping() as connection:
            if connection.scalar(_BLOB, {"git_sha": git_sha}) is None:
                connection.execute(git_blob.insert(), {"git_sha": git_sha, "sha256": sha256})

    def entry(self, source: str, key: str) -> KnownEntry | None:
        """What is known of an entry of this source; nothing of one that was delisted, so that it is read anew."""
        if self._forget:
            return None
        if self._before_entry is not None:
            self._before_entry(key)
        with self._database.read() as connection:
            row = connection.execute(_ENTRY, {"source": source, "key": key}).first()
        if row is None or row.state == DELISTED:
            return None
        return KnownEntry(fingerprint=row.fingerprint, key=row.record_key or key, state=row.state)


    def named(self, kind: str, source: str) -> list[Named]:
        """What the living records of other sources than this one name, of this kind, by value.

        Records that are here only because others name them do not count, or two sources would keep each other's
        entries alive for ever.
        """
        question = (
            select(reference.c.value, reference.c.role, source_record.c.key, source_record.c.listing)
            .join(source_record, source_record.c.id == reference.c.record_id)
            .where(reference.c.kind == kind, source_record.c.source != source, source_record.c.retired.is_(None))
            .order_by(reference.c.value, reference.c.role, source_record.c.key)
        )
        found: dict[tuple[str, str], dict[str, None]] = {}
        with self._database.read() as connection:
            for row in connection.execute(question):
                if not (row.listing or {}).get("named_by"):
                    found.setdefault((row.value, row.role), {})[row.key] = None
        return [Named(value, role, tuple(keys)) for (value, role), keys in found.items()]

    def _reading(self) -> AbstractContextManager[Connection]:
        return self._database.read() if self._now is None else nullcontext(self._now)

    def _keeping(self) -> AbstractContextManager[Connection]:
        return self._database.write() if self._now is None else nullcontext(self._now)


class OverlayMemory:
    """Reads another memory, keeps what is new to itself: nothing of a dry run stays."""

    def __init__(self, below: Memory, shelf: Shelf | None = None) -> None:
        self._below = below
        self._validators: dict[tuple[str, str], Validator] = {}
        self._shelf = shelf or Shelf()
        self._blobs: dict[str, str] = {}

    def validator(self, url: str, token: str) -> Validator | None:
        """The last answer of this address to this credential, or None."""
        return self._validators.get((url, token)) or self._below.validator(url, token)

    def together(self) -> AbstractContextManager[None]:
        """Nothing of it is in a database."""
        return nullcontext()

    def keep_validator(self, kept: Validator) -> None:
        """Remember an answer until the end of the dry run."""
        self._validators[kept.url, kept.token] = kept

    def payload(self, sha256: str) -> bytes | None:
        """The bytes with this hash, or None."""
        kept = self._shelf.get(sha256)
        return self._below.payload(sha256) if kept is None else kept

    def keep_payload(self, body: bytes) -> str:
        """Keep bytes until the end of the dry run; returns their SHA-256."""
        return self._shelf.put(body)

    def blob(self, git_sha: str) -> str | None:
        """The SHA-256 of the payload that is this git blob, or None."""
        return self._blobs.get(git_sha) or self._below.blob(git_sha)

    def keep_blob(self, git_sha: str, sha256: str) -> None:
        """Remember which payload a git blob is, until the end of the dry run."""
        self._blobs[git_sha] = sha256

    def entry(self, source: str, key: str) -> KnownEntry | None:
        """What is known of an entry of this source."""
        return self._below.entry(source, key)

    def named(self, kind: str, source: str) -> list[Named]:
        """What records name."""
        return self._below.named(kind, source)
