from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.documents import a_document, found, parts
from tests.support.small_zenodo import Deposit, native, old, today
from vocab.identifiers import doi_key
from vocab.readers import read_entry, reader_of
from vocab.readers.zenodo import DEFAULT_LICENCE, DEFAULT_TITLE
from vocab.readers.zenodo_record import zenodo_record
from vocab.record import EntryContext, Listing, SourceRecord

SHAPES = {"native": native, "today": today, "old": old}
KEY = doi_key("10.5281/zenodo.100")
PAGE = "https://zenodo.org/records/102"


def a_record(form: Any, *, versions: list[Any] | None = None, roles: tuple[str, ...] = ()) -> SourceRecord:
    """What is read of a record; with roles, of one that a module names."""
    named_by = ("github.com/sea/fish",) if roles else ()
    context = EntryContext("zen", KEY, PAGE, "102", Listing(PAGE, named_by=named_by, roles=roles))
    documents = [a_document("api:zenodo-record", json.dumps(form), commit=None)]
    if versions is not None:
        body = json.dumps({"hits": {"hits": versions, "total": len(versions)}})
        documents.append(a_document("api:zenodo-versions", body, commit=None))
    return read_entry(context, documents)


def a_form(**extra: Any) -> dict[str, Any]:
    """A record of software in the native shape."""
    keys = {name: extra.pop(name) for name in ("type", "title", "repository", "relation", "doi") if name in extra}
    return native(Deposit(102, 100, 2, version="v1.2.0", extra=extra, **keys), latest=True)


def rules(record: SourceRecord, field: str) -> list[str]:
    return [each.origin.rule for each in record.statements if each.field == field]


# Software


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_record_of_software_speaks_of_the_module_in_every_shape(shape: str) -> None:
    deposit = Deposit(102, 100, 2, title="Fish\nfinder", version="v1.2.0", repository="Sea/Fish", tag="v1.2.0")
    record = a_record(SHAPES[shape](deposit, latest=True))
    assert record.values("title") == ["Fish finder"]
    assert parts(record, "authors", "name", "given", "family", "kind") == [("Ada Fisher", "Ada", "Fisher", "person")]
    assert record.values("version") == ["1.2.0"]
    assert record.values("dates.issued") == ["2025-01-02"]
    assert parts(record, "identifiers", "scheme", "value", "role") == [
        ("doi", "10.5281/zenodo.100", "concept"), ("doi", "10.5281/zenodo.102", "version"),
    ]
    assert record.values("evidence.about_doi") == ["10.5281/zenodo.100", "10.5281/zenodo.102"]
    assert record.values("evidence.about_repository") == ["github.com/sea/fish"]
    assert record.values("evidence.thing") == ["software"]
    assert ("source_code", "https://github.com/sea/fish") in parts(record, "links", "rel", "url")
    assert record.findings == ()


def test_versions_have_their_names_dates_dois_and_pages() -> None:
    deposits = [
        Deposit(103, 100, 3, version="1.3"), Deposit(102, 100, 2, version="v1.2.0"),
        Deposit(101, 100, 1, repository="sea/fish", tag="v0.9"),
    ]
    forms = [native(each, latest=each.id == 103) for each in deposits]
    record = a_record(forms[0], versions=forms)
    assert parts(record, "versions", "name", "date", "doi", "url", "release") == [
        ("1.3", "2025-01-03", "10.5281/zenodo.103", "https://zenodo.org/records/103", True),
        ("1.2.0", "2025-01-02", "10.5281/zenodo.102", "https://zenodo.org/records/102", True),
        ("0.9", "2025-01-01", "10.5281/zenodo.101", "https://zenodo.org/records/101", True),
    ]
    about = dict.fromkeys(map(str, record.values("evidence.about_doi")))
    assert list(about) == [f"10.5281/zenodo.{number}" for number in (100, 103, 102, 101)]


