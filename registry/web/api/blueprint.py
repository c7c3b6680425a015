"""The endpoints of `/api/v1` as one table, and the routes made from it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from registry import __version__
from registry.services import Services
from registry.web.api import administration, models, views_modules, views_operation, views_search
from registry.web.api.endpoint import Endpoint, NoParameters, Redirect
from registry.web.api.openapi import openapi_document
from registry.web.api.parameters import read_parameters

_SLUG = {"slug": "the module's slug, or any of its aliases"}

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "/modules",
        "All modules, in canonical form",
        views_modules.ListParameters,
        models.ModuleList,
        views_modules.list_all,
        "modules",
    ),
    Endpoint(
        "/modules/<path:slug>/origins",
        "Who said each value",
        NoParameters,
        models.Origins,
        views_modules.origins,
        "modules",
        _SLUG,
    ),
    Endpoint(
        "/modules/<path:slug>/findings",
        "What is wrong with a module's metadata",
        NoParameters,
        models.FindingList,
        views_modules.findings,
        "modules",
        _SLUG,
    ),
    Endpoint(
        "/modules/<path:slug>/similar",
        "Modules like this one",
        views_search.SimilarParameters,
        models.HitList,
        views_modules.similar,
        "modules",
        _SLUG,
    ),
    Endpoint(
        "/modules/<path:slug>",
        "One module in canonical form",
        NoParameters,
        models.CanonicalModule,
        views_modules.one,
        "modules",
        _SLUG,
    ),
    Endpoint(
        "/search",
        "Full-text search with facets",
        views_search.SearchParameters,
        models.SearchResult,
        views_search.search,
        "search",
    ),
    Endpoint(
        "/suggest",
        "Completions while typing",
        views_search.SuggestParameters,
        models.SuggestionList,
        views_search.suggest,
        "search",
    ),
    Endpoint("/facets", "All facets over all modules", NoParameters, models.FacetList, views_search.facets, "search"),
    Endpoint(
        "/sources", "Registered sources", NoParameters, models.SourceList, views_operation.list_of_sources, "operation"
    ),
    Endpoint(
        "/sources/<name>",
        "One source",
        NoParameters,
        models.SourceItem,
        views_operation.source,
        "operation",
        {"name": "the source's name"},
    ),
    Endpoint(
        "/runs",
        "Runs, newest first",
        views_operation.RunListParameters,
        models.RunList,
        views_operation.list_of_runs,
        "operation",
    ),
    Endpoint(
        "/runs/<int:number>",
        "One run",
        NoParameters,
        models.RunItem,
        views_operation.run,
        "operation",
        {"number": "the run's id"},
    ),
    Endpoint(
        "/findings",
        "What is wrong, over all modules and sources",
        views_operation.FindingListParameters,
        models.FindingList,
        views_operation.list_of_findings,
        "operation",
    ),
    Endpoint(
        "/changes",
        "The change log, oldest first",
        views_operation.ChangeListParameters,
        models.ChangeList,
        views_operation.list_of_changes,
        "operation",
    ),
)


def api_blueprint(services: Services) -> Blueprint:
    """The blueprint of the API."""
    blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
    endpoints = (*ENDPOINTS, *administration.ENDPOINTS)
    for endpoint in endpoints:
        view = _change(services, endpoint) if endpoint.changes else _view(services, endpoint)
        blueprint.add_url_rule(endpoint.path, endpoint.operation_id, view, methods=[endpoint.method])
    document = orjson.dumps(openapi_document(endpoints, base_url=services.settings.base_url, version=__version__))

    @blueprint.get("/openapi.json")
    def openapi() -> Response:
        return Response(document, content_type="application/json")

    return blueprint


def _change(services: Services, endpoint: Endpoint) -> Any:
    def answer(**path: Any) -> WerkzeugResponse:
        account = administration.administrator(services)
        parameters = read_parameters(endpoint.parameters, request.args)
        given = {"body": administration.body_of(endpoint.body)} if endpoint.body is not None else {}
        told = endpoint.call(services, parameters, {"account": account, **given, **path})
        return Response(orjson.dumps(told), content_type="application/json", headers={"Cache-Control": "no-store"})

    return answer


def _view(services: Services, endpoint: Endpoint) -> Any:
    def answer(**path: Any) -> WerkzeugResponse:
        parameters = read_parameters(endpoint.parameters, request.args)
        told = endpoint.call(services, parameters, path)
        if isinstance(told, Redirect):
            query = urlencode(list(request.args.items(multi=True)))
            return redirect(f"{services.settings.base_url}/api/v1{told.path}{f'?{query}' if query else ''}", 301)
        body = told if isinstance(told, bytes) else orjson.dumps(told)
        response = Response(body, content_type="application/json")
        response.add_etag()
        return response.make_conditional(request)

    return answer
