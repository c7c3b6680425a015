"""`/healthz` (the process lives) and `/readyz` (it can answer: the database is there and of the right version)."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response

from registry.changes import last_sequence
from registry.database import require_current
from registry.errors import RegistryError
from registry.search.engine import SearchUnavailableError
from registry.services import Services


def health_blueprint(services: Services) -> Blueprint:
    """The blueprint for whoever watches the process."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return _json({"status": "ok"}, 200)

    @blueprint.get("/readyz")
    def readyz() -> Response:
        try:
            require_current(services.database)
            newest = last_sequence(services.database)
        except RegistryError as error:
            return _json({"status": "not ready", "database": str(error)}, 503)
        try:
            indexed: int | str = services.search.sequence()
        except SearchUnavailableError as error:
            indexed = f"unavailable: {error}"
        return _json({"status": "ok", "sequence": newest, "index": indexed}, 200)

    return blueprint


def _json(told: dict[str, object], status: int) -> Response:
    return Response(
        orjson.dumps(told), status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )
