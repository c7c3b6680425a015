"""The WSGI application: blueprints, one error shape for each kind of client, security headers.

Addresses that are shown come from the settings, never from the `Host` header.
"""

from __future__ import annotations

from pathlib import Path

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response as WerkzeugResponse

from registry.services import Services
from registry.settings import secret_key
from registry.web.admin import admin_blueprint
from registry.web.api import api_blueprint
from registry.web.health import health_blueprint
from registry.web.hooks import hooks_blueprint
from registry.web.linked_data import linked_data_blueprint
from registry.web.metrics import metrics_blueprint
from registry.web.oai import oai_blueprint
from registry.web.pages import pages_blueprint
from registry.web.pages.rendering import message
from registry.web.plain import NOT_TEXT
from registry.web.problems import ProblemError, problem_response

_LOG = structlog.get_logger(__name__)
LONGEST_BODY_BYTES = 1_000_000
SESSION_S = 12 * 3600
# Pages run our own script and style only; harvested descriptions may show pictures from elsewhere over https.
_CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def create_app(services: Services) -> Flask:
    """The application over these services."""
    app = Flask("registry.web", static_folder=str(Path(__file__).parent / "static"), template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY_BYTES
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 86_400
    app.url_map.strict_slashes = False
    # A repository's URL is a name too, and has two slashes; merging them would redirect by the `Host` header.
    app.url_map.merge_slashes = False
    app.config["SECRET_KEY"] = secret_key(services.settings)
    app.config["SESSION_COOKIE_NAME"] = "modreg_session"
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["PERMANENT_SESSION_LIFETIME"] = SESSION_S
    app.config["SESSION_COOKIE_SECURE"] = services.settings.base_url.startswith("https://")
    blueprints = (
        oai_blueprint,
        api_blueprint,
        admin_blueprint,
        linked_data_blueprint,
        pages_blueprint,
        health_blueprint,
        metrics_blueprint,
        hooks_blueprint,
    )
    for make in blueprints:
        app.register_blueprint(make(services))
    app.before_request(_refuse_control_characters)
    _tell_errors(app, services)
    app.after_request(_with_headers)
    return app


def _tell_errors(app: Flask, services: Services) -> None:
    @app.errorhandler(ProblemError)
    def known(error: ProblemError) -> Response:
        if _is_api():
            return problem_response(error)
        return message(services, error.status, "That cannot be answered", error.detail)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> WerkzeugResponse:
        status = error.code or 500
        if status < 400:
            return error.get_response()
        text = (error.description or error.name).strip()
        response = (
            problem_response(ProblemError(status, text)) if _is_api() else message(services, status, error.name, text)
        )
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
        return response

    # One of the marked places for a broad except: a request that fails is logged whole and answered in a sentence.
    @app.errorhandler(Exception)
    def unknown(error: Exception) -> Response:
        _LOG.error("request failed", path=request.path, exc_info=error)
        text = "Something went wrong here, not with your request. It was logged; please try again later."
        if _is_api():
            return problem_response(ProblemError(500, text))
        return message(services, 500, "Something went wrong", text)


def _refuse_control_characters() -> None:
    if NOT_TEXT.search(request.path):
        raise NotFound("This address holds characters that no address of ours has.")


def _is_api() -> bool:
    """Whether programs speak here, who are told problems as JSON."""
    return request.path.startswith(("/api/", "/hooks/"))


def _with_headers(response: WerkzeugResponse) -> WerkzeugResponse:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    if request.path.startswith("/api/"):
        response.headers.setdefault("Access-Control-Allow-Origin", "*")
    if (response.content_type or "").startswith("text/html"):
        response.headers.setdefault("Content-Security-Policy", _CONTENT_POLICY)
    return response
