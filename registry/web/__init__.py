"""The web: OAI-PMH, API, linked data and pages over one set of services. No SQL here; the rooms of `registry` ask."""

from __future__ import annotations

from registry.web.application import create_app

__all__ = ["create_app"]
