"""Modules for tests: `a_module(**changes)` is a whole one, `a_bare_module` has only what every module has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vocab.module import (
    Agent,
    Alias,
    Dates,
    Distribution,
    Identifier,
    Licence,
    LicenceValue,
    Link,
    Module,
    Relation,
    Requirements,
    Resource,
    SourceRef,
    Status,
    Version,
)

BASE_URL = "https://registry.example.org"

_MIT = LicenceValue(
    raw="MIT License", spdx="MIT", title="MIT License", url="https://spdx.org/licenses/MIT", eu="MIT", osi=True
)

_THINGS: dict[str, Any] = {
    "authors": (
        Agent(
            name="Ada Muster", given="Ada", family="Muster", orcid="0000-0002-1825-0097",
            affiliation="Institute of Birds", email="ada@example.org",
        ),
        Agent(name="Institute of Birds", kind="organisation", ror="https://ror.org/05gq02987"),
    ),
    "contacts": (Agent(name="Ada Muster", email="ada@example.org"),),
    "identifiers": (
        Identifier(scheme="doi", value="10.5281/zenodo.1234567", role="version"),
        Identifier(scheme="doi", value="10.5281/zenodo.1234566", role="concept"),
    ),
    "links": (
        Link(rel="source_code", url="https://github.com/example/bird-song-detector"),
        Link(rel="documentation", url="https://example.org/docs/birds"),
        Link(rel="issues", url="https://github.com/example/bird-song-detector/issues"),
    ),
    "distributions": (
        Distribution(
            kind="image", url="https://hub.docker.com/r/example/bird-song-detector",
            reference="docker.io/example/bird-song-detector:latest", pull="example/bird-song-detector:latest",
            tag="latest", digest="sha256:" + "ab" * 32, size_bytes=2_000_000_000,
        ),
        Distribution(kind="source", url="https://github.com/example/bird-song-detector"),
        Distribution(
            kind="weights", url="https://example.org/weights/birds.pt", title="Weights of birds", size_bytes=1024
        ),
    ),
    "training_data": (
        Resource(url="https://doi.org/10.5281/zenodo.7654321", title="Songs of 40 birds",
                 doi="10.5281/zenodo.7654321", kind="dataset"),
    ),
    "publications": (Resource(url="https://doi.org/10.1234/birds", doi="10.1234/birds", title="On bird songs"),),
    "versions": (
        Version(name="1.2.0", date="2025-06-12", url="https://github.com/example/bird-song-detector/tree/v1.2.0",
                commit="0123456789abcdef0123456789abcdef01234567", release=True, current=True),
        Version(name="1.1.0", date="2024-01-10"),
    ),
    "relations": (Relation(type="base_model", target="https://example.org/models/base", title="A base model"),),
    "requirements": (Requirements(purpose="inference", cpu=2, memory_mb=4096),),
    "aliases": (Alias(kind="repository", value="github.com/example/bird-song-detector"),),
    "sources": (
        SourceRef(
            source="ai4os-hub", key="github.com/example/bird-song-detector",
            url="https://github.com/example/bird-song-detector",
            revision="0123456789abcdef0123456789abcdef01234567",
        ),
    ),
}


def a_bare_module(**changes: Any) -> Module:
    """A module of which nothing is known but its name."""
    slug = changes.pop("slug", "bird-song-detector")
    bare = Module(slug=slug, title="Bird song detector", uri=f"{BASE_URL}/id/module/{slug}")
    return replace(bare, **changes)


def a_module(**changes: Any) -> Module:
    """A published module with a value in every field; `changes` are fields of `vocab.module.Module`."""
    slug = changes.pop("slug", "bird-song-detector")
    whole = Module(
        slug=slug,
        title="Bird song detector",
        uri=f"{BASE_URL}/id/module/{slug}",
        summary="Hears which bird sings",
        description="# Bird songs\n\nHears *which* bird sings in a [recording](https://example.org/recordings).\n",
        version="1.2.0",
        keywords=("bioacoustics", "birds"),
        libraries=("pytorch",),
        tasks=("classification",),
        categories=("inference", "trainable"),
        data_types=("audio",),
        communities=("vo.imagine-ai.eu",),
        licence=Licence(declared=_MIT, detected=_MIT, concluded=_MIT),
        dates=Dates(created="2023-02-01", updated="2025-06-30", issued="2025-06-12", content="2025-06-30T08:15:00Z"),
        **_THINGS,
        datestamp="2026-01-02T03:04:05Z",
        sequence=7,
    )
    return replace(whole, **changes)


def a_withdrawn_module(**changes: Any) -> Module:
    """A module that was published and is gone."""
    reason = "The repository was removed by its owner"
    return replace(a_module(**changes), status=Status.WITHDRAWN, withdrawn_reason=reason)
