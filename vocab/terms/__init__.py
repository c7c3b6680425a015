"""Concept schemes of ours (tasks, categories, libraries, data types, communities), and look-up of terms.

The terms stand in the TOML files here, one a scheme, with their matches in the AI4OS, Hugging Face and MLSO
vocabularies. Border: which terms a module has is decided by readers and merge. As SKOS they are written by
`vocab.terms.skos`, which whoever needs it imports by itself: a large library comes with it.
"""

from __future__ import annotations

from vocab.terms.keywords import FIELD_OF_SCHEME, classify_keyword, label, term
from vocab.terms.schemes import NAMESPACES, SCHEMES, Scheme, Term

__all__ = [
    "FIELD_OF_SCHEME",
    "NAMESPACES",
    "SCHEMES",
    "Scheme",
    "Term",
    "classify_keyword",
    "label",
    "term",
]
