"""The list and search page: one address a search, filters as links, so that it works without JavaScript."""

from __future__ import annotations

from math import ceil
from urllib.parse import urlencode

from registry.database import Database
from registry.search.documents import facet_label, facet_value
from registry.search.engine import FACETS, SORTS, Answer, FacetValue
from registry.web.api.views_search import DEEPEST_HIT, SearchParameters
from registry.web.pages.cards import hit_cards
from registry.web.pages.contexts import CataloguePage, Choice, CorrectionNote, FacetGroup, FacetLink

FACET_LABELS = {
    "type": "Type",
    "category": "What for",
    "task": "Task",
    "library": "Library",
    "data_type": "Data",
    "licence": "Licence",
    "community": "Community",
    "source": "Catalogue",
    "year": "Year",
    "has": "Comes with",
}
_SORT_LABELS = {"relevance": "Best match", "newest": "Newest", "updated": "Lately changed", "title": "Title"}
_OPEN = ("category", "task", "library", "data_type")
SHOWN_VALUES = 40
_OTHER = "other"


def catalogue_page(database: Database, parameters: SearchParameters, answer: Answer, base_url: str) -> CataloguePage:
    """The page of one answer."""
    chosen = {name: tuple(facet_value(name, each) for each in getattr(parameters, name)) for name in FACETS}
    address = _Address(parameters, chosen)
    pages = max(1, ceil(min(answer.total, DEEPEST_HIT) / parameters.size))
    active = [(name, value) for name, values in chosen.items() for value in values]
    correction = answer.correction
    return CataloguePage(
        heading=f"Search: {parameters.q}" if parameters.q else "Modules",
        canonical=f"{base_url}{address.page(parameters.page)}",
        text=parameters.q,
        hidden=tuple(active),
        corrected=CorrectionNote(correction.original, correction.corrected, address.literal()) if correction else None,
        facets=facet_groups(answer, chosen, address),
        active=tuple(
            Choice(f"{FACET_LABELS[name]}: {facet_label(name, value)}", address.toggled(name, value), chosen=True)
            for name, value in active
        ),
        clear_url=address.without_filters(),
        sorts=_sorts(parameters, address),
        total=answer.total,
        hits=hit_cards(database, answer.hits),
        number=parameters.page,
        pages=pages,
        previous_url=address.page(parameters.page - 1) if parameters.page > 1 else None,
        next_url=address.page(parameters.page + 1) if parameters.page < pages else None,
    )


def facet_groups(answer: Answer, chosen: dict[str, tuple[str, ...]], address: _Address) -> tuple[FacetGroup, ...]:
    """The filter column: facets that could part the hits, and those that are chosen."""
    groups: list[FacetGroup] = []
    for name in FACETS:
        values = other_last(answer.facets.get(name, ()))[:SHOWN_VALUES]
        if not values or (len(values) == 1 and not chosen.get(name)):
            continue
        links = tuple(
            FacetLink(each.label, each.count, address.toggled(name, each.value), each.value in chosen.get(name, ()))
            for each in values
        )
        groups.append(FacetGroup(name, FACET_LABELS[name], links, open=name in _OPEN or bool(chosen.get(name))))
    return tuple(groups)


def other_last(values: tuple[FacetValue, ...]) -> tuple[FacetValue, ...]:
    """The same order, but what is called "other" at the end: it says least, however many have it."""
    return tuple(sorted(values, key=lambda each: each.value == _OTHER))


def _sorts(parameters: SearchParameters, address: _Address) -> tuple[Choice, ...]:
    """The orders to choose from; without words nothing matches best, and the engine sorts by date."""
    offered = SORTS if parameters.q else tuple(each for each in SORTS if each != "relevance")
    chosen = parameters.sort if parameters.sort in offered else "updated"
    return tuple(Choice(_SORT_LABELS[each], address.sorted_by(each), each == chosen) for each in offered)


class _Address:
    """The addresses of this search with one thing changed; a changed search begins at its first page."""

    def __init__(self, parameters: SearchParameters, chosen: dict[str, tuple[str, ...]]) -> None:
        self._parameters = parameters
        self._chosen = chosen

    def toggled(self, name: str, value: str) -> str:
        values = self._chosen.get(name, ())
        changed = tuple(each for each in values if each != value) if value in values else (*values, value)
        return self._built({**self._chosen, name: changed})

    def sorted_by(self, sort: str) -> str:
        return self._built(self._chosen, sort=sort)

    def page(self, number: int) -> str:
        return self._built(self._chosen, page=number)

    def literal(self) -> str:
        return self._built(self._chosen, literal=True)

    def without_filters(self) -> str:
        return self._built({})

    def _built(
        self, chosen: dict[str, tuple[str, ...]], *, sort: str | None = None, page: int = 1, literal: bool | None = None
    ) -> str:
        parameters = self._parameters
        sort = sort or parameters.sort
        literal = parameters.literal if literal is None else literal
        pairs: list[tuple[str, str]] = [("q", parameters.q)] if parameters.q else []
        pairs += [(name, value) for name, values in chosen.items() for value in values]
        pairs += [("sort", sort)] if sort != "relevance" else []
        pairs += [("size", str(parameters.size))] if parameters.size != SearchParameters().size else []
        pairs += [("literal", "true")] if literal else []
        pairs += [("page", str(page))] if page > 1 else []
        return f"/modules?{urlencode(pairs)}" if pairs else "/modules"
