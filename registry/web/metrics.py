"""`/metrics` in the form that Prometheus reads: how many modules, how old each source's news, how far the index is.

Everything is read from the store at the moment of asking, so that every process of many tells the same. Border: what
one process did (requests, memory) is told by the web server in front.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from typing_extensions import override

from registry.changes import last_sequence
from registry.findings import count_findings
from registry.modules import count_modules
from registry.runs import RunStatus, newest_runs
from registry.search.engine import SearchUnavailableError
from registry.services import Services
from registry.sources import list_sources


def metrics_blueprint(services: Services) -> Blueprint:
    """The blueprint for Prometheus."""
    blueprint = Blueprint("metrics", __name__)
    collectors = CollectorRegistry()
    collectors.register(StoreCollector(services))

    @blueprint.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(collectors), content_type=CONTENT_TYPE_LATEST)

    return blueprint


class StoreCollector(Collector):
    """Gauges over one store."""

    def __init__(self, services: Services) -> None:
        """Nothing is asked before the first scrape."""
        self._services = services

    @override
    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All gauges as they are now."""
        database = self._services.database
        modules = GaugeMetricFamily("modreg_modules", "Modules by status", labels=["status"])
        for status, count in count_modules(database).items():
            modules.add_metric([status], count)
        yield modules
        findings = GaugeMetricFamily("modreg_findings", "Findings by severity", labels=["severity"])
        for severity, count in count_findings(database).items():
            findings.add_metric([severity], count)
        yield findings
        newest = last_sequence(database)
        yield GaugeMetricFamily("modreg_change_sequence", "Number of the newest change", value=newest)
        try:
            behind = newest - self._services.search.sequence()
            yield GaugeMetricFamily(
                "modreg_index_behind", "Changes that the search index does not have yet", value=behind
            )
        except SearchUnavailableError:
            yield GaugeMetricFamily("modreg_index_unavailable", "The search engine does not answer", value=1)
        yield from self._of_sources()

    def _of_sources(self) -> Iterator[GaugeMetricFamily]:
        runs = newest_runs(self._services.database)
        status = GaugeMetricFamily(
            "modreg_source_status", "1 for the status of the last run", labels=["source", "status"]
        )
        age = GaugeMetricFamily("modreg_source_age_seconds", "Seconds since the last run ended", labels=["source"])
        failed = GaugeMetricFamily(
            "modreg_source_failed_entries", "Entries not read by the last run", labels=["source"]
        )
        for source in list_sources(self._services.database):
            run = runs.get(source.name)
            if run is None:
                continue
            for each in RunStatus:
                status.add_metric([source.name, each.value], 1 if each is run.status else 0)
            failed.add_metric([source.name], run.counts.get("failed", 0))
            if run.ended is not None:
                ended = datetime.fromisoformat(run.ended)
                age.add_metric([source.name], (self._services.clock.now() - ended).total_seconds())
        yield status
        yield age
        yield failed
