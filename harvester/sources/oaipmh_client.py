"""Sickle over our own client: every request of its iteration is paced, bounded and safe, every answer parsed by us.

What sickle does not know is added here: an error with any HTTP status (InvenioRDM says 422, Dataverse 500) is an answer
of the protocol; a page that breaks off is asked for again; a list that turns in a circle, or that lost a page because
asking twice gave the next one, is noticed. OAI-PMH 2.0 §3.2 (answers), §3.5 (flow control), §3.6 (errors).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from lxml import etree
from sickle import Sickle
from sickle.iterator import OAIItemIterator
from sickle.models import Header, OAIItem, Record, ResumptionToken
from typing_extensions import override

from harvester.answers import Answer
from harvester.client import Client
from harvester.clock import Clock
from harvester.errors import ListingUnusable, ProtocolAnswer, UnexpectedAnswer
from harvester.sources.oaipmh_pages import NAMESPACE, BadRecord, Page, read_page
from vocab.safe_xml import MAX_BYTES, UnsafeXmlError, children_of, namespace_of, text_of
from vocab.text import one_line

# So often is an answer asked for that breaks off or is no XML.
_TRIES = 3
# So many pages in a row without anything new, and the list has no end; some servers send a few empty ones.
_STALE = 10
_IDENTIFIERS = {"record": "identifier", "header": "identifier", "set": "setSpec", "metadataFormat": "metadataPrefix"}
WITHOUT_IDENTIFIER = "an identifier in the header of every record"
_REPEATED = ("metadataPrefix", "set", "from", "until")


class OaiRecord(Record):  # type: ignore[misc]  # sickle ships no types
    """Sickle's record; `metadata` is the payload's element, not a dictionary of texts."""

    metadata: etree._Element | None = None

    @override
    def get_metadata(self) -> etree._Element | None:
        """The payload, or None where there is none."""
        return next((each for part in own(self.xml, "metadata") for each in children_of(part)), None)


class Offer(OAIItem):  # type: ignore[misc]  # sickle ships no types
    """A set or a format that a repository offers: the texts of its direct children by their names."""

    def __init__(self, element: etree._Element) -> None:
        super().__init__(element)
        self.parts = {etree.QName(each).localname: one_line(text_of(each)) for each in children_of(element)}


@dataclass(frozen=True, slots=True)
class OaiAnswer:
    """What stands for sickle's response. `again`: it may not be the first answer to this question."""

    params: Mapping[str, str]
    url: str
    page: Page
    listed: etree._Element
    again: bool = False

    @property
    def xml(self) -> etree._Element:
        """The root."""
        return self.page.root

    @property
    def responded(self) -> str | None:
        """The moment of the answer by the server's clock, as it stands."""
        return one_line(text_of(next(own(self.page.root, "responseDate"), None))) or None


class LostPageError(UnexpectedAnswer):
    """Asking for a page a second time gave the one after it: what was between is lost to this list."""


class Oai(Sickle):  # type: ignore[misc]  # sickle ships no types
    """The repository at one address. `repeat_arguments`: send the first question's arguments with every token."""

    def __init__(self, client: Client, clock: Clock, address: str, *, repeat_arguments: bool = False) -> None:
        classes = {
            "ListRecords": OaiRecord, "GetRecord": OaiRecord, "ListIdentifiers": Header, "ListSets": Offer,
            "ListMetadataFormats": Offer,
        }
        super().__init__(address, iterator=OaiItems, class_mapping=classes)
        self._client = client
        self._clock = clock
        self.repeat_arguments = repeat_arguments

    @override
    def harvest(self, **params: str) -> OaiAnswer:
        """Ask one question.

        Raises:
            ProtocolAnswer: the repository says no.
            UnexpectedAnswer: what answers is no OAI-PMH repository, or the answer never came whole.
            HarvestError: the other kinds, of the client.
        """
        url = address_of(self.endpoint, params)
        before = self._client.requests().retries
        for attempt in range(1, _TRIES + 1):
            answer = self._get(url)
            try:
                page = read_page(answer.body)
            except UnsafeXmlError as error:
                if attempt == _TRIES or answer.status >= 400:
                    raise _no_page(answer, error) from None
                self._clock.sleep(attempt)
                continue
            again = attempt > 1 or self._client.requests().retries > before
            return OaiAnswer(params, url, page, _listed(page, answer, params["verb"]), again)
        raise AssertionError("the last try returns or raises")

    def _get(self, url: str) -> Answer:
        answer = self._client.get(url, conditional=False, max_bytes=MAX_BYTES, answers=(500,))
        if answer.status == 500 and b"OAI-PMH" not in answer.body[:4096]:
            return self._client.get(url, conditional=False, max_bytes=MAX_BYTES)
        return answer


