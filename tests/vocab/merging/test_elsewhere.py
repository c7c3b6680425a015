"""Where a deposit or an image says otherwise than the module."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.records import a_record, a_statement, a_thing
from vocab.canonical import to_json
from vocab.licences import licence_value
from vocab.merge import Merged, merge
from vocab.record import Json, SourceRecord, Statement

KEY, DOI = "github.com/hub/otter", "doi:10.5281/zenodo.7"


def spdx(name: str) -> Json:
    return to_json(licence_value(name))


def said(field: str, value: Any, reader: str) -> Statement:
    return a_statement(field, value, reader=reader, entry=KEY, file="LICENSE" if reader == "licence_file" else None)


def merged(*statements: Statement, **deposit: Any) -> Merged:
    records: list[SourceRecord] = [
        a_record("hub/otter", title="Otter counter", statements=statements),
        a_thing(DOI, about_repository=KEY, **deposit),
    ]
    return merge(records, slug="otter", uri="https://r.example/id/otter")


def told(found: Merged, code: str) -> list[tuple[str | None, str]]:
    return [(each.entry, each.message) for each in found.findings if each.code == code]


@pytest.mark.parametrize(
    ("field", "reader"),
    [("licence.declared", "ai4_v2"), ("licence.declared", "pyproject"), ("licence.detected", "licence_file"),
     ("licence.detected", "github")],
)
def test_licence_when_zenodo_entered_it_then_it_never_beats_the_repositorys(field: str, reader: str) -> None:
    found = merged(said(field, spdx("Apache-2.0"), reader), licence__declared=spdx("CC-BY-4.0"))

    licence = found.module.licence
    assert licence.concluded is not None
    assert licence.concluded.spdx == "Apache-2.0"
    assert licence.declared is None or licence.declared.spdx == "Apache-2.0"
    (refused,) = [each for each in found.origins.fields["licence.declared"] if each.origin.reader == "zenodo"]
    assert (refused.won, refused.why) == (
        False, "Zenodo enters CC-BY-4.0 where a release names no licence; what the repository says holds",
    )
    assert told(found, "conflict-licence-elsewhere") == [
        (DOI, "The record bears CC-BY-4.0, the module Apache-2.0."),
    ]


def test_licence_when_only_the_deposit_says_one_then_it_holds() -> None:
    found = merged(licence__declared=spdx("CC-BY-4.0"))

    assert found.module.licence.concluded is not None
    assert found.module.licence.concluded.spdx == "CC-BY-4.0"
    assert told(found, "conflict-licence-elsewhere") == []


def test_licence_when_the_repository_chose_the_same_then_nothing_is_wrong() -> None:
    found = merged(said("licence.declared", spdx("CC-BY-4.0"), "ai4_v2"), licence__declared=spdx("CC-BY-4.0"))

    assert told(found, "conflict-licence-elsewhere") == []


def test_version_when_the_deposit_is_older_than_the_tag_then_told_to_the_deposit() -> None:
    found = merged(said("version", "2.0", "github"), version="1.0")

    assert found.module.version == "2.0"
    assert told(found, "conflict-version") == [(DOI, "Zenodo has version 1.0, the newest release is 2.0.")]


def test_version_when_both_mean_the_same_then_nothing_is_told() -> None:
    assert told(merged(said("version", "2.0", "github"), version="v2.0"), "conflict-version") == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Finder of seals", [(DOI, "`title`: the module is called “Otter counter”, Zenodo says “Finder of seals”.")]),
        ("Otter Counter", []),
        ("hub/otter: Otter counter 1.0", []),
    ],
)
def test_title_when_the_deposit_is_called_otherwise_then_told(
    title: str, expected: list[tuple[str | None, str]]
) -> None:
    assert told(merged(title=title), "conflict-sources") == expected


def test_title_when_zenodo_made_it_of_the_release_then_the_readmes_is_taken() -> None:
    record = a_record("hub/otter", statements=(said("title", "Counting otters", "readme"),))
    made = a_statement("title", "Otter", reader="zenodo", entry=DOI, rule="default title")
    deposit = a_thing(DOI, about_repository=KEY)

    found = merge(
        [record, SourceRecord(deposit.source, DOI, deposit.url, None, (*deposit.statements, made))], slug="otter",
        uri="https://r.example/id/otter",
    )

    assert found.module.title == "Counting otters"
