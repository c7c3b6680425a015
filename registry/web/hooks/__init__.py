"""`/hooks/…`: where GitHub, Docker Hub and Zenodo tell that something changed; each message is proved first."""

from __future__ import annotations

from registry.web.hooks.blueprint import hooks_blueprint

__all__ = ["hooks_blueprint"]
