"""The source kind `oaipmh`: the records of any OAI-PMH 2.0 repository, by sickle over our client.

Requests of a first harvest: `Identify` and one for each page. Of a later one: one for the page of what changed since
the datestamp reached, with an overlap; where deletions are forgotten, every few days `Identify` and all headers
besides. A record comes with its page; by itself it is asked for when it was not well-formed there, when an earlier
reading of it was not kept, when a list of headers brought it up, or when the settings say `one_by_one`.

Border: `oaipmh_client` speaks the protocol, `oaipmh_lists` goes through a list, `oaipmh_gathering` decides which,
`oaipmh_marks` remembers how far; what a record says is read in `vocab.readers`. OAI-PMH 2.0.
"""

from __future__ import annotations

from dataclasses import replace

import orjson

from harvester.endpoints import Endpoints
from harvester.errors import BrokenRecord, HarvestError, ListingUnusable, Parked, ProtocolAnswer, UnexpectedAnswer, at
from harvester.events import Entry, Failed, Fetched, Gone, Listed, Unchanged
from harvester.sources.kind import Outcome, SourceKind, Task
from harvester.sources.oaipmh_address import identify
from harvester.sources.oaipmh_client import Oai, OaiItems, OaiRecord
from harvester.sources.oaipmh_gathering import Gathering
from harvester.sources.oaipmh_marks import Marks, Reading
from harvester.sources.oaipmh_records import Item, Items, same_stamp
from harvester.sources.oaipmh_settings import OaipmhSettings
from vocab.text import one_line

# So many records that were no good XML on their page are asked for again by themselves in one run.
_SECOND_LOOKS = 20


class OaipmhSource:
    """An opened source of this kind."""

    def __init__(self, task: Task, settings: OaipmhSettings) -> None:
        self._task = task
        self._settings = settings
        self._oai = Oai(
            task.client, task.clock, address_asked(task.endpoints, settings), repeat_arguments=settings.repeat_arguments
        )
        self._items = Items(task.source, task.memory, settings.url, settings.prefix, full=task.full)
        self._marks = Marks(task.memory, task.source, _own(settings))
        self._found: dict[str, Item] = {}
        self._reading: Reading | None = None
        self._second_looks = 0

    def list_entries(self) -> Listed:
        """What is listed this time. Raises `HarvestError`."""
        gathering = Gathering(self._task, self._settings, self._oai, self._items, _own(self._settings))
        gathered = gathering.run(self._marks.recall())
        self._found = {each.key: each for each in gathered.items}
        self._reading = self._marks.reading(gathered.mark, gathered.items, full=self._task.full)
        return Listed(
            tuple(map(self._items.entry, gathered.items)), gathered.findings, gathered.whole,
            gathered.problem.problem("listing") if gathered.problem is not None else None,
        )

    def read(self, entry: Entry) -> Outcome:
        """One record. Raises `HarvestError`."""
        item = self._found.get(entry.key)
        if item is None or self._reading is None:
            raise ListingUnusable("The source was not listed before it was read.")
        self._reading.begin()
        try:
            with at("record"):
                outcome = self._outcome(entry, item)
        except Parked:
            raise  # the mark stays where it is
        except BrokenRecord as error:
            outcome = Failed(entry, replace(error.problem("record"), payload=item.payload))
        except HarvestError:
            self._reading.failed(entry.key)
            self._reading.end(entry.key)
            raise
        if isinstance(outcome, Fetched):
            self._reading.fetched(entry.key, outcome.fingerprint)
        elif isinstance(outcome, Unchanged):
            self._reading.unchanged(entry.key)
        self._reading.end(entry.key)
        return outcome

    def is_alive(self) -> bool:
        """Whether the repository answers at all. Raises `HarvestError`."""
        identify(self._oai)
        return True

    def _outcome(self, entry: Entry, item: Item) -> Fetched | Unchanged | Gone | Failed:
        if item.is_whole and (item.broken is None or self._second_looks >= _SECOND_LOOKS):
            return self._items.read(entry, item)
        if item.broken is not None:
            self._second_looks += 1
        elif same_stamp(self._items.known(item.key), item.datestamp):
            self._task.client.avoided()
            return Unchanged(entry, item.key)
        return self._by_itself(entry, item)

    def _by_itself(self, entry: Entry, item: Item) -> Fetched | Unchanged | Gone:
        """Ask for one record."""
        try:
            items: OaiItems = OaiItems(self._oai, {
                "verb": "GetRecord", "metadataPrefix": self._settings.prefix, "identifier": item.identifier,
            })
        except ProtocolAnswer as error:
            if error.code == "idDoesNotExist":
                return Gone(entry, "its repository does not know it any more", 404)
            if error.code == "cannotDisseminateFormat":
                seen = f"The repository has no `{self._settings.prefix}` of this record."
                raise BrokenRecord(seen, url=entry.url) from None
            raise
        record: OaiRecord | None = next(items, None)
        bad = items.drain_bad()
        if record is None and bad:
            raise BrokenRecord(f"The record is no good XML: {bad[0].seen}.", url=entry.url)
        if record is None or one_line(record.header.identifier or "") != item.identifier:
            raise UnexpectedAnswer("The repository answers with another record, or with none.", url=entry.url)
        made = self._items.of_record(record, items.oai_response)
        if made is None:
            raise UnexpectedAnswer("The repository answers with a record that has no identifier.", url=entry.url)
        return self._items.read(entry, made)


def address_asked(endpoints: Endpoints, settings: OaipmhSettings) -> str:
    """Where a source's questions go: Zenodo's repository may stand elsewhere, as the endpoints say."""
    return endpoints.zenodo_oai if settings.url.rstrip("/") == Endpoints().zenodo_oai else settings.url


def _own(settings: OaipmhSettings) -> str:
    """The settings on which it depends which records are listed."""
    return orjson.dumps([settings.url, settings.prefix, settings.set, settings.from_]).decode()


def _open(task: Task, settings: OaipmhSettings) -> OaipmhSource:
    return OaipmhSource(task, settings)


OAIPMH = SourceKind("oaipmh", OaipmhSettings, _open, home=address_asked)
