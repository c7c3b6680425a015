"""The canonical module: one record of one real-world module, merged from its source records.

The names are those of the canonical form that outsiders rely on (`modreg export`, `GET /api/v1/modules/{slug}`).
Everything is a frozen value; absent values are `None` or empty and are left out of the canonical form, lists are
sorted there, so that equal modules are equal bytes. `vocab.canonical` writes and reads that form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """`published`: public; `withdrawn`: gone, a tombstone stays for ever; `draft`: known, not public."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Agent:
    """A person or organisation. `orcid` is the bare 16-digit form with hyphens, checksum verified."""

    name: str
    kind: str = "person"
    given: str | None = None
    family: str | None = None
    orcid: str | None = None
    ror: str | None = None
    affiliation: str | None = None
    email: str | None = None
    url: str | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class LicenceValue:
    """One licence as somebody said it: the raw words and, where they can be told, the SPDX expression.

    `eu` is the code in the EU authority table of licences, `osi` whether OSI approved it (None: not known).
    """

    raw: str | None = None
    spdx: str | None = None
    title: str | None = None
    url: str | None = None
    eu: str | None = None
    osi: bool | None = None


@dataclass(frozen=True, slots=True)
class Licence:
    """`declared` by the metadata, `detected` in the licence file, `concluded` by our rule from both."""

    declared: LicenceValue | None = None
    detected: LicenceValue | None = None
    concluded: LicenceValue | None = None


@dataclass(frozen=True, slots=True)
class Dates:
    """ISO 8601 dates or UTC date-times. `content` = last commit that changed something other than keep-alives."""

    created: str | None = None
    updated: str | None = None
    issued: str | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier with its scheme: `doi`, `swhid`, `arxiv`, `handle`, `url`; `value` in the canonical form.

    `role`: `version` (this release), `concept` (all versions), `paper` or None when it is not said.
    """

    scheme: str
    value: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A page about the module. `rel`: source_code, documentation, homepage, issues, readme, ci, demo, metadata."""

    rel: str
    url: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Distribution:
    """Something one can fetch and run. `kind`: image, source, weights, archive.

    For images `reference` is `registry/repository[:tag][@digest]` in canonical form and `pull` what one types; `tag` is
    the one to take, `tags` are all names of its digest; `platforms` are like `linux/arm64/v8`, `size_bytes` is what is
    transferred for the first of them. `created`: when it was built, `pushed`: when the tag came to point at it.
    `revision` is the commit it was built from.
    """

    kind: str
    url: str | None = None
    title: str | None = None
    reference: str | None = None
    pull: str | None = None
    tag: str | None = None
    digest: str | None = None
    doi: str | None = None
    size_bytes: int | None = None
    media_type: str | None = None
    tags: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    created: str | None = None
    pushed: str | None = None
    revision: str | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A thing the module was made with or is written about: a data set, a paper, a base model.

    `kind`: dataset, paper, model, software, … ; `authors` are names as one writes them, in their order.
    """

    url: str | None = None
    title: str | None = None
    doi: str | None = None
    kind: str | None = None
    licence: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One version: a tag or release of the repository, or the version that the packaging names."""

    name: str
    date: str | None = None
    url: str | None = None
    commit: str | None = None
    doi: str | None = None
    release: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation to another module or thing: successor, predecessor, base_model, derived_from, part_of.

    `target` is the slug of a module of ours where it is known, else a URL.
    """

    type: str
    target: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    """Any identifier by which the module is known. `kind`: repository, image, doi, oai, slug, uri, catalogue_name."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class SourceRef:
    """One source record behind the module."""

    source: str
    key: str
    url: str
    revision: str | None = None


@dataclass(frozen=True, slots=True)
class Requirements:
    """Computing resources that the metadata asks for, for `inference` or `training`; memory and storage in MB."""

    purpose: str
    cpu: int | None = None
    gpu: int | None = None
    memory_mb: int | None = None
    gpu_memory_mb: int | None = None
    gpu_compute_capability: float | None = None
    storage_mb: int | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """The one record of one real-world module. Concept lists hold the term ids of `vocab.terms`."""

    slug: str
    title: str
    uri: str = ""
    status: Status = Status.PUBLISHED
    type: str = "module"
    summary: str | None = None
    description: str | None = None
    version: str | None = None
    keywords: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    data_types: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    licence: Licence = field(default_factory=Licence)
    dates: Dates = field(default_factory=Dates)
    authors: tuple[Agent, ...] = ()
    contacts: tuple[Agent, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    links: tuple[Link, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    training_data: tuple[Resource, ...] = ()
    publications: tuple[Resource, ...] = ()
    versions: tuple[Version, ...] = ()
    relations: tuple[Relation, ...] = ()
    requirements: tuple[Requirements, ...] = ()
    aliases: tuple[Alias, ...] = ()
    sources: tuple[SourceRef, ...] = ()
    findings: dict[str, int] = field(default_factory=dict)
    withdrawn_reason: str | None = None
    archived: str | None = None
    datestamp: str | None = None
    sequence: int | None = None
