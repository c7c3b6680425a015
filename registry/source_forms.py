"""The forms by which people enter a source: made from the same models that check the sources file.

A field of a form is a line of text, a list (one value a line), a number, a switch or a choice. What a form or
a command line gives becomes the table that a file would have, and goes the same way from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from harvester.sources import SOURCES
from registry.errors import SourceError
from registry.source_files import Common

_SWITCH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


@dataclass(frozen=True, slots=True)
class FormField:
    """One field: `name` as in the sources file, `kind` text, number, list, switch or choice, what it means."""

    name: str
    kind: str
    meaning: str
    required: bool
    default: str
    choices: tuple[str, ...] = ()

    def value(self, text: str) -> Any:
        """What the text of a person means for the table. Raises `ValueError` with what is expected."""
        text = text.strip()
        if self.kind == "list":
            return [each for each in map(str.strip, text.splitlines()) if each]
        if self.kind == "switch":
            if text.casefold() not in _SWITCH:
                raise ValueError("true or false")
            return _SWITCH[text.casefold()]
        if self.kind == "number":
            return _number(text)
        return text


def fields_of(kind: str) -> tuple[FormField, ...]:
    """The fields of a source of this kind: what every source has, then the kind's own. `KeyError` for no kind."""
    common = [each for each in _fields(Common) if each.name != "kind"]
    return (*common, *_fields(SOURCES[kind].settings))


def table_of(kind: str, values: Iterable[tuple[str, str]], place: str) -> dict[str, Any]:
    """The table of a source from what a person wrote; empty values are left out.

    Args:
        kind: a kind of source.
        values: names of fields and their texts; a name that comes again adds to a list.
        place: what an error begins with.

    Raises:
        SourceError: one line that names the field, what was found and what would be right.
    """
    if kind not in SOURCES:
        raise SourceError(f"{place}: kind: found {kind!r}, expected one of {', '.join(sorted(SOURCES))}")
    fields = {each.name: each for each in fields_of(kind)}
    table: dict[str, Any] = {"kind": kind}
    for name, text in values:
        field = fields.get(name)
        if field is None:
            raise SourceError(f"{place}: {name}: found a key that there is not, expected one of {', '.join(fields)}")
        if not text.strip():
            continue
        try:
            value = field.value(text)
        except ValueError as expected:
            raise SourceError(f"{place}: {name}: found {text[:200]!r}, expected {expected}") from None
        table[name] = [*table.get(name, ()), *value] if field.kind == "list" else value
    return table


def texts_of(table: Mapping[str, Any]) -> dict[str, str]:
    """The values of a source as a form shows them."""
    return {name: _text(value) for name, value in table.items() if value is not None}


def _fields(model: type[BaseModel]) -> list[FormField]:
    schema = model.model_json_schema(by_alias=True)
    required = set(schema.get("required", ()))
    found = []
    for name, form in schema["properties"].items():
        shape = _shape(form, schema)
        kind = "choice" if "enum" in shape else _KINDS.get(shape.get("type", ""), "text")
        default = form.get("default")
        found.append(FormField(
            name, kind, form.get("description", name), name in required, "" if default is None else _text(default),
            tuple(map(str, shape.get("enum", ()))),
        ))
    return found


_KINDS = {"boolean": "switch", "integer": "number", "number": "number", "array": "list"}


def _shape(form: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one shape a field has beside being absent."""
    shapes = [each for each in form.get("anyOf", (form,)) if each.get("type") != "null"]
    shape: Mapping[str, Any] = next((each for each in shapes if each.get("type") == "array"), shapes[0])
    reference = shape.get("$ref")
    return schema["$defs"][reference.rpartition("/")[2]] if reference else shape


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "\n".join(map(str, value))
    return str(value)


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        raise ValueError("a number") from None
