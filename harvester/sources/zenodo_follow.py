"""What modules name that Zenodo may know, and searches that ask for all of it in few requests.

DOIs of Zenodo are asked for by their number, as version and as concept at once. Repositories are asked for by what the
GitHub integration writes into a record: `isSupplementTo` the address of a tag, and `code:codeRepository`. Both are
keywords to Zenodo's search, so a prefix with `*` finds every tag; `/` and `:` would be syntax, a `?` stands for each.
An owner of whom three repositories are named is asked for as a whole. The words `owner/name` find what is spelt with
other letters, because the title of such a record begins so. Many of these stand in one search with `OR`.

Border: every hit is checked in `zenodo_questions`; which module a record is of is decided in `vocab.identity`.
Source: the field names and types of Zenodo's search index (zenodo-rdm, invenio-rdm-records), read in 2026.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote_plus

from harvester.memory import Named
from harvester.sources.github_owners import WORTH_A_LIST
from harvester.sources.zenodo_questions import Question
from vocab.readers.zenodo_record import ZenodoRecord

RECORDS = "/api/records"
# As they are sent. What stands before Zenodo hands an address on twice, in one message of 4,096 bytes.
MOST_LETTERS = 1_400
# More records than this do not name a few repositories: the rest of the question was passed over.
MOST_LOOSE = 1_000

# Zenodo's own DOIs, and those of its sandbox.
_ZENODO_DOI = re.compile(r"10\.(?:5281|5072)/zenodo\.(\d{1,12})\Z")
_RELATED, _CODE = "related.identifier", r"custom_fields.code\:codeRepository"
_ANYWHERE = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a search: values by field, and what fits it. `narrower` is asked for instead when it finds too much."""

    values: tuple[tuple[str, str], ...]
    fits: Callable[[ZenodoRecord], bool]
    exact: bool
    narrower: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is followed: by record number and by repository key who names it, and as what."""

    numbers: Mapping[str, tuple[Named, ...]]
    repositories: Mapping[str, tuple[Named, ...]]

    def naming(self, name: str) -> tuple[Named, ...]:
        """Who names this number or repository."""
        return (*self.numbers.get(name, ()), *self.repositories.get(name, ()))


def zenodo_number(doi: str) -> str | None:
    """The number in a DOI of Zenodo: of a record, or of a concept."""
    match = _ZENODO_DOI.match(doi)
    return str(int(match.group(1))) if match else None


def wanted_of(dois: Iterable[Named], repositories: Iterable[Named]) -> Wanted:
    """What of all that modules name can be asked for."""
    numbers: dict[str, list[Named]] = defaultdict(list)
    for each in dois:
        number = zenodo_number(each.value)
        if number is not None:
            numbers[number].append(each)
    keys: dict[str, list[Named]] = defaultdict(list)
    for each in repositories:
        keys[each.value].append(each)
    return Wanted(
        {number: tuple(numbers[number]) for number in sorted(numbers, key=int)},
        {key: tuple(keys[key]) for key in sorted(keys)},
    )


def number_term(number: str) -> Term:
    """Whatever has this number, as a version or as a concept."""
    return Term(
        (("recid", number), ("conceptrecid", number)), lambda record: number in (record.id, record.concept), exact=True
    )


def concept_term(concept: str) -> Term:
    """All versions of a concept."""
    return Term((("conceptrecid", concept),), lambda record: record.concept == concept, exact=True)


def repository_terms(keys: Iterable[str]) -> Iterator[Term]:
    """Records that name one of these repositories."""
    by_owner: dict[str, list[str]] = defaultdict(list)
    for key in sorted(keys):
        by_owner[key.rpartition("/")[0]].append(key)
    for owner, known in sorted(by_owner.items()):
        single = tuple(_repository_term(key) for key in known)
        if len(known) < WORTH_A_LIST:
            yield from single
        else:
            yield replace(_term(f"{owner}/"), narrower=single)


def questions_of(terms: Iterable[Term], name: str) -> Iterator[tuple[Question, tuple[Term, ...]]]:
    """The terms in as few searches as the length of a request allows, in their order."""
    batch: list[Term] = []
    for term in terms:
        if batch and len(quote_plus(_query([*batch, term]))) > MOST_LETTERS:
            yield question_of(batch, name), tuple(batch)
            batch = []
        batch.append(term)
    if batch:
        yield question_of(batch, name), tuple(batch)


def question_of(terms: Iterable[Term], name: str) -> Question:
    """One search for all of these terms."""
    asked = tuple(terms)
    exact = all(each.exact for each in asked)

    def fits(record: ZenodoRecord) -> bool:
        return any(each.fits(record) for each in asked)

    # A concept may have hundreds of versions; the number of hits is no sign of a question that was passed over.
    return Question(name, RECORDS, _query(asked), fits, exact) if exact else Question(
        name, RECORDS, _query(asked), fits, exact, MOST_LOOSE
    )


def _repository_term(key: str) -> Term:
    owner, _, name = key.partition("/")[2].rpartition("/")
    words = f'"{owner}/{name}"' if re.fullmatch(r"[\w.-]+/[\w.-]+", f"{owner}/{name}") else None
    term = _term(key)
    return replace(term, values=(*term.values, (_ANYWHERE, words))) if words else term


def _term(prefix: str) -> Term:
    """What names a repository whose key begins so; every sign that could be syntax is left open."""
    pattern = "https???" + re.sub(r"[^a-z0-9.-]", "?", prefix) + "*"
    return Term(
        ((_RELATED, pattern), (_CODE, pattern)),
        lambda record: any(key == prefix or (prefix.endswith("/") and key.startswith(prefix))
                           for key in record.repositories),
        exact=False,
    )


def _query(terms: Iterable[Term]) -> str:
    by_field: dict[str, dict[str, None]] = defaultdict(dict)
    for each in terms:
        for field, value in each.values:
            by_field[field][value] = None
    clauses = [f"{field}:({' OR '.join(values)})" for field, values in by_field.items() if field != _ANYWHERE]
    return " OR ".join([*clauses, *by_field.get(_ANYWHERE, ())])
