"""First page, findings, sources, use of the data, and the small files beside them."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from registry.source_rows import require_source
from registry.sources import disable
from tests.support.pages import tree, words
from tests.support.site import OLDER, PUBLISHED, Site, address
from vocab.precedence import FIELD_ORDER


def page_of(site: Site, path: str) -> Any:
    return tree(site.text(path))


def test_home_when_opened_then_number_themes_and_newest(site: Site) -> None:
    page = page_of(site, "/")
    lead = words(page.xpath("//p[@class='lead']")[0])
    assert lead.startswith(f"{PUBLISHED} modules, harvested from their repositories")
    assert [words(each) for each in page.xpath("//div[@class='themes']//h2")] == ["Task", "Library", "Data"]
    assert "/modules?library=pytorch" in page.xpath("//div[@class='themes']//a/@href")
    assert len(page.xpath("//li[@class='card']")) == 6
    for path in page.xpath("//main//a/@href"):
        assert site.get(path).status_code == 200


def test_findings_when_read_page_by_page_then_each_once_with_place_and_mend(site: Site) -> None:
    total = sum(int(words(each)) for each in page_of(site, "/findings").xpath("//nav[@aria-label='Severity']//span"))
    path, seen = "/findings", 0
    while path:
        page = page_of(site, path)
        seen += len(page.xpath("//ul[@class='findings']/li"))
        path = (page.xpath("//a[@rel='next']/@href") or [""])[0]
    assert seen == total // 2
    warnings = page_of(site, "/findings?severity=error")
    assert {words(each) for each in warnings.xpath("//ul[@class='findings']//strong")} == {"error"}


@pytest.mark.parametrize("query", ["severity=worst", "after=x", "after=-1", "after=" + "9" * 400, "severity=%00"])
def test_findings_when_the_address_is_odd_then_a_page_all_the_same(site: Site, query: str) -> None:
    assert "Quality of the metadata" in site.text(f"/findings?{query}")


def test_findings_when_a_module_is_named_then_linked_and_with_the_file(site: Site) -> None:
    page = page_of(site, "/findings?severity=info")
    told = next(each for each in page.xpath("//ul[@class='findings']/li") if "replaces this" in words(each))
    assert told.xpath(".//a/@href") == [f"/modules/{OLDER}", "https://github.com/x/net-cutter/blob/HEAD/README.md#L3"]


def test_findings_when_the_place_is_the_catalogues_list_then_linked_there_and_not_to_the_module(site: Site) -> None:
    notes = page_of(site, "/findings?severity=error").xpath("//ul[@class='findings']/li")
    told = next(each for each in notes if "MODULES.yml" in words(each))
    (link,) = [each for each in told.xpath(".//a") if "/blob/" in each.get("href")]
    catalogue = require_source(site.services.database, "hub").settings["catalogue"]
    assert link.get("href").startswith(f"https://github.com/{catalogue}/blob/HEAD/MODULES.yml#L")
    assert f"listed in {catalogue}, MODULES.yml, line " in words(link)


def test_sources_when_opened_then_each_with_its_last_run(site: Site) -> None:
    rows = [[words(cell) for cell in row] for row in page_of(site, "/sources").xpath("//tbody/tr")]
    assert [row[0] for row in rows] == ["hub", "old"]
    assert rows[0][1:6:3] == ["github", "partial"]
    assert rows[0][5:7] == [str(PUBLISHED), "1"]
    assert rows[0][7].endswith("Z schedule")


def test_sources_when_one_is_switched_off_then_it_says_so(own_site: Site) -> None:
    disable(own_site.services.database, "old")
    rows = [words(row.xpath("th")[0]) for row in page_of(own_site, "/sources").xpath("//tbody/tr")]
    assert rows == ["hub", "old switched off"]


def test_about_when_opened_then_its_lines_work(site: Site) -> None:
    page = page_of(site, "/about")
    lines = [words(each) for each in page.xpath("//pre/code")]
    assert len(lines) == 3
    for line in lines:
        path = line.rpartition(' "')[2].rstrip('"').removeprefix(address(""))
        assert site.client.get(path, follow_redirects=False).status_code in (200, 303)
    assert "oai_dc" in page.xpath("//table//th/code/text()")
    assert ".ttl" in page.xpath("//table//td/code/text()")


def test_about_when_opened_then_it_shows_who_is_believed(site: Site) -> None:
    (shown,) = page_of(site, "/about").xpath("//div[@aria-label='Order of belief by field']/table")
    rows = {words(row.xpath("th")[0]): words(row.xpath("td")[0]) for row in shown.xpath("tbody/tr")}
    assert list(rows) == ["every other field", *FIELD_ORDER]
    assert rows["every other field"].startswith("the curator, ai4-metadata.yml, metadata.json, CITATION.cff")
    assert rows["authors"].startswith("the curator, CITATION.cff")


@pytest.mark.parametrize(
    ("path", "content_type", "text"),
    [
        ("/robots.txt", "text/plain; charset=utf-8", "Disallow: /admin"),
        ("/opensearch.xml", "application/opensearchdescription+xml; charset=utf-8", "{searchTerms}"),
        ("/static/style.css", "text/css; charset=utf-8", ":root"),
        ("/static/site.js", "text/javascript; charset=utf-8", '"use strict"'),
    ],
)
def test_small_file_when_asked_then_of_its_type(sqlite_site: Site, path: str, content_type: str, text: str) -> None:
    answer = sqlite_site.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)
    assert text in answer.text
    if path.endswith(".xml"):
        assert etree.fromstring(answer.data).tag.endswith("OpenSearchDescription")
    answer.close()


@pytest.mark.parametrize(
    "path", ["/", "/modules", "/findings", "/sources", "/about", "/admin/login", "/vocab/tasks", "/nothing"]
)
def test_page_when_sent_then_only_our_own_script_and_style_may_run(sqlite_site: Site, path: str) -> None:
    answer = sqlite_site.get(path, Accept="text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert {
        "default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'",
    } <= set(policy.split("; "))  # fmt: skip
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    page = tree(answer.text)
    assert page.get("lang") == "en"
    assert len(page.xpath("//h1")) == len(page.xpath("//main")) == len(page.xpath("//title")) == 1
