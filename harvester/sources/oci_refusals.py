"""What a registry says instead of an image, in a sentence: `{"errors": [{"code", "message", "detail"}]}`.

Only such a body is believed to speak of an image: an error page of a proxy says nothing about it. Registries do not
tell what is missing from what is private: Docker Hub answers 401 for both, ghcr.io 403. Border: limits are the
client's business. OCI distribution specification 1.1, "Error Codes".
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from harvester.answers import Answer
from harvester.errors import HarvestError, Refused, UnexpectedAnswer
from vocab.text import one_line

_MOST = 200
_NO_IMAGE = frozenset({"NAME_UNKNOWN", "UNAUTHORIZED", "DENIED", "NOT_FOUND", "NAME_INVALID", "FORBIDDEN"})
# Codes after which another tag of the image may be there.
_NO_TAG = frozenset({"MANIFEST_UNKNOWN", "TAG_INVALID"})


@dataclass(frozen=True, slots=True)
class No:
    """A refusal that is about what was asked for. `is_about_tag`: the image may be there under another tag."""

    status: int
    sentence: str
    is_about_tag: bool = False


def told_no(answer: Answer, what: str) -> No:
    """What an answer that is no success says of an image.

    Raises:
        HarvestError: it says nothing of the image.
    """
    code, message = _first_error(answer.body)
    if code in _NO_TAG:
        return No(answer.status, f"The image {what} has not the tag that was asked for ({answer.status}).", True)
    if code in _NO_IMAGE:
        return No(answer.status, f"The image {what} does not exist, or is not public ({answer.status}).")
    raise _trouble(answer, what, code, message)


def _trouble(answer: Answer, what: str, code: str, message: str) -> HarvestError:
    where = answer.url
    if code:
        told = f": {message}" if message else ""
        seen = f"The registry refuses {what} ({answer.status} {code}{told})."
        kind = Refused if answer.status in (401, 403) else UnexpectedAnswer
        return kind(seen, url=where, status=answer.status)
    if answer.status in (401, 403):
        return Refused(f"The server of {what} lets nobody in ({answer.status}).", url=where, status=answer.status)
    seen = f"The answer about {what} ({answer.status}) is {looks_like(answer.body)}, not what a registry sends."
    return UnexpectedAnswer(seen, url=where, status=answer.status)


def _first_error(body: bytes) -> tuple[str, str]:
    """Code and message of the first error, empty when there is none."""
    try:
        form = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "", ""
    errors = form.get("errors") if isinstance(form, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict) or not isinstance(first.get("code"), str):
        return "", ""
    message = first.get("message")
    return first["code"][:_MOST].upper(), one_line(message[:_MOST]) if isinstance(message, str) else ""


def looks_like(body: bytes) -> str:
    """What came instead, in words."""
    start = body[:200].lstrip().lower()
    if not start:
        return "empty"
    return "an HTML page" if start.startswith(b"<") else "broken or of another form"
