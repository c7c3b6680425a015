"""The addresses of webhooks: who may send, how much, how often; the work is that of `registry.hooks`.

GitHub signs each message with the secret (`X-Hub-Signature-256`, HMAC-SHA256 over the body as it came). Docker Hub and
Zenodo sign nothing, so the secret is part of their address. No form token guards these addresses: no browser's session
opens them. Unknown things and events are answered 202 with no sources, so that nobody learns what is listed here
without the secret, and no service marks the hook as broken.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from flask import Blueprint, Response, request

from harvester.clock import Clock
from registry.hook_payloads import HOOKS
from registry.hooks import Received, receive
from registry.services import Services
from registry.web.problems import ProblemError

PER_MINUTE = 300
MOST_SENDERS = 10_000
_SIGNATURE = "X-Hub-Signature-256"
_DELIVERY = re.compile(r"[0-9A-Za-z-]{1,64}")
_EVENT = re.compile(r"[a-z_]{1,40}")
_UNSET = "This registry takes no webhooks: its operator has set no secret (MODREG_HOOK_SECRET)."


def hooks_blueprint(services: Services) -> Blueprint:
    """The blueprint of the webhooks."""
    blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")
    pace = Pace(services.clock)

    @blueprint.before_request
    def bound() -> None:
        wait = pace.wait_s(request.remote_addr or "")
        if wait:
            raise ProblemError(429, f"more than {PER_MINUTE} messages in a minute; wait", retry_after_s=wait)

    @blueprint.post("/github")
    def github() -> Response:
        body = request.get_data()
        _require(is_signed(_secret(services), body, request.headers.get(_SIGNATURE, "")), _SIGNATURE)
        event = _header("X-GitHub-Event", _EVENT)
        delivery = _header("X-GitHub-Delivery", _DELIVERY)
        return _told(receive(services, HOOKS["github"], event, _message(body), delivery))

    @blueprint.post("/<any(dockerhub, zenodo):name>/<secret>")
    def unsigned(name: str, secret: str) -> Response:
        _require(hmac.compare_digest(secret.encode(), _secret(services)), "the secret in the address")
        return _told(receive(services, HOOKS[name], "push" if name == "dockerhub" else "record", _message()))

    return blueprint


def is_signed(secret: bytes, body: bytes, signature: str) -> bool:
    """Whether a signature `sha256=HEX` is that of this body; how long it takes tells nothing."""
    wanted = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), signature.strip().encode())


class Pace:
    """How many messages each sender may send: a bucket that fills again within a minute."""

    def __init__(self, clock: Clock) -> None:
        """All buckets are full."""
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def wait_s(self, sender: str) -> int:
        """Take one message; seconds to wait when there is none left, else 0."""
        now = self._clock.monotonic()
        left, then = self._left.pop(sender, (float(PER_MINUTE), now))
        left = min(PER_MINUTE, left + (now - then) * PER_MINUTE / 60)
        if len(self._left) >= MOST_SENDERS:
            self._left.pop(next(iter(self._left)), None)
        free = left >= 1
        self._left[sender] = (left - 1 if free else left, now)
        return 0 if free else 1


def _secret(services: Services) -> bytes:
    secret = services.settings.hook_secret.get_secret_value()
    if not secret:
        raise ProblemError(403, _UNSET)
    return secret.encode()


def _require(proved: bool, what: str) -> None:
    if not proved:
        raise ProblemError(403, f"{what} is not that of this registry: use the secret that its operator set.")


def _header(name: str, form: re.Pattern[str]) -> str:
    found = request.headers.get(name, "")
    if not form.fullmatch(found):
        raise ProblemError(400, f"{name}: found {found[:60]!r}, expected what GitHub sends")
    return found


def _message(body: bytes | None = None) -> Mapping[str, Any]:
    """The message, as JSON or as GitHub's form with the JSON in `payload`."""
    body = request.get_data() if body is None else body
    if request.mimetype == "application/x-www-form-urlencoded":
        body = parse_qs(body.decode(errors="replace")).get("payload", [""])[0].encode()
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ProblemError(400, "the message is no JSON, expected an object") from None
    if not isinstance(found, dict):
        raise ProblemError(400, "the message is JSON of another kind, expected an object")
    return found


def _told(received: Received) -> Response:
    return Response(orjson.dumps(received.as_json()), status=202, content_type="application/json")
