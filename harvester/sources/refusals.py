"""Remembered refusals: what an address said no to, and the state of affairs in which it did.

A 404 costs quota. While what stands around it has not changed (the owner's list of names, the facts of the
repository), asking again would give the same answer, so it is not asked. Kept as a validator whose status is not 200
and whose payload is the state of affairs.
"""

from __future__ import annotations

import hashlib

from harvester.memory import Memory, Validator


class Refusals:
    """The refusals of one source's server to one credential."""

    def __init__(self, memory: Memory, token: str, *, ignored: bool = False) -> None:
        self._memory = memory
        self._token = token
        self._ignored = ignored

    def known(self, url: str) -> bool:
        """Whether this address was refused when it was last asked."""
        validator = None if self._ignored else self._memory.validator(url, self._token)
        return validator is not None and validator.status != 200

    def stands(self, url: str, affairs: bytes) -> int | None:
        """The status of a refusal that still holds, or None."""
        validator = None if self._ignored else self._memory.validator(url, self._token)
        if validator is None or validator.status == 200:
            return None
        return validator.status if validator.sha256 == hashlib.sha256(affairs).hexdigest() else None

    def keep(self, url: str, affairs: bytes, status: int) -> None:
        """Remember a refusal."""
        sha256 = self._memory.keep_payload(affairs)
        self._memory.keep_validator(Validator(url, self._token, None, None, sha256, status))
