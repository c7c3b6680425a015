"""What the API answers, for its OpenAPI document. The values themselves are made by the views."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CanonicalModule(BaseModel):
    """The canonical form of a module; absent values are absent."""

    model_config = ConfigDict(extra="allow")
    slug: str
    title: str


class ModuleList(_Answer):
    """Modules in the order of their slugs."""

    items: list[CanonicalModule]
    total: int
    next: str | None = Field(default=None, description="address of the next page, absent on the last")


class SearchHit(_Answer):
    """One found module."""

    slug: str
    title: str
    summary: str | None = None
    highlights: dict[str, list[str]] = Field(description="field → HTML-escaped fragments, hits in <mark>")
    score: float


class HitList(_Answer):
    """Found modules without facets."""

    items: list[SearchHit]
    total: int


class FacetCount(_Answer):
    """One value of a facet."""

    value: str
    label: str
    count: int


class Corrected(_Answer):
    """Words no module has were replaced."""

    from_: str = Field(alias="from")
    to: str


class SearchResult(_Answer):
    """One page of hits with facets, each counted without its own filter."""

    items: list[SearchHit]
    total: int
    page: int
    size: int
    facets: dict[str, list[FacetCount]]
    corrected: Corrected | None = None


class SuggestionItem(_Answer):
    """One completion."""

    text: str
    kind: str
    slug: str | None = None


class SuggestionList(_Answer):
    """Completions, best first."""

    items: list[SuggestionItem]
    total: int


class FacetList(_Answer):
    """Every facet with all its values over all modules."""

    facets: dict[str, list[FacetCount]]


class Origins(_Answer):
    """Per field: every value somebody stated, who, where, by which rule, and whether it won."""

    slug: str
    fields: dict[str, list[dict[str, Any]]]


class ItemList(_Answer):
    """A list of objects with cursor paging."""

    items: list[dict[str, Any]]
    total: int
    next: str | None = None


class SourceItem(BaseModel):
    """One registered source with its settings and state; never its credential."""

    model_config = ConfigDict(extra="allow")
    name: str
    kind: str


class RunItem(BaseModel):
    """One run: status, counts, requests."""

    model_config = ConfigDict(extra="allow")
    id: int
    source: str
    status: str
