"""Search, suggestions, facets: the questions of people and pages."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from registry.search.engine import FACETS, Answer, Hit, Query, SearchUnavailableError
from registry.services import Services
from registry.web.api.endpoint import NoParameters, Parameters
from registry.web.problems import ProblemError

DEEPEST_HIT = 10_000


class SearchParameters(Parameters):
    """The parameters of a search; every facet may be repeated (OR inside one facet, AND between them)."""

    q: str = Field(default="", description='words, "phrases", -exclusions, author:, licence:, updated:>2024 …')
    page: int = Field(default=1, ge=1, le=DEEPEST_HIT)
    size: int = Field(default=20, ge=1, le=100)
    sort: Literal["relevance", "newest", "updated", "title"] = "relevance"
    literal: bool = Field(default=False, description="search the words as they are, without correction")
    type: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    task: tuple[str, ...] = ()
    library: tuple[str, ...] = ()
    data_type: tuple[str, ...] = ()
    licence: tuple[str, ...] = ()
    community: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    has: tuple[str, ...] = ()

    def query(self) -> Query:
        """The question in the search interface's terms. Raises `ProblemError` when the page is too deep."""
        if self.page * self.size > DEEPEST_HIT:
            detail = f"page {self.page} of {self.size} is beyond hit {DEEPEST_HIT:,}; `modreg export` and /oai give all"
            raise ProblemError(400, detail, parameter="page")
        filters = {name: values for name in FACETS if (values := getattr(self, name))}
        return Query(self.q, filters, self.sort, self.page, self.size, self.literal)


class SuggestParameters(Parameters):
    """What was typed so far."""

    q: str = ""
    limit: int = Field(default=8, ge=1, le=20)


class SimilarParameters(Parameters):
    """How many."""

    limit: int = Field(default=6, ge=1, le=20)


def unavailable(error: SearchUnavailableError) -> ProblemError:
    """The problem that tells a client that the search engine does not answer."""
    return ProblemError(503, f"search is not available now: {error}; the list at /api/v1/modules is", retry_after_s=30)


def search(services: Services, parameters: SearchParameters) -> dict[str, Any]:
    """Full-text search with facets."""
    query = parameters.query()
    try:
        answer = services.search.search(query)
    except SearchUnavailableError as error:
        raise unavailable(error) from error
    return search_json(answer, query)


def suggest(services: Services, parameters: SuggestParameters) -> dict[str, Any]:
    """Completions while typing."""
    try:
        found = services.search.suggest(parameters.q, parameters.limit)
    except SearchUnavailableError as error:
        raise unavailable(error) from error
    items = [{"text": each.text, "kind": each.kind, **({"slug": each.slug} if each.slug else {})} for each in found]
    return {"items": items, "total": len(items)}


def facets(services: Services, parameters: NoParameters) -> dict[str, Any]:
    """Every facet with its values over all modules."""
    del parameters
    try:
        answer = services.search.search(Query(size=1))
    except SearchUnavailableError as error:
        raise unavailable(error) from error
    return {"facets": facets_json(answer)}


def hit_json(hit: Hit) -> dict[str, Any]:
    """A hit as the API tells it."""
    item: dict[str, Any] = {"slug": hit.slug, "title": hit.title}
    if hit.summary:
        item["summary"] = hit.summary
    return {**item, "highlights": {name: list(texts) for name, texts in hit.highlights.items()}, "score": hit.score}


def facets_json(answer: Answer) -> dict[str, Any]:
    """Facets as the API tells them."""
    return {
        name: [{"value": each.value, "label": each.label, "count": each.count} for each in values]
        for name, values in answer.facets.items()
    }


def search_json(answer: Answer, query: Query) -> dict[str, Any]:
    """An answer in the form that outsiders rely on."""
    told: dict[str, Any] = {
        "items": [hit_json(hit) for hit in answer.hits],
        "total": answer.total,
        "page": query.page,
        "size": query.size,
        "facets": facets_json(answer),
    }
    if answer.correction is not None:
        told["corrected"] = {"from": answer.correction.original, "to": answer.correction.corrected}
    return told
