"""Concept schemes of ours (tasks, categories, libraries, data types, communities), look-up of terms, SKOS.

The terms stand in the TOML files here, one a scheme, with their matches in the AI4OS, Hugging Face and MLSO
vocabularies. Border: which terms a module has is decided by readers and merge.
"""

from __future__ import annotations

from vocab.terms.keywords import FIELD_OF_SCHEME, classify_keyword, label, term
from vocab.terms.schemes import NAMESPACES, SCHEMES, Scheme, Term
from vocab.terms.skos import scheme_graph, scheme_turtle, scheme_uri, term_uri

__all__ = [
    "FIELD_OF_SCHEME",
    "NAMESPACES",
    "SCHEMES",
    "Scheme",
    "Term",
    "classify_keyword",
    "label",
    "scheme_graph",
    "scheme_turtle",
    "scheme_uri",
    "term",
    "term_uri",
]
