"""What the record of a DOI tells of the data sets, papers and weights that a module names."""

from __future__ import annotations

from typing import Any

from tests.support.records import a_record, a_statement, a_thing
from vocab.merge import Merged, merge
from vocab.record import SourceRecord

DOI = "10.5281/zenodo.7"
RIVERS = {"doi": DOI, "title": "Rivers", "kind": "dataset", "authors": ["Ada Muster"], "year": 2024,
          "publisher": "Zenodo", "licence": "CC-BY-4.0", "url": f"https://doi.org/{DOI}"}


def otter(field: str, value: dict[str, Any]) -> SourceRecord:
    said = a_statement(field, value, entry="github.com/hub/otter", file="ai4-metadata.yml", line=9)
    return a_record("hub/otter", title="Otter", statements=(said,))


def of_doi(**said: Any) -> SourceRecord:
    return a_thing(f"doi:{DOI}", **said)


def merged(*records: SourceRecord, **more: Any) -> Merged:
    return merge(records, slug="otter", uri="https://r.example/id/otter", **more)


def test_data_set_when_its_record_is_known_then_completed_and_the_modules_words_stay() -> None:
    named = {"url": "https://zenodo.org/doi/10.5281/zenodo.7", "doi": DOI, "kind": "dataset", "title": "My rivers"}

    found = merged(otter("training_data", named), things=[of_doi(resources=RIVERS)])

    (data,) = found.module.training_data
    assert (data.title, data.url, data.authors, data.year, data.publisher, data.licence) == (
        "My rivers", "https://zenodo.org/doi/10.5281/zenodo.7", ("Ada Muster",), 2024, "Zenodo", "CC-BY-4.0",
    )
    assert [(each.origin.entry, each.won) for each in found.origins.fields["training_data"]] == [
        ("github.com/hub/otter", True), (f"doi:{DOI}", False),
    ]
    assert "resources" not in found.origins.fields


def test_data_set_when_it_is_named_by_its_address_alone_then_found_by_the_doi_in_it() -> None:
    found = merged(otter("training_data", {"url": f"https://doi.org/{DOI}"}), things=[of_doi(resources=RIVERS)])

    assert found.module.training_data[0].title == "Rivers"


def test_resource_when_nobody_names_it_then_it_adds_nothing() -> None:
    plain = merged(otter("training_data", {"doi": "10.5281/zenodo.8"}))

    assert merged(otter("training_data", {"doi": "10.5281/zenodo.8"}), things=[of_doi(resources=RIVERS)]) == plain


def test_weights_when_their_record_is_known_then_called_by_its_title() -> None:
    weights = {"kind": "weights", "url": f"https://doi.org/{DOI}", "doi": DOI}

    found = merged(otter("distributions", weights), things=[of_doi(resources=RIVERS | {"kind": "model"})])

    assert [each.title for each in found.module.distributions if each.kind == "weights"] == ["Rivers"]


def test_software_when_another_module_names_it_then_called_by_the_title_of_its_record() -> None:
    """The record of a module of its own states no resource; what it is called is in its title."""
    record = of_doi(title="Rivers", thing="model", authors=[{"name": "Ada Muster"}], about_doi=DOI)

    (data,) = merged(otter("training_data", {"doi": DOI}), things=[record]).module.training_data

    assert (data.title, data.kind, data.authors) == ("Rivers", "model", ("Ada Muster",))


def test_doi_when_it_stands_for_something_else_than_the_field_says_then_told_with_its_line() -> None:
    found = merged(otter("training_data", {"doi": DOI, "kind": "dataset"}),
                   things=[of_doi(resources=RIVERS | {"kind": "paper"})])

    (told,) = [each for each in found.findings if each.code == "doi-of-other-kind"]
    assert (told.file, told.line, told.message) == (
        "ai4-metadata.yml", 9,
        "ai4-metadata.yml names 10.5281/zenodo.7 as a data set; its record says that it is a paper.",
    )
    assert told.mend == "Name 10.5281/zenodo.7 in the field for a paper, or correct the record of the DOI."


def test_doi_when_the_module_calls_a_data_set_its_own_then_told() -> None:
    found = merged(otter("identifiers", {"scheme": "doi", "value": DOI}), things=[of_doi(resources=RIVERS)])

    assert [each.message for each in found.findings if each.code == "doi-of-other-kind"] == [
        "ai4-metadata.yml names 10.5281/zenodo.7 as the module's own; its record says that it is a dataset.",
    ]


def test_doi_when_it_is_of_another_module_then_it_is_no_identifier_and_the_origins_say_why() -> None:
    record = otter("identifiers", {"scheme": "doi", "value": DOI})

    found = merged(record, disowned={f"doi:{DOI}": "github.com/hub/seal"})

    assert found.module.identifiers == ()
    assert "doi" not in {each.kind for each in found.module.aliases}
    assert found.origins.fields["identifiers"][0].why == "its own record says that it is of github.com/hub/seal"


def test_module_when_it_is_made_of_an_item_alone_then_it_has_no_owner_and_is_known_by_its_names() -> None:
    item = a_thing("oai:other.example:otter", reader="oai_dc", title="Otter", about_doi=DOI,
                   about_module="https://other.example/id/module/otter")

    module = merged(item).module

    assert module.authors == ()
    assert {(each.kind, each.value) for each in module.aliases} == {
        ("doi", DOI), ("oai", "oai:other.example:otter"), ("uri", "https://other.example/id/module/otter"),
    }


def test_authors_when_the_deposit_names_only_the_owner_of_the_repository_then_nobody_is_named() -> None:
    """That is what Zenodo's integration enters where a release names no people."""
    record = a_record("lab-of-otters/otter", title="Otter")
    deposit = of_doi(authors=[{"name": "lab-of-otters"}], about_repository="github.com/lab-of-otters/otter")

    found = merged(record, deposit)

    assert [(each.name, each.inferred) for each in found.module.authors] == [("lab-of-otters", True)]
    assert found.origins.fields["authors"][-1].why == "the owner of the repository stands in where nobody is named"


def test_version_when_a_deposit_is_of_an_earlier_place_then_that_of_today_holds() -> None:
    old = a_record("attic/otter", source="old", title="Otter", moved_to="github.com/hub/otter")
    new = a_record("hub/otter", title="Otter", statements=(
        a_statement("version", "1.0", reader="pyproject", entry="github.com/hub/otter"),
    ))
    deposit = of_doi(version="9.0", about_repository="github.com/attic/otter")

    assert merged(old, new, deposit).module.version == "1.0"
    assert merged(old, new, of_doi(version="9.0", about_repository="github.com/hub/otter")).module.version == "9.0"
