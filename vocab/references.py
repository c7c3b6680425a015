"""What a source record names that another source can be asked for: images, DOIs, repositories, each with its role.

This is what a source with `follow = true` lists. Border: whether what is named speaks of the same module is decided in
`vocab.identity`; here it is only gathered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from vocab.identifiers import EntryKind, doi, entry_kind, image_reference
from vocab.record import Json, SourceRecord, Statement

# `image-tag`: an image together with the tag or digest by which it is named.
ReferenceKind: TypeAlias = Literal["image", "image-tag", "doi", "repository"]

OWN, CODE = "own", "code"

# What the DOI in a value of such a field is to the module.
_ROLES = {"publications": "paper", "training_data": "dataset", "distributions": "weights", "versions": "version"}

# The fields whose values name something.
_NAMING = frozenset({
    "evidence.image", "evidence.repository", "evidence.names_repository", "evidence.code", "identifiers", *_ROLES,
})


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """One thing that a record names.

    `value` is canonical: an image's name without tag, a bare DOI, a repository's key. `role`: `own` (it is the module
    itself), `concept`, `version`, `paper`, `dataset`, `weights`, `code`.
    """

    kind: ReferenceKind
    value: str
    role: str


def references_of(record: SourceRecord) -> tuple[Reference, ...]:
    """Everything that the record names, sorted, each once for each role."""
    stated = (each for one in record.statements if one.field in _NAMING for each in references_in(one))
    return tuple(sorted({*_own_repository(record), *stated}))


def _own_repository(record: SourceRecord) -> Iterator[Reference]:
    if entry_kind(record.key) is EntryKind.REPOSITORY:
        yield Reference("repository", record.key, OWN)


def references_in(statement: Statement) -> Iterator[Reference]:
    """What one statement names."""
    value = statement.value
    match statement.field:
        case "evidence.image":
            yield Reference("image", str(value), OWN)
        case "evidence.repository" | "evidence.names_repository":
            yield Reference("repository", str(value), OWN)
        case "evidence.code":
            yield Reference("repository", str(value), CODE)
        case "identifiers" if isinstance(value, dict) and value.get("scheme") == "doi":
            name = doi(value.get("value"))
            if name:
                yield Reference("doi", name, str(value.get("role") or OWN))
        case _:
            yield from _in_thing(statement.field, value)


def _in_thing(field: str, value: Json) -> Iterator[Reference]:
    """The DOI and the image in a data set, a paper, a version, something to fetch."""
    if field not in _ROLES or not isinstance(value, dict):
        return
    name = doi(value.get("doi")) or (doi(value.get("url")) if field != "versions" else None)
    if name:
        yield Reference("doi", name, _ROLES[field])
    image = image_reference(value.get("reference")) if value.get("kind") == "image" else None
    if image is not None:
        yield Reference("image", image.name, OWN)
        if image.tag or image.digest:
            yield Reference("image-tag", image.reference, OWN)
