"""The source kind `datacite`: the DOIs that modules name, whichever agency registered them, and what queries find.

Least possible requests: for fifty DOIs one to the resolver (who registered them) and one to DataCite (what it says of
its own); one for each DOI of another agency. What is known is not asked again before `recheck` has passed, a DOI that
does not exist not before the day after; a query's pages are asked in every run, with their validators.

Border: what the answers mean is read in `vocab.readers.datacite` and `vocab.readers.csl`.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from harvester.errors import HarvestError, ListingUnusable, Parked, at, iso
from harvester.events import Entry, Fetched, Gone, Listed, Unchanged
from harvester.memory import Validator
from harvester.sources.datacite_api import MOST_FOUND, DataciteApi, Told
from harvester.sources.datacite_lots import Lots
from harvester.sources.followed import followed
from harvester.sources.kind import Outcome, SourceKind, Task
from vocab.identifiers import doi_key, doi_url, value_of
from vocab.record import Document, Listing

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
# A DOI that modules name before it is registered appears soon, or never.
_UNKNOWN_FOR = timedelta(days=1)
_REASONS = {
    404: "The DOI does not exist (404).",
    406: "The agency that registered the DOI gives no description of it that can be read (406).",
}

Query = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]
Period = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,3}[hdw]$", strip_whitespace=True)]


class DataciteSettings(BaseModel):
    """The DOIs that modules name, what queries find, or both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    follow: bool = Field(False, description="the DOIs that modules name: papers, data sets, weights, and their own")
    queries: tuple[Query, ...] = Field((), description="queries of DataCite's search; what they find is harvested")
    recheck: Period = Field("7d", description="after how long a DOI that is known is asked for again, as 12h, 7d or 4w")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.queries and not self.follow:
            message = "give queries, or follow = true, or both; found neither"
            raise ValueError(message)
        return self

    @property
    def period(self) -> timedelta:
        """`recheck` as a length of time."""
        return timedelta(**{_UNITS[self.recheck[-1]]: int(self.recheck[:-1])})


