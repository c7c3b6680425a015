"""A question in the embedded engine's query objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import tantivy

from registry.search.documents import facet_value
from registry.search.question import DateRange, Question, words_required
from registry.search.tantivy_schema import BOOSTS, MODULE, analyser, day_number, schema, word_analyser

NAME_BOOST = 40.0
TITLE_BOOST = 6.0
# Ends of an open range: a module without a date, whose number is 0, is in none.
FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"

_Must, _Should, _MustNot = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot


@cache
def _schema() -> tantivy.Schema:
    return schema()


@cache
def _analyser() -> tantivy.TextAnalyzer:
    return analyser()


@cache
def _word_analyser() -> tantivy.TextAnalyzer:
    return word_analyser()


def stems(words: Iterable[str]) -> list[str]:
    """The indexed form of words."""
    return list(_analyser().analyze(" ".join(words)))


def folded(word: str) -> str:
    """The dictionary form of one word; empty when nothing of it is indexed."""
    found = _word_analyser().analyze(word)
    return str(found[0]) if found else ""


def term(field: str, value: str) -> tantivy.Query:
    """Exactly this value in a field that is not analysed."""
    return tantivy.Query.term_query(_schema(), field, value, "basic")


def modules_only(*others: tantivy.Query) -> tantivy.Query:
    """Only modules, and all of the other conditions, without a say in the score of the first."""
    condition = tantivy.Query.const_score_query(term("kind", MODULE), 0.0)
    return tantivy.Query.boolean_query([(_Must, condition), *((_Must, each) for each in others)])


def text_query(question: Question) -> tantivy.Query | None:
    """The scored part of a question, or None when it has no text."""
    clauses = _word_clauses(question.words)
    clauses += [(_Must, _phrase_anywhere(phrase)) for phrase in question.phrases]
    clauses += [(_Must, _phrase(field, words)) for field, words in question.fielded]
    exact: list[tantivy.Query] = []
    if question.name is not None:
        exact.append(tantivy.Query.boost_query(term("name", question.name), NAME_BOOST))
    together = stems((*question.words, *(word for phrase in question.phrases for word in phrase)))
    if len(together) > 1:
        exact.append(tantivy.Query.boost_query(_phrase("title", together, stemmed=True), TITLE_BOOST))
    if not clauses and not exact:
        return None if not question.excluded else _without(tantivy.Query.all_query(), question)
    parts: list[tantivy.Query] = [tantivy.Query.boolean_query(clauses)] if clauses else []
    either = tantivy.Query.boolean_query([(_Should, each) for each in (*parts, *exact)])
    return _without(either, question)


def _word_clauses(words: Sequence[str]) -> list[tuple[tantivy.Occur, tantivy.Query]]:
    found = [_anywhere(stem) for stem in stems(words)]
    if not found:
        return []
    any_of = tantivy.Query.boolean_query([(_Should, each) for each in found], words_required(len(found)))
    return [(_Must, any_of)]


def _anywhere(stem: str) -> tantivy.Query:
    each = [
        tantivy.Query.boost_query(tantivy.Query.term_query(_schema(), name, stem), boost)
        for name, boost in BOOSTS.items()
    ]
    return tantivy.Query.boolean_query([(_Should, one) for one in each])


def _phrase_anywhere(words: Sequence[str]) -> tantivy.Query:
    stemmed = stems(words)
    each = [tantivy.Query.boost_query(_phrase(name, stemmed, stemmed=True), boost) for name, boost in BOOSTS.items()]
    return tantivy.Query.boolean_query([(_Should, one) for one in each])


def _phrase(field: str, words: Sequence[str], *, stemmed: bool = False) -> tantivy.Query:
    parts = list(words) if stemmed else stems(words)
    if not parts:
        return tantivy.Query.empty_query()
    if len(parts) == 1:
        return tantivy.Query.term_query(_schema(), field, parts[0])
    return tantivy.Query.phrase_query(_schema(), field, list(parts))


def _without(query: tantivy.Query, question: Question) -> tantivy.Query:
    if not question.excluded:
        return query
    unwanted = [(_MustNot, _phrase_anywhere(words)) for words in question.excluded]
    return tantivy.Query.boolean_query([(_Must, query), *unwanted])


def filter_queries(filters: Mapping[str, Sequence[str]], ranges: Sequence[DateRange]) -> dict[str, tantivy.Query]:
    """One condition for each filtered facet, by its name, and one for each range of dates."""
    conditions: dict[str, tantivy.Query] = {}
    for name, wanted in filters.items():
        values = sorted({facet_value(name, each) for each in wanted})
        any_of = tantivy.Query.term_set_query(_schema(), f"facet_{name}", values)
        conditions[name] = tantivy.Query.const_score_query(any_of, 0.0)
    for number, span in enumerate(ranges):
        between = tantivy.Query.range_query(
            _schema(),
            span.field,
            tantivy.FieldType.Unsigned,
            day_number(span.start or FIRST_DAY),
            day_number(span.end or LAST_DAY),
        )
        conditions[f"{span.field} {number}"] = tantivy.Query.const_score_query(between, 0.0)
    return conditions


def prefix_query(field: str, words: Sequence[str]) -> tantivy.Query:
    """All words but the last as they are, the last as a beginning; on a field of unstemmed words.

    The words are dictionary forms, which hold letters and digits only, so that no sign of a pattern can be in them.
    """
    *whole, last = words
    clauses = [(_Must, tantivy.Query.term_query(_schema(), field, word)) for word in whole]
    beginning = tantivy.Query.regex_query(_schema(), field, f"{last}.*")
    return tantivy.Query.boolean_query([*clauses, (_Must, beginning)])
