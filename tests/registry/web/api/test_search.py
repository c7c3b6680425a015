"""`/api/v1/search`, `/suggest`, `/facets`: the forms that outsiders rely on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from registry.search.engine import FACETS
from registry.web import create_app
from tests.support.site import PUBLISHED, WHOLE, Site, without_engine
from tests.support.store import a_registry

SEARCH = "/api/v1/search"


def json_of(site: Site, path: str) -> Any:
    answer = site.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_search_when_asked_then_the_answer_has_the_form_of_the_plan(site: Site) -> None:
    told = json_of(site, f"{SEARCH}?q=fish&size=5")
    assert set(told) == {"items", "total", "page", "size", "facets"}
    assert (told["page"], told["size"]) == (1, 5)
    first = told["items"][0]
    assert set(first) == {"slug", "title", "summary", "highlights", "score"}
    assert (first["slug"], first["title"]) == (WHOLE, "Fish finder")
    assert "<mark>Fish</mark>" in first["highlights"]["title"][0]
    assert set(told["facets"]) == set(FACETS)
    assert {"value": "pytorch", "label": "PyTorch"}.items() <= told["facets"]["library"][0].items()
    assert all(set(each) == {"value", "label", "count"} for values in told["facets"].values() for each in values)


def test_search_when_pages_are_read_then_every_hit_once(site: Site) -> None:
    pages = [json_of(site, f"{SEARCH}?page={number}&size=10&sort=title")["items"] for number in (1, 2, 3, 4)]
    slugs = [each["slug"] for page in pages for each in page]
    assert len(slugs) == len(set(slugs)) == PUBLISHED
    assert pages[3] == []


def test_search_when_a_facet_is_repeated_then_either_value(site: Site) -> None:
    def total(query: str) -> int:
        return int(json_of(site, f"{SEARCH}?{query}")["total"])

    assert total("has=image&has=doi") == total("has=image") == 1
    assert total("category=inference&has=weights") == 1
    assert total("category=trainable&category=inference") == total("category=inference") == PUBLISHED - 1
    assert total("task=no-such-task") == 0


def test_search_when_misspelt_then_corrected_and_literal_on_demand(site: Site) -> None:
    told = json_of(site, f"{SEARCH}?q=planktn")
    assert told["corrected"] == {"from": "planktn", "to": "plankton"}
    assert told["total"] == 1
    literal = json_of(site, f"{SEARCH}?q=planktn&literal=true")
    assert (literal["total"], "corrected" in literal) == (0, False)


def test_search_when_hostile_text_is_marked_then_escaped(site: Site) -> None:
    told = json_of(site, f"{SEARCH}?q=title")
    marked = [text for each in told["items"] for texts in each["highlights"].values() for text in texts]
    assert any("&lt;script&gt;" in text for text in marked)
    assert not any("<script" in text for text in marked)


def test_suggest_when_typed_then_completions_with_slugs_of_modules(site: Site) -> None:
    told = json_of(site, "/api/v1/suggest?q=fis")
    assert set(told) == {"items", "total"}
    assert {"text": "Fish finder", "kind": "module", "slug": WHOLE} in told["items"]
    assert json_of(site, "/api/v1/suggest?q=")["items"] == []


def test_facets_when_asked_then_all_over_all_modules(site: Site) -> None:
    told = json_of(site, "/api/v1/facets")
    assert set(told) == {"facets"}
    assert {each["value"]: each["count"] for each in told["facets"]["type"]} == {"module": PUBLISHED}


@pytest.mark.parametrize(
    "path", [f"{SEARCH}?q=x", "/api/v1/suggest?q=x", "/api/v1/facets", f"/api/v1/modules/{WHOLE}/similar"]
)
def test_search_when_engine_is_away_then_503_with_the_way_round(sqlite_site: Site, path: str) -> None:
    answer = create_app(without_engine(sqlite_site.services)).test_client().get(path)
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "30"
    assert answer.json is not None
    assert answer.json["detail"] == (
        "search is not available now: no connection to 127.0.0.1:9200; the list at /api/v1/modules is"
    )


def test_search_when_index_is_empty_then_no_hits_and_no_error(tmp_path: Path) -> None:
    with a_registry(f"sqlite:///{tmp_path / 'r.sqlite3'}", tmp_path / "home", "hub") as services:
        answer = create_app(services).test_client().get(f"{SEARCH}?q=fish")
    assert answer.json is not None
    assert (answer.json["items"], answer.json["total"]) == ([], 0)