def test_people_of_the_native_shape_have_orcid_affiliation_and_kind() -> None:
    creators = [
        {"person_or_org": {"type": "personal", "name": "Gil, Eva", "given_name": "Eva", "family_name": "Gil",
                           "identifiers": [{"scheme": "orcid", "identifier": "0000-0001-6573-3924"}]},
         "affiliations": [{"name": "Sea Institute", "id": "04zjtrb98"}, {"name": ">-"}]},
        {"person_or_org": {"type": "personal", "name": "The fish developers", "family_name": "The fish developers"}},
        {"person_or_org": {"type": "organizational", "name": "Harbour"}, "affiliations": []},
        {"person_or_org": {"type": "personal", "name": "Low, Max", "given_name": "Max", "family_name": "Low",
                           "identifiers": [{"scheme": "orcid", "identifier": "0000-0001-6573-3925"}]}},
    ]
    record = a_record(a_form(creators=creators))
    assert parts(record, "authors", "name", "kind", "orcid", "affiliation") == [
        ("Eva Gil", "person", "0000-0001-6573-3924", "Sea Institute"),
        ("The fish developers", "organisation", None, None), ("Harbour", "organisation", None, None),
        ("Max Low", "person", None, None),
    ]
    assert [each.message for each in found(record, "orcid-invalid")] == ["the ORCID of Max Low has a wrong check digit"]


def test_people_of_the_older_shapes_are_read_from_their_texts() -> None:
    form = today(Deposit(102, 100, 2), latest=True)
    form["metadata"]["creators"] = [
        {"name": "Gil, Eva", "orcid": "0000-0001-6573-3924", "affiliation": "@sea"}, {"name": "floriand"},
    ]
    form["metadata"]["contributors"] = [
        {"name": "Roe, Jo", "type": "ContactPerson"}, {"name": "Poe, Al", "type": "Editor"},
    ]
    record = a_record(form)
    assert parts(record, "authors", "name", "orcid", "affiliation") == [
        ("Eva Gil", "0000-0001-6573-3924", "sea"), ("floriand", None, None),
    ]
    assert parts(record, "contacts", "name") == ["Jo Roe"]


@pytest.mark.parametrize(
    ("extra", "spdx", "rule"),
    [
        ({"rights": [{"id": "agpl-3.0"}]}, "AGPL-3.0-only", "declared"),
        ({"license": {"id": "Apache-2.0"}}, "Apache-2.0", "declared"),
        ({"license": "mit"}, "MIT", "declared"),
        ({"rights": [{"id": "mit"}, {"id": "apache-2.0"}]}, "Apache-2.0 OR MIT", "declared"),
        ({"rights": [{"title": {"en": "MIT License"}}]}, "MIT", "declared"),
        ({"rights": [{"id": "cc-by-4.0"}]}, "CC-BY-4.0", DEFAULT_LICENCE),
    ],
)
def test_licence_is_read_and_zenodo_s_own_choice_is_marked(extra: dict[str, Any], spdx: str, rule: str) -> None:
    record = a_record(a_form(**extra))
    ((said,),) = [parts(record, "licence.declared", "spdx")]
    assert sorted(said.split(" OR ")) == spdx.split(" OR ")
    assert rules(record, "licence.declared") == [rule]


def test_keywords_of_either_shape_are_put_where_they_belong() -> None:
    record = a_record(a_form(subjects=[{"subject": "PyTorch"}, {"subject": "deep sea"}]))
    assert (record.values("libraries"), record.values("keywords")) == (["pytorch"], ["deep sea"])
    assert a_record(a_form(keywords=["deep sea", 7, None])).values("keywords") == ["deep sea"]


def test_description_is_text_and_not_what_a_browser_would_run() -> None:
    hostile = "<p>Finds <b>fish</b>.</p><script>alert(1)</script><p onclick='x()'>2 &lt; 3</p>"
    assert a_record(a_form(description=hostile)).values("description") == ["Finds fish.\n\n2 \\< 3"]


# What the GitHub integration fills in


RELEASE = {"repository": "Sea/Deep-fish", "title": "Sea/Deep-fish: v1.2.0", "description": "<p>Fixes.</p>"}


def test_title_and_notes_of_a_release_are_not_told_of_a_module_that_speaks_for_itself() -> None:
    record = a_record(a_form(**RELEASE), roles=("own",))
    assert (record.values("title"), record.values("description")) == ([], [])
    assert record.values("dates.updated") == []
    assert record.values("version") == ["1.2.0"]


