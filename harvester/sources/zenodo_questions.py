"""Questions to Zenodo's search: asked page by page, each hit checked against the question, the answer remembered.

The last updated records come first, so the first page tells whether anything moved: when its records and the total are
those of the last time, the rest is as it was and is not asked for. A list that loses records between two pages is not
believed. Border: which questions there are is decided in `zenodo_listing` and `zenodo_follow`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from harvester.errors import ListingUnusable, UnexpectedAnswer
from harvester.memory import Validator
from harvester.sources.kind import Task
from harvester.sources.zenodo_api import MOST_RESULTS, Page, ZenodoApi
from harvester.sources.zenodo_rows import Row, digest, kept_form, row_from_json, row_of
from vocab.readers.zenodo_record import ZenodoRecord, zenodo_record

# Part of what an answer is remembered by: raise it when a row holds something else.
RULES = 1
# No status of HTTP, so that nobody takes the remembered answer for one that can be revalidated.
_REMEMBERED = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A search. `name` is what people call it, `fits` whether a record is what was asked for.

    `exact`: a hit that does not fit is a sign that Zenodo passed over a part of the question. `most`: beyond so many
    hits the question is too wide.
    """

    name: str
    path: str
    query: str
    fits: Callable[[ZenodoRecord], bool]
    exact: bool = True
    most: int = MOST_RESULTS

    @property
    def address(self) -> str:
        """Under what its answer is remembered; short, for a key of the store."""
        asked = f"{self.path}?{self.query}"
        return f"zenodo-answer:{hashlib.sha256(asked.encode()).hexdigest()}"


class TooManyResults(ListingUnusable):
    """A question to which more records fit than are handed out or wanted."""

    def __init__(self, question: Question, total: int) -> None:
        self.question = question
        self.total = total
        seen = f"{question.name} has {total} records, more than the {question.most} that are read."
        super().__init__(seen, mend="Narrow it: give a query, such as `communities:\"…\" AND type:software`.")


@dataclass(slots=True)
class Found:
    """The answer to a question: the records that fit, and the hash of every other hit by its id."""

    rows: dict[str, Row] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    unreadable: int = 0

    @property
    def count(self) -> int:
        """How many hits there were."""
        return len(self.rows) + len(self.others)

    def hash_of(self, number: str) -> str | None:
        """The hash of a hit, whether it fits or not."""
        row = self.rows.get(number)
        return row.sha256 if row is not None else self.others.get(number)

    def as_json(self) -> bytes:
        """The form that is remembered."""
        rows = [self.rows[number].as_json() for number in sorted(self.rows)]
        form = {"rules": RULES, "rows": rows, "others": self.others, "unreadable": self.unreadable}
        return orjson.dumps(form, option=orjson.OPT_SORT_KEYS)


class Asker:
    """Asks for one source, and remembers."""

    def __init__(self, task: Task, api: ZenodoApi) -> None:
        self._task = task
        self._api = api

    def ask(self, question: Question) -> Found:
        """Every record that fits.

        Raises:
            TooManyResults: more records than are handed out.
            UnexpectedAnswer: the list changed while it was read.
            HarvestError: it could not be had.
        """
        before = None if self._task.full else self._remembered(question)
        found = self._read(question, before)
        self._remember(question, found)
        return found

    def _read(self, question: Question, before: Found | None) -> Found:
        """The whole list, as far as possible from memory."""
        found, number, first, last, again = Found(), 0, 0, 0, False
        while True:
            number += 1
            page = self._api.page(question.path, question.query, number)
            if page.total > question.most:
                raise TooManyResults(question, page.total)
            known = found.count
            numbers = [self._take(question, hit, found, before) for hit in page.hits]
            if before is not None and _rest_is_known(page, numbers, found, before):
                self._task.client.avoided(max(0, -(-page.total // self._api.size) - number))
                return _together(before, found)
            first, shrank, last = first or page.total, page.total < last, page.total
            is_end = number * self._api.size >= page.total
            is_whole, is_news = found.count >= first, found.count > known
            if (is_end or again) and is_whole and not shrank:
                return found
            if shrank or not (is_news or is_end) or (again and not is_news):
                seen = f"{question.name}: Zenodo's list lost or repeated records between two pages."
                mend = "Nothing: it is read again; nothing was withdrawn."
                raise UnexpectedAnswer(seen, mend=mend)
            if is_end:  # what was changed meanwhile went to the top, and was on no page
                number, again = 0, True

    def _take(self, question: Question, hit: Mapping[str, Any], found: Found, before: Found | None) -> str:
        """Note one hit; returns its id."""
        record = zenodo_record(hit)
        try:
            body = kept_form(hit)
        except ValueError:
            body, record = repr(sorted(hit)).encode(), None
        sha256 = digest(body)
        number = record.id if record is not None else f"?{sha256}"
        if record is None:
            found.unreadable += number not in found.others
        if record is None or record.deleted or not question.fits(record):
            found.others[number] = sha256
            return number
        if before is None or before.hash_of(number) != sha256:
            self._task.memory.keep_payload(body)
        found.rows[number] = row_of(record, sha256)
        return number

    def _remembered(self, question: Question) -> Found | None:
        validator = self._task.memory.validator(question.address, self._api.token)
        body = self._task.memory.payload(validator.sha256) if validator is not None else None
        form = orjson.loads(body) if body is not None else {}
        if form.get("rules") != RULES:
            return None
        rows = [row_from_json(each) for each in form["rows"]]
        return Found({each.id: each for each in rows}, form["others"], form["unreadable"])

    def _remember(self, question: Question, found: Found) -> None:
        sha256 = self._task.memory.keep_payload(found.as_json())
        self._task.memory.keep_validator(
            Validator(question.address, self._api.token, None, None, sha256, _REMEMBERED)
        )


def _rest_is_known(page: Page, numbers: list[str], found: Found, before: Found) -> bool:
    """Whether this page is as it was and the total is what was known with what is new: nothing after it moved."""
    new = sum(before.hash_of(each) is None for each in (*found.rows, *found.others))
    as_before = all(before.hash_of(each) == found.hash_of(each) for each in numbers)
    return bool(numbers) and as_before and page.total == before.count + new


def _together(before: Found, found: Found) -> Found:
    """What was known, with what was seen now in its place."""
    rows = {number: row for number, row in before.rows.items() if number not in found.others}
    others = {number: sha256 for number, sha256 in before.others.items() if number not in found.rows}
    unreadable = sum(number.startswith("?") for number in {**others, **found.others})
    return Found({**rows, **found.rows}, {**others, **found.others}, unreadable)


