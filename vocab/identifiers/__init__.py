"""Canonical forms of identifiers: repository addresses, DOIs, ORCIDs, image references, SWHIDs, URLs, slugs.

Every function takes whatever a source wrote and gives the one canonical form, or None when the text is no such
identifier, is broken, or is a placeholder. None of them raises, and the canonical form of a canonical form is itself
(save for repositories on a host that only the form `ssh://…` or `….git` told to be a forge). Border: nothing here asks
the network whether a thing exists.
"""

from __future__ import annotations

from vocab.identifiers.dois import doi, doi_url, dois_in, own_doi
from vocab.identifiers.entry_keys import (
    EntryKind,
    doi_key,
    entry_kind,
    image_key,
    oai_key,
    value_of,
    zenodo_key,
)
from vocab.identifiers.images import ImageReference, image_reference
from vocab.identifiers.orcids import Orcid, orcid
from vocab.identifiers.placeholders import is_placeholder, placeholder_meaning
from vocab.identifiers.repositories import (
    RepositoryAddress,
    repositories_in,
    repository_address,
    repository_key,
    repository_url,
)
from vocab.identifiers.slugs import slug_of
from vocab.identifiers.swhids import swhid
from vocab.identifiers.urls import clean_url, is_host, url_key

__all__ = [
    "EntryKind",
    "ImageReference",
    "Orcid",
    "RepositoryAddress",
    "clean_url",
    "doi",
    "doi_key",
    "doi_url",
    "dois_in",
    "entry_kind",
    "image_key",
    "image_reference",
    "is_host",
    "is_placeholder",
    "oai_key",
    "orcid",
    "own_doi",
    "placeholder_meaning",
    "repositories_in",
    "repository_address",
    "repository_key",
    "repository_url",
    "slug_of",
    "swhid",
    "url_key",
    "value_of",
    "zenodo_key",
]
