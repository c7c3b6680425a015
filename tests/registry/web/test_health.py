"""`/healthz` and `/readyz`."""

from __future__ import annotations

from pathlib import Path

from registry.changes import last_sequence
from registry.database import open_database
from registry.services import open_services
from registry.settings import load_settings
from registry.web import create_app
from tests.support.site import Site, without_engine


def test_health_when_the_process_lives_then_ok(sqlite_site: Site) -> None:
    answer = sqlite_site.get("/healthz")
    assert (answer.status_code, answer.json, answer.headers["Cache-Control"]) == (200, {"status": "ok"}, "no-store")


def test_ready_when_all_is_there_then_how_far_store_and_index_are(site: Site) -> None:
    newest = last_sequence(site.services.database)
    answer = site.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "sequence": newest, "index": newest})


def test_ready_when_engine_is_away_then_ready_and_says_so(sqlite_site: Site) -> None:
    answer = create_app(without_engine(sqlite_site.services)).test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["index"] == "unavailable: no connection to 127.0.0.1:9200"


def test_ready_when_database_was_never_made_then_503_with_the_command(tmp_path: Path) -> None:
    settings = load_settings(environ={"MODREG_HOME": str(tmp_path)})
    open_database(settings).close()
    with open_services(settings, migrated=False) as services:
        answer = create_app(services).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["status"] == "not ready"
    assert answer.json["database"].startswith("database: found an empty one, expected revision ")
    assert answer.json["database"].endswith("; run `modreg init`")


def test_ready_when_database_cannot_be_reached_then_503(tmp_path: Path) -> None:
    url = f"postgresql://nobody@/nothing?host={tmp_path}&port=1"
    settings = load_settings(environ={"MODREG_HOME": str(tmp_path), "MODREG_DATABASE_URL": url})
    with open_services(settings, migrated=False) as services:
        answer = create_app(services).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["database"].startswith("database: cannot be reached (")
