"""`/modules/…` as documents: media types, validators, typed links, aliases, tombstones, IRIs that lead on."""

from __future__ import annotations

from urllib.parse import quote

import orjson
import pytest
from rdflib import Graph, URIRef

from registry.web.negotiation import all_choices
from tests.support.site import BARE, DOI, HOSTILE, IMAGE, NEWER, OLD_REPOSITORY, OLDER, WHOLE, WITHDRAWN, Site, address

PAGE = f"/modules/{WHOLE}"
ENDINGS = [(each.serialisation.extension, each.serialisation.media_type) for each in all_choices()]


@pytest.mark.parametrize(("ending", "media_type"), ENDINGS)
def test_document_when_asked_by_ending_then_with_type_and_validators(site: Site, ending: str, media_type: str) -> None:
    answer = site.get(f"{PAGE}.{ending}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, f"{media_type}; charset=utf-8")
    assert answer.headers["Last-Modified"] == "Fri, 02 Jan 2026 03:04:05 GMT"
    assert answer.headers["Content-Location"] == f"{PAGE}.{ending}"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Vary"] == "Accept, Accept-Profile"
    again = site.get(f"{PAGE}.{ending}", If_None_Match=answer.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    since = site.get(f"{PAGE}.{ending}", If_Modified_Since=answer.headers["Last-Modified"])
    assert since.status_code == 304


def test_document_when_asked_by_accept_then_the_same_as_by_ending(site: Site) -> None:
    by_accept = site.get(PAGE, Accept="text/turtle;q=0.9, text/html;q=0.1")
    by_ending = site.get(f"{PAGE}.ttl")
    assert by_accept.data == by_ending.data
    assert by_accept.headers["Content-Location"] == f"{PAGE}.ttl"
    assert by_accept.headers["ETag"] == by_ending.headers["ETag"]


def test_links_when_page_or_document_is_asked_then_typed_and_the_same(site: Site) -> None:
    page, document = site.get(PAGE).headers["Link"], site.get(f"{PAGE}.ttl").headers["Link"]
    assert page.startswith(f'<{address(f"/id/module/{WHOLE}")}>; rel="cite-as", ')
    for each in all_choices():
        told = (
            f'<{address(f"{PAGE}.{each.serialisation.extension}")}>; rel="describedby"; '
            f'type="{each.serialisation.media_type}"; profile="{each.face.profile}"'
        )
        assert told in page
    assert document.startswith(page)
    assert document.endswith('rel="profile"')


@pytest.mark.parametrize("slug", [WHOLE, BARE, HOSTILE, OLDER])
def test_json_when_asked_then_equal_to_the_api(site: Site, slug: str) -> None:
    assert orjson.loads(site.get(f"/modules/{slug}.json").data) == site.get(f"/api/v1/modules/{slug}").json


@pytest.mark.parametrize(
    "name",
    [
        "github.com/a/fish-finder", "https://github.com/a/fish-finder", "https:/github.com/a/fish-finder",
        f"https://github.com/{OLD_REPOSITORY}", OLD_REPOSITORY, OLD_REPOSITORY.lower(), IMAGE, "ahub/fish-finder", DOI,
        f"https://doi.org/{DOI}", "DEEP-OC-fish-finder.html", "fish_finder.html", "fish-finder.html",
    ],
)  # fmt: skip
def test_alias_when_asked_then_301_to_the_slug(site: Site, name: str) -> None:
    answer = site.get(f"/modules/{quote(name, safe='/:')}")
    assert (answer.status_code, answer.headers.get("Location")) == (301, address(PAGE))


def test_alias_when_a_document_is_asked_then_301_to_the_same_document(site: Site) -> None:
    answer = site.get(f"/modules/{OLD_REPOSITORY}.ttl")
    assert (answer.status_code, answer.headers["Location"]) == (301, address(f"{PAGE}.ttl"))


@pytest.mark.parametrize(
    "name", ["", "/", "nothing", "nothing.ttl", "%E2%98%83", "..%2f..%2fetc%2fpasswd", "a" * 5000, "//x"]
)
def test_module_when_unknown_then_404_page_or_the_list(site: Site, name: str) -> None:
    answer = site.get(f"/modules/{name}")
    assert answer.status_code == (200 if name == "" else 404), answer.text
    assert answer.content_type == "text/html; charset=utf-8"


def test_module_when_withdrawn_then_410_page_and_documents(site: Site) -> None:
    page = site.text(f"/modules/{WITHDRAWN}", 410)
    assert "This module was withdrawn on 2026-01-02" in page
    assert address(f"/id/module/{WITHDRAWN}") in page
    for ending, media_type in ENDINGS:
        answer = site.get(f"/modules/{WITHDRAWN}.{ending}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (410, f"{media_type}; charset=utf-8")
        assert b"ithdrawn" in answer.data or ending in ("nt", "ttl", "rdf", "jsonld")
    # A cache must not take the tombstone for "not modified".
    tag = site.get(f"/modules/{WITHDRAWN}.json").headers["ETag"]
    assert site.get(f"/modules/{WITHDRAWN}.json", If_None_Match=tag).status_code == 410


@pytest.mark.parametrize("slug", [WHOLE, BARE, NEWER, OLDER])
def test_turtle_when_crawled_then_every_iri_of_ours_leads_somewhere(site: Site, slug: str) -> None:
    graph = Graph().parse(data=site.get(f"/modules/{slug}.ttl").data, format="turtle")
    iris = {str(each) for triple in graph for each in triple if isinstance(each, URIRef)}
    ours = {each for each in iris if each.startswith(address("/"))}
    assert address(f"/id/module/{slug}") in ours
    for iri in sorted(ours):
        path = iri.removeprefix(address("")).partition("#")[0]
        answer = site.client.get(path or "/", follow_redirects=False)
        assert answer.status_code in (200, 301, 303), (iri, answer.status_code)
        if answer.status_code != 200:
            there = answer.headers["Location"].removeprefix(address("")).partition("#")[0]
            assert site.get(there).status_code == 200, (iri, there)
