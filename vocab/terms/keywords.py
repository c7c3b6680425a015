"""Look-up of terms, and free keywords sorted to where they belong.

A keyword that is a library, task, category, data type or community goes there, a word about the platform goes nowhere,
and what is left is a keyword, in lower case.

Border: nothing is derived that the word does not say (`yolo` does not become object detection).
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

from vocab.identifiers import is_placeholder
from vocab.terms.schemes import SCHEMES, Term, key_of
from vocab.text import one_line

_PLATFORMS = tomllib.loads(files(__package__).joinpath("platforms.toml").read_text(encoding="utf-8"))
_PLATFORM_WORDS = frozenset(map(key_of, _PLATFORMS["words"]))
_PREFIXES: dict[str, str] = _PLATFORMS["prefixes"]
_VIRTUAL_ORGANISATION = re.compile(r"vo\.[a-z0-9][a-z0-9.-]*\.[a-z]{2,}\Z")
# The field of `vocab.fields` that holds the terms of a scheme.
FIELD_OF_SCHEME = {
    "tasks": "tasks", "categories": "categories", "libraries": "libraries", "data-types": "data_types",
    "communities": "communities",
}
# Where a word means something in two schemes the first one has it: `image classification` before `image`.
_ORDER = ("communities", "categories", "libraries", "tasks", "data-types")


def term(scheme: str, text: object) -> Term | None:
    """The term of a scheme that a text names, by id, label or another name, whatever its case, hyphens and blanks.

    In `communities` any name of a virtual organisation (`vo.example.eu`) is a term, known or not.
    """
    if not isinstance(text, str) or len(text) > 200:
        return None
    found = SCHEMES[scheme].lookup.get(key_of(text))
    if found is None and scheme == "communities":
        name = text.strip().casefold()
        return Term("communities", name, name, "A virtual organisation.") if _VIRTUAL_ORGANISATION.match(name) else None
    return found


def label(scheme: str, term_id: str) -> str:
    """The label of a term for people; an id that is not in the scheme is its own label."""
    found = SCHEMES[scheme].terms.get(term_id)
    return found.label if found else term_id


def classify_keyword(text: object) -> list[tuple[str, str]]:
    """The fields and values that a keyword stands for; `[]` when it says nothing about the module."""
    word = one_line(text) if isinstance(text, str) else ""
    if not word or is_placeholder(word):
        return []
    prefix, slash, rest = word.partition("/")
    scheme = _PREFIXES.get(prefix.strip().casefold()) if slash else None
    if scheme is not None:
        return _of_prefix(scheme, rest)
    if key_of(word) in _PLATFORM_WORDS:
        return []
    for name in _ORDER:
        found = term(name, word)
        if found and found.keyword:
            return [(FIELD_OF_SCHEME[name], found.id)]
    return [("keywords", word.lower())]


def _of_prefix(scheme: str, rest: str) -> list[tuple[str, str]]:
    if not scheme or not rest.strip():
        return []
    found = term(scheme, rest)
    if found:
        return [(FIELD_OF_SCHEME[scheme], found.id)]
    return classify_keyword(rest)
