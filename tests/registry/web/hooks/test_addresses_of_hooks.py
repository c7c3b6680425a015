"""Who may send a webhook, how much and how often, and what is answered."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
import structlog
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.due import due_sources
from registry.logs import configure_logs
from registry.services import Services
from registry.web import create_app
from registry.web.hooks.blueprint import MOST_SENDERS, PER_MINUTE, Pace, is_signed
from tests.support.clock import HandClock
from tests.support.store import a_registry, fetched, harvested

SECRET = "a-secret-of-webhooks"
PUSH = {"repository": {"full_name": "a/one", "html_url": "https://github.com/a/one"}}


@pytest.fixture
def hooked(database_url: str, tmp_path: Path) -> Iterator[Services]:
    """A registry that takes webhooks, with a source `hub` that lists a/one and is not due."""
    with a_registry(database_url, tmp_path / "home", "hub", MODREG_HOOK_SECRET=SECRET) as services:
        harvested(services, "hub", fetched("a/one", "One"))
        assert isinstance(services.clock, HandClock)
        services.clock.advance(120)
        yield services


@pytest.fixture
def client(hooked: Services) -> FlaskClient:
    return create_app(hooked).test_client()


def sent(client: FlaskClient, body: bytes, secret: str = SECRET, **headers: str) -> TestResponse:
    """A message as GitHub sends it; headers with `_` for `-`, an empty one is left out."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    all_headers = {
        "X-Hub-Signature-256": f"sha256={signature}", "X-GitHub-Event": "push", "X-GitHub-Delivery": "1-a",
        "Content-Type": "application/json",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/hooks/github", data=body, headers={k: v for k, v in all_headers.items() if v})


def problem(answer: TestResponse, status: int) -> str:
    """What a problem says."""
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    form: dict[str, Any] = orjson.loads(answer.data)
    assert form["status"] == status
    return str(form["detail"])


def told(answer: TestResponse) -> dict[str, Any]:
    """What an accepted message is answered."""
    assert (answer.status_code, answer.content_type) == (202, "application/json")
    form: dict[str, Any] = orjson.loads(answer.data)
    return form


def test_signature_of_the_sample_that_github_gives() -> None:
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert is_signed(b"It's a Secret to Everybody", b"Hello, World!", signature)
    assert not is_signed(b"It's a Secret to Everybody", b"Hello, World?", signature)
    assert not is_signed(b"It's no Secret", b"Hello, World!", signature)
    for other in ("", "sha256=", signature.removeprefix("sha256="), signature.replace("sha256", "sha1"), "sha256=☃"):
        assert not is_signed(b"It's a Secret to Everybody", b"Hello, World!", other)


def test_github_when_it_is_signed_then_the_source_is_due(client: FlaskClient, hooked: Services) -> None:
    answer = sent(client, orjson.dumps(PUSH))
    assert (answer.status_code, answer.content_type) == (202, "application/json")
    assert answer.json == {"event": "push", "subject": "github.com/a/one", "sources": ["hub"]}
    assert due_sources(hooked) == ["hub"]
    again = sent(client, orjson.dumps(PUSH))
    assert told(again) == {"event": "push", "subject": "github.com/a/one", "sources": [], "repeated": True}


def test_github_when_it_sends_a_form_then_read_too(client: FlaskClient) -> None:
    body = urlencode({"payload": orjson.dumps(PUSH).decode()}).encode()
    answer = sent(client, body, Content_Type="application/x-www-form-urlencoded")
    assert told(answer)["sources"] == ["hub"]


def test_github_when_it_pings_or_tells_of_what_nobody_lists_then_no_sources(client: FlaskClient) -> None:
    answer = sent(client, b'{"zen": "Anything added dilutes everything else."}', X_GitHub_Event="ping")
    assert (answer.status_code, answer.json) == (202, {"event": "ping", "sources": []})
    unknown = {"repository": {"full_name": "x/y", "html_url": "https://github.com/x/y"}}
    answer = sent(client, orjson.dumps(unknown))
    assert told(answer)["sources"] == []


@pytest.mark.parametrize("headers", [{"X_Hub_Signature_256": ""}, {"X_Hub_Signature_256": "sha256=00"}, {}])
def test_github_when_it_is_not_signed_with_the_secret_then_403_and_nothing(
    client: FlaskClient, hooked: Services, headers: dict[str, str]
) -> None:
    answer = sent(client, orjson.dumps(PUSH), "another-secret-of-hooks", **headers)
    assert problem(answer, 403) == (
        "X-Hub-Signature-256 is not that of this registry: use the secret that its operator set."
    )
    assert due_sources(hooked) == []


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "the message is no JSON, expected an object"),
        (b"{", "the message is no JSON, expected an object"),
        (b"\xff\xfe", "the message is no JSON, expected an object"),
        (b"[" * 100_000, "the message is no JSON, expected an object"),
        (b"[]", "the message is JSON of another kind, expected an object"),
        (b"null", "the message is JSON of another kind, expected an object"),
    ],
)
def test_message_when_it_is_no_object_then_400(client: FlaskClient, body: bytes, detail: str) -> None:
    assert problem(sent(client, body), 400) == detail
    assert problem(client.post(f"/hooks/zenodo/{SECRET}", data=body), 400) == detail


