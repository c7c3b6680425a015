"""What a source listed the last time, to see what is in no list any more and why.

A record that was withdrawn is in no search; asked for by its number it answers with its tombstone. One that is there
and still fits was lost by the search alone and stays. Anything else is left out, and the registry waits for the next
listings before it believes that. Border: withdrawal itself is the registry's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from harvester.memory import Validator
from harvester.sources.kind import Task
from harvester.sources.zenodo_absent import Absence, Absences
from harvester.sources.zenodo_api import ZenodoApi
from harvester.sources.zenodo_concepts import Concept

_RULES = 1
# So many are asked for one by one. When more are missing at once, the registry holds the run for a person.
_MOST_LOOKS = 100


@dataclass(frozen=True, slots=True)
class Shelved:
    """One concept that was listed: its latest version's number, its page, and what it was listed for."""

    key: str
    number: str
    url: str
    own: bool
    wanted: tuple[str, ...]

    def as_json(self) -> list[Any]:
        """The form that is remembered."""
        return [self.key, self.number, self.url, self.own, self.wanted]


@dataclass(frozen=True, slots=True)
class Vanished:
    """One that is in no list any more. `absence` is None when it is there and only the search does not show it."""

    shelved: Shelved
    absence: Absence | None


class Shelf:
    """The concepts of one source as they were listed the last time."""

    def __init__(self, task: Task, api: ZenodoApi, absences: Absences) -> None:
        self._task = task
        self._api = api
        self._absences = absences
        self._address = f"zenodo-listed:{hashlib.sha256(task.source.encode()).hexdigest()}"

    def vanished(
        self, concepts: Iterable[Concept], wanted: Iterable[str], fits: Callable[[Shelved, Mapping[str, Any]], bool]
    ) -> list[Vanished]:
        """What was listed and still would be, if it were found.

        Args:
            concepts: what was found now.
            wanted: the numbers and repositories that are asked for now.
            fits: whether a record that is there would be listed.

        Raises:
            HarvestError: one could not be asked for.
        """
        found, asked = {each.key for each in concepts}, set(wanted)
        missing = [each for each in self._remembered() if each.key not in found]
        open_ones = [each for each in missing if self._is_open(each) and (each.own or asked & set(each.wanted))]
        looked = [(each, self._absences.look(each.number)) for each in open_ones[:_MOST_LOOKS]]
        withdrawn = [Vanished(each, told) for each, told in looked if isinstance(told, Absence) and told.final]
        there = [Vanished(each, None) for each, told in looked if not isinstance(told, Absence) and fits(each, told)]
        return [*withdrawn, *there]

    def put(self, concepts: Iterable[Concept], vanished: Iterable[Vanished]) -> None:
        """Remember what is listed now; what vanished stays until the registry has taken it out."""
        rows = [
            Shelved(each.key, each.latest.id, each.entry(self._api).url, each.own, each.wanted).as_json()
            for each in concepts
        ]
        rows += [each.shelved.as_json() for each in vanished]
        sha256 = self._task.memory.keep_payload(orjson.dumps([_RULES, sorted(rows, key=lambda row: str(row[0]))]))
        self._task.memory.keep_validator(Validator(self._address, self._api.token, None, None, sha256, 0))

    def _is_open(self, shelved: Shelved) -> bool:
        """Whether the registry still lists it. A full harvest forgets that, and looks at all of them."""
        return self._task.full or self._task.memory.entry(self._task.source, shelved.key) is not None

    def _remembered(self) -> list[Shelved]:
        validator = self._task.memory.validator(self._address, self._api.token)
        body = self._task.memory.payload(validator.sha256) if validator is not None else None
        rules, rows = orjson.loads(body) if body is not None else (_RULES, [])
        if rules != _RULES:
            return []
        return [Shelved(key, number, url, own, tuple(wanted)) for key, number, url, own, wanted in rows]
