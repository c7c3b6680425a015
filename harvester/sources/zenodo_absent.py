"""What became of a record that a search does not show: withdrawn, unknown, not public, or only not found this time.

Withdrawn records are in no list; they answer 410 with a tombstone when they are asked for by their number. That is done
once: while the search does not find a record, the remembered answer holds. Border: which records to ask for is decided
in `zenodo_listing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from harvester.memory import Validator
from harvester.sources.kind import Task
from harvester.sources.zenodo_api import Received, ZenodoApi
from vocab.readers.zenodo_record import part, text
from vocab.text import one_line

WITHDRAWN = 410
_MOST_LETTERS = 300


@dataclass(frozen=True, slots=True)
class Absence:
    """Why a record is not there: the status of its address and a sentence for people."""

    status: int
    reason: str

    @property
    def final(self) -> bool:
        """Whether Zenodo says that it was taken away for ever."""
        return self.status == WITHDRAWN


class Absences:
    """Asks for records by their number, and remembers those that are not there."""

    def __init__(self, task: Task, api: ZenodoApi) -> None:
        self._task = task
        self._api = api

    def look(self, number: str) -> Absence | Mapping[str, Any]:
        """The record's JSON, or why there is none. Raises `HarvestError`."""
        remembered = self._remembered(number)
        if remembered is not None:
            self._task.client.avoided()
            return remembered
        answer = self._api.record(number)
        if answer.found:
            return answer.form
        sha256 = self._task.memory.keep_payload(answer.body)
        self._task.memory.keep_validator(
            Validator(self._address(number), self._api.token, None, None, sha256, answer.status)
        )
        return _absence(answer)

    def _remembered(self, number: str) -> Absence | None:
        validator = self._task.memory.validator(self._address(number), self._api.token)
        body = self._task.memory.payload(validator.sha256) if validator is not None and not self._task.full else None
        if validator is None or body is None:
            return None
        return _absence(Received(validator.status, body, _form(body)))

    def _address(self, number: str) -> str:
        """Under what the answer is remembered; no address that anything else asks for."""
        return f"{self._api.record_url(number)}#absent"


def _form(body: bytes) -> Mapping[str, Any]:
    try:
        value = orjson.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _absence(answer: Received) -> Absence:
    if answer.status != WITHDRAWN:
        why = "is not public" if answer.status == 403 else "is not known to Zenodo"
        return Absence(answer.status, f"The record {why} ({answer.status}).")
    tombstone = part(answer.form, "tombstone")
    reason = text(part(tombstone, "removal_reason"), "id").replace("-", " ")
    said = ": ".join(filter(None, (reason, one_line(text(tombstone, "note"))[:_MOST_LETTERS])))
    day = text(tombstone, "removal_date")[:10]
    when = f" on {day}" if day else ""
    return Absence(WITHDRAWN, f"The record was withdrawn from Zenodo{when}{f' ({said})' if said else ''}.")
