"""The calls of Zenodo's REST API that a harvest needs; each answer is checked before anything is made of it.

The native JSON of InvenioRDM is asked for and every shape is taken. Nothing is asked conditionally: a 304 costs as much
of Zenodo's quota as the whole answer. A page of records whose files make it too large or too slow is asked for in
smaller pieces. Border: which questions there are, and what is remembered of them, stands in `zenodo_questions`.
Sources: developers.zenodo.org; InvenioRDM REST API reference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from harvester.answers import Answer, Credential
from harvester.errors import HarvestError, ListingUnusable, Refused, ServerTrouble, TimedOut, TooLarge, UnexpectedAnswer
from harvester.sources.kind import Task

HEADERS = {"Accept": "application/vnd.inveniordm.v1+json, application/json;q=0.9"}
# Zenodo refuses what lies beyond, whatever the size of a page.
MOST_RESULTS = 10_000
# Records with thousands of files take up to 34 s and are megabytes.
_PATIENCE = 2.5
_SMALLER = 5
_MEND_EXPIRED = "Zenodo's tokens end when they are not used for a year: make a new one, or take it out of the source."
_MEND_BLOCK = "Give a contact address in `MODREG_ADMIN_EMAIL`; if it stays so, write to support@zenodo.org."


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search: the records on it as JSON objects, and how many there are in all."""

    hits: tuple[Mapping[str, Any], ...]
    total: int


@dataclass(frozen=True, slots=True)
class Received:
    """What an address of a single thing answered: the object when it is there, else the status and what was said."""

    status: int
    body: bytes
    form: Mapping[str, Any]

    @property
    def found(self) -> bool:
        """Whether the thing is there."""
        return self.status == 200


class ZenodoApi:
    """Zenodo, as one source with one credential sees it."""

    def __init__(self, task: Task) -> None:
        self._client = task.client
        self._credential = Credential(task.token, task.endpoints.zenodo) if task.token else None
        self.base = task.endpoints.zenodo
        self.size = 100 if task.token else 25

    @property
    def token(self) -> str:
        """The fingerprint under which answers are remembered: with a token one may see more."""
        return self._credential.fingerprint if self._credential else ""

    def page(self, path: str, query: str, number: int) -> Page:
        """One page of a search over all versions, last updated first.

        Raises:
            ListingUnusable: Zenodo does not take the question.
            HarvestError: there was no answer, or none of a search.
        """
        try:
            return self._page(path, query, number, self.size)
        except (TooLarge, TimedOut, ServerTrouble) as trouble:
            if isinstance(trouble, ServerTrouble) and trouble.status != 504:
                raise
        pieces = list(self._pieces(path, query, number))
        return Page(tuple(hit for each in pieces for hit in each.hits), pieces[-1].total)

    def _pieces(self, path: str, query: str, number: int) -> Iterator[Page]:
        """The same records in smaller pages, the slowest one by one."""
        size = self.size // _SMALLER
        for at in range((number - 1) * _SMALLER + 1, number * _SMALLER + 1):
            try:
                piece = self._page(path, query, at, size)
            except (TooLarge, TimedOut):
                ones = [self._page(path, query, (at - 1) * size + one, 1) for one in range(1, size + 1)]
                piece = Page(tuple(hit for each in ones for hit in each.hits), ones[-1].total)
            yield piece
            if at * size >= piece.total:
                return

    def community(self, slug: str) -> Received:
        """`GET /api/communities/{slug}`."""
        return self._thing(f"{self.base}/api/communities/{quote(slug, safe='')}")

    def record_url(self, number: str) -> str:
        """The API's address of a record or concept."""
        return f"{self.base}/api/records/{quote(number, safe='')}"

    def record(self, number: str) -> Received:
        """`GET /api/records/{id}`; a concept's id leads to its latest version."""
        return self._thing(self.record_url(number))

    def is_alive(self) -> bool:
        """Whether the server answers at all."""
        return self._get(f"{self.base}/api/communities?size=1").status > 0

    def _page(self, path: str, query: str, number: int, size: int) -> Page:
        # The records of a community take the second name of the same parameter; unknown ones are passed over.
        asked = {"all_versions": "true", "allversions": "true", "sort": "updated-desc", "size": size, "page": number}
        url = f"{self.base}{path}?{urlencode({**({'q': query} if query else {}), **asked})}"
        answer = self._get(url)
        if answer.status == 400:
            raise ListingUnusable(f"Zenodo refuses the search: {_said(answer)}.", url=url, status=400)
        if answer.status != 200:
            seen = f"Zenodo's search answers {answer.status}: {_said(answer)}."
            raise UnexpectedAnswer(seen, mend="Check the address of Zenodo's API.", url=url, status=answer.status)
        return _page_of(answer)

    def _thing(self, url: str) -> Received:
        answer = self._get(url)
        if answer.status in (404, 410) or (answer.status == 403 and _object(answer.body)):
            return Received(answer.status, answer.body, _object(answer.body))
        form = _object(answer.body)
        if answer.status != 200 or not form:
            raise _unexpected(answer)
        return Received(200, answer.body, form)

    def _get(self, url: str) -> Answer:
        try:
            answer = self._client.get(
                url, headers=HEADERS, credential=self._credential, conditional=False, answers={403},
                patience=_PATIENCE,
            )
        except Refused as trouble:
            if trouble.status == 401:
                seen = "Zenodo does not accept the token (401)."
                raise Refused(seen, mend=_MEND_EXPIRED, url=url, status=401) from None
            raise
        if answer.status == 403 and not _object(answer.body):
            seen = "Zenodo turns this registry away: it shows a page instead of an answer (403)."
            raise Refused(seen, mend=_MEND_BLOCK, url=url, status=403)
        return answer


def _page_of(answer: Answer) -> Page:
    envelope = _object(answer.body).get("hits")
    hits, total = (envelope.get("hits"), envelope.get("total")) if isinstance(envelope, dict) else (None, None)
    if isinstance(total, dict):  # as search engines write it
        total = total.get("value")
    if not isinstance(hits, list) or not isinstance(total, int) or isinstance(total, bool) or total < len(hits):
        raise _unexpected(answer)
    return Page(tuple(each for each in hits if isinstance(each, dict)), total)


def _object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body, or an empty one.

    Half a surrogate pair or a number that is none, in one record, must not cost the page: they are taken as Python
    takes them and made harmless.
    """
    try:
        value = orjson.loads(body)
    except ValueError:
        try:
            lenient = json.loads(body, parse_constant=lambda _: None)
            value = orjson.loads(json.dumps(lenient, ensure_ascii=False).encode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def _unexpected(answer: Answer) -> HarvestError:
    start = answer.body[:200].lstrip()
    looks = "empty" if not start else "a web page" if start.startswith(b"<") else "broken or of another form"
    seen = f"The answer ({answer.status}) is {looks}, not what Zenodo's API promises."
    return UnexpectedAnswer(seen, url=answer.url, status=answer.status)


def _said(answer: Answer) -> str:
    """What the server says is wrong, on one line."""
    form = _object(answer.body)
    errors = form.get("errors")
    rows = [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    lists = [messages for each in rows if isinstance(messages := each.get("messages"), list)]
    told = [str(one) for messages in lists for one in messages]
    text = " ".join(" ".join(told or [str(form.get("message") or "nothing that can be read")]).split())
    return text[:300].rstrip(".")
