"""The list and search page: one address a search, filters as links, ways on from nothing."""

from __future__ import annotations

from typing import Any

import pytest

from registry.search.engine import FacetValue, Hit
from registry.web import create_app
from registry.web.pages.cards import hit_card
from registry.web.pages.catalogue_page import other_last
from tests.support.pages import tree, words
from tests.support.site import HOSTILE, PUBLISHED, WHOLE, Site, address, counted, without_engine


def page_of(site: Site, path: str) -> Any:
    return tree(site.text(path))


def slugs(page: Any) -> list[str]:
    return [str(each).removeprefix("/modules/") for each in page.xpath("//ol//h2/a/@href")]


def test_catalogue_when_opened_then_all_modules_page_by_page(site: Site) -> None:
    page, seen = page_of(site, "/modules"), list[str]()
    assert words(page.xpath("//p[@role='status']")[0]) == f"{PUBLISHED} modules"
    assert words(page.xpath("//nav[@aria-label='Pages']/span")[0]) == "Page 1 of 2"
    while True:
        seen += slugs(page)
        following = page.xpath("//a[@rel='next']/@href")
        if not following:
            break
        page = page_of(site, following[0])
    assert page.xpath("//a[@rel='prev']/@href") == ["/modules"]
    assert len(seen) == len(set(seen)) == PUBLISHED


def test_card_when_shown_then_tasks_libraries_licence_and_change(site: Site) -> None:
    card = page_of(site, "/modules?q=fish").xpath("//li[@class='card']")[0]
    assert words(card.xpath("h2")[0]) == "Fish finder"
    assert [words(each) for each in card.xpath("ul[@class='facts']/li")] == [
        "Tasks: Classification", "Libraries: PyTorch", "Licence: MIT", "Changed: changed 2024-05-06",
    ]  # fmt: skip
    assert card.xpath(".//h2//mark/text()") == ["Fish"]
    assert (words(card.xpath("p")[0]), card.xpath("p[1]//mark/text()")) == ("Finds fish in pictures", ["fish"])


@pytest.mark.parametrize(
    ("path", "most"),
    # Of sources: themselves, their last runs, who has a credential of its own, which servers rest.
    [("/modules?size=100", 2), ("/modules?q=counter&size=20", 2), ("/", 2), ("/sources", 4), ("/findings", 2)],
)
def test_list_of_any_length_takes_a_fixed_number_of_questions(sqlite_site: Site, path: str, most: int) -> None:
    with counted(sqlite_site.services) as said:
        sqlite_site.text(path)
    assert len(said) <= most, said


def test_filter_when_followed_then_fewer_hits_and_a_way_back(site: Site) -> None:
    page = page_of(site, "/modules")
    link = page.xpath("//details[summary='Comes with']//a[span='DOI']")[0]
    narrowed = page_of(site, link.get("href"))
    assert link.get("href") == "/modules?has=doi"
    assert slugs(narrowed) == [WHOLE]
    back = narrowed.xpath("//ul[@aria-label='Chosen filters']//a")
    assert [each.get("href") for each in back] == ["/modules", "/modules"]
    assert words(back[0]).startswith("Comes with: DOI ")
    assert words(back[0]).endswith("remove")
    assert words(back[1]) == "Clear all"
    assert narrowed.xpath("//form[@role='search']/input[@type='hidden']/@value") == ["doi"]
    assert narrowed.xpath("//link[@rel='canonical']/@href") == [address("/modules?has=doi")]
    chosen = narrowed.xpath("//details[summary='Comes with']//a[@aria-current='true']")
    assert [words(each) for each in chosen] == ["DOI 1"]


def test_order_when_there_are_no_words_then_no_best_match(site: Site) -> None:
    def offered(path: str) -> list[tuple[str, bool]]:
        links = page_of(site, path).xpath("//nav[@aria-label='Order']//a")
        return [(words(each), each.get("aria-current") == "true") for each in links]

    assert offered("/modules") == [("Newest", False), ("Lately changed", True), ("Title", False)]
    assert offered("/modules?q=fish&sort=title") == [
        ("Best match", False), ("Newest", False), ("Lately changed", False), ("Title", True),
    ]  # fmt: skip


def test_search_when_misspelt_then_says_what_was_searched_and_how_to_have_it_literally(site: Site) -> None:
    page = page_of(site, "/modules?q=planktn")
    notice = page.xpath("//p[@class='notice']")[0]
    assert words(notice) == "Nothing has the word as typed, so this is for plankton. Search for “planktn” as it is."
    literal = page_of(site, notice.xpath("a/@href")[0])
    assert words(literal.xpath("//div[@class='empty']/h2")[0]) == "No module has all of that"


def test_search_when_nothing_is_found_then_ways_on(site: Site) -> None:
    page = page_of(site, "/modules?q=fish&task=no-such-task")
    assert words(page.xpath("//p[@role='status']")[0]) == "0 modules"
    assert page.xpath("//div[@class='empty']//a/@href") == ["/modules?q=fish", "/modules"]


def test_search_when_its_words_are_hostile_then_shown_as_words(site: Site) -> None:
    text = site.text("/modules?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&literal=true")
    assert "<script>alert" not in text
    assert tree(text).xpath("//input[@name='q']/@value") == ['"><script>alert(1)</script>']


def test_hostile_module_when_listed_then_escaped(site: Site) -> None:
    text = site.text("/modules?q=hostile")
    assert slugs(tree(text)) == [HOSTILE]
    assert "<script>alert" not in text


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("size=0", 400, "parameter &#39;size&#39; is &#39;0&#39;: Input should be greater than or equal to 1"),
        ("colour=red", 400, "unknown parameter &#39;colour&#39;; this address takes:"),
        ("page=501", 400, "page 501 of 20 is beyond hit 10,000; `modreg export` and /oai give all"),
        ("q=%00%01", 200, "Modules"),
    ],
)
def test_search_when_it_cannot_be_read_then_a_page_says_why(site: Site, query: str, status: int, text: str) -> None:
    assert text in site.text(f"/modules?{query}", status)


def test_search_when_engine_is_away_then_503_and_the_first_page_lives(sqlite_site: Site) -> None:
    client = create_app(without_engine(sqlite_site.services)).test_client()
    away = client.get("/modules")
    assert (away.status_code, away.headers["Retry-After"]) == (503, "30")
    assert "The search engine does not answer now. Try again in a minute." in away.text
    home = client.get("/")
    assert home.status_code == 200
    assert f"{PUBLISHED} modules, harvested from their repositories" in home.text
    assert "Search is away" in home.text
    assert client.get(f"/modules/{WHOLE}").status_code == 200


@pytest.mark.parametrize(
    ("fragment", "shown"),
    [
        ("Finds <mark>fish</mark> &amp; more", "Finds <mark>fish</mark> &amp; more &lt;b&gt;."),
        ("<mark>fish</mark> &amp; more", None), ("Finds <mark>fish</mark> &amp; more &lt;b&gt;.",) * 2,
    ],
)  # fmt: skip
def test_summary_when_the_engine_marks_a_part_of_it_then_shown_whole_or_plain(fragment: str, shown: str | None) -> None:
    card = hit_card(Hit("fish", "Fish", "Finds fish & more <b>.", {"summary": (fragment,)}, 1.0))
    assert card.summary_html == shown


def test_other_when_it_has_most_hits_then_last_all_the_same() -> None:
    values = tuple(FacetValue(name, name.title(), count) for name, count in (("other", 9), ("b", 5), ("a", 1)))
    assert [each.value for each in other_last(values)] == ["b", "a", "other"]
