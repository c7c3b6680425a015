"""The text of a search, taken apart: words, phrases, exclusions, fields. Any string is a question.

Grammar, tolerant of everything: `"a phrase"`, `-word` and `-"a phrase"` exclude, `author:name`, `licence:MIT`,
`updated:>2024-05` restrict a field; what is left are words. Unbalanced quotes, lone operators and control characters
mean nothing rather than an error. Border: knows no engine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from registry.search.documents import name_key
from registry.search.engine import FACETS

LONGEST_TEXT = 1000
MOST_WORDS = 32
MOST_PARTS = 8

TEXT_FIELDS = {
    "title": "title",
    "summary": "summary",
    "description": "description",
    "author": "authors",
    "keyword": "keywords",
}
DATE_FIELDS = ("created", "updated")

_PART = re.compile(r'(-?)(?:([A-Za-z_]+):)?(?:"([^"]*)"?|(\S+))')
_DATE = re.compile(r"(>=|<=|>|<|)(\d{4}(?:-\d{2}(?:-\d{2})?)?)$", re.ASCII)
_WORD = re.compile(r"\w+")
# Words of questions, not of modules; without this "how do I count plankton in images" would ask for "how".
STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "how",
        "i",
        "in",
        "into",
        "is",
        "it",
        "me",
        "my",
        "of",
        "on",
        "or",
        "that",
        "the",
        "this",
        "to",
        "use",
        "using",
        "want",
        "what",
        "which",
        "with",
    ]
)


@dataclass(frozen=True, slots=True)
class DateRange:
    """A closed range of ISO days; an empty end is open."""

    field: str
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A search text, taken apart. `name` is set when the text as a whole looks like an address or identifier."""

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    fielded: tuple[tuple[str, tuple[str, ...]], ...] = ()
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: tuple[DateRange, ...] = ()
    name: str | None = None

    @property
    def is_empty(self) -> bool:
        """True when nothing was asked for, so that everything is an answer."""
        return not (
            self.words or self.phrases or self.excluded or self.fielded or self.facets or self.ranges or self.name
        )


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, case-folded; `_` parts words, as it does in names."""
    return tuple(_WORD.findall(text.casefold().replace("_", " ")))


def ask(text: str) -> Question:
    """The question in a search text. Never fails; text beyond `LONGEST_TEXT` characters is not looked at."""
    words: list[str] = []
    phrases: list[tuple[str, ...]] = []
    excluded: list[tuple[str, ...]] = []
    fielded: list[tuple[str, tuple[str, ...]]] = []
    facets: dict[str, tuple[str, ...]] = {}
    ranges: list[DateRange] = []
    text = text[:LONGEST_TEXT]
    for minus, prefix, quoted, bare in _PART.findall(text):
        value = quoted or bare
        name = prefix.casefold()
        if name in DATE_FIELDS and (span := _range(name, value)) is not None:
            ranges.append(span)
            continue
        if name in FACETS and value and not minus:
            facets[name] = (*facets.get(name, ()), value)
            continue
        if name in TEXT_FIELDS and words_of(value):
            fielded.append((TEXT_FIELDS[name], words_of(value)))
            continue
        parts = words_of(f"{prefix} {value}" if prefix else value)
        if not parts:
            continue
        if minus:
            excluded.append(parts)
        elif quoted or len(parts) > 1:
            # `tf-benchmarks` and `ai4oshub/x` are one name: its parts have to stand together.
            phrases.append(parts)
        else:
            words.extend(parts)
    kept = [word for word in dict.fromkeys(words) if word not in STOP_WORDS] or words
    # `licence:MIT` has no blank in it either, but is a restriction and no identifier.
    name = None if excluded or fielded or facets or ranges else _name(text)
    return Question(
        tuple(kept[:MOST_WORDS]),
        tuple(phrases[:MOST_PARTS]),
        tuple(excluded[:MOST_PARTS]),
        tuple(fielded[:MOST_PARTS]),
        facets,
        tuple(ranges[:MOST_PARTS]),
        name,
    )


def words_required(count: int) -> int:
    """How many of `count` words a hit needs: all of one or two, about two thirds of more, as people's questions run."""
    return count if count <= 2 else max(2, (count * 2 + 2) // 3)


def _name(text: str) -> str | None:
    key = name_key(text)
    if not any(map(str.isalnum, key)) or any(character.isspace() or character in "\"'" for character in key):
        return None
    key = key.removeprefix("hub.docker.com/r/").removeprefix("doi.org/").removeprefix("doi:")
    if key.startswith(("github.com/", "gitlab.com/")):
        key = "/".join(key.split("/")[:3])
    return key


def _range(name: str, value: str) -> DateRange | None:
    matched = _DATE.match(value)
    if matched is None:
        return None
    operator, day = matched.groups()
    first, last = _first_day(day), _last_day(day)
    # `>2024` means after 2024 is over for `>`-purists and "2024 or later" for most people: the latter finds more.
    if operator in (">", ">="):
        return DateRange(name, start=first)
    if operator in ("<", "<="):
        return DateRange(name, end=last)
    return DateRange(name, first, last)


def _first_day(day: str) -> str:
    return day + "-01-01"[len(day) - 4 :]


def _last_day(day: str) -> str:
    return day + "-12-31"[len(day) - 4 :]
