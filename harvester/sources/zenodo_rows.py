"""What is remembered of a record of Zenodo between two harvests: where its JSON is kept, and what it is grouped by.

The JSON of a record is kept without what moves by itself or leads back to the API: `stats`, most of `links`, and the
files beyond some hundreds. What is left is written with sorted keys, so that an unchanged record is the same bytes.
Border: nothing is asked and nothing is kept here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from vocab.readers.zenodo_record import ZenodoRecord, part, zenodo_record

_MOST_FILES = 300
_MOST_PARTS = 50
_PAGES = ("self_html", "html", "doi")
# What tells a version of a concept from another; the rest of an older version is in its own payload.
_OF_VERSION = ("id", "recid", "doi", "conceptdoi", "conceptrecid", "pids", "parent", "versions", "links")
_OF_METADATA = ("doi", "title", "version", "publication_date", "relations", "related_identifiers", "resource_type")
# Of what is no software each version may be named by itself, as a data set or paper.
_OF_WORKS = (*_OF_METADATA, "creators", "rights", "license")


@dataclass(frozen=True, slots=True)
class Row:
    """A record that a search found; `sha256` is of its kept JSON. Counters, which move by themselves, are not kept."""

    id: str
    sha256: str
    concept: str
    doi: str | None
    concept_doi: str | None
    index: int
    latest: bool
    page: str | None
    repositories: tuple[str, ...]
    counters: Mapping[str, int] = field(default_factory=dict, compare=False)

    @property
    def order(self) -> tuple[bool, int, int, str]:
        """By what the versions of a concept are ordered, the latest last."""
        return (self.latest, self.index, len(self.id), self.id)

    def as_json(self) -> list[Any]:
        """The form that is remembered."""
        return [
            self.id, self.sha256, self.concept, self.doi, self.concept_doi, self.index, self.latest, self.page,
            self.repositories,
        ]


def row_of(record: ZenodoRecord, sha256: str) -> Row:
    """The row of a record whose JSON is kept under this hash."""
    counters = {"views": record.views, "downloads": record.downloads}
    return Row(
        record.id, sha256, record.concept or record.id, record.doi, record.concept_doi, record.index or 0,
        record.latest is True, record.page, record.repositories,
        {name: count for name, count in counters.items() if count is not None},
    )


def row_from_json(form: list[Any]) -> Row:
    """A row as it was remembered."""
    number, sha256, concept, doi, concept_doi, index, latest, page, repositories = form
    return Row(number, sha256, concept, doi, concept_doi, index, latest, page, tuple(repositories))


def kept_form(form: Mapping[str, Any]) -> bytes:
    """The JSON of a record as it is kept. Raises `ValueError` when it is nested beyond all measure."""
    kept = {name: value for name, value in form.items() if name != "stats"}
    links = part(form, "links")
    kept["links"] = {name: links[name] for name in _PAGES if name in links}
    files = form.get("files")
    if isinstance(files, list):
        kept["files"] = files[:_MOST_FILES]
    elif isinstance(files, Mapping):
        entries = part(files, "entries")
        kept["files"] = {**files, "entries": {name: entries[name] for name in sorted(entries)[:_MOST_FILES]}}
    try:
        return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        message = f"a record that cannot be written again: {error}"
        raise ValueError(message) from None


def version_form(form: Mapping[str, Any]) -> dict[str, Any]:
    """What of the JSON of a record tells it from the other versions of its concept."""
    record, metadata = zenodo_record(form), part(form, "metadata")
    names = _OF_METADATA if record is not None and record.thing in ("software", "model") else _OF_WORKS
    kept = {name: form[name] for name in _OF_VERSION if name in form}
    return {**kept, "metadata": {name: _cut(metadata[name]) for name in names if name in metadata}}


def _cut(value: Any) -> Any:
    return value[:_MOST_PARTS] if isinstance(value, list) else value


def digest(body: bytes) -> str:
    """The hash under which bytes are kept."""
    return hashlib.sha256(body).hexdigest()
