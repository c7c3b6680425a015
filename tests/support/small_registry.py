"""A registry over the small catalogue, in this process: harvested as often as a test likes, waiting for nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harvester.bounds import MIB, Limits
from harvester.clock import SystemClock
from registry.cli.harvest_commands import exit_code
from registry.exporting import export
from registry.findings import count_findings, list_findings
from registry.harvesting import harvest_source
from registry.runs import Run
from registry.services import Services
from registry.sources import import_sources
from tests.standin.server import StandIn
from tests.support.clock import HandClock
from tests.support.small_catalogue import SOURCES
from tests.support.store import a_registry
from vocab.record import Severity

# Real time passes only while a socket waits.
QUICK = Limits(connect_s=0.5, read_s=0.3, total_s=3, max_bytes=4 * MIB, tries=2)
STAMPS = ("datestamp", "sequence")


@dataclass
class SmallRegistry:
    """The services of a registry whose source `hub` is the small catalogue."""

    services: Services

    def harvest(self) -> tuple[Run, int]:
        """One run, and how `modreg harvest` would end after it."""
        run = harvest_source(self.services, "hub")
        errors = bool(count_findings(self.services.database, source="hub", severity=Severity.ERROR))
        return run, int(exit_code([run], errors=errors))

    def modules(self) -> dict[str, dict[str, Any]]:
        """What is published, by slug, without stamps."""
        forms = [json.loads(line) for line in b"".join(export(self.services)).splitlines()]
        return {form["slug"]: {key: form[key] for key in form if key not in STAMPS} for form in forms}

    def findings(self, severity: Severity | None = None) -> list[Any]:
        """The findings of the source."""
        return list_findings(self.services.database, source="hub", severity=severity, limit=1000)


@contextmanager
def small_registry(
    standin: StandIn, home: Path, database_url: str = "", clock: HandClock | None = None, **keys: str
) -> Iterator[SmallRegistry]:
    """The registry of a stand-in that runs."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "endpoints.json").write_text(json.dumps(dict(standin.endpoints)), "utf-8")
    keys = {"MODREG_ENDPOINTS": str(home / "endpoints.json"), "MODREG_GITHUB_TOKEN": "any"} | keys
    with a_registry(database_url or f"sqlite:///{home / 'registry.sqlite3'}", home, **keys) as services:
        services.limits = QUICK
        # Of today: servers' dates are.
        services.clock = clock or HandClock(SystemClock().now().replace(microsecond=0))
        import_sources(services.database, SOURCES)
        yield SmallRegistry(services)
