"""The addresses of the catalogue for people; one module's page is at `registry.web.linked_data`, with its documents."""

from __future__ import annotations

from flask import Blueprint, Response, request

from registry.search.engine import SearchUnavailableError
from registry.services import Services
from registry.web.api.parameters import read_parameters
from registry.web.api.views_search import SearchParameters
from registry.web.pages import overview
from registry.web.pages.catalogue_page import catalogue_page
from registry.web.pages.rendering import message, page_response
from registry.web.problems import ProblemError


def pages_blueprint(services: Services) -> Blueprint:
    """The blueprint of the pages."""
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/")
    def home() -> Response:
        """The first page: what there is, by task, library, data."""
        return page_response(services, "home.html", overview.home_page(services))

    @blueprint.get("/modules")
    def modules() -> Response:
        """The list of modules, and the search in it."""
        try:
            parameters = read_parameters(SearchParameters, request.args)
            answer = services.search.search(parameters.query())
        except ProblemError as wrong:
            return message(services, wrong.status, "That search cannot be read", wrong.detail)
        except SearchUnavailableError:
            response = message(
                services, 503, "Search is away", "The search engine does not answer now. Try again in a minute."
            )
            response.headers["Retry-After"] = "30"
            return response
        page = catalogue_page(services.database, parameters, answer, services.settings.base_url)
        return page_response(services, "catalogue.html", page, section="modules")

    @blueprint.get("/findings")
    def findings() -> Response:
        """What is wrong, for owners of modules."""
        page = overview.findings_page(services, request.args.get("severity"), request.args.get("after"))
        return page_response(services, "findings.html", page, section="findings")

    @blueprint.get("/sources")
    def sources() -> Response:
        """Where modules come from."""
        return page_response(services, "sources.html", overview.sources_page(services), section="sources")

    @blueprint.get("/about")
    def about() -> Response:
        """How machines use the data."""
        return page_response(services, "about.html", overview.about_page(services), section="about")

    @blueprint.get("/robots.txt")
    def robots() -> Response:
        """What crawlers may read: modules, not every search for them."""
        return Response(overview.ROBOTS, content_type="text/plain; charset=utf-8")

    @blueprint.get("/opensearch.xml")
    def opensearch() -> Response:
        """The description that lets a browser search here."""
        return Response(
            overview.opensearch(services), content_type="application/opensearchdescription+xml; charset=utf-8"
        )

    return blueprint
