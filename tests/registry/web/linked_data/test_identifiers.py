"""`/id/module/…`: a thing is not a document, so what answers is 303 to the page or a document by `Accept`."""

from __future__ import annotations

import pytest

from tests.support.site import OLD_REPOSITORY, WHOLE, WITHDRAWN, Site, address

ID = f"/id/module/{WHOLE}"


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        ("text/html", ""), ("", ""), ("text/turtle", ".ttl"), ("application/ld+json", ".jsonld"),
        ("application/rdf+xml", ".rdf"), ("application/json", ".json"), ("text/turtle;q=0.3,text/html;q=0.2", ".ttl"),
    ],
)  # fmt: skip
def test_identifier_when_asked_then_303_by_accept(site: Site, accept: str, ending: str) -> None:
    answer = site.get(ID, Accept=accept)
    assert (answer.status_code, answer.headers["Location"]) == (303, address(f"/modules/{WHOLE}{ending}"))
    assert answer.headers["Vary"] == "Accept, Accept-Profile"


@pytest.mark.parametrize("headers", [{"Accept_Profile": "<https://schema.org/>"}, {}])
def test_identifier_when_a_profile_is_named_then_its_document(site: Site, headers: dict[str, str]) -> None:
    path = ID if headers else f"{ID}?profile=schema.org"
    answer = site.get(path, Accept="application/ld+json", **headers)
    assert (answer.status_code, answer.headers["Location"]) == (303, address(f"/modules/{WHOLE}.schema.jsonld"))


@pytest.mark.parametrize("path", [ID, f"/modules/{WHOLE}"])
def test_identifier_when_nothing_is_acceptable_then_406_with_what_there_is(site: Site, path: str) -> None:
    answer = site.get(path, Accept="image/png")
    assert (answer.status_code, answer.content_type) == (406, "text/plain; charset=utf-8")
    lines = answer.text.splitlines()
    assert lines[0] == "Nothing of what you accept is to be had here. There is:"
    assert f"text/html  {address(f'/modules/{WHOLE}')}" in lines
    assert f"text/turtle  {address(f'/modules/{WHOLE}.ttl')}" in lines


def test_identifier_when_host_header_lies_then_our_own_address(site: Site) -> None:
    answer = site.get(ID, Host="evil.example.org")
    assert answer.headers["Location"] == address(f"/modules/{WHOLE}")


def test_version_when_known_then_to_the_versions_of_the_page_else_404(site: Site) -> None:
    answer = site.get(f"{ID}/v/1.2.0")
    assert (answer.status_code, answer.headers["Location"]) == (303, address(f"/modules/{WHOLE}#versions"))
    assert "has no version “9.9”" in site.text(f"{ID}/v/9.9", 404)


def test_distribution_when_unknown_then_404(site: Site) -> None:
    assert "“fish-finder” has nothing to fetch as “image-0”." in site.text(f"{ID}/dist/image-0", 404)
    assert "has nothing to fetch" in site.text("/id/module/nothing/dist/image-0", 404)


def test_record_when_asked_then_as_the_module(site: Site) -> None:
    assert site.get(f"/id/record/{WHOLE}").headers["Location"] == address(f"/modules/{WHOLE}")


def test_identifier_of_withdrawn_module_when_asked_then_303_to_its_tombstone(site: Site) -> None:
    answer = site.get(f"/id/module/{WITHDRAWN}", Accept="text/turtle")
    assert (answer.status_code, answer.headers["Location"]) == (303, address(f"/modules/{WITHDRAWN}.ttl"))


def test_identifier_when_it_is_an_alias_then_301_to_the_one_of_the_slug(site: Site) -> None:
    answer = site.get(f"/id/module/{OLD_REPOSITORY.rpartition('/')[2]}")
    assert (answer.status_code, answer.headers["Location"]) == (301, address(ID))
    answer = site.get(f"/id/module/{OLD_REPOSITORY.rpartition('/')[2]}/v/1.2.0")
    assert (answer.status_code, answer.headers["Location"]) == (301, address(f"{ID}/v/1.2.0"))


def test_identifier_when_unknown_then_404_page(site: Site) -> None:
    assert "No module is known as “nothing”, now or ever before." in site.text("/id/module/nothing", 404)
