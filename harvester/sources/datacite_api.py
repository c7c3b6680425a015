"""The calls of DataCite's API and of the DOI resolver that a harvest needs; each answer is checked before it is used.

DataCite tells of many DOIs in one answer (`ids`), the resolver who registered which (`/ra/`), and content negotiation
what any agency says of one for citing. An `Accept` with several types is refused as a whole by some, so each request
names one. Rows that were not asked for are not looked at: a server that does not know `ids` sends all it has. Border:
one call, one answer; what to ask, and what follows from it, is decided elsewhere. DataCite REST API; DOI Handbook §5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson

from harvester.answers import Answer
from harvester.endpoints import origin
from harvester.errors import UnexpectedAnswer
from harvester.sources.kind import Task
from vocab.identifiers import own_doi

PAGE_SIZE = 100
MOST_FOUND = 10_000  # what DataCite hands out page by page

DATACITE = "datacite"
# Agencies that are known to give a citation; what comes instead from one of them is a mishap.
CITING = frozenset({DATACITE, "crossref", "medra"})
# Part of every fingerprint: raise it when other things are wanted, so that every DOI is read anew.
_RULES = 1
_ATTRIBUTES = (
    "doi", "titles", "creators", "contributors", "publisher", "publicationYear", "types", "rightsList", "descriptions",
    "subjects", "dates", "version", "relatedIdentifiers", "url", "state",
)
_CITATION = (
    "DOI", "URL", "title", "author", "type", "publisher", "license", "issued", "published", "published-print",
    "published-online", "version", "abstract",
)
_JSON_API = {"Accept": "application/vnd.api+json"}
_CSL = {"Accept": "application/vnd.citationstyles.csl+json"}
_ANY_JSON = {"Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Told:
    """What an agency says of a DOI: the document and its path, and what of it stays equal while nothing is new."""

    path: str
    body: bytes
    url: str
    fingerprint: str
    counters: Mapping[str, int]
    revision: str | None


class DataciteApi:
    """DataCite and the resolver, as one source sees them."""

    def __init__(self, task: Task) -> None:
        self._client = task.client
        self._base = task.endpoints.datacite
        self._resolver = task.endpoints.doi
        self.takes_many = True

    def url(self, doi: str) -> str:
        """DataCite's address of a DOI."""
        return f"{self._base}/dois/{quote(doi)}"

    def agencies(self, dois: Sequence[str]) -> dict[str, str]:
        """Who registered these DOIs, in lower case; an empty text for one that does not exist.

        Raises:
            HarvestError: the resolver does not answer, or with something else.
        """
        asked = [each for each in dois if "," not in each]
        if not asked:
            return {}
        url = f"{self._resolver}/ra/{','.join(map(quote, asked))}"
        answer = self._client.get(url, headers=_ANY_JSON, conditional=False)
        rows = _json(answer)
        if not isinstance(rows, list):
            raise _unexpected(answer, url, "the DOI resolver")
        found: dict[str, str] = {}
        for row in rows:
            name, agency, status = (row.get(each) for each in ("DOI", "RA", "status")) if isinstance(row, dict) else (
                None, None, None
            )
            if not isinstance(name, str) or name.lower() not in asked:
                continue
            if isinstance(agency, str) and agency.strip():
                found[name.lower()] = agency.strip().lower()
            elif status in ("DOI does not exist", "Invalid DOI"):
                found[name.lower()] = ""
        return found

    def many(self, dois: Sequence[str]) -> dict[str, Told]:
        """Those of these DOIs that DataCite has registered, in one request; `takes_many` turns false where it cannot.

        Raises:
            HarvestError: DataCite does not answer, or with something else.
        """
        asked = {each for each in dois if "," not in each}
        if not asked or not self.takes_many:
            return {}
        question = {"ids": ",".join(sorted(asked)), "page[size]": len(asked), "disable-facets": "true"}
        url = f"{self._base}/dois?{urlencode(question)}"
        answer = self._client.get(url, headers=_JSON_API, conditional=False)
        if answer.status != 200:
            self.takes_many = False
            return {}
        rows, _, _ = self._page(answer, url)
        found = {doi: told for row in rows if (doi := _doi_of(row)) in asked and (told := self._told(doi, row))}
        self.takes_many = bool(found) or not rows
        return found

    def one(self, doi: str) -> Told | None:
        """One DOI as DataCite has it, or None when it does not.

        Raises:
            HarvestError: DataCite does not answer, or with something else.
        """
        url = self.url(doi)
        answer = self._client.get(url, headers=_JSON_API, conditional=False)
        if answer.status in (404, 410):
            return None
        form = _json(answer) if answer.status == 200 else None
        row = form.get("data") if isinstance(form, dict) else None
        told = self._told(doi, row, answer.body) if _doi_of(row) == doi else None
        if told is None:
            raise _unexpected(answer, url, "DataCite's API")
        return told

    def citation(self, doi: str, agency: str | None) -> Told | int:
        """What an agency says of a DOI for citing; a status where there is nothing: 404 no such DOI, 406 no citation.

        Raises:
            HarvestError: the resolver does not answer, or an agency that gives citations gives something else.
        """
        url = f"{self._resolver}/{quote(doi)}"
        answer = self._client.get(url, headers=_CSL, conditional=False)
        form = _json(answer) if answer.status == 200 else None
        if isinstance(form, dict) and own_doi(form.get("DOI")) == doi:
            counters = _counts(form, {"citations": "is-referenced-by-count"})
            return Told("api:doi-csl", answer.body, url, _fingerprint(form, _CITATION), counters, None)
        if answer.status == 404 or (answer.status == 410 and answer.url == url):
            return 404
        is_page = answer.status == 200 and agency is not None and agency not in CITING
        if answer.status in (204, 406, 415, 422) or is_page:
            return 406
        raise _unexpected(answer, url, "DOI content negotiation")

    def search(self, query: str) -> Iterator[tuple[list[Any], int]]:
        """The pages of what a query finds: rows, and how many there are in all.

        Raises:
            HarvestError: DataCite does not answer, or with something else.
        """
        question = {
            "query": query, "page[number]": 1, "page[size]": PAGE_SIZE, "sort": "name", "disable-facets": "true",
        }
        following: str | None = f"{self._base}/dois?{urlencode(question)}"
        seen: set[str] = set()
        while following is not None:
            if following in seen or len(seen) > MOST_FOUND // PAGE_SIZE:
                raise UnexpectedAnswer(f"The list goes on after {len(seen)} pages, or in a circle.", url=following)
            seen.add(following)
            answer = self._client.get(following, headers=_JSON_API)
            rows, total, further = self._page(answer, following)
            self._client.keep(answer)
            yield rows, total
            following = further if rows else None

    def told(self, row: object) -> tuple[str, Told] | None:
        """A row of a list with its DOI; None when it is broken."""
        doi = _doi_of(row)
        told = self._told(doi, row) if doi else None
        return (doi, told) if doi and told else None

    def is_alive(self) -> bool:
        """Whether DataCite answers. Raises `HarvestError`."""
        return self._client.get(f"{self._base}/heartbeat", conditional=False).status > 0

    def _told(self, doi: str, row: object, body: bytes | None = None) -> Told | None:
        attributes = row.get("attributes") if isinstance(row, dict) else None
        if not isinstance(attributes, dict):
            return None
        counted = {"views": "viewCount", "downloads": "downloadCount", "citations": "citationCount"}
        updated = attributes.get("updated")
        try:
            fingerprint = _fingerprint(attributes, _ATTRIBUTES)
            body = body or orjson.dumps({"data": row})
        except orjson.JSONEncodeError:  # nested deeper than it can be written again
            return None
        revision = updated if isinstance(updated, str) and len(updated) < 40 else None
        return Told("api:datacite-doi", body, self.url(doi), fingerprint, _counts(attributes, counted), revision)

    def _page(self, answer: Answer, url: str) -> tuple[list[Any], int, str | None]:
        """Rows, how many there are in all, and the next page, which must be of the same server."""
        form = _json(answer) if answer.status == 200 else None
        rows, meta, links = (form.get(each) for each in ("data", "meta", "links")) if isinstance(form, dict) else (
            None, None, None
        )
        total = meta.get("total") if isinstance(meta, dict) else None
        if not isinstance(rows, list) or not isinstance(total, int):
            raise _unexpected(answer, url, "DataCite's API")
        following = links.get("next") if isinstance(links, dict) else None
        if following is not None and not self._is_own(following):
            raise UnexpectedAnswer("The list says that its next page is on another server.", url=url)
        return rows, total, following

    def _is_own(self, url: object) -> bool:
        try:
            return isinstance(url, str) and origin(url) == origin(self._base) and urlsplit(url).path.startswith(
                urlsplit(self._base).path + "/dois"
            )
        except ValueError:
            return False


def _doi_of(row: object) -> str:
    """The DOI of a row as it is compared, or nothing."""
    form = row if isinstance(row, dict) else {}
    return own_doi(form.get("id")) or ""


def _fingerprint(form: Mapping[str, Any], names: Sequence[str]) -> str:
    told = [_RULES, *(form.get(name) for name in names)]
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _counts(form: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, int]:
    found = {name: form.get(theirs) for name, theirs in names.items()}
    return {name: each for name, each in found.items() if isinstance(each, int) and not isinstance(each, bool)}


def _json(answer: Answer) -> Any:
    try:
        return orjson.loads(answer.body)
    except ValueError:
        return None


def _unexpected(answer: Answer, url: str, whose: str) -> UnexpectedAnswer:
    start = answer.body[:200].lstrip()
    looks = "empty" if not start else "an HTML page" if start.startswith(b"<") else "broken or of another form"
    seen = f"The answer ({answer.status}) is {looks}, not what {whose} promises."
    return UnexpectedAnswer(seen, url=url, status=answer.status)
