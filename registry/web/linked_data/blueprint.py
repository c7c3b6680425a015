"""`/id/…` by 303, `/modules/{slug}` and its documents, `/vocab/…`: every IRI we mint leads somewhere."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request
from werkzeug.http import http_date
from werkzeug.wrappers import Response as WerkzeugResponse

from registry.addressing import find_module
from registry.modules import StoredModule, face_of
from registry.services import Services
from registry.web.dates import http_datetime
from registry.web.linked_data.vocabulary import scheme_answer, term_answer
from registry.web.negotiation import Choice, all_choices, choice_of_extension, choose
from registry.web.pages.module_page import module_page, withdrawn_page
from registry.web.pages.rendering import message
from vocab.module import Status

_VARY = "Accept, Accept-Profile"
_SCHEME = re.compile(r"^(https?):/+")


def linked_data_blueprint(services: Services) -> Blueprint:
    """The blueprint of persistent addresses and documents."""
    blueprint = Blueprint("linked_data", __name__)

    @blueprint.get("/id/module/<slug>")
    @blueprint.get("/id/record/<slug>")
    @blueprint.get("/id/module/<slug>/v/<path:version>")
    def identifier(slug: str, version: str | None = None) -> WerkzeugResponse:
        return _identified(services, slug, version)

    @blueprint.get("/id/module/<slug>/dist/<part>")
    def distribution(slug: str, part: str) -> WerkzeugResponse:
        return _distribution_of(services, slug, part)

    @blueprint.get("/modules/<path:name>")
    def module(name: str) -> WerkzeugResponse:
        return _module(services, name)

    @blueprint.get("/vocab/<scheme>")
    def scheme(scheme: str) -> WerkzeugResponse:
        return scheme_answer(services, scheme)

    @blueprint.get("/vocab/<scheme>/<path:term>")
    def term(scheme: str, term: str) -> WerkzeugResponse:
        return term_answer(services, scheme, term)

    return blueprint


def _identified(services: Services, slug: str, version: str | None) -> WerkzeugResponse:
    """See other: the page or a document, by what the client accepts (303, as a thing is not a document)."""
    base = services.settings.base_url
    stored, other = find_module(services.database, slug)
    if stored is None:
        return _unknown(services, slug)
    if other is not None:
        rest = f"/v/{quote(version)}" if version is not None else ""
        return redirect(f"{base}/id/module/{quote(other)}{rest}", 301)
    if version is not None and version not in {each.name for each in stored.module.versions}:
        return message(services, 404, "No such version", f"{stored.module.title} has no version “{version[:80]}”.")
    target = _target(stored.module.slug, _chosen())
    if target is None:
        return _not_acceptable(base, stored.module.slug)
    response = redirect(f"{base}{target}{'#versions' if version is not None else ''}", 303)
    response.headers["Vary"] = _VARY
    return response


def _distribution_of(services: Services, slug: str, part: str) -> WerkzeugResponse:
    """What is fetched is described with its module; the DCAT documents say which there are."""
    iri = f"<{services.settings.base_url}/id/module/{quote(slug)}/dist/{quote(part)}>"
    found = face_of(services.database, slug, "dcat-ap", "nt")
    if found is None or iri.encode() not in found.body:
        return message(services, 404, "No such distribution", f"“{slug[:80]}” has nothing to fetch as “{part[:80]}”.")
    return _identified(services, slug, None)


def _module(services: Services, name: str) -> WerkzeugResponse:
    """The page, or a document by ending or `Accept`."""
    base = services.settings.base_url
    slug, chosen = _named(name)
    stored, other = find_module(services.database, slug)
    if stored is None:
        return _unknown(services, slug)
    if other is not None or name.endswith(".html"):
        ending = f".{chosen.serialisation.extension}" if chosen else ""
        return redirect(f"{base}/modules/{quote(other or slug)}{ending}", 301)
    wanted = chosen or _chosen()
    if wanted is None:
        return _not_acceptable(base, slug)
    if isinstance(wanted, Choice):
        return _document(services, stored, wanted)
    page = withdrawn_page if stored.status is Status.WITHDRAWN else module_page
    return _linked(page(services, stored), base, stored)


def _named(name: str) -> tuple[str, Choice | None]:
    """The slug and the document in the last part of an address; `.html` is the page, as old marketplace links say."""
    # Proxies in front of us may have merged the slashes of a URL.
    name = _SCHEME.sub(r"\1://", name)
    for each in sorted(all_choices(), key=lambda each: -len(each.serialisation.extension)):
        ending = f".{each.serialisation.extension}"
        if name.endswith(ending):
            return name.removesuffix(ending), choice_of_extension(each.serialisation.extension)
    return name.removesuffix(".html"), None


def _chosen() -> Choice | str | None:
    return choose(
        request.headers.get("Accept", ""), request.args.get("profile"), request.headers.get("Accept-Profile", "")
    )


def _target(slug: str, chosen: Choice | str | None) -> str | None:
    if chosen is None:
        return None
    ending = f".{chosen.serialisation.extension}" if isinstance(chosen, Choice) else ""
    return f"/modules/{quote(slug)}{ending}"


def _document(services: Services, stored: StoredModule, chosen: Choice) -> WerkzeugResponse:
    found = face_of(services.database, stored.module.slug, chosen.face.name, chosen.serialisation.extension)
    if found is None:
        text = f"{stored.module.title} is not to be had as {chosen.face.title}; its findings say why."
        return message(services, 404, "No such document", text)
    response = Response(found.body, content_type=f"{chosen.serialisation.media_type}; charset=utf-8")
    response.status_code = 410 if stored.status is Status.WITHDRAWN else 200
    response.headers["Last-Modified"] = http_date(http_datetime(stored.datestamp))
    response.headers["Content-Location"] = f"/modules/{quote(stored.module.slug)}.{chosen.serialisation.extension}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(found.etag)
    _linked(response, services.settings.base_url, stored, f'<{chosen.face.profile}>; rel="profile"')
    return response.make_conditional(request) if response.status_code == 200 else response


def _linked(response: WerkzeugResponse, base: str, stored: StoredModule, *links: str) -> WerkzeugResponse:
    """Typed links in the header (signposting), the same for the page and the documents."""
    slug = quote(stored.module.slug)
    documents = [
        f'<{base}/modules/{slug}.{each.serialisation.extension}>; rel="describedby"; '
        f'type="{each.serialisation.media_type}"; profile="{each.face.profile}"'
        for each in all_choices()
    ]
    response.headers["Link"] = ", ".join([f'<{base}/id/module/{slug}>; rel="cite-as"', *documents, *links])
    response.headers["Vary"] = _VARY
    return response


def _not_acceptable(base: str, slug: str) -> WerkzeugResponse:
    lines = [
        f"{each.serialisation.media_type}  {base}/modules/{quote(slug)}.{each.serialisation.extension}"
        for each in all_choices()
    ]
    text = (
        "Nothing of what you accept is to be had here. There is:\n"
        + "\n".join([f"text/html  {base}/modules/{quote(slug)}", *lines])
        + "\n"
    )
    return Response(text, status=406, content_type="text/plain; charset=utf-8", headers={"Vary": _VARY})


def _unknown(services: Services, slug: str) -> WerkzeugResponse:
    return message(services, 404, "No such module", f"No module is known as “{slug[:120]}”, now or ever before.")