@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        ({"X_GitHub_Event": ""}, "X-GitHub-Event: found '', expected what GitHub sends"),
        ({"X_GitHub_Event": "push; drop"}, "X-GitHub-Event: found 'push; drop', expected what GitHub sends"),
        ({"X_GitHub_Delivery": ""}, "X-GitHub-Delivery: found '', expected what GitHub sends"),
        ({"X_GitHub_Delivery": "x" * 65}, f"X-GitHub-Delivery: found '{'x' * 60}', expected what GitHub sends"),
    ],
)
def test_github_when_its_headers_are_odd_then_400(client: FlaskClient, headers: dict[str, str], detail: str) -> None:
    assert problem(sent(client, orjson.dumps(PUSH), **headers), 400) == detail


def test_message_when_it_is_large_then_413(client: FlaskClient) -> None:
    problem(sent(client, b'{"a": "' + b"x" * 1_000_000 + b'"}'), 413)


def test_address_with_the_secret_when_it_is_wrong_then_403(client: FlaskClient) -> None:
    form = {"repository": {"repo_name": "a/fish"}}
    answer = client.post(f"/hooks/dockerhub/{SECRET}", json=form)
    assert (answer.status_code, answer.json) == (
        202, {"event": "push", "subject": "image:docker.io/a/fish", "sources": []}
    )
    for wrong in ("guessed", SECRET + "x", "☃", SECRET[:-1]):
        detail = problem(client.post(f"/hooks/dockerhub/{wrong}", json=form), 403)
        assert detail == "the secret in the address is not that of this registry: use the secret that its operator set."
    assert client.post("/hooks/dockerhub/", json=form).status_code == 404
    assert client.post(f"/hooks/gitlab/{SECRET}", json=form).status_code == 404
    problem(client.get(f"/hooks/zenodo/{SECRET}"), 405)


@pytest.mark.parametrize("path", ["/hooks/github", "/hooks/dockerhub/x", "/hooks/zenodo/"])
def test_hooks_when_no_secret_is_set_then_none_is_taken(local: Services, path: str) -> None:
    answer = create_app(local).test_client().post(path, json=PUSH)
    if path.endswith("/"):
        assert answer.status_code == 404
        return
    assert problem(answer, 403) == (
        "This registry takes no webhooks: its operator has set no secret (MODREG_HOOK_SECRET)."
    )


def test_sender_when_it_sends_too_much_then_429_until_it_slows_down(client: FlaskClient, hooked: Services) -> None:
    path = "/hooks/dockerhub/guessed"
    for _ in range(PER_MINUTE):
        assert client.post(path).status_code == 403
    answer = client.post(path)
    assert problem(answer, 429) == f"more than {PER_MINUTE} messages in a minute; wait"
    assert answer.headers["Retry-After"] == "1"
    assert isinstance(hooked.clock, HandClock)
    hooked.clock.advance(1)
    assert [client.post(path).status_code for _ in range(6)] == [403] * 5 + [429]


def test_pace_when_senders_are_made_up_then_memory_is_bounded() -> None:
    pace = Pace(HandClock())
    for number in range(MOST_SENDERS + 50):
        assert pace.wait_s(str(number)) == 0
    assert len(pace._left) == MOST_SENDERS


@pytest.fixture
def plain_log() -> Iterator[None]:
    """Afterwards the log is as it was."""
    yield
    structlog.reset_defaults()
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)


@pytest.mark.usefixtures("plain_log")
def test_secret_of_an_address_is_in_no_log(
    hooked: Services, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError(f"at /hooks/dockerhub/{SECRET}?x=1")

    configure_logs("INFO")
    monkeypatch.setattr("registry.web.hooks.blueprint.receive", broken)
    assert create_app(hooked).test_client().post(f"/hooks/dockerhub/{SECRET}", json={}).status_code == 500
    logging.getLogger("gunicorn.access").warning("%s", f"POST /hooks/zenodo/{SECRET} HTTP/1.1")
    ours, theirs = (orjson.loads(line) for line in capfd.readouterr().err.splitlines())
    assert ours["path"] == "/hooks/dockerhub/…"
    assert ours["exception"].endswith("ZeroDivisionError: at /hooks/dockerhub/…?x=1")
    assert theirs["event"] == "POST /hooks/zenodo/… HTTP/1.1"
