"""The console's rooms for sources: a source is added, tried, changed, given a credential and removed in the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from harvester.sources import SOURCES
from registry.accounts import first_link
from registry.credentials import credential_state
from registry.services import Services
from registry.source_rows import list_sources, require_source
from registry.web import create_app
from tests.support.small_catalogue import CATALOGUE, small_catalogue
from tests.support.small_registry import small_registry

PASSWORD = "correct horse battery"
FORM = {"name": "second", "schedule": "12h", "timezone": "UTC", "enabled": "true", "trust": "full", "grace_runs": "1",
        "catalogue": CATALOGUE}
NEW = "/admin/sources/new?kind=github"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with small_catalogue() as standin, small_registry(standin, tmp_path) as registry:
        yield registry.services


@pytest.fixture
def client(services: Services) -> FlaskClient:
    made = create_app(services).test_client()
    page = f"/admin/welcome/{first_link(services.database, services.clock.now())}"
    assert post(made, page, password=PASSWORD, again=PASSWORD)[0] == 303
    return made


def post(client: FlaskClient, page: str, path: str | None = None, **form: str) -> tuple[int, str, str]:
    found = re.search(r'name="form_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    answer = client.post(path or page, data={"form_token": found[1], **form})
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def test_kinds_when_asked_then_each_has_a_form_with_its_keys(client: FlaskClient) -> None:
    page = client.get("/admin/sources/new").text
    for kind in SOURCES:
        assert f"/admin/sources/new?kind={kind}" in page
        form = client.get(f"/admin/sources/new?kind={kind}").text
        assert f"New source of kind {kind}" in form
        assert 'for="f-schedule"' in form


def test_source_when_tested_then_told_and_nothing_stored_when_saved_then_stored(
    client: FlaskClient, services: Services
) -> None:
    status, _, text = post(client, NEW, **FORM, wish="test")
    assert (status, "second lists 7 entries" in text or "second lists" in text) == (200, True)
    assert [each.name for each in list_sources(services.database)] == ["hub"]
    assert post(client, NEW, **FORM, wish="save", secret="its-own")[:2] == (303, "/admin/sources/second")
    assert require_source(services.database, "second").schedule == "12h"
    room = client.get("/admin/sources/second").text
    assert "It is not shown." in room
    assert "its-own" not in room
    assert "/admin/sources/second" in client.get("/admin").text


def test_source_when_it_cannot_be_listed_or_is_wrong_then_the_form_says_so_and_keeps_what_was_written(
    client: FlaskClient, services: Services
) -> None:
    status, _, text = post(client, NEW, **FORM | {"catalogue": "nobody/nothing"}, wish="save")
    assert status == 422
    assert "The catalogue nobody/nothing does not exist, or is not public." in text
    assert 'value="nobody/nothing"' in text
    assert "Save all the same" in text
    status, _, text = post(client, NEW, **FORM | {"schedule": "sometimes"}, wish="save")
    assert (status, "schedule: found &#39;sometimes&#39;" in text) == (422, True)
    assert [each.name for each in list_sources(services.database)] == ["hub"]
    assert post(client, NEW, **FORM | {"catalogue": "nobody/nothing"}, wish="untried")[0] == 303


def test_source_when_changed_given_a_credential_and_removed_then_it_is_so(
    client: FlaskClient, services: Services
) -> None:
    edit = "/admin/sources/hub/edit"
    status, place, _ = post(client, edit, **FORM | {"schedule": "2h"}, wish="save")
    assert (status, place, require_source(services.database, "hub").schedule) == (303, "/admin/sources/hub", "2h")
    room = "/admin/sources/hub"
    assert post(client, room, f"{room}/credential", secret="s3cret", expires="1999-01-01")[0] == 409
    assert post(client, room, f"{room}/credential", secret="s3cret")[0] == 303
    assert credential_state(services.database, "hub") is not None
    assert post(client, room, f"{room}/credential", forget="yes")[0] == 303
    assert credential_state(services.database, "hub") is None
    assert post(client, room, f"{room}/remove")[0] == 400
    assert post(client, room, f"{room}/remove", modules="archive")[:2] == (303, "/admin")
    assert list_sources(services.database) == []


@pytest.mark.parametrize("path", ["/admin/sources/nowhere", "/admin/sources/nowhere/edit"])
def test_source_when_unknown_then_a_page_says_so(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, "There is no source &#39;nowhere&#39;." in answer.text) == (404, True)
