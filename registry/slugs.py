"""Slugs: the name of a module in every address. Given once, kept for ever, never given to another module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from sqlalchemy import Connection, select

from registry.tables import module
from vocab.identifiers import slug_of

_PACKING = re.compile(r"^(?:uc-.+?-)?deep-oc-", re.IGNORECASE)


def new_slug(connection: Connection, key: str) -> str:
    """A slug for the module whose record has this key (`github.com/owner/name`).

    It is the name, else the name with its owner, else numbered. Withdrawn and merged modules keep theirs, so no slug
    comes twice.
    """
    for candidate in _candidates(key):
        if connection.scalar(select(module.c.id).where(module.c.slug == candidate)) is None:
            return candidate
    raise AssertionError("the numbers do not end")


def _candidates(key: str) -> Iterator[str]:
    parts = key.rstrip("/").split("/")
    # The first catalogue packed its modules into repositories of this form; what is left is the name.
    name = slug_of(_PACKING.sub("", parts[-1]) or parts[-1])
    yield name
    if len(parts) > 2:
        name = slug_of(f"{parts[-2]}-{parts[-1]}")
        yield name
    yield from (f"{name}-{number}" for number in count(2))
