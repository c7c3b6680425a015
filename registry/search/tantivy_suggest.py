"""Completions while typing: titles of modules, then keywords and authors that begin with what was typed."""

from __future__ import annotations

import tantivy

from registry.search.documents import name_key
from registry.search.engine import Suggestion
from registry.search.question import LONGEST_TEXT
from registry.search.tantivy_query import folded, modules_only, prefix_query, term

KEPT_FOR_WORDS = 3


def suggestions(searcher: tantivy.Searcher, text: str, limit: int) -> tuple[Suggestion, ...]:
    """At most `limit` completions; some places are kept for keywords and authors where there are any."""
    typed = text[:LONGEST_TEXT].strip()
    words = [plain for word in typed.replace("_", " ").replace("-", " ").split() if (plain := folded(word))]
    if not words:
        return ()
    others = [*_keys(searcher, "keyword", typed), *_keys(searcher, "author", typed)]
    places = max(1, limit - min(KEPT_FOR_WORDS, len(others)))
    hits = searcher.search(modules_only(prefix_query("title_words", words)), limit=places).hits
    found = [searcher.doc(address) for _, address in hits]
    modules = [Suggestion(str(each.get_first("title")), "module", str(each.get_first("slug"))) for each in found]
    return tuple([*modules, *others][:limit])


def _keys(searcher: tantivy.Searcher, kind: str, typed: str) -> list[Suggestion]:
    counted = searcher.terms_with_prefix(f"{kind}_key", name_key(typed), None, 50)
    frequent = sorted(counted, key=lambda each: (-each[1], each[0]))[:KEPT_FOR_WORDS]
    return [Suggestion(_spelling(searcher, kind, key), kind) for key, _ in frequent]


def _spelling(searcher: tantivy.Searcher, kind: str, key: str) -> str:
    """The word as a module writes it, which the folded key has lost."""
    hits = searcher.search(term(f"{kind}_key", key), limit=1).hits
    if not hits:
        return key
    written = searcher.doc(hits[0][1]).get_all("keywords" if kind == "keyword" else "authors")
    return next((str(each) for each in written if name_key(str(each)) == key), key)
