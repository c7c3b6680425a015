"""Names as packaging files and labels of real modules spell them."""

from __future__ import annotations

from tests.support.documents import a_reading, found, parts

HEAD = "cff-version: 1.2.0\ntitle: Fish finder\nauthors:\n"


def test_a_packaging_name_with_its_institution_in_brackets_is_parted() -> None:
    project = '[project]\nname = "x"\nauthors = [{name = "Wim Zee (VLIZ)", email = "w@vliz.be"}]\n'
    record = a_reading({"pyproject.toml": project})
    assert parts(record, "authors", "name", "affiliation", "email") == [("Wim Zee", "VLIZ", "w@vliz.be")]


def test_an_organisation_keeps_its_acronym_in_brackets() -> None:
    record = a_reading({"CITATION.cff": f"{HEAD}  - name: Coastal Observing System (COS)\n"})
    assert parts(record, "authors", "name", "kind", "affiliation") == [
        ("Coastal Observing System (COS)", "organisation", None)
    ]


def test_accents_beside_their_letters_are_mended_and_told() -> None:
    record = a_reading({"Dockerfile": 'FROM python:3\nLABEL maintainer="Daniel Garc\u00b4ia"\n'})
    assert parts(record, "contacts", "name") == ["Daniel Garc\u00eda"]
    (told,) = found(record, "value-mojibake")
    assert (told.line, told.message, told.expected) == (2, "accents stand beside their letters", "Daniel Garc\u00eda")


def test_one_word_for_both_names_is_one_name_and_told() -> None:
    record = a_reading({"CITATION.cff": f"{HEAD}  - given-names: Valentin\n    family-names: Valentin\n"})
    assert parts(record, "authors", "name", "given", "family") == [("Valentin", "Valentin", None)]
    (told,) = found(record, "maintainer-unclear")
    assert (told.file, told.line, told.message) == ("CITATION.cff", 4, "one word stands for both names")


def test_a_person_whose_given_name_is_a_word_of_organisations_is_a_person() -> None:
    record = a_reading({"Dockerfile": 'FROM python:3\nLABEL maintainer="Marine Fisher"\n'})
    assert parts(record, "contacts", "name", "kind") == [("Marine Fisher", "person")]
