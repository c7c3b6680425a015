"""The canonical keys under which sources list things, and what kind of thing a key names.

A repository's key is its plain address (`github.com/owner/name`), whichever source reads it; every other key bears the
scheme of what it names, so that an image and a repository on one host are never taken for each other.
"""

from __future__ import annotations

from enum import StrEnum


class EntryKind(StrEnum):
    """What a key names."""

    REPOSITORY = "repository"
    IMAGE = "image"
    DOI = "doi"
    ZENODO = "zenodo"
    OAI = "oai"


_SCHEMES = (EntryKind.IMAGE, EntryKind.DOI, EntryKind.ZENODO, EntryKind.OAI)


def entry_kind(key: str) -> EntryKind:
    """What kind of thing this key names."""
    return next((each for each in _SCHEMES if key.startswith(f"{each}:")), EntryKind.REPOSITORY)


def image_key(name: str) -> str:
    """The key of an image by its canonical name without tag: `image:docker.io/owner/name`."""
    return f"{EntryKind.IMAGE}:{name}"


def doi_key(name: str) -> str:
    """The key of a thing with a DOI, bare and in lower case: `doi:10.5281/zenodo.1`."""
    return f"{EntryKind.DOI}:{name}"


def zenodo_key(record: str | int) -> str:
    """The key of a Zenodo record that has no DOI, by its number (of the concept where there is one): `zenodo:1241`."""
    return f"{EntryKind.ZENODO}:{record}"


def oai_key(identifier: str) -> str:
    """The key of an item of an OAI-PMH repository by its identifier, which mostly begins with `oai:` itself."""
    return identifier if identifier.startswith(f"{EntryKind.OAI}:") else f"{EntryKind.OAI}:{identifier}"


def value_of(key: str) -> str:
    """What stands behind the scheme of a key: the image's name, the DOI; a repository's key is its value."""
    kind = entry_kind(key)
    return key if kind is EntryKind.REPOSITORY else key.removeprefix(f"{kind}:")
