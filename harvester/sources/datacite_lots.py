"""DOIs that are due, asked in lots: who registered them, then what DataCite says of its own, many in one request.

One lot is held at a time, so that memory does not grow with the number of DOIs. What a lot does not answer is asked by
itself. Border: which DOIs are due is decided in `datacite`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from harvester.errors import HarvestError, Parked
from harvester.sources.datacite_api import DATACITE, DataciteApi, Told

MOST = 50
# With the other parts of a request a line of this length passes every server between here and there.
MOST_LETTERS = 1_800


@dataclass(slots=True)
class _Lot:
    """Some DOIs; `agencies` and `told` are None until they were asked for."""

    dois: tuple[str, ...] = ()
    agencies: dict[str, str] | None = None
    told: dict[str, Told] | None = None


@dataclass(slots=True)
class Lots:
    """The lots of one run, in the order of their DOIs."""

    api: DataciteApi
    due: Sequence[str]
    _lot_of: dict[str, tuple[str, ...]] = field(init=False)
    _lot: _Lot = field(init=False, default_factory=_Lot)

    def __post_init__(self) -> None:
        self._lot_of = {doi: lot for lot in _lots_of(self.due) for doi in lot}

    def ask(self) -> None:
        """Ask for the first lot, so that trouble shows before anything is read. Raises `HarvestError`."""
        if self.due:
            self._load(self._lot_of[self.due[0]])

    def read(self, doi: str) -> Told | int:
        """What is told of a DOI, or a status where nothing is: 404 no such DOI, 406 nothing for citing.

        Raises:
            HarvestError: it could not be had.
        """
        lot = self._load(self._lot_of.get(doi, (doi,)))
        agency = (lot.agencies or {}).get(doi)
        if agency == "":
            return 404
        told = (lot.told or {}).get(doi)
        if told is None and agency in (DATACITE, None):
            told = self.api.one(doi)
        if told is None and agency == DATACITE:  # what it hides now it told better before than any citation would
            return 404
        return told if told is not None else self.api.citation(doi, agency)

    def _load(self, dois: tuple[str, ...]) -> _Lot:
        if self._lot.dois != dois:
            self._lot = _Lot(dois)
        lot = self._lot
        if lot.agencies is None:
            try:
                lot.agencies = self.api.agencies(dois)
            except Parked:
                raise
            except HarvestError:  # then DataCite is asked for all, and an agency for what it does not know
                lot.agencies = {}
        if lot.told is None:
            wanted = [each for each in dois if lot.agencies.get(each) in (DATACITE, None)]
            lot.told = self.api.many(wanted) if len(wanted) > 1 else {}
        return lot


def _lots_of(dois: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The DOIs in lots that fit into the line of a request."""
    lot: list[str] = []
    letters = 0
    for doi in dois:
        length = len(quote(doi, safe="")) + 3
        if lot and (len(lot) >= MOST or letters + length > MOST_LETTERS):
            yield tuple(lot)
            lot, letters = [], 0
        lot.append(doi)
        letters += length
    if lot:
        yield tuple(lot)
