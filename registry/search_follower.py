"""The search index as a follower of the change log: published modules are in it, all others are not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from registry.modules import StoredModule
from registry.search.engine import SearchEngine
from vocab.module import Status


class SearchFollower:
    """Feeds one search engine."""

    name = "search"

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine

    def sequence(self) -> int:
        """The number of the last change that the index has."""
        return self._engine.sequence()

    def apply(self, modules: Sequence[StoredModule], sequence: int) -> None:
        """Take over these modules and the number in one commit of the index."""
        upserts = [each.module for each in modules if each.status is Status.PUBLISHED]
        deletions = [each.module.slug for each in modules if each.status is not Status.PUBLISHED]
        self._engine.apply(upserts, deletions, sequence)

    def rebuild(self, modules: Iterable[StoredModule], sequence: int) -> None:
        """Build a new index beside the one in use, and swap."""
        self._engine.rebuild((each.module for each in modules if each.status is Status.PUBLISHED), sequence)
