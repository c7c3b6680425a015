"""The canonical form of a module: the JSON that outsiders script against, and its content hash.

Absent values are absent, lists are sorted, keys stand in the order of `vocab.module.Module`; so equal modules are
equal bytes. Border: nothing here knows what a value means.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

import orjson
from pydantic import TypeAdapter

from vocab.module import Module
from vocab.record import Json, SourceRecord

# Stamps of our own store and counts of a check are not content: a datestamp moves only when content moves.
NOT_CONTENT = frozenset({"datestamp", "sequence", "findings", "sources", "uri"})

# Lists whose order says something: who comes first, what is newest, which image to run.
ORDERED = frozenset({"authors", "versions", "distributions"})

_PLAIN = (str, int, float, bool, type(None))

_MODULE = TypeAdapter(Module)
_SOURCE_RECORD = TypeAdapter(SourceRecord)


def to_json(value: object) -> Json:
    """A value of `vocab.module` or `vocab.record` as plain JSON: absent values left out, nothing sorted."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value  # type: ignore[return-value]  # mypy does not know a type by comparison
    names = _names_of(kind)
    if names is not None:
        return {name: inner for name in names if not _absent(inner := to_json(getattr(value, name)))}
    if isinstance(value, (list, tuple)):
        return [to_json(each) for each in value]
    if isinstance(value, dict):
        return {str(name): to_json(inner) for name, inner in value.items()}
    return value if isinstance(value, (int, float)) else str(value)


@lru_cache(maxsize=100)
def _names_of(kind: type) -> tuple[str, ...] | None:
    """The names of the fields of a dataclass; None for any other kind of value."""
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) else None


def _absent(value: Json) -> bool:
    """Whether it is nothing, False, or empty; a number is something."""
    return not value and (value is False or not isinstance(value, (int, float)))


def canonical(module: Module) -> dict[str, Json]:
    """The canonical form of a module: every list sorted but those of `ORDERED`."""
    form = to_json(module)
    assert isinstance(form, dict)
    for name, value in form.items():
        if isinstance(value, list) and name not in ORDERED:
            form[name] = sorted(value, key=lambda each: orjson.dumps(each, option=orjson.OPT_SORT_KEYS))
    return form


def canonical_bytes(module: Module) -> bytes:
    """The canonical form as one line of UTF-8 JSON, without the newline."""
    return orjson.dumps(canonical(module))


def content_hash(module: Module) -> str:
    """SHA-256 (hexadecimal) of what the module says, without stamps and volatile counters."""
    form = {name: value for name, value in canonical(module).items() if name not in NOT_CONTENT}
    return hashlib.sha256(orjson.dumps(form, option=orjson.OPT_SORT_KEYS)).hexdigest()


def module_from_json(form: bytes | str | dict[str, Any]) -> Module:
    """The module of a canonical form. Raises `pydantic.ValidationError` when the form is not one."""
    return _MODULE.validate_json(form) if isinstance(form, (bytes, str)) else _MODULE.validate_python(form)


def record_to_bytes(record: SourceRecord) -> bytes:
    """A source record as JSON bytes, for keeping."""
    return orjson.dumps(to_json(record))


def record_from_json(form: bytes | str) -> SourceRecord:
    """The source record of `record_to_bytes`. Raises `pydantic.ValidationError` when the form is not one."""
    return _SOURCE_RECORD.validate_json(form)
