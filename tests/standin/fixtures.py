"""Pytest fixtures of the stand-in; `tests/conftest.py` takes them in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.standin.server import StandIn


@pytest.fixture
def standin() -> Iterator[StandIn]:
    """A stand-in over a fresh sample world, served on the loopback until the test ends."""
    with StandIn() as running:
        yield running
