"""One list of an OAI-PMH repository, from its first page to its last, whatever happens on the way.

A token that ran out, or a page that got lost, begins the list again: behind what was seen where the records came in the
order of their datestamps, else from its beginning; a few times, and only while that brings something new. What cannot
be mended ends the list early with its reason: what was had by then is good. Border: what is kept of a record is the
caller's business. OAI-PMH 2.0 §3.5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sickle.models import Header

from harvester.errors import HarvestError, ListingUnusable, ProtocolAnswer, UnexpectedAnswer
from harvester.sources.oaipmh_client import LostPageError, Oai, OaiItems, OaiRecord
from harvester.sources.oaipmh_pages import BadRecord
from harvester.sources.oaipmh_times import Granularity, datestamp_of, question_of
from vocab.text import one_line

_RESTARTS = 3

Take = Callable[[OaiRecord | Header, OaiItems], None]
TakeBad = Callable[[BadRecord], None]


@dataclass(slots=True)
class Walked:
    """How far a list was read.

    `problem`: it did not come to its end. `short`: it came to an end before all came that were said to be there.
    `reached`: everything up to this datestamp was seen. `responded`: the server's clock when the list began.
    """

    count: int = 0
    short: tuple[int, int] | None = None
    problem: HarvestError | None = None
    reached: str | None = None
    responded: str | None = None
    defects: set[str] = field(default_factory=set)


class WrongListError(ListingUnusable):
    """A list that is not the one that is meant: nothing of it is taken, whatever came by then."""


class Walk:
    """The reading of one list. `longest` is the number of records above which it is refused."""

    def __init__(
        self, oai: Oai, verb: str, question: dict[str, str], granularity: Granularity, longest: int, take: Take,
        take_bad: TakeBad,
    ) -> None:
        self._oai = oai
        self._verb = verb
        self._question = question
        self._granularity = granularity
        self._longest = longest
        self._take = take
        self._take_bad = take_bad
        self._seen: set[int] = set()  # hashes: a long list's identifiers are much text
        self._latest: str | None = None
        self._in_order = True
        self._walked = Walked()

    def run(self) -> Walked:
        """Read it.

        Raises:
            ProtocolAnswer: the repository says no to the list as such.
            WrongListError: it is longer than is allowed, or whoever takes the records says so.
            HarvestError: nothing of it could be had.
        """
        question, before = self._question, -1
        for _ in range(_RESTARTS + 1):
            trouble = self._once(question)
            if trouble is None or not _is_worth_beginning_again(trouble) or len(self._seen) == before:
                break
            before = len(self._seen)
            behind = {"from": question_of(self._latest, self._granularity)} if self._in_order and self._latest else {}
            question = self._question | behind
        else:
            seen = f"The list broke off {_RESTARTS + 1} times, the last time after {len(self._seen)} records."
            trouble = UnexpectedAnswer(seen, url=trouble.url if trouble else None)
        walked = self._walked
        walked.problem, walked.count = trouble, len(self._seen)
        walked.reached = self._latest if self._in_order else None
        if trouble is not None and not self._seen:
            raise trouble
        return walked

    def _once(self, question: dict[str, str]) -> HarvestError | None:
        """The list once; why it did not come to its end."""
        items: OaiItems | None = None
        try:
            items = getattr(self._oai, self._verb)(**question)
            for item in items:
                self._note(item, items)
            self._notice_size(items)
        except WrongListError:
            raise
        except ProtocolAnswer as error:
            if error.code == "noRecordsMatch" and self._seen:
                return None  # begun again, and nothing is left
            if not self._seen:
                raise
            return error
        except HarvestError as error:
            return error
        finally:
            for bad in items.drain_bad() if items is not None else ():
                self._seen.add(hash(bad.identifier))
                self._take_bad(bad)
            self._walked.defects |= items.defects if items is not None else set()
        return None

    def _note(self, item: Any, items: OaiItems) -> None:
        self._walked.responded = self._walked.responded or items.responded
        if (items.size or 0) > self._longest or len(self._seen) > self._longest:
            raise _too_many(items.size or len(self._seen), self._longest, self._oai.endpoint)
        header: Header = item if isinstance(item, Header) else item.header
        self._seen.add(hash(one_line(header.identifier or "")))
        stamp = datestamp_of(header.datestamp)
        if stamp is not None:
            self._in_order = self._in_order and (self._latest is None or stamp >= self._latest)
            self._latest = max(stamp, self._latest or stamp)
        self._take(item, items)

    def _notice_size(self, items: OaiItems) -> None:
        if items.size is not None and items.count < items.size:
            self._walked.short = (items.count, items.size)


def _is_worth_beginning_again(trouble: HarvestError) -> bool:
    expired = isinstance(trouble, ProtocolAnswer) and trouble.code == "badResumptionToken"
    return expired or isinstance(trouble, LostPageError)


def _too_many(found: int, allowed: int, url: str) -> WrongListError:
    seen = f"The list has {found} records, more than {allowed}."
    mend = "Name a `set` or a date in `from`, or raise `max_records` if the whole repository is meant."
    return WrongListError(seen, mend=mend, url=url)