class DataciteSource:
    """An opened source of this kind."""

    def __init__(self, task: Task, settings: DataciteSettings) -> None:
        self._task = task
        self._settings = settings
        self._api = DataciteApi(task)
        self._lots = Lots(self._api, ())
        # What queries found: nothing but the counters where it is as it was.
        self._found: dict[str, Told | dict[str, int]] = {}

    def list_entries(self) -> Listed:
        """What the queries find, then what is named. Raises `HarvestError`."""
        own: dict[str, Entry] = {}
        troubles: list[HarvestError] = []
        for query in dict.fromkeys(self._settings.queries):
            try:
                with at("listing"):
                    self._search(query, own)
            except Parked:
                raise
            except HarvestError as trouble:
                troubles.append(trouble)
        named = [each for each in self._named() if each.key not in own]
        if troubles and not own and not named:
            raise troubles[0]
        self._lots = Lots(self._api, [value_of(each.key) for each in named if self._is_due(each)])
        if self._lots.due:
            with at("listing"):
                self._lots.ask()
        elif not own and not named:  # nobody has answered yet: is DataCite there at all?
            self._api.is_alive()
        problem = troubles[0].problem("listing") if troubles else None
        return Listed((*own.values(), *named), whole=problem is None, problem=problem)

    def read(self, entry: Entry) -> Outcome:
        """One DOI. Raises `HarvestError`."""
        doi, client = value_of(entry.key), self._task.client
        found = self._found.get(doi)
        if found is not None and not entry.listing.named_by:
            return self._outcome(entry, found) if isinstance(found, Told) else Unchanged(entry, entry.key, found)
        if not self._is_due(entry):
            client.avoided()
            mark = self._mark(doi)
            return Unchanged(entry, entry.key) if mark is None or mark.status == 200 else _gone(entry, mark.status)
        told = self._lots.read(doi)
        if isinstance(told, int):
            self._keep(doi, str(told), told)
            return _gone(entry, told)
        self._keep(doi, told.fingerprint, 200)
        return self._outcome(entry, told)

    def is_alive(self) -> bool:
        """Whether DataCite answers at all. Raises `HarvestError`."""
        return self._api.is_alive()

    def _search(self, query: str, entries: dict[str, Entry]) -> None:
        """Add what a query finds. Raises `ListingUnusable` when it is nothing, too much, or less than it says."""
        seen: set[str] = set()
        total = 0
        for rows, count in self._api.search(query):
            total = count
            if total > MOST_FOUND:
                seen_text = f"The query `{query}` finds {total} DOIs; at most {MOST_FOUND} are handed out."
                raise ListingUnusable(seen_text, mend="Narrow the query; nothing was withdrawn.")
            for told in filter(None, map(self._api.told, rows)):
                doi, what = told
                seen.add(doi)
                entries.setdefault(doi_key(doi), Entry(doi_key(doi), doi_url(doi), Listing(doi_url(doi))))
                self._found[doi] = dict(what.counters) if self._is_unmoved(doi, what) else what
        if not total:
            mend = "Check the query in the settings of the source; nothing was withdrawn."
            raise ListingUnusable(f"The query `{query}` finds nothing at DataCite.", mend=mend)
        if len(seen) < total:
            seen_text = f"The query `{query}` finds {total} DOIs and shows {len(seen)} usable ones."
            raise ListingUnusable(seen_text, mend="Nothing: what is left out stays as it is; the next run asks again.")

    def _named(self) -> list[Entry]:
        if not self._settings.follow:
            return []
        found = followed(self._task.memory, "doi", self._task.source)
        return [each.entry(doi_key(each.value), doi_url(each.value)) for each in found]

    def _outcome(self, entry: Entry, told: Told) -> Outcome:
        if self._is_unmoved(value_of(entry.key), told):
            return Unchanged(entry, entry.key, dict(told.counters))
        document = Document(told.path, told.body, self._task.memory.keep_payload(told.body), told.url)
        return Fetched(
            entry, entry.key, doi_url(value_of(entry.key)), told.revision, (document,), told.fingerprint,
            counters=dict(told.counters),
        )

    def _is_unmoved(self, doi: str, told: Told) -> bool:
        known = self._task.memory.entry(self._task.source, doi_key(doi))
        return known is not None and known.fingerprint == told.fingerprint and not self._task.full

    # When a DOI was asked last: a mark beside its address, bound to what was then known of it -------------------------

    def _mark(self, doi: str) -> Validator | None:
        return self._task.memory.validator(f"{self._api.url(doi)}#asked", "")

    def _keep(self, doi: str, fingerprint: str, status: int) -> None:
        sha256 = self._task.memory.keep_payload(fingerprint.encode())
        now = iso(self._task.clock.now())
        self._task.memory.keep_validator(Validator(f"{self._api.url(doi)}#asked", "", None, now, sha256, status))

    def _is_due(self, entry: Entry) -> bool:
        """Whether a named DOI is to be asked: never, long ago, or what it said then was not kept."""
        mark = self._mark(value_of(entry.key))
        asked = _moment(mark.last_modified) if mark is not None else None
        if self._task.full or mark is None or asked is None:
            return True
        age = self._task.clock.now() - asked
        if mark.status != 200:
            return age >= min(_UNKNOWN_FOR, self._settings.period) or age < timedelta(0)
        known = self._task.memory.entry(self._task.source, entry.key)
        is_kept = known is not None and hashlib.sha256((known.fingerprint or "").encode()).hexdigest() == mark.sha256
        return not is_kept or age >= self._settings.period or age < timedelta(0)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text and re.fullmatch(r"\d{4}(-\d\d){2}T\d\d(:\d\d){2}Z", text) else None


def _gone(entry: Entry, status: int) -> Gone:
    return Gone(entry, _REASONS.get(status, f"The DOI cannot be had ({status})."), status)


def _open(task: Task, settings: DataciteSettings) -> DataciteSource:
    return DataciteSource(task, settings)


DATACITE = SourceKind(
    "datacite", DataciteSettings, _open, home=lambda endpoints, _: endpoints.datacite,
    follows=lambda settings: settings.follow,
)
