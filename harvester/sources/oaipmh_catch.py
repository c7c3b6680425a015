"""The records of a list as they come in: which are taken, and what their repository should have done otherwise.

The newest word on a record counts. Records of other sets than the one asked for are left out; a list of nothing else,
or of a format that nothing here reads, is not the one that was meant. Border: no list is asked for here.
"""

from __future__ import annotations

from collections import Counter

from sickle.models import Header

from harvester.sources.oaipmh_address import unread_format
from harvester.sources.oaipmh_client import Oai, OaiItems, OaiRecord
from harvester.sources.oaipmh_lists import WrongListError
from harvester.sources.oaipmh_pages import BadRecord
from harvester.sources.oaipmh_records import Item, Items
from harvester.sources.oaipmh_settings import OaipmhSettings

# So many records tell what a list is made of.
_SAMPLE = 20


class Catch:
    """What came in. `defects` counts by what was due; `strays` are the records of other sets."""

    def __init__(self, settings: OaipmhSettings, oai: Oai, items: Items) -> None:
        self.found: dict[str, Item] = {}
        self.defects: Counter[str] = Counter()
        self.strays = 0
        self._settings = settings
        self._oai = oai
        self._items = items

    def take(self, item: OaiRecord | Header, items: OaiItems) -> None:
        """A record, or its header alone. Raises `WrongListError`."""
        header: Header = item if isinstance(item, Header) else item.header
        if not self._is_in_set(header):
            self.strays += 1
            return
        made = (
            self._items.of_header(header) if isinstance(item, Header)
            else self._items.of_record(item, items.oai_response)
        )
        if made is None:
            self.defects["identifiers that fit into 400 characters"] += 1
            return
        if made.datestamp is None:
            self.defects["a datestamp in every header"] += 1
        self._keep(made)
        if len(self.found) == _SAMPLE:
            self.judge(_SAMPLE)

    def take_bad(self, bad: BadRecord) -> None:
        """A record that is no good XML."""
        made = self._items.of_bad(bad)
        if made is None:
            self.defects["records that are good XML"] += 1
        else:
            self._keep(made)

    def _keep(self, made: Item) -> None:
        """The newest word on a record counts; a header alone says less than a record."""
        before = self.found.get(made.key)
        if before is not None and (before.is_whole and not made.is_whole):
            return
        if before is not None and (before.datestamp or "") > (made.datestamp or "") and made.is_whole:
            return
        # A deletion of what was never here is none.
        if made.deleted and before is None and not self._items.is_listed(made.key):
            return
        self.found[made.key] = made

    def _is_in_set(self, header: Header) -> bool:
        wanted = self._settings.set
        named = [spec.strip() for spec in header.setSpecs if spec and spec.strip()]
        if wanted is None or not self._settings.check_set or header.deleted or not named:
            return True
        return any(spec == wanted or spec.startswith(f"{wanted}:") for spec in named)

    def judge(self, count: int, *, formats: bool = True) -> None:
        """Whether a list is one that was meant. Raises `WrongListError`."""
        if self.strays and not count:
            seen = f"The repository lists records of other sets, though `{self._settings.set}` was asked for."
            mend = "Check `set`; where its records do not name all their sets, switch `check_set` off."
            raise WrongListError(seen, mend=mend, url=self._oai.endpoint)
        told = [each for each in self.found.values() if each.fingerprint is not None]
        if formats and told and not any(each.format for each in told):
            error = unread_format(self._oai, self._settings.prefix, told[0].namespace)
            raise WrongListError(error.seen, mend=error.mend, url=self._oai.endpoint)
