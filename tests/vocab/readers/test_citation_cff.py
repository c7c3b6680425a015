from __future__ import annotations

import pytest

from tests.support.documents import a_reading, found, parts

FORK = (
    '{"full_name": "hub/fish-finder", "html_url": "https://github.com/hub/fish-finder", "fork": true,'
    ' "parent": {"html_url": "https://github.com/upstream/fish-finder"}}'
)
CFF = """cff-version: 1.2.0
title: Fish finder
message: Cite it.
authors:
  - given-names: Ada
    family-names: Fisher
    orcid: https://orcid.org/0000-0002-1694-233X
    affiliation: Institute of the Sea
    email: ada@sea.eu
  - name: Institute of the Sea
    city: Brest
    website: https://sea.eu/
repository-code: https://github.com/hub/fish-finder
license: MIT
version: 1.10
date-released: 2024-08-12
doi: 10.5281/zenodo.4712345
identifiers:
  - type: swh
    value: swh:1:rev:309cf2674ee7a0749978cf8265ab91a60aea0f7d
  - type: doi
    value: https://doi.org/10.5281/ZENODO.4712346
keywords: [deep sea, pytorch]
preferred-citation:
  type: article
  title: On fish
  doi: 10.17882/4711
  authors: []
references:
  - type: data
    title: Fish pictures
    doi: 10.17882/4712
    authors: []
"""


def test_citation_says_people_version_and_identifiers() -> None:
    record = a_reading({"CITATION.cff": CFF})
    assert parts(record, "authors", "name", "kind", "family", "orcid", "affiliation", "email") == [
        ("Ada Fisher", "person", "Fisher", "0000-0002-1694-233X", "Institute of the Sea", "ada@sea.eu"),
        ("Institute of the Sea", "organisation", None, None, None, None),
    ]
    assert record.values("version") == ["1.10"]
    assert record.values("dates.issued") == ["2024-08-12"]
    assert parts(record, "identifiers", "scheme", "value") == [
        ("doi", "10.5281/zenodo.4712345"), ("swhid", "swh:1:rev:309cf2674ee7a0749978cf8265ab91a60aea0f7d"),
        ("doi", "10.5281/zenodo.4712346"),
    ]
    assert parts(record, "publications", "title", "doi") == [("On fish", "10.17882/4711")]
    assert parts(record, "training_data", "title", "doi") == [("Fish pictures", "10.17882/4712")]
    assert record.values("libraries") == ["pytorch"]
    author = next(each for each in record.statements if each.field == "authors")
    assert (author.origin.file, author.origin.line) == ("CITATION.cff", 5)


@pytest.mark.parametrize(("orcid", "why"), [
    ("https://orcid.org/0000-0002-3456-7890", "has a wrong check digit"),
    ("https://orcid.org/0000-0002-1825-0097", "is a sample from documentation"),
])
def test_citation_with_an_orcid_of_nobody_keeps_the_author_and_tells(orcid: str, why: str) -> None:
    record = a_reading({"CITATION.cff": CFF.replace("https://orcid.org/0000-0002-1694-233X", orcid)})
    assert parts(record, "authors", "name", "orcid")[0] == ("Ada Fisher", None)
    (told,) = found(record, "orcid-invalid")
    assert (told.file, told.line, told.message) == ("CITATION.cff", 7, f"the ORCID of Ada Fisher {why}")


def test_citation_of_the_project_that_was_forked_says_nothing_and_is_told() -> None:
    upstream = CFF.replace("hub/fish-finder", "upstream/trawler").replace("title: Fish finder", "title: Trawler")
    tags = '[{"name": "v9.1.0", "commit": {"sha": "u1"}}, {"name": "v1.0.0", "commit": {"sha": "a1"}}]'
    commits = (
        '[{"sha": "a1", "parents": [], "commit": {"message": "x", "committer": {"date": "2024-01-01T00:00:00Z"}}}]'
    )
    record = a_reading({"CITATION.cff": upstream, "api:tags": tags, "api:commits": commits})
    assert record.values("authors") == []
    assert record.values("identifiers") == []
    (told,) = found(record, "citation-inherited")
    assert told.message == "CITATION.cff speaks of `Trawler`, not of this module; nothing is taken from it"
    assert parts(record, "versions", "name") == ["1.0.0"]
    assert [each.message for each in found(record, "tags-inherited")] == [
        "1 of 2 tags belong to the project this is a fork of"
    ]


