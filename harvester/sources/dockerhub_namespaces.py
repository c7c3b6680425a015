"""What the lists of Docker Hub's namespaces show: whose repositories are there, and which of them moved.

A list is whole when it has as many rows as it says there are; a server that hands out fewer, or other ones, is not
believed about what it leaves out. Border: reading a repository is elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harvester.errors import HarvestError, ListingUnusable, Parked, at
from harvester.sources.dockerhub_api import DockerhubApi, Page, Shown, shown_of

_NOTHING_WITHDRAWN = "Check the namespace in the settings of the source; nothing was withdrawn."


@dataclass(slots=True)
class Shelf:
    """One namespace as it was shown. `problem`: why it cannot be believed about what is not on it."""

    rows: dict[str, Shown] = field(default_factory=dict)
    told: int = 0
    broken: int = 0
    problem: HarvestError | None = None


class Namespaces:
    """The namespaces that one run has looked at."""

    def __init__(self, api: DockerhubApi) -> None:
        self._api = api
        self._shelves: dict[str, Shelf] = {}

    def shown(self, full_name: str) -> Shown | None:
        """What a list showed of a repository."""
        shelf = self._shelves.get(full_name.partition("/")[0])
        return shelf.rows.get(full_name) if shelf else None

    def lacks(self, full_name: str) -> bool:
        """Whether a whole list of its namespace is without it."""
        shelf = self._shelves.get(full_name.partition("/")[0])
        return shelf is not None and shelf.problem is None and full_name not in shelf.rows

    def all_of(self, namespace: str) -> Shelf:
        """Everything that a namespace shows; what is wrong with it stands on the shelf.

        Raises:
            Parked: a limit was reached.
        """
        return self._look(namespace, None)

    def some_of(self, namespace: str, wanted: set[str]) -> Shelf:
        """As many pages as cost less than asking singly for those of the wanted that were not met yet.

        Raises:
            Parked: a limit was reached.
        """
        return self._look(namespace, wanted)

    def _look(self, namespace: str, wanted: set[str] | None) -> Shelf:
        shelf = self._shelves[namespace] = Shelf()
        try:
            with at("listing"):
                for number, page in enumerate(self._api.repositories(namespace), 1):
                    _put(shelf, page, namespace)
                    left = -(-shelf.told // max(1, len(page.rows))) - number
                    if wanted is not None and left > len(wanted - shelf.rows.keys()):
                        raise _cut(namespace, shelf)
                self._judge(namespace, shelf, ask=wanted is None)
        except Parked:
            raise
        except HarvestError as problem:
            shelf.problem = problem
        return shelf

    def _judge(self, namespace: str, shelf: Shelf, *, ask: bool) -> None:
        """Raises `ListingUnusable` for a list that says less than there must be."""
        if not shelf.rows and not shelf.broken and not shelf.told:
            if ask and not self._api.knows(namespace):
                seen = f"Docker Hub knows no user and no organisation `{namespace}`."
                raise ListingUnusable(seen, mend=_NOTHING_WITHDRAWN)
            raise ListingUnusable(f"The namespace `{namespace}` shows no repository.", mend=_NOTHING_WITHDRAWN)
        if len(shelf.rows) + shelf.broken < shelf.told or shelf.broken:
            raise _cut(namespace, shelf)


def _put(shelf: Shelf, page: Page, namespace: str) -> None:
    shelf.told = max(shelf.told, page.count)
    for row in page.rows:
        shown = shown_of(row, namespace)
        if shown is None:
            shelf.broken += 1
        else:
            shelf.rows[shown.full_name] = shown


def _cut(namespace: str, shelf: Shelf) -> ListingUnusable:
    usable = len(shelf.rows)
    seen = f"The list of `{namespace}` shows {usable} usable repositories and says that there are {shelf.told}."
    return ListingUnusable(seen, mend="Nothing: what it leaves out stays as it is; the next run asks again.")
