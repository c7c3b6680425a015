"""Sources, runs, findings and the change log: how the registry came to what it says."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import Field

from registry.changes import last_sequence, list_changes
from registry.due import outlook, outlooks
from registry.errors import SourceError
from registry.findings import count_findings, list_findings
from registry.run_reports import report_of
from registry.runs import count_runs, list_runs, run_by_id
from registry.services import Services
from registry.web.api.endpoint import NoParameters, Parameters
from registry.web.api.parameters import LARGEST_NUMBER
from registry.web.problems import ProblemError


class RunListParameters(Parameters):
    """Runs of one source or all, newest first."""

    source: str | None = None
    before: int | None = Field(default=None, ge=1, le=LARGEST_NUMBER, description="id before which the page begins")
    limit: int = Field(default=20, ge=1, le=200)


class FindingListParameters(Parameters):
    """Which findings."""

    module: str | None = None
    source: str | None = None
    severity: Literal["info", "warning", "error"] | None = None
    code: str | None = None
    after: int | None = Field(default=None, ge=0, le=LARGEST_NUMBER)
    limit: int = Field(default=100, ge=1, le=500)


class ChangeListParameters(Parameters):
    """The change log from a sequence number on."""

    after: int = Field(default=0, ge=0, le=LARGEST_NUMBER, description="sequence number after which the page begins")
    limit: int = Field(default=100, ge=1, le=1000)


def list_of_sources(services: Services, parameters: NoParameters) -> dict[str, Any]:
    """Registered sources, without their credentials."""
    del parameters
    found = [each.as_json() for each in outlooks(services)]
    return {"items": found, "total": len(found)}


def source(services: Services, parameters: NoParameters, name: str) -> dict[str, Any]:
    """One source."""
    del parameters
    try:
        return outlook(services, name).as_json()
    except SourceError:
        raise ProblemError(404, f"there is no source '{name[:120]}'; /api/v1/sources lists them") from None


def list_of_runs(services: Services, parameters: RunListParameters) -> dict[str, Any]:
    """Runs, newest first."""
    found = list_runs(services.database, source=parameters.source, before=parameters.before, limit=parameters.limit + 1)
    page = found[: parameters.limit]
    told: dict[str, Any] = {
        "items": [each.as_json() for each in page],
        "total": count_runs(services.database, source=parameters.source),
    }
    if len(found) > parameters.limit:
        told["next"] = _next(services, "runs", parameters, before=page[-1].id)
    return told


def run(services: Services, parameters: NoParameters, number: int) -> dict[str, Any]:
    """One run."""
    del parameters
    found = run_by_id(services.database, number) if number <= LARGEST_NUMBER else None
    if found is None:
        raise ProblemError(404, f"there is no run {number}; /api/v1/runs lists them")
    return report_of(services, found)


def list_of_findings(services: Services, parameters: FindingListParameters) -> dict[str, Any]:
    """Findings over all modules and sources."""
    chosen = {name: getattr(parameters, name) for name in ("module", "source", "severity", "code")}
    found = list_findings(services.database, **chosen, after=parameters.after, limit=parameters.limit + 1)
    page = found[: parameters.limit]
    told: dict[str, Any] = {
        "items": [each.as_json() for each in page],
        "total": sum(count_findings(services.database, **chosen).values()),
    }
    if len(found) > parameters.limit:
        told["next"] = _next(services, "findings", parameters, after=page[-1].id)
    return told


def list_of_changes(services: Services, parameters: ChangeListParameters) -> dict[str, Any]:
    """The change log, oldest first."""
    found = list_changes(services.database, parameters.after, parameters.limit + 1)
    page = found[: parameters.limit]
    told: dict[str, Any] = {"items": [each.as_json() for each in page], "total": last_sequence(services.database)}
    if len(found) > parameters.limit:
        told["next"] = _next(services, "changes", parameters, after=page[-1].sequence)
    return told


def _next(services: Services, path: str, parameters: Parameters, **moved: int) -> str:
    given = {**parameters.model_dump(exclude_none=True), **moved}
    return f"{services.settings.base_url}/api/v1/{path}?{urlencode(given)}"