class OaiItems(OAIItemIterator):  # type: ignore[misc]  # sickle ships no types
    """Sickle's iteration over records, headers, sets or formats, page by page.

    `size` is how many the repository says there are, `count` how many came; `defects` say what it should have done.
    """

    resumption_token: ResumptionToken | None
    _items: Iterator[etree._Element]

    def __init__(self, sickle: Oai, params: dict[str, str], ignore_deleted: bool = False) -> None:
        self.seen: set[int] = set()  # hashes: a long list's identifiers are much text
        self.count = 0
        self.size: int | None = None
        self.responded: str | None = None
        self.defects: set[str] = set()
        self._bad: list[BadRecord] = []
        self._stale = 0
        self._cursor_counts = True
        self._page_before: tuple[str, ...] = ()
        super().__init__(sickle, params, ignore_deleted)

    def drain_bad(self) -> list[BadRecord]:
        """The records since the last call that are not well-formed."""
        found, self._bad = self._bad, []
        return found

    @override
    def _next_response(self) -> None:
        token = self.resumption_token.token if self.resumption_token else None
        try:
            self.oai_response = self.sickle.harvest(**self._question(token))
        except ProtocolAnswer as error:
            # The list is over where nothing is left of it, and where a token behind its last page leads nowhere.
            is_end = error.code == "noRecordsMatch" or (error.code == "badResumptionToken" and self._is_all())
            if token is None or not is_end:
                raise
            self.resumption_token, self._items = None, iter(())
            return
        self._take(self.oai_response, token)

    def _question(self, token: str | None) -> dict[str, str]:
        if token is None:
            return dict(self.params)
        repeated = _REPEATED if self.sickle.repeat_arguments else ()
        return {"verb": self.verb, "resumptionToken": token} | {
            name: self.params[name] for name in repeated if name in self.params
        }

    def _take(self, answer: OaiAnswer, token: str | None) -> None:
        """Look at one page: what is new on it, whether it is the one that was due, how it goes on."""
        came = list(own(answer.listed, self.element))
        items = [each for each in came if _identifier(each, self.element)]
        names = tuple(_identifier(each, self.element) for each in items)
        following = self._get_resumption_token()
        cursor = _number(following.cursor) if following else None
        if token is not None and answer.again and self._cursor_counts and (cursor or 0) > self.count:
            raise LostPageError(f"A page of the list was lost: {self.count} came before one that begins at {cursor}.")
        self._cursor_counts = self._cursor_counts and cursor in {None, self.count}
        self.responded = self.responded or answer.responded
        self.defects |= {*answer.page.defects, *((WITHOUT_IDENTIFIER,) if len(items) < len(came) else ())}
        self._bad += answer.page.bad
        self.count += len(came) + len(answer.page.bad)
        self.size = _number(following.complete_list_size) if following and self.size is None else self.size
        news = set(map(hash, names)) - self.seen
        self.seen |= news
        self._stale = 0 if news or answer.page.bad else self._stale + 1
        self.resumption_token = following
        self._items = iter(items)
        same = bool(names) and names == self._page_before and token is not None
        self._page_before = names
        if (same and following and following.token == token) or self._stale >= _STALE:
            self._end_circle(answer)

    def _end_circle(self, answer: OaiAnswer) -> None:
        """The list does not go on; it is over if as much came as was said."""
        if not self._is_all():
            seen = f"The list turns in a circle: after {len(self.seen)} records the same page comes again."
            raise ListingUnusable(seen, mend="Tell the operators of the repository.", url=answer.url)
        self.defects.add("an empty resumptionToken at the end of a list")
        self.resumption_token = None

    def _is_all(self) -> bool:
        return self.size is not None and len(self.seen) >= self.size

    @override
    def _get_resumption_token(self) -> ResumptionToken | None:
        """The token of this page; not one that stands somewhere in a record."""
        element = next(own(self.oai_response.listed, "resumptionToken"), None)
        if element is None:
            return None
        return ResumptionToken(
            token=text_of(element).strip(), cursor=element.get("cursor"),
            complete_list_size=element.get("completeListSize"), expiration_date=element.get("expirationDate"),
        )


def own(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """The direct children of the protocol's namespace with this name; a record may hold others that are called so."""
    return (each for each in children_of(element, name) if namespace_of(each) == NAMESPACE)


def address_of(base: str, params: Mapping[str, Any]) -> str:
    """The address of a question; a base address with a query of its own keeps it."""
    parts = urlsplit(base)
    query = "&".join(filter(None, (parts.query, urlencode(params, quote_via=quote))))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _listed(page: Page, answer: Answer, verb: str) -> etree._Element:
    """The element of the verb. Raises when the answer is an error, or to another question."""
    for error in own(page.root, "error"):
        code = error.get("code") or "unknown"
        words = one_line(text_of(error))[:300]
        seen = f"The repository answers {one_line(code)[:60]}{f': {words}' if words else ''}."
        raise ProtocolAnswer(one_line(code), seen, url=answer.url, status=answer.status)
    found = next(own(page.root, verb), None)
    if found is None:
        raise UnexpectedAnswer(f"The repository's answer to {verb} holds none.", url=answer.url, status=answer.status)
    return found


def _no_page(answer: Answer, error: UnsafeXmlError) -> UnexpectedAnswer:
    """An answer that is no page: in words that tell a wrong address from a page that broke off."""
    if answer.status >= 400:
        seen = f"The address answers {answer.status}, and not in the words of OAI-PMH."
        mend = "Check `url`: it is the base URL of an OAI-PMH repository, without `verb`."
    elif error.broken:
        place = f" (line {error.line})" if error.line else ""
        seen = f"The answer broke off or is no good XML, {_TRIES} times: {error.seen}{place}."
        mend = "Nothing: it is tried again at the next run. When it stays so, tell the operators of the repository."
    else:
        seen = f"What answers is no OAI-PMH repository: {error.seen}."
        mend = "Check `url`: it is the base URL of an OAI-PMH repository, without `verb`."
    return UnexpectedAnswer(seen, mend=mend, url=answer.url, status=answer.status)


def _identifier(element: etree._Element, kind: str) -> str:
    """By what an item of a list is told from others; empty where it has nothing of the kind."""
    holder = next(own(element, "header"), None) if kind == "record" else element
    return one_line(text_of(next(own(holder, _IDENTIFIERS[kind]), None)))


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 13 else None

