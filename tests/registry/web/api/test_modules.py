"""`/api/v1/modules`: lists, the canonical form, origins, findings, neighbours, aliases."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.support.site import (
    BARE,
    DOI,
    IMAGE,
    NEWER,
    OLD_REPOSITORY,
    OLDER,
    PUBLISHED,
    WHOLE,
    WITHDRAWN,
    Site,
    address,
    counted,
)

MODULES = "/api/v1/modules"


def json_of(site: Site, path: str, status: int = 200) -> Any:
    answer = site.get(path)
    assert answer.status_code == status, answer.text
    return answer.json


def test_list_when_read_page_by_page_then_every_published_module_once(site: Site) -> None:
    slugs: list[str] = []
    path: str | None = f"{MODULES}?limit=10"
    while path:
        page = json_of(site, path)
        assert set(page) <= {"items", "total", "next"}
        assert page["total"] == PUBLISHED
        slugs += [each["slug"] for each in page["items"]]
        path = page.get("next", "").removeprefix(address("")) or None
    assert slugs == sorted(set(slugs))
    assert len(slugs) == PUBLISHED
    assert {WHOLE, BARE, OLDER, NEWER} <= set(slugs)


@pytest.mark.parametrize(("status", "total"), [("withdrawn", 1), ("published", PUBLISHED), ("all", PUBLISHED + 1)])
def test_list_when_status_is_chosen_then_those_modules_alone(site: Site, status: str, total: int) -> None:
    page = json_of(site, f"{MODULES}?status={status}&limit=500")
    assert (len(page["items"]), page["total"], "next" in page) == (total, total, False)
    assert {each["status"] for each in page["items"]} == ({"published", "withdrawn"} if status == "all" else {status})


def test_list_when_next_page_is_asked_then_status_and_limit_stay(site: Site) -> None:
    page = json_of(site, f"{MODULES}?status=all&limit=1")
    assert page["next"] == address(f"{MODULES}?after={BARE}&limit=1&status=all")


def test_module_when_asked_then_canonical_form_with_the_names_of_the_plan(site: Site) -> None:
    module = json_of(site, f"{MODULES}/{WHOLE}")
    assert set(module) == {
        "slug", "uri", "status", "type", "title", "summary", "description", "version", "keywords", "libraries", "tasks",
        "categories", "data_types", "licence", "dates", "authors", "identifiers", "links", "distributions",
        "training_data", "publications", "versions", "relations", "requirements", "aliases", "sources", "findings",
        "datestamp", "sequence",
    }
    assert module["uri"] == address(f"/id/module/{WHOLE}")
    assert module["licence"]["concluded"]["spdx"] == "MIT"
    assert [each["name"] for each in module["authors"]] == ["Ada Muster", "The Fish & Chips Group"]
    assert [each["key"] for each in module["sources"]] == [f"github.com/{each.lower()}" for each in (
        "a/fish-finder", OLD_REPOSITORY)]
    for name in ("keywords", "tasks", "libraries", "categories"):
        assert module[name] == sorted(module[name])


def test_module_when_little_is_known_then_absent_values_are_absent(site: Site) -> None:
    module = json_of(site, f"{MODULES}/{BARE}")
    assert "description" not in module
    assert "licence" not in module
    assert not [name for name, value in module.items() if value in (None, [], {}, "")]


def test_module_when_withdrawn_then_its_last_form_says_so(site: Site) -> None:
    assert json_of(site, f"{MODULES}/{WITHDRAWN}")["status"] == "withdrawn"


@pytest.mark.parametrize(
    "name",
    [
        "github.com/a/fish-finder", "a/fish-finder", OLD_REPOSITORY, "DEEP-OC-fish-finder", IMAGE, "ahub/fish-finder",
        DOI, f"https://doi.org/{DOI}", f"https://github.com/{OLD_REPOSITORY}", "https://github.com/a/fish-finder.git",
    ],
)  # fmt: skip
def test_module_when_asked_by_an_alias_then_moved_to_its_slug(site: Site, name: str) -> None:
    answer = site.get(f"{MODULES}/{quote(name)}")
    assert (answer.status_code, answer.headers.get("Location")) == (301, address(f"{MODULES}/{WHOLE}"))


@pytest.mark.parametrize("rest", ["origins", "findings", "similar?limit=3"])
def test_parts_when_asked_by_an_alias_then_moved_with_their_query(site: Site, rest: str) -> None:
    answer = site.get(f"{MODULES}/a/fish-finder/{rest}")
    assert (answer.status_code, answer.headers["Location"]) == (301, address(f"{MODULES}/{WHOLE}/{rest}"))


@pytest.mark.parametrize("rest", ["", "/origins", "/findings", "/similar"])
def test_module_when_unknown_then_problem_with_the_way_on(site: Site, rest: str) -> None:
    answer = site.get(f"{MODULES}/no-such-thing{rest}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.json == {
        "type": "about:blank", "title": "Not Found", "status": 404,
        "detail": "no module is known as 'no-such-thing'; /api/v1/search?q=… finds modules by words",
    }


def test_origins_when_asked_then_every_statement_with_its_place(site: Site) -> None:
    told = json_of(site, f"{MODULES}/{WHOLE}/origins")
    assert told["slug"] == WHOLE
    title = told["fields"]["title"]
    assert [each["won"] for each in title].count(True) == 1
    winner = next(each for each in title if each["won"])
    assert winner["value"] == "Fish finder"
    assert winner["origin"]["file"] == "ai4-metadata.yml"
    assert winner["origin"]["commit"] == "c1"
    said_by = {each["origin"]["entry"] for each in title}
    assert said_by == {"github.com/a/fish-finder", "github.com/x/deep-oc-fish-finder"}


def test_findings_of_module_when_asked_then_all_with_the_place_to_mend(site: Site) -> None:
    told = json_of(site, f"{MODULES}/{OLDER}/findings")
    assert told["total"] == len(told["items"]) > 3
    moved = next(each for each in told["items"] if each["code"] == "repository-moved")
    assert (moved["module"], moved["file"], moved["severity"]) == (OLDER, "README.md", "info")
    assert "id" not in moved


def test_similar_when_asked_then_others_in_the_form_of_hits(site: Site) -> None:
    told = json_of(site, f"{MODULES}/{WHOLE}/similar?limit=3")
    assert told["total"] == len(told["items"]) <= 3
    assert WHOLE not in {each["slug"] for each in told["items"]}
    assert all({"slug", "title", "highlights", "score"} <= set(each) for each in told["items"])


@pytest.mark.parametrize("path", [MODULES, f"{MODULES}/{WHOLE}", f"{MODULES}/{WHOLE}/origins", "/api/v1/search?q=fish"])
def test_answer_when_known_to_the_client_then_304_without_body(site: Site, path: str) -> None:
    first = site.get(path)
    again = site.get(path, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert site.get(path, If_None_Match='"another"').status_code == 200


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (f"{MODULES}?limit=500", 2), (f"{MODULES}/{WHOLE}", 1), (f"{MODULES}/{WHOLE}/origins", 2),
        ("/api/v1/search?q=counter&size=100", 0), ("/api/v1/findings?limit=500", 2), ("/api/v1/changes?limit=1000", 2),
        ("/api/v1/sources", 4), ("/api/v1/runs?limit=200", 2),
    ],
)  # fmt: skip
def test_answer_of_any_length_takes_a_fixed_number_of_questions(sqlite_site: Site, path: str, most: int) -> None:
    with counted(sqlite_site.services) as said:
        assert sqlite_site.get(path).status_code == 200
    assert len(said) <= most, said


def test_head_when_asked_then_headers_alone(site: Site) -> None:
    answer = site.client.head(f"{MODULES}/{WHOLE}")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
