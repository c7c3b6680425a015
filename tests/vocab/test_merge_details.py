"""Small things of real records that a merged module must get right."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from tests.support.records import a_statement
from vocab.licences import detect, licence_value
from vocab.merge import Merged, merge
from vocab.module import Agent, Alias
from vocab.record import Finding, SourceRecord, Statement

KEY = "github.com/hub/ai4os-otter"


def said(field: str, value: object, reader: str = "ai4_v2", line: int | None = None) -> Statement:
    file = {"ai4_v2": "ai4-metadata.yml", "deep_v1": "metadata.json", "setup_cfg": "setup.cfg"}.get(reader)
    return a_statement(field, value, reader=reader, entry=KEY, file=file, line=line)


def merged(*statements: Statement, findings: tuple[Finding, ...] = ()) -> Merged:
    url = "https://github.com/hub/ai4os-otter"
    record = SourceRecord("hub", KEY, url, "c0ffee", (said("title", "Otter counter"), *statements), findings)
    return merge([record], slug="otter", uri="https://r.example/id/module/otter")


def source_link(url: str) -> dict[str, str]:
    return {"rel": "source_code", "url": url}


def test_a_link_by_a_former_name_is_an_alias_shown_as_today_and_told() -> None:
    result = merged(
        said("evidence.names_repository", "github.com/hub/ai4-otter"),
        said("links", source_link("https://github.com/hub/ai4-otter"), line=14),
        said("distributions", {"kind": "source", "url": "https://github.com/hub/ai4-otter"}),
    )
    assert Alias("repository", "github.com/hub/ai4-otter") in result.module.aliases
    assert [each.url for each in result.module.links] == ["https://github.com/hub/ai4os-otter"]
    assert [each.url for each in result.module.distributions] == ["https://github.com/hub/ai4os-otter"]
    (told,) = [each for each in result.findings if each.code == "link-by-former-name"]
    assert (told.file, told.line, told.message) == (
        "ai4-metadata.yml", 14, "The source code is linked as github.com/hub/ai4-otter, which is "
        "github.com/hub/ai4os-otter today.",
    )
    assert told.mend == "Write `https://github.com/hub/ai4os-otter`; the old address may be given to somebody else."


@pytest.mark.parametrize("other", [
    "github.com/else/ai4-otter", "github.com/hub/ai4-otter-tracks", "github.com/hub/otter-torch",
])
def test_another_repository_in_a_link_is_no_former_name(other: str) -> None:
    result = merged(said("evidence.names_repository", other), said("links", source_link(f"https://{other}")))
    assert Alias("repository", other) not in result.module.aliases
    assert [each.code for each in result.findings] == []


def test_the_image_bore_the_former_names_of_the_repository_too() -> None:
    result = merged(
        said("evidence.image", "docker.io/hubimages/ai4os-otter"),
        said("evidence.moved_to", "github.com/hub/ai4os-otterv2", "readme"),
    )
    assert Alias("image", "docker.io/hubimages/ai4os-otterv2") in result.module.aliases


def test_an_image_of_another_name_tells_nothing_about_former_ones() -> None:
    result = merged(
        said("evidence.image", "docker.io/hubimages/otter"),
        said("evidence.moved_to", "github.com/hub/ai4os-otterv2", "readme"),
    )
    assert [each.value for each in result.module.aliases if each.kind == "image"] == ["docker.io/hubimages/otter"]


def test_the_own_doi_is_no_publication() -> None:
    result = merged(
        said("identifiers", {"scheme": "doi", "value": "10.5281/zenodo.7"}),
        said("publications", {"url": "https://doi.org/10.5281/zenodo.7", "doi": "10.5281/zenodo.7"}),
        said("publications", {"url": "https://doi.org/10.1/paper", "doi": "10.1/paper"}),
    )
    assert [each.doi for each in result.module.publications] == ["10.1/paper"]


def test_a_first_name_is_completed_by_who_gives_the_whole_one() -> None:
    result = merged(
        said("authors", {"name": "Fahimeh", "email": "f@sea.eu"}, "setup_cfg"),
        said("authors", {"name": "Fahimeh Fisher", "inferred": True}, "dockerfile"),
    )
    assert result.module.authors == (Agent("Fahimeh Fisher", email="f@sea.eu"),)


def test_a_first_name_that_two_authors_bear_is_left_alone() -> None:
    result = merged(
        said("authors", {"name": "Ada"}, "setup_cfg"),
        said("authors", {"name": "Fisher"}, "setup_cfg"),
        said("authors", {"name": "Ada Fisher", "inferred": True}, "dockerfile"),
    )
    assert [each.name for each in result.module.authors] == ["Ada", "Fisher"]


def test_a_licence_said_in_three_ways_is_told_in_three_ways() -> None:
    result = merged(
        said("licence.declared", asdict(licence_value("Apache 2.0")), "deep_v1", line=43),
        said("licence.declared", asdict(licence_value("MIT")), "setup_cfg"),
        said("licence.detected", asdict(licence_value("GPL-3.0-only")), "licence_file"),
    )
    (told,) = [each for each in result.findings if each.code == "conflict-licence"]
    assert told.message == (
        "The metadata declares Apache-2.0, the licence file is GPL-3.0-only: the licence file says it, and it holds "
        "against Apache-2.0 in the metadata; setup.cfg says MIT."
    )


def test_a_change_before_the_creation_is_told_once() -> None:
    order = Finding(
        "date-order", "warning", "", "", source="hub", entry=KEY, file="ai4-metadata.yml", line=23  # type: ignore[arg-type]
    )
    said_both = (said("dates.created", "2025-07-03", line=22), said("dates.updated", "2024-07-03", line=23))
    assert [each.code for each in merged(*said_both).findings] == ["date-implausible"]
    assert [each.code for each in merged(*said_both, findings=(order,)).findings] == []


def test_a_licence_text_that_begins_with_whose_it_is_bears_the_title_of_its_licence() -> None:
    text = (
        "Copyright (c) 2025, Ada Fisher\nAll rights reserved.\n\nRedistribution and use in source and binary forms, "
        "with or without modification, are permitted provided that the following conditions are met:\n"
        "* Redistributions of source code must retain the above copyright notice\n"
        "* Redistributions in binary form must reproduce the above copyright notice\n"
        "* Neither the name of the copyright holder nor the names of its contributors may be used to endorse "
        "or promote products\n"
    )
    found = detect(text)
    assert found is not None
    assert (found.spdx, found.raw) == ("BSD-3-Clause", found.title)


def test_a_contact_gets_the_address_that_a_list_of_authors_gives_which_is_not_the_best() -> None:
    result = merged(
        said("authors", {"name": "Sea Institute", "kind": "organisation"}, "citation_cff"),
        said("authors", {"name": "Ada Fisher", "email": "ada@sea.eu"}, "pyproject"),
        said("contacts", {"name": "Ada Fisher"}, "dockerfile"),
    )
    assert [each.name for each in result.module.authors] == ["Sea Institute"]
    assert result.module.contacts == (Agent("Ada Fisher", email="ada@sea.eu"),)


def test_a_module_is_found_by_the_names_of_the_repositories_it_had() -> None:
    result = merged(said("evidence.moved_to", "github.com/hub/ai4os-otterv2", "readme"))
    assert Alias("slug", "ai4os-otterv2") in result.module.aliases
