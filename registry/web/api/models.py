"""What the API answers, for its OpenAPI document. The values themselves are made by the views."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from registry.runs import RunStatus
from vocab.module import Module
from vocab.record import Severity


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CanonicalModule(RootModel[Module]):
    """The canonical form of a module; absent values are absent."""


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


class SourceItem(BaseModel):
    """One registered source with its settings and state; never its credential."""

    model_config = ConfigDict(extra="allow")
    name: str
    kind: str
    enabled: bool
    next: str | None = Field(default=None, description="when it is harvested next; absent: not by itself")
    next_why: str = Field(description="why then, or why not")
    parked_until: str | None = Field(default=None, description="until when a limit of its server holds it")
    paused_until: str | None = Field(default=None, description="until when an operator paused it")
    wanted_by: str | None = Field(default=None, description="who asked for a run as soon as possible")
    failures: int = Field(description="failed runs in a row")


class SourceList(_Answer):
    """Registered sources, in the order in which they are harvested."""

    items: list[SourceItem]
    total: int


class RunItem(BaseModel):
    """One harvest of one source: how it ended, what it found, what it cost."""

    model_config = ConfigDict(extra="allow")
    id: int
    source: str
    status: RunStatus
    started: str
    ended: str | None = None
    listed: int
    fetched: int
    unchanged: int
    created: int
    updated: int
    withdrawn: int
    failed: int
    requests: dict[str, Any]
    findings: int
    trigger: str = Field(description="what began it: `schedule`, `hand`, `person NAME` or `webhook HOOK EVENT`")


class RunList(_Answer):
    """Runs, newest first."""

    items: list[RunItem]
    total: int
    next: str | None = None


class FindingItem(_Answer):
    """Something wrong or doubtful: where it is, what was found and expected, how it is mended."""

    code: str
    severity: Severity
    message: str
    mend: str
    module: str | None = None
    source: str | None = None
    entry: str | None = None
    file: str | None = None
    line: int | None = None
    field: str | None = None
    found: str | None = None
    expected: str | None = None


class FindingList(_Answer):
    """Findings in the order in which they were found."""

    items: list[FindingItem]
    total: int
    next: str | None = None


class ChangeItem(_Answer):
    """One entry of the change log."""

    sequence: int
    slug: str
    kind: Literal["created", "updated", "withdrawn", "restored"]
    datestamp: str
    run: int | None = Field(None, description="the run that made it; absent: a curator, a ruling or a rebuild did")
    source: str | None = Field(None, description="the source of that run")
    fields: list[str] | None = Field(None, description="the fields of the module that moved; absent of a new one")


class ChangeList(_Answer):
    """The change log, oldest first."""

    items: list[ChangeItem]
    total: int
    next: str | None = None
