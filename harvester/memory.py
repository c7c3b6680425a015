"""What a harvest remembers between runs. The registry implements it over its database, tests over a dictionary."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Validator:
    """What an address answered last: its validators and the SHA-256 of the body, which `payload` gives back.

    `token` is a fingerprint of the credential, because GitHub binds an ETag to it. `links` keeps the `Link` header,
    which a 304 need not repeat.
    """

    url: str
    token: str
    etag: str | None
    last_modified: str | None
    sha256: str
    status: int = 200
    links: str | None = None
    final_url: str | None = None


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What the registry knows of an entry: the fingerprint of its last good fetch, its key then, how it stands."""

    fingerprint: str | None
    key: str
    state: str


@dataclass(frozen=True, slots=True)
class Named:
    """Something that records name: its canonical value and role (`vocab.references`), and the records' keys, sorted."""

    value: str
    role: str
    keys: tuple[str, ...]


class Memory(Protocol):
    """Read and written by `harvester`; a payload that was put is there after a kill -9."""

    def validator(self, url: str, token: str) -> Validator | None:
        """The last answer of this address to this credential, or None."""

    def together(self) -> AbstractContextManager[None]:
        """What is kept in the block is there at its end, all at once. Nothing else is done in it: others wait."""

    def keep_validator(self, validator: Validator) -> None:
        """Remember an answer; its payload was put before."""

    def payload(self, sha256: str) -> bytes | None:
        """The bytes with this hash, or None."""

    def keep_payload(self, body: bytes) -> str:
        """Keep bytes; returns their SHA-256."""

    def blob(self, git_sha: str) -> str | None:
        """The SHA-256 of the payload that is this git blob, or None."""

    def keep_blob(self, git_sha: str, sha256: str) -> None:
        """Remember which payload a git blob is; blobs are content-addressed, so this never grows old."""

    def entry(self, source: str, key: str) -> KnownEntry | None:
        """What is known of an entry of this source."""

    def named(self, kind: str, source: str) -> list[Named]:
        """What the living records of other sources than this one name, of a kind of `vocab.references`, by value."""
