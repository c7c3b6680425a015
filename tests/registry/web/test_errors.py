"""Errors: a sentence for people, a problem for programs, a traceback for nobody."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from registry.web import create_app
from tests.support.site import WHOLE, Site

SENTENCE = "Something went wrong here, not with your request. It was logged; please try again later."


@pytest.mark.parametrize(
    "path", ["/nothing", "/admin/nothing", "/vocab", "/id", "/static/nothing.css", "/a%00b", "/%1b"]
)
def test_page_when_unknown_then_404_with_a_search_form(sqlite_site: Site, path: str) -> None:
    answer = sqlite_site.get(path, Accept="text/html")
    assert (answer.status_code, answer.content_type) == (404, "text/html; charset=utf-8")
    assert 'role="search"' in answer.text
    assert '<meta name="robots" content="noindex">' in answer.text


@pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("PUT", f"/modules/{WHOLE}"), ("DELETE", "/findings")])
def test_page_when_method_is_not_offered_then_405_with_those_that_are(
    sqlite_site: Site, method: str, path: str
) -> None:
    answer = sqlite_site.client.open(path, method=method)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "<h1>Method Not Allowed</h1>" in answer.text


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/planted", "text/html; charset=utf-8"), ("/api/v1/planted", "application/problem+json")],
)
def test_request_when_it_fails_then_logged_and_answered_without_traceback(
    sqlite_site: Site, path: str, content_type: str
) -> None:
    app = create_app(sqlite_site.services)

    def planted() -> str:
        raise ZeroDivisionError("the secret of the fault")

    app.add_url_rule(path, "planted", planted)
    with capture_logs() as logs:
        answer = app.test_client().get(path)
    assert (answer.status_code, answer.content_type) == (500, content_type)
    assert SENTENCE in answer.text
    for word in ("Traceback", "ZeroDivisionError", "secret", ".py"):
        assert word not in answer.text
    assert [(each["event"], each["path"], each["log_level"]) for each in logs] == [("request failed", path, "error")]
    assert isinstance(logs[0]["exc_info"], ZeroDivisionError)


def test_address_when_it_ends_in_a_slash_then_answered_without_redirect_by_host(sqlite_site: Site) -> None:
    assert sqlite_site.get("/modules/", Host="evil.example.org").status_code == 200
    assert "evil" not in str(sqlite_site.get("//modules", Host="evil.example.org").headers)
