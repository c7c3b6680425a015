"""The one search interface: what can be asked, what is answered. Both engines implement it, nothing else knows them.

Questions are in our own words (text, filters, sort, page), never in an engine's query language. Filter and facet
names are those of `FACETS`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from vocab.module import Module

FACETS = ("type", "category", "task", "library", "data_type", "licence", "community", "source", "year", "has")
SORTS = ("relevance", "newest", "updated", "title")


@dataclass(frozen=True, slots=True)
class Query:
    """One question. `filters`: facet name → wanted values (OR inside a facet, AND between facets); `page` from 1."""

    text: str = ""
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "relevance"
    page: int = 1
    size: int = 20
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One found module. `highlights`: field → fragments of HTML-escaped text in which hits stand in `<mark>`."""

    slug: str
    title: str
    summary: str | None
    highlights: dict[str, tuple[str, ...]]
    score: float


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet, its label for people and how many hits have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Correction:
    """Words that no module has were replaced: the question as it came and as it was asked."""

    original: str
    corrected: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of one page, the exact total, and facets, each counted without its own filter."""

    hits: tuple[Hit, ...]
    total: int
    facets: dict[str, tuple[FacetValue, ...]]
    correction: Correction | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion while typing. `kind`: module, keyword, author; `slug` for modules."""

    text: str
    kind: str
    slug: str | None = None


class SearchUnavailableError(Exception):
    """The engine cannot answer now; the web says so with 503 and the rest of the site goes on."""


class SearchEngine(Protocol):
    """An index of the published modules. Derived: it can be thrown away and rebuilt from the store."""

    name: str

    def search(self, query: Query) -> Answer:
        """Answer one question. Any text is a legal question. Raises `SearchUnavailableError`."""

    def suggest(self, text: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Completions of what was typed so far. Raises `SearchUnavailableError`."""

    def similar(self, slug: str, limit: int = 6) -> tuple[Hit, ...]:
        """Modules like this one, itself left out. Raises `SearchUnavailableError`."""

    def apply(self, upserts: Iterable[Module], deletions: Iterable[str], sequence: int) -> None:
        """Write a batch of the change log and remember `sequence`, both or neither."""

    def sequence(self) -> int:
        """The last sequence number that the index has; 0 for an empty one."""

    def rebuild(self, modules: Iterable[Module], sequence: int) -> None:
        """Build a new index beside the one in use and swap: readers never see an empty or partial one."""

    def slugs(self) -> dict[str, int]:
        """Every indexed slug with the sequence number of the module as it was indexed, for `modreg check`."""

    def close(self) -> None:
        """Give back files and connections."""
