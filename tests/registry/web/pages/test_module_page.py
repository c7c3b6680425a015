"""The page of one module: everything its metadata says, where each value comes from, and nothing that it could do."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.support.pages import tree, words
from tests.support.site import BARE, HOSTILE, NEWER, OLDER, SCRIPT, WHOLE, WITHDRAWN, Site, address, counted


def page_of(site: Site, slug: str) -> Any:
    """The page as a tree."""
    return tree(site.text(f"/modules/{slug}", Accept="text/html"))


def section(page: Any, name: str) -> Any:
    """The section with this label."""
    return page.xpath(f'//section[@aria-labelledby="{name}"]')[0]


def fact(page: Any, label: str) -> str:
    """The words of a row of the facts, without where they come from."""
    cell = page.xpath(f'//aside//dt[normalize-space()="{label}"]/following-sibling::dd[1]')[0]
    for told in cell.xpath(".//details"):
        told.getparent().remove(told)
    return " ".join(" ".join(cell.itertext()).split())


def test_page_when_module_is_whole_then_everything_of_its_metadata(site: Site) -> None:
    page = page_of(site, WHOLE)
    head = page.xpath("//header[@class='module-head']")[0]
    assert words(head.xpath("h1")[0]) == "Fish finder"
    assert words(head.xpath("p[@class='lead']")[0]) == "Finds fish in pictures"
    assert [words(each) for each in head.xpath("ul[@class='chips']/li")] == ["Inference", "Trainable"]
    assert [(words(each), each.get("href")) for each in head.xpath("ul[@class='ways']//a")] == [
        ("Source code", "https://github.com/a/fish-finder"),
        ("Docker image", "https://hub.docker.com/r/ahub/fish-finder"),
        ("Documentation", "https://fish.sample.internal/docs"),
    ]
    assert section(page, "description").xpath(".//strong/text()") == ["fish"]
    assert "ahub/fish-finder" in words(section(page, "images"))
    assert section(page, "weights").xpath(".//li/a/@href") == ["https://fish.sample.internal/weights.pt"]
    assert section(page, "data").xpath(".//li/a/@href") == ["https://doi.org/10.5281/zenodo.2"]
    assert section(page, "papers").xpath(".//li/a/@href") == ["https://doi.org/10.89999/fish"]
    assert section(page, "base").xpath(".//li/a/@href") == ["https://huggingface.co/some/fish"]
    assert "1.2.0" in words(section(page, "versions"))
    assert "github.com/x/deep-oc-fish-finder" in words(section(page, "aliases"))


def test_facts_when_module_is_whole_then_each_with_its_words(site: Site) -> None:
    page = page_of(site, WHOLE)
    assert fact(page, "Licence") == "MIT"
    assert fact(page, "Authors") == "Ada Muster Institute of Fish The Fish & Chips Group"
    people = page.xpath("//dt[.='Authors']/following-sibling::dd[1]//a/@href")
    assert people[0] == "https://orcid.org/0000-0003-2134-7655"
    assert fact(page, "Version") == "1.2.0"
    assert fact(page, "Dates") == "2024-03-05 created 2024-05-06 updated 2024-05-06 released"
    assert fact(page, "Tasks") == "Classification"
    assert fact(page, "Libraries") == "PyTorch"
    assert fact(page, "Data") == "Image"
    assert fact(page, "Keywords") == "fish sea"
    assert fact(page, "Identifiers").startswith("10.5281/zenodo.1 DOI")
    assert fact(page, "Needs") == "2 CPU, 4,000 MB memory for inference 1 GPU, 16,000 MB memory for training"


def test_run_panel_when_there_is_an_image_then_lines_to_paste(site: Site) -> None:
    run = section(page_of(site, WHOLE), "run")
    assert [words(each) for each in run.xpath(".//li/h3")] == [
        "Start the module", "Open its API in the browser", "Ask for its name", "Make a first prediction",
        "Without root",
    ]  # fmt: skip
    lines = [words(each) for each in run.xpath(".//pre/code")]
    assert lines[0] == "docker run --rm -ti -p 5000:5000 ahub/fish-finder"
    assert lines[2].startswith('curl -X POST "http://localhost:5000/v2/models/$MODEL/predict/"')
    assert run.xpath(".//a/@href") == ["http://localhost:5000/api"]
    assert len(run.xpath(".//button[@data-copy][@hidden]")) == len(lines) == 4


def test_origins_when_two_repositories_say_it_then_winner_and_the_other_with_place_and_reason(site: Site) -> None:
    told = page_of(site, WHOLE).xpath("//header//details[@class='origin']")[0]
    won = words(told.xpath(".//li[@class='won']")[0])
    assert "Fish finder" in won
    assert "ai4-metadata.yml" in won
    assert "at c1" in won
    assert re.search(r"used: .+", won)
    others = [words(each) for each in told.xpath(".//li[not(@class)]")]
    assert any("github.com/x/deep-oc-fish-finder" in each and "not used: " in each for each in others)


def test_evidence_when_two_repositories_are_one_module_then_why(site: Site) -> None:
    page = page_of(site, WHOLE)
    told = page.xpath("//details[summary='Why these are one module']/ul/li")
    assert words(told[0]) == (
        "README.md line 3 of github.com/x/deep-oc-fish-finder says that it is maintained in github.com/a/fish-finder"
    )
    assert not page_of(site, NEWER).xpath("//details[summary='Why these are one module']")


def test_successor_and_predecessor_when_there_are_then_each_leads_to_the_other(site: Site) -> None:
    older, newer = page_of(site, OLDER), page_of(site, NEWER)
    notice = older.xpath("//p[@role='note']")[0]
    assert words(notice) == "A newer module takes its place: Separate plankton."
    assert notice.xpath("a/@href") == [f"/modules/{NEWER}"]
    assert newer.xpath("//header/p[contains(., 'takes the place of')]/a/@href") == [f"/modules/{OLDER}"]


def test_citation_when_there_is_a_doi_then_sentence_and_bibtex(site: Site) -> None:
    cite = section(page_of(site, WHOLE), "cite")
    assert words(cite.xpath("p[@class='citation']")[0]) == (
        "Ada Muster; The Fish & Chips Group (2024): Fish finder, version 1.2.0. Module Registry."
        " https://doi.org/10.5281/zenodo.1"
    )
    assert cite.xpath(".//pre")[0].text_content().splitlines() == [
        "@software{fish-finder,", r"  author = {Muster, Ada and {The Fish \& Chips Group}},",
        "  title = {{Fish finder}},",
        "  year = {2024},", "  version = {1.2.0},", "  publisher = {Module Registry},", "  doi = {10.5281/zenodo.1},",
        f"  url = {{{address(f'/id/module/{WHOLE}')}}}", "}",
    ]  # fmt: skip


def test_page_when_module_is_bare_then_it_says_so_and_is_whole(site: Site) -> None:
    page = page_of(site, BARE)
    assert words(page.xpath("//h1")[0]) == "Bare weights"
    assert "Its metadata says nothing more." in words(section(page, "description"))
    assert [words(each) for each in section(page, "run").xpath(".//pre")] == [
        "git clone https://github.com/a/bare-weights", "pip install -e bare-weights && deepaas-run --listen-port 5000",
    ]  # fmt: skip
    # Nobody is named, so the owner of the repository is.
    assert "a (n.d.): Bare weights. Module Registry." in words(section(page, "cite"))
    assert words(section(page, "quality").xpath(".//li//strong")[0]) == "error"


def test_findings_when_there_are_then_worst_first_and_remarks_folded(site: Site) -> None:
    quality = section(page_of(site, BARE), "quality")
    shown = [words(each) for each in quality.xpath("ul/li/p/strong")]
    assert shown == sorted(shown, key=["error", "warning"].index)
    folded = {words(each) for each in quality.xpath("details//li/p/strong")}
    assert folded == {"info"}
    assert quality.xpath(".//code"), "words in backticks are shown as code"


def test_documents_when_listed_then_each_in_head_and_in_the_column(site: Site) -> None:
    page = page_of(site, WHOLE)
    linked = page.xpath("//head/link[@rel='alternate']/@href")
    assert linked == page.xpath("//h2[.='This record']/following-sibling::ul[1]/li/a/@href")[:-1]
    for path in linked:
        assert site.get(path).status_code == 200
    assert page.xpath("//head/link[@rel='canonical']/@href") == [address(f"/id/module/{WHOLE}")]
    assert json.loads(page.xpath("//script[@type='application/ld+json']")[0].text)["name"] == "Fish finder"


def test_page_when_harvested_texts_are_hostile_then_nothing_of_them_acts(site: Site) -> None:
    text = site.text(f"/modules/{HOSTILE}", Accept="text/html")
    page = tree(text)
    assert SCRIPT not in text
    assert [each.get("src") or each.get("type") for each in page.xpath("//script")] == [
        "application/ld+json", page.xpath("//script[@src]/@src")[0],
    ]  # fmt: skip
    assert not page.xpath("//iframe | //style | //object | //embed | //base | //form[not(@action='/modules')]")
    acting = [name for each in page.xpath("//*") for name in each.attrib if name.startswith("on") or name == "style"]
    assert acting == []
    assert not [each for each in page.xpath("//@href | //@src") if str(each).strip().lower().startswith("javascript:")]
    assert words(page.xpath("//h1")[0]) == f"Title {SCRIPT} & co"
    images = page.xpath("//div[@class='prose']//img")
    assert [each.get("src") for each in images] == [
        "https://raw.githubusercontent.com/a/hostile/HEAD/x", "https://pictures.example.org/a.png",
        "https://raw.githubusercontent.com/a/hostile/HEAD/docs/b.png",
    ]  # fmt: skip
    assert {(each.get("loading"), each.get("referrerpolicy")) for each in images} == {("lazy", "no-referrer")}
    assert all(each.get("alt") is not None for each in images)
    inside = page.xpath("//div[@class='prose']//a[.='inside']/@href")
    assert inside == ["https://github.com/a/hostile/blob/HEAD/docs/c.md"]
    assert json.loads(page.xpath("//script[@type='application/ld+json']")[0].text)


def test_tombstone_when_module_is_withdrawn_then_when_and_why(site: Site) -> None:
    page = tree(site.text(f"/modules/{WITHDRAWN}", 410, Accept="text/html"))
    assert words(page.xpath("//h1")[0]) == "Leaver"
    assert words(page.xpath("//p[@role='note']")[0]).startswith("This module was withdrawn on 2026-01-02: ")
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]


@pytest.mark.parametrize("slug", [WHOLE, BARE, HOSTILE])
def test_page_takes_a_fixed_number_of_questions(sqlite_site: Site, slug: str) -> None:
    with counted(sqlite_site.services) as said:
        sqlite_site.text(f"/modules/{slug}", Accept="text/html")
    assert len(said) <= 7, said