def test_title_of_a_release_stands_in_where_there_is_nothing_else() -> None:
    record = a_record(a_form(**RELEASE))
    assert record.values("title") == ["Deep fish"]
    assert rules(record, "title") == [DEFAULT_TITLE]
    assert rules(record, "description") == ["release notes"]


def test_title_that_only_looks_like_that_of_a_release_is_the_depositor_s() -> None:
    record = a_record(a_form(repository="sea/fish", title="reef/crab: a study"), roles=("own",))
    assert record.values("title") == ["reef/crab: a study"]
    assert rules(record, "title") == ["declared"]


# What it is related to


@pytest.mark.parametrize(
    ("relation", "repositories"),
    [
        ("isSupplementTo", ["github.com/sea/fish"]), ("isIdenticalTo", ["github.com/sea/fish"]),
        ("isDerivedFrom", ["github.com/sea/fish"]), ("cites", []), ("isSupplementedBy", []), ("references", []),
    ],
)
def test_repository_is_the_record_s_by_few_relations_only(relation: str, repositories: list[str]) -> None:
    record = a_record(a_form(repository="sea/fish", relation=relation))
    assert record.values("evidence.about_repository") == repositories


def test_code_repository_is_believed_before_what_it_was_derived_from() -> None:
    form = a_form(repository="upstream/fish", relation="isDerivedFrom")
    form["custom_fields"] = {"code:codeRepository": "https://github.com/Sea/Fish"}
    record = a_record(form)
    assert record.values("evidence.about_repository") == ["github.com/sea/fish"]
    assert parts(record, "relations", "type", "target") == [("derived_from", "https://github.com/upstream/fish")]


def test_page_below_a_repository_is_no_repository() -> None:
    related = [{"identifier": "https://github.com/sea/fish/issues/3", "relation_type": {"id": "issupplementto"}}]
    assert a_record(a_form(related_identifiers=related)).values("evidence.about_repository") == []


def test_papers_and_data_sets_are_told_where_the_relation_says_so() -> None:
    related = [
        {"identifier": "10.1016/j.sea.1", "relation": "isSupplementTo"},
        {"identifier": "10.1016/j.sea.2", "relation": "cites", "resource_type": "publication-article"},
        {"identifier": "10.5281/zenodo.555", "relation": "cites"},
        {"identifier": "10.5281/zenodo.666", "relation": "isDerivedFrom", "resource_type": "dataset"},
        {"identifier": "10.5281/zenodo.777", "relation": "isSupplementTo", "resource_type": "dataset"},
        {"identifier": "https://sea.eu/page", "relation": "isDocumentedBy"},
        {"identifier": "not an address", "relation": "cites"},
    ]
    record = a_record(a_form(related_identifiers=related))
    assert parts(record, "publications", "doi") == ["10.1016/j.sea.1", "10.1016/j.sea.2"]
    assert parts(record, "training_data", "doi", "kind") == [("10.5281/zenodo.666", "dataset")]


# What is no software, or is named as something else


@pytest.mark.parametrize(
    ("kind", "roles", "called"),
    [
        ("dataset", ("dataset",), "dataset"), ("publication-article", ("paper",), "paper"),
        ("model", ("weights",), "model"), ("software", ("dataset",), "software"), ("dataset", ("own",), "dataset"),
    ],
)
def test_record_that_is_named_as_a_thing_is_one_thing_with_a_name(
    kind: str, roles: tuple[str, ...], called: str
) -> None:
    form = a_form(type=kind, title="Fish of the North", rights=[{"id": "cc-by-4.0"}])
    record = a_record(form, versions=[form], roles=roles)
    assert {each.field.partition(".")[0] for each in record.statements} == {"evidence", "resources"}
    assert parts(record, "resources", "doi", "title", "kind", "licence", "authors", "year", "publisher") == [
        (doi, "Fish of the North", called, "CC-BY-4.0", ["Ada Fisher"], 2025, "Zenodo")
        for doi in ("10.5281/zenodo.100", "10.5281/zenodo.102")
    ] + [("10.5281/zenodo.102", "Fish of the North", called, "CC-BY-4.0", ["Ada Fisher"], 2025, "Zenodo")]


