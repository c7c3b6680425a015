"""Slugs: the name of a module in every address. Given once, kept for ever, never given to another module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from sqlalchemy import Connection, select

from registry.tables import module
from vocab.identifiers import EntryKind, entry_kind, slug_of, value_of
from vocab.record import SourceRecord

_PACKING = re.compile(r"^(?:uc-.+?-)?deep-oc-", re.IGNORECASE)
# What one can say of a module, unlike the number of a deposit.
_SLUG_LIKE = re.compile(r"(?=[^a-z]*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_LONGEST_OF_TITLE = 60


def new_slug(connection: Connection, record: SourceRecord) -> str:
    """A slug for the module that is made for this record.

    Of a repository and an image it is the name, else the name with its owner; of an item of another registry the name
    it has there; of a DOI the title. Numbered when it is taken: withdrawn and merged modules keep theirs, so no slug
    comes twice.
    """
    for candidate in _candidates(record):
        if connection.scalar(select(module.c.id).where(module.c.slug == candidate)) is None:
            return candidate
    raise AssertionError("the numbers do not end")


def _candidates(record: SourceRecord) -> Iterator[str]:
    names = _by_path(value_of(record.key)) if _has_path(record.key) else _by_title(record)
    name = ""
    for name in names:
        yield name
    yield from (f"{name}-{number}" for number in count(2))


def _has_path(key: str) -> bool:
    return entry_kind(key) in {EntryKind.REPOSITORY, EntryKind.IMAGE}


def _by_path(path: str) -> Iterator[str]:
    parts = path.rstrip("/").split("/")
    # The first catalogue packed its modules into repositories and images of this form; what is left is the name.
    yield slug_of(_PACKING.sub("", parts[-1]) or parts[-1])
    if len(parts) > 2:
        yield slug_of(f"{parts[-2]}-{parts[-1]}")


def _by_title(record: SourceRecord) -> Iterator[str]:
    last = re.split(r"[:/]", record.key)[-1]
    if entry_kind(record.key) is EntryKind.OAI and _SLUG_LIKE.match(last):
        yield slug_of(last)
        return
    title = next((str(each) for each in record.values("title")), None)
    slug = slug_of(title if title is not None else value_of(record.key))
    whole_words = slug[: _LONGEST_OF_TITLE + 1].rpartition("-")[0]
    yield slug if len(slug) <= _LONGEST_OF_TITLE else whole_words or slug[:_LONGEST_OF_TITLE]
