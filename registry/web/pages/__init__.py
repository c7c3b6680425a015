"""The web catalogue for people: server-rendered, works without JavaScript."""

from __future__ import annotations

from registry.web.pages.blueprint import pages_blueprint

__all__ = ["pages_blueprint"]