@pytest.mark.parametrize("roles", [("own",), ("code",), ("version", "weights")])
def test_software_that_is_named_as_the_module_speaks_of_it(roles: tuple[str, ...]) -> None:
    assert a_record(a_form(title="Fish finder"), roles=roles).values("title") == ["Fish finder"]


def test_paper_that_goes_with_the_repository_is_a_publication() -> None:
    record = a_record(a_form(type="publication-article", repository="sea/fish"), roles=("code",))
    assert parts(record, "publications", "doi") == ["10.5281/zenodo.100"]
    assert record.values("title") == []


@pytest.mark.parametrize(
    ("kind", "thing"),
    [
        ("software", "software"), ("software-computationalnotebook", "software"), ("workflow", "software"),
        ("model", "model"), ("dataset", "dataset"), ("publication-preprint", "publication"), ("poster", "publication"),
        ("image-figure", "other"), ("", "other"),
    ],
)
def test_what_a_record_is_of_is_told_by_its_type(kind: str, thing: str) -> None:
    assert a_record(a_form(type=kind)).values("evidence.thing") == [thing]


# Odd records


def test_record_without_a_doi_or_with_one_of_elsewhere_is_read() -> None:
    record = a_record(a_form(doi=None))
    assert (record.values("identifiers"), record.values("evidence.about_doi")) == ([], [])
    elsewhere = a_record(a_form(doi="10.11646/Zootaxa.3916.1.1"))
    assert parts(elsewhere, "identifiers", "value", "role") == [("10.11646/zootaxa.3916.1.1", None)]
    assert ("archive", PAGE) in parts(elsewhere, "links", "rel", "url")


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"<html>", b'{"metadata": {}}', b'{"id": null}', b"[" * 3000])
def test_answer_without_a_record_is_told_and_not_taken_for_one(body: bytes) -> None:
    context = EntryContext("zen", KEY, PAGE, "102", Listing(PAGE))
    record = read_entry(context, [a_document("api:zenodo-record", body, commit=None)])
    assert record.unparsed == ("api:zenodo-record",)
    assert [each.message for each in found(record, "document-not-text")] == [
        "the answer for api:zenodo-record holds no record"
    ]


def test_paths_are_those_of_the_harvester() -> None:
    for path in ("api:zenodo-record", "api:zenodo-versions"):
        row = reader_of(path)
        assert row is not None
        assert row.name == "zenodo"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["10.5281/zenodo.7", "https://github.com/a/b/tree/v1", "isSupplementTo", "software", "true"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from([
            "id", "doi", "metadata", "pids", "parent", "versions", "relations", "version", "creators", "person_or_org",
            "name", "identifiers", "scheme", "identifier", "relation", "relation_type", "resource_type", "type",
            "rights", "license", "title", "description", "communities", "entries", "ids", "stats", "links",
            "self_html", "related_identifiers", "custom_fields", "code:codeRepository", "publication_date", "subjects",
            "subject", "index", "is_last", "affiliations", "hits", "contributors", "role",
        ]), inner, max_size=6),
    max_leaves=40,
)


@given(JSON, JSON)
def test_no_json_makes_trouble(metadata: Any, rest: Any) -> None:
    form = {**(rest if isinstance(rest, dict) else {}), "id": "7", "metadata": metadata}
    record = a_record(form, versions=[form, rest])
    assert found(record, "reader-failed") == []
    assert a_record(form, versions=[form, rest]) == record


@given(JSON)
def test_no_json_makes_the_shapes_raise(form: Any) -> None:
    record = zenodo_record(form)
    assert record is None or record.id


@pytest.mark.corpus
def test_every_recorded_record_is_read_without_loss(shared: Any) -> None:
    seen = 0
    for file in sorted((shared / "recordings" / "zenodo").glob("[irsv]*/*.json")):
        value = json.loads(file.read_bytes())
        hits = value.get("hits") if isinstance(value, dict) else value
        rows: list[Any] = hits["hits"] if isinstance(hits, dict) else hits or [value]
        for form in rows:
            record = a_record(form, versions=[form])
            seen += 1
            assert record.unparsed == ()
            assert found(record, "reader-failed") == []
            assert record.values("resources") or (record.values("title") and record.values("authors"))
            assert record.values("evidence.thing")
    assert seen > 100