def test_citation_that_names_where_the_module_was_before_is_ours_by_its_title() -> None:
    text = CFF.replace("hub/fish-finder", "attic/DEEP-OC-fish")
    record = a_reading({"CITATION.cff": text}, name="hub/fish-finder")
    assert not found(record, "citation-inherited")
    assert parts(record, "authors", "name") == ["Ada Fisher", "Institute of the Sea"]


@pytest.mark.parametrize(
    ("title", "more"),
    [
        ("Fish finder engine of the north", {}),
        ("Fish finder", {"ai4-metadata.yml": "title: Counting trawlers\nlinks: {}\n"}),
        ("Fish finder", {"api:repository": FORK}),
    ],
    ids=["another title", "our metadata has another title", "a fork keeps the file of where it comes from"],
)
def test_citation_that_names_the_repository_of_a_stranger_is_not_ours(title: str, more: dict[str, str]) -> None:
    text = CFF.replace("hub/fish-finder", "upstream/fish-finder").replace("title: Fish finder", f"title: {title}")
    record = a_reading({"CITATION.cff": text, **more}, name="hub/fish-finder")
    assert len(found(record, "citation-inherited")) == 1


def test_citation_that_names_the_repository_of_our_metadata_is_ours() -> None:
    metadata = "title: Counting trawlers\nlinks:\n  source_code: https://github.com/upstream/trawler\n"
    text = CFF.replace("hub/fish-finder", "upstream/trawler")
    record = a_reading({"CITATION.cff": text, "ai4-metadata.yml": metadata}, name="hub/fish-finder")
    assert not found(record, "citation-inherited")


@pytest.mark.parametrize(("title", "inherited"), [("Trawler engine", True), ("A finder of fish", False)])
def test_citation_without_a_repository_is_judged_by_its_title(title: str, inherited: bool) -> None:
    text = CFF.replace("repository-code: https://github.com/hub/fish-finder\n", "").replace(
        "title: Fish finder", f"title: {title}"
    )
    record = a_reading({"CITATION.cff": text})
    assert bool(found(record, "citation-inherited")) is inherited


def test_citation_of_an_older_version_with_a_broken_part_keeps_the_rest() -> None:
    record = a_reading(
        {"CITATION.cff": "cff-version: 1.0.3\ntitle: Fish: a finder\nauthors:\n  - name: Sea Institute\n"}
    )
    assert record.values("title") == ["Fish: a finder"]
    assert [(each.file, each.line) for each in found(record, "yaml-salvaged")] == [("CITATION.cff", 2)]


def test_citation_that_is_a_web_page_is_unparsed() -> None:
    record = a_reading({"CITATION.cff": "<!doctype html><html></html>"})
    assert record.unparsed == ("CITATION.cff",)
    assert len(found(record, "document-not-text")) == 1


def test_an_orcid_that_is_nobodys_is_told_of_the_authors_of_a_reference_too() -> None:
    text = (
        "cff-version: 1.2.0\ntitle: Fish finder\nmessage: Cite it.\nreferences:\n  - title: Nets\n    type: software\n"
        "    url: https://nets.sea.eu\n    authors:\n      - name: Ada Fisher\n        orcid: 0000-0002-3456-7890\n"
    )
    record = a_reading({"CITATION.cff": text})
    (told,) = found(record, "orcid-invalid")
    assert (told.line, told.message) == (10, "the ORCID of Ada Fisher has a wrong check digit")
    assert record.values("authors") == []
