"""From a question to an answer with the embedded engine: hits, total, facets, highlights, correction."""

from __future__ import annotations

import html

import tantivy

from registry.search.documents import facet_label
from registry.search.engine import FACETS, Answer, Correction, FacetValue, Hit, Query
from registry.search.question import Question, ask
from registry.search.spelling import Dictionary
from registry.search.tantivy_query import filter_queries, folded, modules_only, stems, text_query
from registry.search.tantivy_schema import BOOSTS

MOST_VALUES = 200
HIGHLIGHTED = ("title", "summary", "description", "keywords", "authors")
FRAGMENT_CHARACTERS = 180
# Sort → the fast field and its direction; relevance has none.
_SORT_FIELD = {
    "newest": ("created", tantivy.Order.Desc),
    "updated": ("updated", tantivy.Order.Desc),
    "title": ("title_key", tantivy.Order.Asc),
}


def answer(searcher: tantivy.Searcher, schema: tantivy.Schema, query: Query, dictionary: Dictionary) -> Answer:
    """The answer to one question."""
    question = ask(query.text)
    correction: Correction | None = None
    if not query.literal:
        question, correction = _corrected(searcher, query.text, question, dictionary)
    filters = {name: tuple(values) for name, values in query.filters.items()}
    for name, values in question.facets.items():
        filters[name] = (*filters.get(name, ()), *values)
    conditions = filter_queries(filters, question.ranges)
    text = text_query(question)
    full = modules_only(*([text] if text is not None else []), *conditions.values())
    offset, size = (query.page - 1) * query.size, query.size
    sort = query.sort if query.sort != "relevance" or text is not None else "updated"
    order_by, order = _SORT_FIELD.get(sort, (None, tantivy.Order.Desc))
    found = searcher.search(full, limit=max(1, size), offset=offset, order_by_field=order_by, order=order)
    hits: list[Hit] = []
    if size:
        marker = _Marker(searcher, schema, text)
        hits = [marker.hit(address, score if order_by is None else 0.0) for score, address in found.hits[:size]]
    total = int(found.count)  # type: ignore[attr-defined]  # it is there; tantivy's stubs lack it
    return Answer(tuple(hits), total, _facets(searcher, text, conditions, filters), correction)


def similar_query(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> tantivy.Query:
    """What is like this document: its rarer words, in a small collection as in a large one."""
    seldom = max(2, searcher.num_docs // 2)
    return tantivy.Query.more_like_this_query(
        address, min_doc_frequency=1, max_doc_frequency=seldom, min_term_frequency=1, min_word_length=3
    )


def hit_of(document: tantivy.Document, score: float, highlights: dict[str, tuple[str, ...]] | None = None) -> Hit:
    """The hit that a stored document is."""
    summary = document.get_first("summary")
    title = str(document.get_first("title") or "")
    return Hit(
        str(document.get_first("slug")),
        title,
        str(summary) if summary else None,
        highlights or {},
        round(float(score), 4),
    )


class _Marker:
    """Makes hits with the words of the question marked in their texts."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema, text: tantivy.Query | None) -> None:
        self._searcher = searcher
        self._generators: list[tuple[str, tantivy.SnippetGenerator]] = []
        if text is None:
            return
        for name in HIGHLIGHTED:
            generator = tantivy.SnippetGenerator.create(searcher, text, schema, name)
            generator.set_max_num_chars(FRAGMENT_CHARACTERS)
            self._generators.append((name, generator))

    def hit(self, address: tantivy.DocAddress, score: float) -> Hit:
        document = self._searcher.doc(address)
        highlights: dict[str, tuple[str, ...]] = {}
        for name, generator in self._generators:
            marked = _marked(generator.snippet_from_doc(document))
            if marked:
                highlights[name] = (marked,)
        return hit_of(document, score, highlights)


def _marked(snippet: tantivy.Snippet) -> str:
    """The fragment, escaped, with `<mark>` around hits. The ranges count bytes of UTF-8, not characters."""
    ranges = snippet.highlighted()
    if not ranges:
        return ""
    fragment = snippet.fragment().encode()
    parts: list[str] = []
    end = 0
    for each in ranges:
        parts.append(html.escape(fragment[end : each.start].decode(errors="replace")))
        parts.append(f"<mark>{html.escape(fragment[each.start : each.end].decode(errors='replace'))}</mark>")
        end = each.end
    parts.append(html.escape(fragment[end:].decode(errors="replace")))
    return "".join(parts)


def _facets(
    searcher: tantivy.Searcher,
    text: tantivy.Query | None,
    conditions: dict[str, tantivy.Query],
    filters: dict[str, tuple[str, ...]],
) -> dict[str, tuple[FacetValue, ...]]:
    """Counts of every facet's values; a facet that is filtered is counted as if it were not, so that one can widen."""
    texts = [text] if text is not None else []
    free = [name for name in FACETS if name not in filters]
    counted = _counts(searcher, modules_only(*texts, *conditions.values()), free)
    for name in FACETS:
        if name in filters:
            others = [condition for other, condition in conditions.items() if other != name]
            counted.update(_counts(searcher, modules_only(*texts, *others), [name]))
    return {name: counted[name] for name in FACETS}


def _counts(searcher: tantivy.Searcher, query: tantivy.Query, names: list[str]) -> dict[str, tuple[FacetValue, ...]]:
    if not names:
        return {}
    wanted = {name: {"terms": {"field": f"facet_{name}", "size": MOST_VALUES}} for name in names}
    answered = searcher.aggregate(query, wanted)
    counted: dict[str, tuple[FacetValue, ...]] = {}
    for name in names:
        buckets = answered[name]["buckets"]
        values = [FacetValue(each["key"], facet_label(name, each["key"]), int(each["doc_count"])) for each in buckets]
        counted[name] = tuple(sorted(values, key=lambda each: (-each.count, each.label.casefold(), each.value)))
    return counted


def _corrected(
    searcher: tantivy.Searcher, text: str, question: Question, dictionary: Dictionary
) -> tuple[Question, Correction | None]:
    replaced: dict[str, str] = {}
    for word in question.words:
        plain = folded(word)
        if not plain or dictionary.knows(plain) or _stem_is_known(searcher, word):
            continue
        near = dictionary.nearest(plain)
        if near is not None:
            replaced[word] = near
    if not replaced:
        return question, None
    corrected = " ".join(_replaced(part, replaced) for part in text.split())
    return ask(corrected), Correction(text, corrected)


def _stem_is_known(searcher: tantivy.Searcher, word: str) -> bool:
    """Whether a module has another form of the word: `counts` for `count`."""
    return any(searcher.doc_freq(name, stem) for stem in stems([word]) for name in BOOSTS)


def _replaced(part: str, replaced: dict[str, str]) -> str:
    return replaced.get(part.casefold(), part)
