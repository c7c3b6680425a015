"""`/metrics`: what Prometheus reads, and that the shipped alert rules name gauges there are."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from prometheus_client.parser import text_string_to_metric_families

from registry.changes import last_sequence
from registry.web import create_app
from tests.support.site import Site, without_engine

ALERTS = Path(__file__).parents[3] / "config" / "alerts.yml"


def gauges(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Gauge → labels' values → value, read by Prometheus' own parser."""
    families = text_string_to_metric_families(text)
    return {each.name: {tuple(one.labels.values()): one.value for one in each.samples} for each in families}


def test_metrics_when_asked_then_the_store_as_it_is(site: Site) -> None:
    found = gauges(site.get("/metrics").text)
    assert found["modreg_modules"][("published",)] > 0
    assert found["modreg_change_sequence"][()] == last_sequence(site.services.database)
    assert found["modreg_index_behind"][()] == 0


def test_metrics_when_engine_is_away_then_they_say_so(sqlite_site: Site) -> None:
    found = gauges(create_app(without_engine(sqlite_site.services)).test_client().get("/metrics").text)
    assert found["modreg_index_unavailable"][()] == 1
    assert "modreg_index_behind" not in found


def test_metrics_when_a_source_ran_then_one_status_is_its_own(site: Site) -> None:
    status = gauges(site.get("/metrics").text)["modreg_source_status"]
    by_source: dict[str, float] = {}
    for (source, _), value in status.items():
        by_source[source] = by_source.get(source, 0) + value
    assert by_source
    assert set(by_source.values()) == {1.0}


def test_alert_rules_name_only_gauges_there_are(sqlite_site: Site) -> None:
    known = set(gauges(sqlite_site.get("/metrics").text)) | {"modreg_index_unavailable"}
    rules = yaml.safe_load(ALERTS.read_text("utf-8"))["groups"][0]["rules"]
    named = {name for rule in rules for name in re.findall(r"modreg_\w+", rule["expr"])}
    assert named
    assert named <= known
