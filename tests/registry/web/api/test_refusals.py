"""What the API refuses, and how: a problem that names the parameter, says what came and what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.site import WHOLE, Site

API = "/api/v1"


def problem(site: Site, path: str, status: int = 400) -> Any:
    answer = site.get(path)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.text
    assert answer.json is not None
    assert {"type", "title", "status", "detail"} <= set(answer.json)
    assert answer.json["status"] == status
    return answer.json


@pytest.mark.parametrize(
    ("path", "parameter", "detail"),
    [
        ("search?qq=x", "qq", "unknown parameter 'qq'; this address takes: category, community, data_type, has,"
         " library, licence, literal, page, q, size, sort, source, task, type, year"),
        (f"modules/{WHOLE}?x=1", "x", "unknown parameter 'x'; this address takes: none"),
        ("search?q=a&q=b", "q", "parameter 'q' came 2 times, once is right"),
        ("search?" + "&".join(["task=x"] * 51), "task", "parameter 'task' came 51 times, 50 is the most"),
        ("search?q=" + "x" * 10_001, "q", "parameter 'q' is longer than 10000 characters"),
        ("search?size=101", "size", "parameter 'size' is '101': Input should be less than or equal to 100"),
        ("search?page=0", "page", "parameter 'page' is '0': Input should be greater than or equal to 1"),
        ("search?page=two", "page", "parameter 'page' is 'two': Input should be a valid integer, unable to parse string"
         " as an integer"),
        ("search?sort=random", "sort", "parameter 'sort' is 'random': Input should be 'relevance', 'newest', 'updated'"
         " or 'title'"),
        ("search?page=501&size=20", "page", "page 501 of 20 is beyond hit 10,000; `modreg export` and /oai give all"),
        ("modules?status=draft", "status", "parameter 'status' is 'draft': Input should be 'published', 'withdrawn' or"
         " 'all'"),
        ("changes?after=-1", "after", "parameter 'after' is '-1': Input should be greater than or equal to 0"),
        ("changes?after=2147483648", "after", "parameter 'after' is '2147483648': Input should be less than or equal to"
         " 2147483647"),
        ("runs?limit=201", "limit", "parameter 'limit' is '201': Input should be less than or equal to 200"),
    ],
)  # fmt: skip
def test_parameter_when_wrong_then_named_with_what_is_right(
    sqlite_site: Site, path: str, parameter: str, detail: str
) -> None:
    told = problem(sqlite_site, f"{API}/{path}")
    assert (told["parameter"], told["detail"]) == (parameter, detail)


def test_parameter_when_unknown_and_huge_then_shortened_in_the_answer(sqlite_site: Site) -> None:
    told = problem(sqlite_site, f"{API}/search?{'y' * 5000}=1")
    assert told["parameter"] == "y" * 60


@pytest.mark.parametrize(
    "path",
    [
        "search?" + "&".join(f"task=t{number}" for number in range(50)), "search?q=" + "x" * 10_000,
        "search?q=%00%01%1b%7f%ff%fe", "search?task=%00", "search?licence=%F0%9F%90%9F", "suggest?q=%00%ED%A0%80",
        "findings?module=%00&code=%01",
        "modules?after=%00", "runs?source=%00", "search?q=%28%22*%5B%5D%7B%7D%3A%5E~%5C",
    ],
)  # fmt: skip
def test_parameter_when_odd_but_legal_then_answered(site: Site, path: str) -> None:
    assert site.get(f"{API}/{path}").status_code == 200


@pytest.mark.parametrize("path", ["modules/%00", "modules/a%00b/origins", "sources/%1b", "nothing%7f"])
def test_address_when_it_has_control_characters_then_no_such_address(site: Site, path: str) -> None:
    told = problem(site, f"{API}/{path}", 404)
    assert told["detail"] == "This address holds characters that no address of ours has."


def test_address_when_unknown_then_problem_and_no_page(sqlite_site: Site) -> None:
    assert problem(sqlite_site, f"{API}/nothing", 404)["title"] == "Not Found"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_method_when_not_offered_then_405_with_those_that_are(sqlite_site: Site, method: str) -> None:
    answer = sqlite_site.client.open(f"{API}/search", method=method)
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_body_when_too_large_then_no_traceback(sqlite_site: Site) -> None:
    answer = sqlite_site.client.post("/admin/login", data={"name": "x" * 1_100_000})
    assert answer.status_code == 413
    assert "Traceback" not in answer.text
