"""The REST interface below `/api/v1`: modules, search, suggestions, sources, runs, findings, changes."""

from __future__ import annotations

from registry.web.api.blueprint import api_blueprint

__all__ = ["api_blueprint"]
