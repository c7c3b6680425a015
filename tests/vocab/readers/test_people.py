from __future__ import annotations

import pytest

from tests.support.documents import a_reading, found, parts
from vocab.readers.people import agents_in


@pytest.mark.parametrize(("text", "people"), [
    ("Fahimeh/ Lisana", [("Fahimeh", "person", None), ("Lisana", "person", None)]),
    ("V.Kozlov (KIT)", [("V. Kozlov", "person", "KIT")]),
    ("HMGU", [("HMGU", "organisation", None)]),
        ("MicroStep-MIS", [("MicroStep-MIS", "organisation", None)]),
    ("Wout Decrop & Ignacio Heredia (CSIC)", [("Wout Decrop", "person", None), ("Ignacio Heredia", "person", "CSIC")]),
    ("G.Cavallaro (FZJ), M.Goetz (KIT)", [("G. Cavallaro", "person", "FZJ"), ("M. Goetz", "person", "KIT")]),
    ("Ada Fisher (Sea, Brest) and Bo Hook", [("Ada Fisher", "person", "Sea, Brest"), ("Bo Hook", "person", None)]),
    ("Anders And", [("Anders And", "person", None)]),
    ("ada.fisher@sea.eu", [("Ada Fisher", "person", None)]),
    ("Ada Fisher <ada@sea.eu>; Ada Fisher", [("Ada Fisher", "person", None)]),
    ("author", []),
    ("TODO", []),
    ("", []),
])
def test_agents_in_a_label(text: str, people: list[tuple[str, str, str | None]]) -> None:
    assert [(each.name, each.kind, each.affiliation) for each in agents_in(text)] == people


def test_accents_that_were_encoded_twice_are_mended_and_told() -> None:
    twice = "Judith Sáinz-Pardo".encode().decode("latin-1")
    record = a_reading({"Dockerfile": f'FROM python:3\nLABEL maintainer="{twice}"\n'})
    assert parts(record, "contacts", "name") == ["Judith Sáinz-Pardo"]
    (told,) = found(record, "value-mojibake")
    assert (told.line, told.expected) == (2, "Judith Sáinz-Pardo")


def test_names_that_are_only_first_names_are_told() -> None:
    record = a_reading({"Dockerfile": 'FROM python:3\nLABEL maintainer="Fahimeh/ Lisana"\n'})
    assert [(each.line, each.found) for each in found(record, "maintainer-unclear")] == [(2, "Fahimeh/ Lisana")]
