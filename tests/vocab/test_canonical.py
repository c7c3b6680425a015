"""Values as plain JSON: what is absent is left out, a number is never."""

from __future__ import annotations

from dataclasses import dataclass, field

from vocab.canonical import to_json
from vocab.record import Json, Severity


@dataclass(frozen=True, slots=True)
class Part:
    """A value with everything that can be absent."""

    text: str | None = None
    flag: bool = False
    number: float = 0
    parts: tuple[Part, ...] = ()
    names: dict[str, int] = field(default_factory=dict)


class Whole(int):
    """A number of a kind of its own."""


def test_to_json_of_a_value_then_absent_parts_are_left_out_and_numbers_are_not() -> None:
    assert to_json(Part()) == {"number": 0}
    assert to_json(Part("a", flag=True, number=0.0, parts=(Part("b"),), names={"one": 0})) == {
        "text": "a", "flag": True, "number": 0.0, "parts": [{"text": "b", "number": 0}], "names": {"one": 0},
    }


def test_to_json_of_plain_values_then_themselves_and_of_texts_of_a_kind_their_text() -> None:
    plain: tuple[Json, ...] = (None, True, False, 0, 1.5, "", "a")
    assert to_json(plain) == list(plain)
    assert to_json([None, [], {}]) == [None, [], {}]
    assert type(to_json(Severity.ERROR)) is str
    assert to_json({Severity.ERROR: Severity.INFO}) == {"error": "info"}
    assert to_json(Whole(3)) == 3
    assert to_json(Part) == str(Part)
