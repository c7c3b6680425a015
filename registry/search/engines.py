"""Which engine the settings ask for."""

from __future__ import annotations

from harvester.clock import SystemClock
from registry.search.engine import SearchEngine
from registry.search.tantivy_engine import EmbeddedEngine
from registry.settings import Settings


def open_engine(settings: Settings) -> SearchEngine:
    """The engine of these settings: the embedded one in the home folder."""
    return EmbeddedEngine(settings.home / "index", SystemClock())
