"""How far a source was read, remembered so that nothing is lost: neither to a kill -9 nor to a source made anew.

What the events of a run say is applied after they were given out. So the mark moves when the last record of a run was
read, each record's reading is looked for in the memory when the next one is read, and the last one's by the next run;
what is not there is owed, and asked for by itself. A mark holds only for the same settings, and only while the registry
still knows one of the records that stood for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TypeAlias

import orjson

from harvester.memory import Memory, Validator
from harvester.sources.oaipmh_records import Item
from harvester.sources.oaipmh_times import Granularity

IsKept: TypeAlias = Callable[[str, str], bool]

_WITNESSES = 3
# Above so many owed records the mark does not move: the next list brings them anyway.
_OWED = 100


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a source was read.

    `reached`: everything up to this datestamp was read. `relisted`: when its whole list was last seen. `short`: that
    list ended too early. `owed`: identifiers whose reading was not kept. `last`: key, identifier and fingerprint of the
    record that was read last. `witnesses`: keys of records that the registry knew.
    """

    settings: str
    granularity: str
    deletions: str
    reached: str | None = None
    relisted: str | None = None
    short: bool = False
    owed: tuple[str, ...] = ()
    last: tuple[str, str, str] | None = None
    witnesses: tuple[str, ...] = ()

    @property
    def fineness(self) -> Granularity:
        """The granularity of the repository's datestamps."""
        return Granularity(self.granularity)


class Marks:
    """The mark of one source in the memory."""

    def __init__(self, memory: Memory, source: str, settings: str) -> None:
        self._memory = memory
        self._source = source
        self._settings = settings
        self._url = f"oaipmh:{source}"

    def recall(self) -> Mark | None:
        """The mark, when it still holds."""
        mark = self._kept()
        if mark is None or mark.settings != self._settings:
            return None
        if not any(self._memory.entry(self._source, key) is not None for key in mark.witnesses):
            return None
        if mark.last is not None and not self._is_kept(mark.last[0], mark.last[2]):
            owed = tuple(dict.fromkeys((*mark.owed, mark.last[1])))
            return replace(mark, owed=owed, last=None)
        return mark

    def keep(self, mark: Mark) -> None:
        """Remember a mark; writes only what is news."""
        if mark == self._kept():
            return
        sha256 = self._memory.keep_payload(orjson.dumps(asdict(mark), option=orjson.OPT_SORT_KEYS))
        self._memory.keep_validator(Validator(self._url, "", None, None, sha256))

    def reading(self, mark: Mark, items: Sequence[Item], *, full: bool) -> Reading:
        """The reading of these items, at whose end this mark is kept."""
        return Reading(self, mark, items, None if full else self._is_kept)

    def _is_kept(self, key: str, fingerprint: str) -> bool:
        known = self._memory.entry(self._source, key)
        return known is not None and known.fingerprint == fingerprint

    def _kept(self) -> Mark | None:
        validator = self._memory.validator(self._url, "")
        body = self._memory.payload(validator.sha256) if validator is not None else None
        try:
            form = orjson.loads(body or b"null")
            if not isinstance(form, dict):
                return None
            lists = {name: tuple(form[name]) for name in ("owed", "witnesses")}
            mark = Mark(**form | lists | {"last": tuple(form["last"]) if form["last"] else None})
            return mark if mark.fineness else None
        except (ValueError, TypeError, KeyError):
            return None  # of another version: the whole list is read again


class Reading:
    """What happens between the list and the new mark, record by record in the order of the list."""

    def __init__(self, marks: Marks, mark: Mark, items: Sequence[Item], is_kept: IsKept | None) -> None:
        self._marks = marks
        self._mark = mark
        self._items = {each.key: each for each in items}
        self._last_key = items[-1].key if items else None
        self._is_kept = is_kept
        self._owed: dict[str, None] = {}
        self._unproved: tuple[str, str, str] | None = None
        self._last = mark.last
        self._good: dict[str, None] = {}
        self._over = False
        if not items:
            marks.keep(mark)

    def begin(self) -> None:
        """Before a record is read: what was read before it was applied, or is owed."""
        if self._unproved is not None and self._is_kept is not None:
            key, identifier, fingerprint = self._unproved
            if not self._is_kept(key, fingerprint):
                self._owed[identifier] = None
        self._unproved = None

    def fetched(self, key: str, fingerprint: str) -> None:
        """A record was read anew."""
        self._unproved = self._last = (key, self._items[key].identifier, fingerprint)
        self.unchanged(key)

    def unchanged(self, key: str) -> None:
        """A record is as it was."""
        self._good[key] = None
        self._owed.pop(self._items[key].identifier, None)

    def failed(self, key: str) -> None:
        """A record could not be had this time."""
        self._owed[self._items[key].identifier] = None

    def end(self, key: str) -> None:
        """After a record was read, whatever came of it: behind the last one the mark moves.

        What could not be had may be tried once more behind the last one; then it is owed no more.
        """
        self._over = self._over or key == self._last_key
        if not self._over or len(self._owed) > _OWED:
            return
        gone = {each.key for each in self._items.values() if each.deleted}
        before = [each for each in self._mark.witnesses if each not in gone]
        self._marks.keep(replace(
            self._mark, owed=tuple(self._owed), last=None if self._last and self._last[0] in gone else self._last,
            witnesses=tuple((before or list(self._good))[:_WITNESSES]),
        ))
