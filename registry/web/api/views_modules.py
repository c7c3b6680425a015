"""Modules: the canonical form, the origin of every value, what is wrong."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote

import orjson
from pydantic import Field

from registry.addressing import find_module
from registry.findings import list_findings
from registry.modules import StoredModule, count_modules, list_modules, origins_of
from registry.search.engine import SearchUnavailableError
from registry.services import Services
from registry.web.api.endpoint import NoParameters, Parameters, Redirect
from registry.web.api.views_search import SimilarParameters, hit_json, unavailable
from registry.web.problems import ProblemError
from vocab.module import Status


class ListParameters(Parameters):
    """Paging by slug, and the status wanted."""

    after: str | None = Field(default=None, description="slug after which the page begins")
    limit: int = Field(default=50, ge=1, le=500)
    status: Literal["published", "withdrawn", "all"] = "published"


def list_all(services: Services, parameters: ListParameters) -> dict[str, Any]:
    """Modules in the order of their slugs."""
    status = None if parameters.status == "all" else Status(parameters.status)
    found = list_modules(services.database, parameters.after, parameters.limit + 1, status, merged=False)
    page = found[: parameters.limit]
    counts = count_modules(services.database)
    total = sum(counts.values()) if status is None else counts.get(status.value, 0)
    told: dict[str, Any] = {"items": [orjson.Fragment(each.canonical) for each in page], "total": total}
    if len(found) > parameters.limit:
        after = quote(page[-1].module.slug)
        root = services.settings.base_url
        told["next"] = f"{root}/api/v1/modules?after={after}&limit={parameters.limit}&status={parameters.status}"
    return told


def one(services: Services, parameters: NoParameters, slug: str) -> bytes | Redirect:
    """One module in canonical form."""
    del parameters
    stored = _stored(services, slug, "")
    return stored if isinstance(stored, Redirect) else stored.canonical


def origins(services: Services, parameters: NoParameters, slug: str) -> dict[str, Any] | Redirect:
    """Who said each value of a module, and what the others said."""
    del parameters
    stored = _stored(services, slug, "/origins")
    if isinstance(stored, Redirect):
        return stored
    return {"slug": stored.module.slug, "fields": origins_of(services.database, stored.module.slug)}


def findings(services: Services, parameters: NoParameters, slug: str) -> dict[str, Any] | Redirect:
    """What is wrong with a module's metadata, and how to mend it."""
    del parameters
    stored = _stored(services, slug, "/findings")
    if isinstance(stored, Redirect):
        return stored
    found = [each.as_json() for each in list_findings(services.database, module=stored.module.slug)]
    return {"items": found, "total": len(found)}


def similar(services: Services, parameters: SimilarParameters, slug: str) -> dict[str, Any] | Redirect:
    """Modules like this one."""
    stored = _stored(services, slug, "/similar")
    if isinstance(stored, Redirect):
        return stored
    try:
        found = services.search.similar(stored.module.slug, parameters.limit)
    except SearchUnavailableError as error:
        raise unavailable(error) from error
    return {"items": [hit_json(hit) for hit in found], "total": len(found)}


def _stored(services: Services, name: str, rest: str) -> StoredModule | Redirect:
    stored, slug = find_module(services.database, name)
    if stored is None:
        raise ProblemError(404, f"no module is known as '{name[:120]}'; /api/v1/search?q=… finds modules by words")
    return stored if slug is None else Redirect(f"/modules/{quote(slug)}{rest}")
