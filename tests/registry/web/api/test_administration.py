"""The writing part of `/api/v1`: who may use it, and that it does what the commands do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.accounts import first_link, set_password
from registry.credentials import credential_state
from registry.services import Services
from registry.source_rows import list_sources
from registry.tables import audit
from registry.tokens import MARK, list_tokens, make_token, revoke_token
from registry.web import create_app
from tests.support.clock import HandClock
from tests.support.small_catalogue import CATALOGUE, small_catalogue
from tests.support.small_registry import small_registry

API = "/api/v1"
BODY = {"name": "second", "kind": "github", "catalogue": CATALOGUE}


class Program:
    """A program with a token; `ask` sends JSON and reads JSON."""

    def __init__(self, services: Services, token: str) -> None:
        self.services = services
        self.client: FlaskClient = create_app(services).test_client()
        self.token = token

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        sent = {"Authorization": f"Bearer {self.token}"} | headers
        answer = self.client.open(f"{API}{path}", method=method, json=body, headers=sent)
        return answer.status_code, answer.json


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with small_catalogue() as standin, small_registry(standin, tmp_path) as registry:
        services = registry.services
        link = first_link(services.database, services.clock.now())
        set_password(services.database, link, "correct horse battery", services.clock.now())
        token = make_token(services.database, "admin", "script", services.clock.now(), timedelta(days=30))
        yield Program(services, token)


def test_token_when_missing_wrong_ended_or_revoked_then_refused_and_nothing_done(program: Program) -> None:
    assert program.token.startswith(MARK)
    services, database = program.services, program.services.database
    status, told = program.ask("POST", "/sources", BODY, Authorization="")
    assert (status, told["detail"]) == (
        401, "this needs `Authorization: Bearer TOKEN`; `modreg tokens create NAME` makes a token",
    )
    assert program.ask("POST", "/sources", BODY, Authorization="Bearer nobody")[0] == 401
    clock = services.clock
    assert isinstance(clock, HandClock)
    clock.advance(timedelta(days=31).total_seconds())
    assert program.ask("POST", "/sources", BODY)[0] == 401
    clock.advance(-timedelta(days=31).total_seconds())
    assert program.ask("POST", "/sources/hub/disable")[0] == 200
    revoke_token(database, list_tokens(database)[0].id, clock.now())
    assert program.ask("POST", "/sources/hub/enable")[0] == 401
    assert [(each.name, each.enabled) for each in list_sources(database)] == [("hub", False)]


def test_source_when_posted_then_tried_stored_and_in_the_trail(program: Program) -> None:
    status, told = program.ask("POST", "/sources", BODY | {"credential": "its-own-secret"})
    assert (status, told["source"]["name"], told["trial"]["good"]) == (200, "second", True)
    assert "its-own-secret" not in str(told)
    assert credential_state(program.services.database, "second") is not None
    status, told = program.ask("PUT", "/sources/second", {"kind": "github", "catalogue": CATALOGUE, "schedule": "3h"})
    assert (status, told["source"]["schedule"]) == (200, "3h")
    assert program.ask("DELETE", "/sources/second/credential")[0] == 200
    status, told = program.ask("DELETE", "/sources/second?modules=withdraw")
    assert (status, told) == (200, {"done": "source removed (withdraw)", "subject": "second", "withdrawn": []})
    with program.services.database.read() as connection:
        trail = connection.execute(select(audit.c.account, audit.c.action, audit.c.subject).order_by(audit.c.id)).all()
    assert [tuple(row) for row in trail][-4:] == [
        ("admin", "source added", "second"), ("admin", "source changed", "second"),
        ("admin", "credential forgotten", "second"), ("admin", "source removed (withdraw)", "second"),
    ]


def test_source_when_it_cannot_be_listed_then_the_sentence_and_nothing_stored(program: Program) -> None:
    wrong = BODY | {"catalogue": "nobody/nothing"}
    status, told = program.ask("POST", "/sources", wrong)
    assert (status, told["detail"]) == (422, (
        "second cannot be listed: The catalogue nobody/nothing does not exist, or is not public. Check the catalogue's "
        "file; nothing was withdrawn. Nothing was stored; `untried=true` stores it all the same."
    ))
    status, told = program.ask("POST", "/trials", wrong)
    assert (status, told["good"]) == (200, False)
    assert [each.name for each in list_sources(program.services.database)] == ["hub"]
    assert program.ask("POST", "/sources?untried=true", wrong)[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "detail"),
    [
        ("POST", "/sources", {"name": "x"}, 422, "kind: Field required"),
        ("POST", "/sources", {"name": "x", "kind": "gopher"}, 422, "the source: kind: found 'gopher', expected one of"),
        ("POST", "/sources", {"name": "x", "kind": "github", "catalog": "a/b"}, 422, "the source: catalog: found a"),
        ("PUT", "/sources/nowhere", BODY, 404, "there is no source 'nowhere'; /api/v1/sources lists them"),
        ("DELETE", "/sources/hub?modules=burn", None, 400, "parameter 'modules' is 'burn'"),
        ("POST", "/runs/99/approve", None, 404, "run 99: there is no such run; `modreg runs list` shows them"),
        ("POST", "/sources/hub/pause", {"until": "soon"}, 422, ""),
    ],
)  # fmt: skip
def test_request_when_wrong_then_a_problem_that_names_it(
    program: Program, method: str, path: str, body: Any, status: int, detail: str
) -> None:
    got, told = program.ask(method, path, body)
    assert (got, told["status"]) == (status, status)
    assert told["detail"].startswith(detail)


def test_body_when_no_json_or_too_large_then_refused(program: Program) -> None:
    headers = {"Authorization": f"Bearer {program.token}"}
    answers = [
        program.client.post(f"{API}/sources", data=b"{", content_type="application/json", headers=headers),
        program.client.post(f"{API}/sources", data=b"x" * 100_001, content_type="application/json", headers=headers),
        program.client.post(f"{API}/sources", data=b"name=x", headers=headers),
    ]
    assert [each.status_code for each in answers] == [400, 413, 415]


def test_source_when_switched_paused_and_run_then_it_stands_so(program: Program) -> None:
    assert program.ask("POST", "/sources/hub/pause", {"until": "3d"})[0] == 200
    source = list_sources(program.services.database)[0]
    assert source.paused_until is not None
    assert program.ask("POST", "/sources/hub/resume")[0] == 200
    assert program.ask("POST", "/sources/hub/run")[0] == 200
    assert program.ask("GET", "/sources/hub")[1]["wanted_by"] == "person admin"
    assert program.ask("POST", "/sources/hub/trial")[1]["good"]


def test_kinds_when_asked_then_their_keys_as_json_schema(program: Program) -> None:
    status, told = program.ask("GET", "/kinds")
    assert status == 200
    assert {each["kind"] for each in told["items"]} >= {"github", "zenodo", "oaipmh"}
    zenodo = next(each for each in told["items"] if each["kind"] == "zenodo")
    assert "communities" in zenodo["schema"]["properties"]


def test_source_when_a_browser_is_signed_in_but_no_token_comes_then_refused(program: Program) -> None:
    with program.client.session_transaction() as session:
        session["account"] = 1
    assert program.ask("POST", "/sources/hub/disable", Authorization="")[0] == 401
