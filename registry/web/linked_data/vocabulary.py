"""`/vocab/{scheme}` and `/vocab/{scheme}/{term}`: our concepts, as Turtle or as a page."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from registry.search.documents import SCHEME_OF_FACET
from registry.services import Services
from registry.web.pages.contexts import ConceptPage, ConceptRow, SchemePage, Value
from registry.web.pages.rendering import message, page_response
from vocab import terms
from vocab.terms.skos import scheme_turtle

_TURTLE, _HTML = "text/turtle", "text/html"


def scheme_answer(services: Services, name: str) -> WerkzeugResponse:
    """A concept scheme; `.ttl` or `Accept: text/turtle` gives SKOS."""
    scheme_name = name.removesuffix(".ttl")
    scheme = terms.SCHEMES.get(scheme_name)
    if scheme is None:
        known = ", ".join(sorted(terms.SCHEMES))
        return message(
            services, 404, "No such vocabulary", f"There is no vocabulary “{scheme_name[:80]}”; there are {known}."
        )
    if name.endswith(".ttl") or _wants_turtle():
        return _turtle(services, scheme_name)
    rows = tuple(
        ConceptRow(each.id, each.label, f"/vocab/{scheme_name}/{quote(each.id)}", each.definition)
        for each in sorted(scheme.terms.values(), key=lambda each: each.label.casefold())
    )
    page = SchemePage(scheme_name, scheme.title, f"{services.settings.base_url}/vocab/{scheme_name}", rows)
    return _varying(page_response(services, "scheme.html", page))


def term_answer(services: Services, scheme_name: str, name: str) -> WerkzeugResponse:
    """One concept: its page, or by 303 the scheme's Turtle that describes it."""
    scheme = terms.SCHEMES.get(scheme_name)
    term = scheme.terms.get(name) if scheme else None
    if scheme is None or term is None:
        return message(services, 404, "No such concept", f"There is no concept “{name[:80]}” in “{scheme_name[:80]}”.")
    if _wants_turtle():
        response = redirect(f"{services.settings.base_url}/vocab/{scheme_name}.ttl", 303)
        return _varying(response)
    page = ConceptPage(
        scheme=scheme_name,
        scheme_title=scheme.title,
        id=term.id,
        label=term.label,
        definition=term.definition,
        uri=f"{services.settings.base_url}/vocab/{scheme_name}/{quote(term.id)}",
        other_labels=term.names,
        matches=tuple(Value(each, each) for each in (*term.exact, *term.close)),
        facet=next((facet for facet, each in SCHEME_OF_FACET.items() if each == scheme_name), None),
    )
    return _varying(page_response(services, "concept.html", page))


def _wants_turtle() -> bool:
    return request.accept_mimetypes.best_match([_HTML, _TURTLE], default=_HTML) == _TURTLE


def _turtle(services: Services, scheme_name: str) -> WerkzeugResponse:
    body = scheme_turtle(scheme_name, services.settings.base_url)
    response = Response(body, content_type=f"{_TURTLE}; charset=utf-8", headers={"Access-Control-Allow-Origin": "*"})
    response.add_etag()
    return _varying(response.make_conditional(request))


def _varying(response: WerkzeugResponse) -> WerkzeugResponse:
    response.headers["Vary"] = "Accept"
    return response
