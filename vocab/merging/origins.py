"""Per field: who said what, what was taken, and by which rule. What `GET …/origins` and the module page show.

Border: rules are decided in `vocab.merge`; this file keeps them and writes them for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vocab.canonical import to_json
from vocab.record import Json, Origin, Statement


@dataclass(frozen=True, slots=True)
class Said:
    """One statement about a field: did it win, and why, or why not. `raw` is what stood there."""

    value: Json
    raw: Json
    origin: Origin
    won: bool
    why: str


@dataclass(frozen=True, slots=True)
class Origins:
    """Field name → all that was said about it, the winners first."""

    fields: Mapping[str, tuple[Said, ...]] = field(default_factory=dict)

    def won(self, name: str) -> tuple[Said, ...]:
        """What was taken for a field."""
        return tuple(each for each in self.fields.get(name, ()) if each.won)

    def to_json(self) -> dict[str, Json]:
        """As plain JSON: field → list of {value, raw, origin, won, why}; absent parts of an origin left out."""
        return {name: [_said_to_json(each) for each in said] for name, said in self.fields.items()}


def _said_to_json(said: Said) -> Json:
    form: dict[str, Json] = {"value": said.value, "origin": to_json(said.origin), "won": said.won, "why": said.why}
    if said.raw is not None:
        form["raw"] = said.raw
    return form


class Ledger:
    """Collects what was said while a module is put together."""

    def __init__(self) -> None:
        self._said: dict[str, list[Said]] = {}

    def note(self, statement: Statement, *, won: bool, why: str) -> None:
        """Keeps one statement with the verdict on it."""
        said = Said(statement.value, statement.raw, statement.origin, won, why)
        self._said.setdefault(statement.field, []).append(said)

    def derive(self, name: str, value: Json, why: str, source: str, entry: str) -> None:
        """Keeps a value that nobody stated and that we worked out."""
        origin = Origin(source=source, entry=entry, reader="derived", rule=why)
        self.note(Statement(name, value, origin), won=True, why=why)

    def origins(self) -> Origins:
        """All of it, fields by name, winners first."""
        ordered = {
            name: tuple(sorted(said, key=lambda each: not each.won)) for name, said in sorted(self._said.items())
        }
        return Origins(ordered)
