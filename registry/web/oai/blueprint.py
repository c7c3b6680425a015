"""The endpoint `/oai`: GET and POST, always HTTP 200, always XML. OAI-PMH 2.0 §3.1.

The address in the answers is the configured one, never that of the request, so that it is right behind any proxy.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from registry.services import Services
from registry.settings import secret_key
from registry.web.oai.arguments import LARGEST_BODY, Arguments, read_arguments
from registry.web.oai.errors import BadArgumentError, OaiError
from registry.web.oai.response import Frame
from registry.web.oai.tokens import Signer
from registry.web.oai.verbs import Repository

PATH = "/oai"

_FORM = "application/x-www-form-urlencoded"


def oai_blueprint(services: Services, page_size: int | None = None) -> Blueprint:
    """The blueprint of `/oai` and its style sheet for browsers. `page_size` is for tests."""
    blueprint = Blueprint("oai", __name__)
    settings = services.settings
    base_url = settings.base_url.rstrip("/") + PATH
    # By path alone: a browser refuses a style sheet of another host, and it may have come by another name than ours.
    frame = Frame(base_url, f"{urlsplit(base_url).path}/style.css")
    stylesheet = (Path(__file__).parent / "style.css").read_bytes()
    size = page_size or settings.page_size
    repository = Repository(settings, services.database, Signer(secret_key(settings)), base_url, size)

    @blueprint.route(PATH, methods=["GET", "POST"], strict_slashes=False)
    def oai() -> Response:
        now = services.clock.now()
        arguments: Arguments | None = None
        try:
            arguments = read_arguments(request.query_string, _form())
            return _xml(frame.answer(arguments, now, repository.answer(arguments, now)))
        except OaiError as error:
            return _xml(frame.error(arguments, now, error))

    @blueprint.get(f"{PATH}/style.css")
    def style() -> Response:
        return Response(stylesheet, content_type="text/css; charset=UTF-8", headers={"Cache-Control": "max-age=86400"})

    return blueprint


def _form() -> bytes:
    """The body of a form; of other media types there is none that could be an argument."""
    if request.method != "POST" or request.mimetype != _FORM:
        return b""
    if (request.content_length or 0) > LARGEST_BODY:
        raise BadArgumentError(f"the form must not be larger than {LARGEST_BODY} bytes")
    return request.get_data(cache=False)


def _xml(body: bytes) -> Response:
    response = Response(body, content_type="text/xml; charset=UTF-8")
    response.headers["Vary"] = "Accept-Encoding"
    if request.accept_encodings["gzip"] > 0:
        # Level 1: most clients ask for it, and at higher levels it costs more than all the rest of an answer.
        response.set_data(gzip.compress(body, compresslevel=1, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
