"""The OpenAPI document is true: what it says is asked of every endpoint, at random and beyond its borders."""

from __future__ import annotations

import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode

from registry.web.api.administration import ENDPOINTS as WRITING
from registry.web.api.blueprint import ENDPOINTS
from registry.web.api.views_search import DEEPEST_HIT
from tests.support.site import BARE, HOSTILE, WHOLE, WITHDRAWN, Site

DOCUMENT = "/api/v1/openapi.json"
CHOSEN = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


PATHS = sorted(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", each.path) for each in ENDPOINTS)


@pytest.fixture(scope="module")
def api_schema(sqlite_site: Site) -> Any:
    """The document as a tool for tests reads it, over our own application."""
    return schemathesis.openapi.from_wsgi(DOCUMENT, sqlite_site.app)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.slow
def test_endpoint_when_asked_at_random_then_answers_as_its_document_says(api_schema: Any, path: str) -> None:
    operation = api_schema[path]["GET"]

    @CHOSEN
    @given(case=operation.as_strategy())
    def good(case: Any) -> None:
        asked = case.query or {}
        # The one rule over two parameters, which no schema can say.
        assume(path != "/search" or asked.get("page", 1) * asked.get("size", 20) <= DEEPEST_HIT)
        case.call_and_validate()

    good()


@pytest.mark.parametrize("path", [each for each in PATHS if "{" not in each and each not in ("/facets", "/sources")])
@pytest.mark.slow
def test_endpoint_when_asked_wrongly_at_random_then_refuses_as_its_document_says(api_schema: Any, path: str) -> None:
    @CHOSEN
    @given(case=api_schema[path]["GET"].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def bad(case: Any) -> None:
        case.call_and_validate()

    bad()


@pytest.mark.parametrize(
    ("path", "names"),
    [
        *((f"/modules/{{slug}}{rest}", {"slug": slug}) for rest in ("", "/origins", "/findings", "/similar")
          for slug in (WHOLE, BARE, HOSTILE, WITHDRAWN)),
        ("/sources/{name}", {"name": "hub"}), ("/runs/{number}", {"number": 1}),
    ],
)  # fmt: skip
def test_endpoint_when_asked_for_what_is_there_then_answers_as_its_document_says(
    api_schema: Any, path: str, names: dict[str, Any]
) -> None:
    case = api_schema[path]["GET"].Case(path_parameters=names)
    assert case.call_and_validate().status_code == 200


def test_document_when_read_then_every_endpoint_is_in_it(sqlite_site: Site) -> None:
    document = sqlite_site.get(DOCUMENT).json
    assert document is not None
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "https://registry.example.org/api/v1"}]
    operations = [each["operationId"] for path in document["paths"].values() for each in path.values()]
    assert len(operations) == len(set(operations)) == len(ENDPOINTS) + len(WRITING)
    for rule in sqlite_site.app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and rule.rule != DOCUMENT:
            name = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1"))
            methods = {each.lower() for each in rule.methods or ()} - {"head", "options"}
            assert methods <= document["paths"][name].keys(), rule.rule


def test_operation_when_it_changes_something_then_it_asks_for_a_token_and_others_do_not(sqlite_site: Site) -> None:
    document = sqlite_site.get(DOCUMENT).json
    assert document is not None
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert ("security" in operation) == (method != "get"), (method, path)


def test_document_when_followed_then_every_reference_is_there(sqlite_site: Site) -> None:
    document = sqlite_site.get(DOCUMENT).json
    assert document is not None
    found = set(_references(document))
    assert found
    assert {each.removeprefix("#/components/schemas/") for each in found} <= set(document["components"]["schemas"])


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        here = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return here + [each for value in node.values() for each in _references(value)]
    return [each for value in node for each in _references(value)] if isinstance(node, list) else []
