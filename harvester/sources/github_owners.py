"""The facts of many repositories by one request: the owner's list, a hundred repositories a page.

An owner of whom three or more repositories are wanted is listed instead of asking for each; a list that has more
pages than it saves requests is given up. A list that has not changed costs nothing (304), and proves that a
repository which was missing from it still is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

import orjson

from harvester.errors import HarvestError, Parked
from harvester.sources.github_api import GithubApi, Received, RepositoryFacts
from harvester.sources.refusals import Refusals

WORTH_A_LIST = 3
_PROOF_PAGES = 10
_MOST_PAGES = 1000


class Owners:
    """The owners of the listed repositories."""

    def __init__(self, api: GithubApi, refusals: Refusals, full_names: Iterable[str]) -> None:
        self._api = api
        self._refusals = refusals
        wanted = [name.lower() for name in full_names]
        self._wanted = Counter(name.partition("/")[0] for name in wanted)
        self._missed = {
            name.partition("/")[0] for name in wanted if refusals.known(api.repository_url(name))
        }
        self._lists: dict[str, dict[str, RepositoryFacts] | None] = {}

    def facts(self, full_name: str) -> RepositoryFacts | None:
        """The facts of a repository, when its owner is listed and shows it."""
        owner = full_name.lower().partition("/")[0]
        shown = self._shown(owner) if self._is_worth(owner) else None
        return shown.get(full_name.lower()) if shown else None

    def affairs(self, full_name: str, *, ask: bool = False) -> bytes | None:
        """Which names and ids the owner shows, as bytes to compare; None when that is not known.

        Args:
            full_name: of a repository.
            ask: have the list for this, even if it would not be worth it otherwise.
        """
        owner = full_name.lower().partition("/")[0]
        shown = self._shown(owner) if ask or self._is_worth(owner) else None
        if shown is None:
            return None
        return orjson.dumps(sorted([facts.repository.id, name] for name, facts in shown.items()))

    def all_of(self, owner: str) -> list[RepositoryFacts]:
        """Everything an owner shows, in the order of the list. Raises `HarvestError`."""
        shown = self._pages(owner, _MOST_PAGES)
        self._lists[owner.lower()] = shown
        return list(shown.values()) if shown else []

    def _is_worth(self, owner: str) -> bool:
        return owner in self._lists or self._wanted[owner] >= WORTH_A_LIST or owner in self._missed

    def _shown(self, owner: str) -> dict[str, RepositoryFacts] | None:
        if owner not in self._lists:
            worth = self._wanted[owner]
            try:
                self._lists[owner] = self._pages(owner, worth if worth >= WORTH_A_LIST else _PROOF_PAGES)
            except Parked:
                raise
            except HarvestError:
                self._lists[owner] = None  # each repository is asked for by itself, and says itself what is wrong
        return self._lists[owner]

    def _pages(self, owner: str, most: int) -> dict[str, RepositoryFacts] | None:
        page = self._first_page(owner)
        if page is None or page.value is None or _last_page(page) > most:
            return None
        shown: dict[str, RepositoryFacts] = {}
        seen: set[str] = set()
        rows, following = page.value, page.links.get("next")
        while True:
            shown.update((facts.repository.full_name.lower(), facts) for facts in rows)
            if not following or following in seen or len(seen) >= most:
                return shown
            seen.add(following)
            page = self._api.owner_page(following)
            if page.value is None:
                return None
            rows, following = page.value, page.links.get("next")

    def _first_page(self, owner: str) -> Received[list[RepositoryFacts]] | None:
        """An organisation's list, or a person's; which of the two it is, or neither, is asked once."""
        as_organisation, as_person = self._api.owner_url(owner, "orgs"), self._api.owner_url(owner, "users")
        if self._refusals.known(as_person):
            return None
        if self._refusals.known(as_organisation):
            return self._api.owner_page(as_person)
        page = self._api.owner_page(as_organisation)
        if page.value is not None:
            return page
        person = self._api.owner_page(as_person)
        if person.value is not None:
            self._refusals.keep(as_organisation, b"a person", page.status)
        elif person.status == page.status == 404:
            self._refusals.keep(as_person, b"nobody", person.status)
        return person


def _last_page(page: Received[list[RepositoryFacts]]) -> int:
    """How many pages there are, as far as the first one tells."""
    number = parse_qs(urlsplit(page.links.get("last", "")).query).get("page", ["1"])[-1]
    return int(number) if number.isdigit() else 1
