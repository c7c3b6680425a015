"""A `Memory` over dictionaries: what the registry keeps in its database, for tests that need none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext

from harvester.events import Event, Fetched, Gone, Unchanged
from harvester.memory import KnownEntry, Named, Validator


class DictMemory:
    """Remembers as long as the test; `learn` does with events what the registry does."""

    def __init__(self) -> None:
        self.validators: dict[tuple[str, str], Validator] = {}
        self.payloads: dict[str, bytes] = {}
        self.blobs: dict[str, str] = {}
        self.entries: dict[tuple[str, str], KnownEntry] = {}
        self.names: dict[str, list[Named]] = {}

    def validator(self, url: str, token: str) -> Validator | None:
        return self.validators.get((url, token))

    def together(self) -> AbstractContextManager[None]:
        return nullcontext()

    def keep_validator(self, validator: Validator) -> None:
        assert validator.sha256 in self.payloads, "a validator needs its payload first"
        self.validators[validator.url, validator.token] = validator

    def payload(self, sha256: str) -> bytes | None:
        return self.payloads.get(sha256)

    def keep_payload(self, body: bytes) -> str:
        sha256 = hashlib.sha256(body).hexdigest()
        self.payloads[sha256] = body
        return sha256

    def blob(self, git_sha: str) -> str | None:
        return self.blobs.get(git_sha)

    def keep_blob(self, git_sha: str, sha256: str) -> None:
        self.blobs[git_sha] = sha256

    def entry(self, source: str, key: str) -> KnownEntry | None:
        return self.entries.get((source, key))

    def named(self, kind: str, source: str) -> list[Named]:
        del source
        return self.names.get(kind, [])

    def learn(self, source: str, events: Iterable[Event]) -> list[Event]:
        """Apply the events one by one, as they come; returns them."""
        seen: list[Event] = []
        for event in events:
            seen.append(event)
            if isinstance(event, Fetched):
                self.entries[source, event.entry.key] = KnownEntry(event.fingerprint, event.key, "read")
            elif isinstance(event, Gone) and event.final:
                self.entries.pop((source, event.entry.key), None)
            elif isinstance(event, (Unchanged, Gone)):
                known = self.entries.get((source, event.entry.key))
                state = "read" if isinstance(event, Unchanged) else "unreachable"
                key = known.key if known else event.entry.key
                self.entries[source, event.entry.key] = KnownEntry(known.fingerprint if known else None, key, state)
        return seen
