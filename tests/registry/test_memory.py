"""What a harvest remembers, in the database."""

from __future__ import annotations

import pytest

from harvester.memory import Validator
from registry.memory import DatabaseMemory, OverlayMemory
from registry.services import Services
from registry.shelf import Shelf

URL = "https://api.example.org/nets"


def test_memory_when_things_are_kept_together_then_all_are_there_at_the_end_or_none(services: Services) -> None:
    memory, other = DatabaseMemory(services.database), DatabaseMemory(services.database)
    with memory.together():
        sha256 = memory.keep_payload(b"nets")
        kept = Validator(URL, "", '"1"', None, sha256)
        memory.keep_validator(kept)
        memory.keep_blob("1" * 40, sha256)
        assert (memory.payload(sha256), memory.validator(URL, ""), memory.blob("1" * 40)) == (b"nets", kept, sha256)
    assert (other.payload(sha256), other.validator(URL, ""), other.blob("1" * 40)) == (b"nets", kept, sha256)

    def broken() -> None:
        with memory.together():
            memory.keep_validator(Validator(URL, "", '"2"', None, memory.keep_payload(b"more nets")))
            raise ConnectionError("the other side went away")

    with pytest.raises(ConnectionError):
        broken()
    assert other.validator(URL, "") == kept
    memory.keep_validator(Validator(URL, "", '"3"', None, sha256))
    assert other.validator(URL, "") == Validator(URL, "", '"3"', None, sha256)


def test_overlay_when_things_are_kept_together_then_nothing_is_in_the_database(services: Services) -> None:
    below = DatabaseMemory(services.database)
    overlay = OverlayMemory(below, Shelf())
    with overlay.together():
        overlay.keep_validator(Validator(URL, "", '"1"', None, overlay.keep_payload(b"nets")))
    assert overlay.validator(URL, "") is not None
    assert below.validator(URL, "") is None
