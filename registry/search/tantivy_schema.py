"""The embedded index's fields and analysers, and the document it stores for a module.

The schema's own text is hashed into the index folder's name: another schema is another folder, filled by a rebuild.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from typing import Any

import tantivy

from registry.search.documents import SearchDocument, name_key
from registry.search.engine import FACETS
from registry.search.question import words_of

# Field → boost. Summed over fields, which measured better on a judged collection than the best field alone.
BOOSTS = {"title": 4.0, "names_text": 3.0, "keywords": 2.5, "summary": 2.0, "authors": 1.5, "description": 1.0}
MODULE, META = "module", "meta"
META_SLUG = "\N{NULL}meta"


def analyser() -> tantivy.TextAnalyzer:
    """Words, accents folded, lower case, English stems: the same for indexing and for asking."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(r"[^\W_]+"))
    for step in (tantivy.Filter.remove_long(60), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()):
        builder = builder.filter(step)
    return builder.filter(tantivy.Filter.stemmer("english")).build()


def word_analyser() -> tantivy.TextAnalyzer:
    """The same without stems: the dictionary of words as people write them."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(r"[^\W_]+"))
    for step in (tantivy.Filter.remove_long(60), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()):
        builder = builder.filter(step)
    return builder.build()


def schema() -> tantivy.Schema:
    """The fields of the index."""
    builder = tantivy.SchemaBuilder()
    for name in ("kind", "slug", "name"):
        builder.add_text_field(name, stored=name == "slug", tokenizer_name="raw", index_option="basic")
    for name in BOOSTS:
        builder.add_text_field(name, stored=name != "names_text", tokenizer_name="stems", index_option="position")
    builder.add_text_field("words", tokenizer_name="words", index_option="basic")
    builder.add_text_field("title_words", tokenizer_name="words", index_option="position")
    for name in ("keyword_key", "author_key"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        builder.add_text_field(f"facet_{name}", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title_key", fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("created", "updated"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    builder.add_unsigned_field("sequence", stored=True, indexed=True, fast=True)
    return builder.build()


def schema_hash() -> str:
    """Eight characters that change when this file changes, and with it what the index holds."""
    return hashlib.sha256(inspect.getsource(sys.modules[__name__]).encode()).hexdigest()[:8]


def register(index: tantivy.Index) -> None:
    """Make the analysers known; tantivy forgets them at every open, in readers too."""
    index.register_tokenizer("stems", analyser())
    index.register_tokenizer("words", word_analyser())


def day_number(day: str) -> int:
    """An ISO day as the number 20260131, which sorts and compares as days do; 0 for none."""
    digits = day.replace("-", "")
    return int(digits) if digits.isdigit() and len(digits) == 8 else 0


def fields_of(document: SearchDocument) -> dict[str, Any]:
    """The fields of one module's index document."""
    texts = (document.title, document.summary, document.description, *document.keywords, *document.authors)
    fields: dict[str, Any] = {
        "kind": MODULE,
        "slug": document.slug,
        "name": list(document.names),
        "title": document.title,
        "summary": document.summary,
        "description": document.description,
        "keywords": list(document.keywords),
        "authors": list(document.authors),
        "names_text": list(document.names),
        "words": [*texts, *document.names],
        "title_words": document.title,
        "keyword_key": [name_key(word) for word in document.keywords],
        "author_key": [name_key(name) for name in document.authors],
        "title_key": " ".join(words_of(document.title)) or document.slug,
        "created": day_number(document.created),
        "updated": day_number(document.updated),
        "sequence": document.sequence,
    }
    for name, values in document.facets.items():
        fields[f"facet_{name}"] = list(values)
    return fields
