"""Errors as the API tells them: `application/problem+json` (RFC 9457), one shape everywhere, never a traceback."""

from __future__ import annotations

from http import HTTPStatus

import orjson
from flask import Response

MEDIA_TYPE = "application/problem+json"


class ProblemError(Exception):
    """Something the client has to know. `detail` says what was found and what would be right."""

    def __init__(
        self, status: int, detail: str, *, parameter: str | None = None, retry_after_s: int | None = None
    ) -> None:
        """Keep the parts; `parameter` names the query parameter that was wrong."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.parameter = parameter
        self.retry_after_s = retry_after_s


def problem_response(error: ProblemError) -> Response:
    """The answer that tells a problem."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.detail,
    }
    if error.parameter is not None:
        body["parameter"] = error.parameter
    response = Response(orjson.dumps(body), status=error.status, content_type=MEDIA_TYPE)
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response
