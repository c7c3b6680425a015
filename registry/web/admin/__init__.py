"""The console at `/admin`: sources, runs, held runs. Signed in only; everything here `modreg` can do too."""

from __future__ import annotations

from registry.web.admin.blueprint import admin_blueprint

__all__ = ["admin_blueprint"]
