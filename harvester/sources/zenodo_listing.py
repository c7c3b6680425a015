"""What a `zenodo` source lists: concepts of communities, queries and DOIs, those modules name, those that name modules.

Everything is found by searches over all versions; the JSON of each record comes with them, so reading an entry asks for
nothing. A DOI that no search shows, and an entry of the last time that is in no list any more, is asked for once by its
number: it may have been withdrawn. Border: what a question is and when it is asked again, `zenodo_questions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harvester.errors import ListingUnusable, ServerTrouble, at
from harvester.events import Entry, Listed
from harvester.memory import Named
from harvester.sources.kind import Task
from harvester.sources.zenodo_absent import Absence, Absences
from harvester.sources.zenodo_api import ZenodoApi
from harvester.sources.zenodo_concepts import Concept, concepts_of, named, page_of
from harvester.sources.zenodo_follow import (
    RECORDS,
    Term,
    Wanted,
    concept_term,
    number_term,
    questions_of,
    repository_terms,
    wanted_of,
    zenodo_number,
)
from harvester.sources.zenodo_questions import Asker, Found, Question, TooManyResults
from harvester.sources.zenodo_rows import Row, kept_form, row_of
from harvester.sources.zenodo_shelf import Shelf, Shelved, Vanished
from vocab.findings import finding
from vocab.identifiers import doi_key, doi_url
from vocab.readers.zenodo_record import zenodo_record
from vocab.record import Finding, Listing

_UNREADABLE = Absence(200, "The record cannot be read.")
_MEND_QUERY = "Put what holds `/` or `:` in quotes, as in `doi:\"10.5281/zenodo.1234\"`; else it is tried again."
_BY_DOI, _BY_REPOSITORY, _BY_CONCEPT = "The DOIs of Zenodo", "The repositories of modules", "The versions of records"


class Lister:
    """Lists once. Afterwards `concepts`, `gone` and `still_there` say what each entry is, by key."""

    def __init__(self, task: Task, api: ZenodoApi, dois: Sequence[str], *, follow: bool) -> None:
        self._task = task
        self._api = api
        self._asker = Asker(task, api)
        self._absences = Absences(task, api)
        self._own_dois = {number: name for name in dois if (number := zenodo_number(name))}
        self._foreign = [name for name in dois if zenodo_number(name) is None]
        self._follow = follow
        self._findings: list[Finding] = []
        self.concepts: dict[str, Concept] = {}
        self.gone: dict[str, Absence] = {}
        self.still_there: set[str] = set()

    def list_entries(self, questions: Sequence[Question]) -> Listed:
        """Everything the source lists; `questions` are those of its communities and queries. Raises `HarvestError`."""
        for name in self._foreign:
            self._tell("doi-elsewhere", f"{name} is no DOI of Zenodo, so it is not asked for.", found=name)
        with at("listing"):
            wanted = self._wanted()
            answers = [(each, self._ask_settings(each)) for each in questions]
            rows = {number: row for _, found in answers for number, row in found.rows.items()}
            own = {row.concept for row in rows.values()}
            # A community has all versions of its records; to what else is asked some may not fit.
            whole = {row.concept for each, found in answers if each.path != RECORDS for row in found.rows.values()}
            rows |= self._rows(map(number_term, self._numbers(wanted)), _BY_DOI)
            rows |= self._rows(repository_terms(wanted.repositories), _BY_REPOSITORY)
            absent = self._look_for(self._numbers(wanted), rows)
            rows |= self._rows(map(concept_term, _incomplete(rows, whole)), _BY_CONCEPT)
            self._sort_out(rows, own, wanted)
            vanished = self._vanished(questions, wanted)
        entries = [each.entry(self._api) for each in self.concepts.values()]
        entries += [self._entry_of(each, wanted) for each in vanished]
        entries += filter(None, (self._unfound(number, told, wanted) for number, told in absent.items()))
        return Listed(tuple({each.key: each for each in entries}.values()), tuple(self._findings))

    # What is asked for ------------------------------------------------------------------------------------------------

    def _wanted(self) -> Wanted:
        if not self._follow:
            return Wanted({}, {})
        memory, source = self._task.memory, self._task.source
        return wanted_of(memory.named("doi", source), memory.named("repository", source))

    def _numbers(self, wanted: Wanted) -> list[str]:
        return sorted({*self._own_dois, *wanted.numbers}, key=int)

    def _rows(self, terms: Iterable[Term], name: str) -> dict[str, Row]:
        """What fits the terms; where it is too much, they are asked for in smaller parts."""
        rows: dict[str, Row] = {}
        for question, batch in questions_of(terms, name):
            try:
                rows |= self._ask(question).rows
            except TooManyResults as trouble:
                halves = (batch[: len(batch) // 2], batch[len(batch) // 2 :])
                smaller = halves if len(batch) > 1 else (batch[0].narrower,)
                if not any(smaller):
                    self._tell("results-too-many", f"{trouble.seen} They were passed over: {question.query}")
                for part in smaller:
                    rows |= self._rows(part, name)
        return rows

    def _ask_settings(self, question: Question) -> Found:
        """Asks what the operator wrote; Zenodo answers 500 to what it cannot read."""
        try:
            return self._ask(question)
        except ServerTrouble as trouble:
            if not question.query or trouble.status != 500:
                raise
            seen = f"{question.name}: Zenodo's search answers 500, as it does to a query that it cannot read."
            raise ListingUnusable(seen, mend=_MEND_QUERY, url=trouble.url, status=500) from None

    def _ask(self, question: Question) -> Found:
        found = self._asker.ask(question)
        unasked = sorted(number for number in found.others if not number.startswith("?"))
        if question.exact and unasked:
            first = page_of(self._api, unasked[0])
            told = f"Zenodo also shows {len(unasked)} records that were not asked for, such as {first}."
            self._tell("result-unasked", f"{question.name}: {told}", found=first)
        if found.unreadable:
            self._tell("record-unreadable", f"{question.name}: {found.unreadable} records cannot be read.")
        return found

    def _look_for(self, numbers: Iterable[str], rows: dict[str, Row]) -> dict[str, Absence]:
        """Why no search shows these numbers; a record that is there all the same is put to the others."""
        absent: dict[str, Absence] = {}
        shown = {row.concept for row in rows.values()} | rows.keys()
        for number in numbers:
            if number not in shown:
                told = self._absences.look(number)
                row = None if isinstance(told, Absence) else self._row_of(told)
                if row is not None:
                    rows[row.id] = row
                else:
                    absent[number] = told if isinstance(told, Absence) else _UNREADABLE
        return absent

    def _row_of(self, form: Mapping[str, Any]) -> Row | None:
        """The row of a record that was asked for by itself, whose JSON is kept; None when it is none."""
        record = zenodo_record(form)
        try:
            return row_of(record, self._task.memory.keep_payload(kept_form(form))) if record is not None else None
        except ValueError:
            return None

    # What becomes of it -----------------------------------------------------------------------------------------------

    def _sort_out(self, rows: Mapping[str, Row], own: set[str], wanted: Wanted) -> None:
        """Rows to concepts; what nothing asked for was only near."""
        for each in concepts_of(rows.values()):
            numbers = {each.latest.concept, *(row.id for row in each.versions)}
            named_by, roles, by = named(each, wanted)
            if each.latest.concept in own or not numbers.isdisjoint(self._own_dois):
                self.concepts[each.key] = replace(each, own=True, wanted=by)
            elif named_by:
                self.concepts[each.key] = replace(each, named_by=named_by, roles=roles, wanted=by)

    def _vanished(self, questions: Sequence[Question], wanted: Wanted) -> list[Vanished]:
        shelf = Shelf(self._task, self._api, self._absences)

        def fits(shelved: Shelved, form: Mapping[str, Any]) -> bool:
            record, row = zenodo_record(form), self._row_of(form)
            if record is None or row is None or record.deleted:
                return False
            if shelved.own:
                return any(each.fits(record) for each in questions)
            return bool(named(Concept((row,)), wanted)[0])

        vanished = shelf.vanished(self.concepts.values(), (*wanted.numbers, *wanted.repositories), fits)
        shelf.put(self.concepts.values(), vanished)
        self.gone |= {each.shelved.key: each.absence for each in vanished if each.absence is not None}
        self.still_there |= {each.shelved.key for each in vanished if each.absence is None}
        return vanished

    def _entry_of(self, vanished: Vanished, wanted: Wanted) -> Entry:
        shelved = vanished.shelved
        found = [] if shelved.own else [one for name in shelved.wanted for one in wanted.naming(name)]
        return Entry(shelved.key, shelved.url, _listing(shelved.url, found))

    def _unfound(self, number: str, told: Absence, wanted: Wanted) -> Entry | None:
        """The entry of a DOI that leads to nothing; one that was withdrawn before it was listed is only told of."""
        found = [] if number in self._own_dois else [*wanted.naming(number)]
        name = self._own_dois.get(number) or found[0].value
        key, url = doi_key(name), doi_url(name)
        listing = _listing(url, found)
        if told.final and self._task.memory.entry(self._task.source, key) is None:
            by, first = ", ".join(listing.named_by), next(iter(listing.named_by), None)
            seen = f"{name}{f', which {by} names' if by else ''}: {told.reason}"
            self._tell("record-withdrawn", seen, entry=first, found=name)
            return None
        self.gone[key] = told
        return Entry(key, url, listing)

    def _tell(self, code: str, message: str, *, entry: str | None = None, found: str | None = None) -> None:
        self._findings.append(finding(code, message, source=self._task.source, entry=entry, found=found))


def _listing(url: str, found: Iterable[Named]) -> Listing:
    """Where something is listed that these name; nobody names what is listed for its own sake."""
    names = list(found)
    keys, roles = {key for each in names for key in each.keys}, {each.role for each in names}
    return Listing(url, named_by=tuple(sorted(keys)), roles=tuple(sorted(roles)))


def _incomplete(rows: Mapping[str, Row], whole: set[str]) -> list[str]:
    """Concepts of which versions may not have been found: a community has all of them, another question may not."""
    open_ones = (each for each in concepts_of(rows.values()) if each.latest.concept not in whole)
    return sorted({each.latest.concept for each in open_ones if not each.is_complete and each.latest.concept})
