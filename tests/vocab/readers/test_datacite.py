"""DOIs as DataCite and other agencies register them: things with a name, and software that speaks of its module."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.documents import a_document, found, parts
from vocab.readers import read_entry
from vocab.record import EntryContext, Listing, SourceRecord

DOI = "10.24545/abc.1"
URL = f"https://doi.org/{DOI}"
PAGE = "https://archive.sea.eu/records/1"
REPOSITORY = "https://github.com/Sample/Fish-Finder"


def named_as(*roles: str) -> Listing:
    return Listing(URL, named_by=("github.com/sample/fish-finder",), roles=roles)


def attributes(**more: object) -> dict[str, Any]:
    return {
        "doi": "10.24545/ABC.1", "titles": [{"title": "Fish of the North", "lang": None}],
        "creators": [
            {"name": "Fisher, Ada", "nameType": "Personal", "givenName": "Ada", "familyName": "Fisher",
             "affiliation": [{"name": "Sea Lab"}], "nameIdentifiers": [
                 {"nameIdentifier": "https://orcid.org/0000-0003-1983-9896", "nameIdentifierScheme": "ORCID"}]},
            {"name": "Sea Observatory", "nameType": "Organizational", "affiliation": []},
        ],
        "publisher": "Sample Archive", "publicationYear": 2023, "types": {"resourceTypeGeneral": "Dataset"},
        "rightsList": [
            {"rights": "Open Access", "rightsUri": "info:eu-repo/semantics/openAccess"},
            {"rights": "Creative Commons Attribution 4.0", "rightsIdentifier": "cc-by-4.0"},
        ],
        "descriptions": [{"descriptionType": "Other", "description": "no"},
                         {"descriptionType": "Abstract", "description": "<p>All <b>fish</b>.</p>"}],
        "subjects": [{"subject": "pytorch"}, {"subject": "fish"}],
        "dates": [{"date": "2023-04-05", "dateType": "Issued"}],
        "version": "v1.2", "url": PAGE, "viewCount": 5, "relatedIdentifiers": [], **more,
    }


def software(**more: object) -> dict[str, Any]:
    return attributes(types={"resourceTypeGeneral": "Software"}, **{"relatedIdentifiers": [
        {"relationType": "IsSupplementTo", "relatedIdentifier": f"{REPOSITORY}/tree/v1.2"},
        {"relationType": "IsVersionOf", "relatedIdentifier": "10.24545/abc"},
        {"relationType": "IsDocumentedBy", "relatedIdentifier": "10.24545/paper", "relatedIdentifierType": "DOI"},
        {"relationType": "Requires", "relatedIdentifier": "10.24545/data", "resourceTypeGeneral": "Dataset"},
        {"relationType": "IsDerivedFrom", "relatedIdentifier": "https://github.com/other/base"},
    ], **more})


def a_record(listing: Listing | None, **documents: object) -> SourceRecord:
    context = EntryContext("dois", f"doi:{DOI}", URL, None, listing)
    bodies = {name: each if isinstance(each, bytes) else json.dumps(each).encode() for name, each in documents.items()}
    return read_entry(context, [a_document(f"api:{name.replace('_', '-')}", body) for name, body in bodies.items()])


def of_datacite(form: dict[str, Any], listing: Listing | None = None) -> SourceRecord:
    return a_record(listing, datacite_doi={"data": {"id": DOI, "attributes": form}})


def fields(record: SourceRecord) -> set[str]:
    return {each.field for each in record.statements}


def test_dataset_when_a_module_names_it_then_a_thing_with_a_name_and_nothing_of_the_module() -> None:
    record = of_datacite(attributes(), named_as("dataset"))

    assert record.values("resources") == [{
        "url": URL, "title": "Fish of the North", "doi": DOI, "kind": "dataset", "licence": "CC-BY-4.0",
        "authors": ["Ada Fisher", "Sea Observatory"], "year": 2023, "publisher": "Sample Archive",
    }]
    assert record.values("evidence.about_doi") == [DOI]
    assert record.values("evidence.thing") == ["dataset"]
    assert fields(record) == {"resources", "evidence.about_doi", "evidence.thing"}
    assert record.findings == ()


@pytest.mark.parametrize(("general", "thing", "kind"), [
    ("Text", "publication", "paper"), ("JournalArticle", "publication", "paper"), ("Preprint", "publication", "paper"),
    ("Model", "model", "model"), ("Workflow", "software", "software"), ("Collection", "dataset", "dataset"),
    ("Image", "other", "other"), ("", "other", "other"), ("Something new", "other", "other"),
])
def test_type_when_it_is_one_of_the_schema_then_told_in_our_words(general: str, thing: str, kind: str) -> None:
    record = of_datacite(attributes(types={"resourceTypeGeneral": general}), named_as("dataset"))

    assert record.values("evidence.thing") == [thing]
    assert parts(record, "resources", "kind") == [kind]


def test_software_when_a_module_names_it_as_its_own_then_it_speaks_of_the_module() -> None:
    record = of_datacite(software(), named_as("own", "weights"))

    assert record.values("evidence.about_doi") == [DOI, "10.24545/abc"]
    assert record.values("evidence.about_repository") == ["github.com/sample/fish-finder"]
    assert record.values("evidence.about_module") == [PAGE]
    assert record.values("title") == ["Fish of the North"]
    assert record.values("description") == ["All fish."]
    assert parts(record, "authors", "name", "kind", "orcid", "affiliation") == [
        ("Ada Fisher", "person", "0000-0003-1983-9896", "Sea Lab"), ("Sea Observatory", "organisation", None, None),
    ]
    assert parts(record, "licence.declared", "spdx") == ["CC-BY-4.0"]
    assert record.values("dates.issued") == ["2023-04-05"]
    assert parts(record, "identifiers", "value", "role") == [(DOI, "version"), ("10.24545/abc", "concept")]
    assert parts(record, "versions", "name", "date", "doi", "release") == [("1.2", "2023-04-05", DOI, True)]
    assert parts(record, "publications", "doi") == ["10.24545/paper"]
    assert parts(record, "training_data", "doi", "kind") == [("10.24545/data", "dataset")]
    assert parts(record, "relations", "type", "target") == [("derived_from", "https://github.com/other/base")]
    assert record.values("libraries") == ["pytorch"]
    assert record.values("keywords") == ["fish"]
    assert parts(record, "links", "rel", "url") == [
        ("archive", PAGE), ("source_code", "https://github.com/sample/fish-finder"),
    ]


def test_software_when_a_module_names_it_as_its_weights_alone_then_a_thing_with_a_name() -> None:
    record = of_datacite(software(), named_as("weights"))

    assert fields(record) == {"resources", "evidence.about_doi", "evidence.thing", "evidence.about_repository"}


def test_concept_when_it_lists_its_versions_then_they_are_its_own_dois() -> None:
    related = [{"relationType": "HasVersion", "relatedIdentifier": f"10.24545/abc.{number}"} for number in (2, 3)]
    record = of_datacite(software(relatedIdentifiers=related), named_as("concept"))

    assert record.values("evidence.about_doi") == [DOI, "10.24545/abc.2", "10.24545/abc.3"]
    assert parts(record, "identifiers", "value", "role") == [(DOI, "concept")]


def test_release_when_the_archive_filled_in_its_name_and_licence_then_said_by_rules_of_their_own() -> None:
    form = software(titles=[{"title": "Sample/Fish-Finder: Release v1.2"}], publisher={"name": "Zenodo"})

    followed, alone = of_datacite(form, named_as("own")), of_datacite(form, Listing(URL))

    assert followed.values("title") == followed.values("description") == []
    assert [(each.value, each.origin.rule) for each in alone.statements if each.field == "title"] == [
        ("Fish Finder", "default title"),
    ]
    assert [each.origin.rule for each in followed.statements if each.field == "licence.declared"] == ["zenodo default"]


@pytest.mark.parametrize(("rights", "licence"), [
    ([{"rights": "CC 3.0", "rightsUri": "https://creativecommons.org/licenses/by/3.0"}], "CC-BY-3.0"),
    ([{"rights": "In Copyright", "rightsUri": "http://rightsstatements.org/vocab/InC/1.0/"}], "In Copyright"),
    ([{"rights": "House rules"}, {"rightsIdentifier": "MIT"}], "MIT"),
    ([{"rightsUri": "info:eu-repo/semantics/openAccess"}, {"rights": "Restricted Access"}], None),
    ([{"rights": None}, "no object", {}], None),
    (None, None),
])
def test_rights_when_there_are_several_then_the_first_known_licence(rights: object, licence: str | None) -> None:
    record = of_datacite(attributes(rightsList=rights), named_as("dataset"))

    assert parts(record, "resources", "licence") == [licence]


def test_names_when_parts_or_types_are_missing_then_people_and_organisations_all_the_same() -> None:
    creators = [{"name": "Fisher, Ada Maria"}, {"name": "Sea Laboratory of the North"}, {"familyName": "Diver"},
                {"name": ""}, {"name": None, "affiliation": "x"}, "no object"]
    record = of_datacite(attributes(creators=creators), named_as("dataset"))

    assert parts(record, "resources", "authors") == [["Ada Maria Fisher", "Sea Laboratory of the North", "Diver"]]


def test_doi_when_it_has_no_title_then_nothing_is_made_up() -> None:
    assert of_datacite(attributes(titles=[{"title": " "}]), named_as("dataset")).values("resources") == []


def test_citation_when_another_agency_gives_it_then_a_paper_with_a_name() -> None:
    record = a_record(named_as("paper"), doi_csl={
        "type": "article-journal", "DOI": "10.24545/ABC.1", "title": ["Fish &amp; <i>nets</i>"], "publisher": "Press",
        "author": [{"given": "Ada", "family": "Fisher", "ORCID": "http://orcid.org/0000-0003-1983-9896",
                    "affiliation": [{"name": "Sea Lab"}]}, {"literal": "The Net Consortium"}],
        "issued": {"date-parts": [[2019, 3]]}, "URL": "http://dx.doi.org/10.24545/abc.1",
        "license": [{"URL": "http://creativecommons.org/licenses/by/4.0/", "delay-in-days": 0}],
        "container-title": "Journal of Fish",
    })

    assert record.values("resources") == [{
        "url": URL, "title": "Fish & nets", "doi": DOI, "kind": "paper", "licence": "CC-BY-4.0",
        "authors": ["Ada Fisher", "The Net Consortium"], "year": 2019, "publisher": "Press",
    }]
    assert record.values("evidence.thing") == ["publication"]
    assert fields(record) == {"resources", "evidence.thing", "evidence.about_doi"}


@pytest.mark.parametrize(("kind", "named"), [
    ("posted-content", "paper"), ("book-chapter", "paper"), ("dataset", "dataset"), ("software", "software"),
    ("component", "other"),
])
def test_citation_when_its_type_is_no_text_then_so_called(kind: str, named: str) -> None:
    record = a_record(named_as("dataset"), doi_csl={"type": kind, "DOI": DOI, "title": "Fish"})

    assert parts(record, "resources", "kind", "year") == [(named, None)]


@pytest.mark.parametrize("name", ["datacite_doi", "doi_csl"])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff\xfe{", b'{"a":' * 50_000])
def test_answer_when_it_is_no_object_then_told_and_not_parsed(name: str, body: bytes) -> None:
    record = a_record(None, **{name: body})

    assert record.unparsed == (f"api:{name.replace('_', '-')}",)
    assert record.statements == ()
    assert [each.code for each in record.findings] == ["document-not-text"]


def test_answer_when_it_holds_errors_then_told() -> None:
    record = a_record(None, datacite_doi={"errors": [{"status": "404"}]})

    (told,) = found(record, "document-not-text")
    assert told.message == "the answer holds no DOI"


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("10.24545/x"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from([*attributes(), "title", "name", "nameIdentifiers", "relatedIdentifier", "relationType",
                         "rights", "date", "dateType", "resourceTypeGeneral", "given", "family", "date-parts"]),
        inner, max_size=5,
    ),
    max_leaves=25,
)


@given(st.dictionaries(
    st.sampled_from([*attributes(), "DOI", "title", "author", "issued", "type", "license", "URL"]), _JSON, max_size=12,
))
def test_answer_when_it_holds_anything_then_read_without_stumbling(form: dict[str, Any]) -> None:
    for record in (of_datacite(form), of_datacite({**software(), **form}), a_record(None, doi_csl=form)):
        assert found(record, "reader-failed") == []
        assert record.unparsed == ()


@pytest.mark.corpus
def test_recorded_dois_when_read_then_each_has_a_name_authors_and_kind(shared: Path) -> None:
    folder = shared / "recordings" / "datacite" / "dois"
    bodies = {path.name: path.read_bytes() for path in sorted(folder.glob("*.json"))}
    registered = {name: body for name, body in bodies.items() if b'"errors"' not in body[:20]}

    records = {name: a_record(named_as("dataset"), datacite_doi=body) for name, body in registered.items()}

    assert len(records) == 38
    for name, record in records.items():
        (resource,) = record.values("resources")
        assert isinstance(resource, dict)
        assert resource["title"], name
        assert resource["authors"], name
        assert record.findings == ()
    kinds = sorted(str(part) for each in records.values() for part in parts(each, "resources", "kind"))
    assert {kind: kinds.count(kind) for kind in kinds} == {"dataset": 17, "other": 2, "paper": 13, "software": 6}
