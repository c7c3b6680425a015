"""When a source has failed so that somebody is told, and when it is well again: one message each, never two.

Told at once is a run that failed or is held; a run that read only a part when the one before did so too. A run that a
limit or a person stopped says nothing. The state stands in the source's row and moves in the transaction that ends a
run; what is to be sent waits there too, so that a channel that fails is tried again with the next run.
Border: channels and texts are `registry.notifying`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from registry.runs import RunStatus
from registry.tables import source
from registry.work import stamp_of

FAILURE, RECOVERY = "failure", "recovery"
# So many runs in a row that read only a part are worth a message.
PATIENCE = 2
# A message that a process took and never told the end of is taken again after so long.
TAKEN = timedelta(minutes=15)
MOST_TRIES = 10
_AT_ONCE = frozenset({RunStatus.FAILED, RunStatus.HELD})
_WELL = frozenset({RunStatus.OK, RunStatus.FINDINGS})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, as far as somebody might be told of it."""

    source: str
    run: int
    status: RunStatus
    problem: Mapping[str, Any] | None = None
    parked: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message that waits to be sent by one channel; `since` is the end of the first run that was not well."""

    channel: str
    kind: str
    source: str
    run: int
    status: str
    since: str
    problem: Mapping[str, Any] | None = None
    tries: int = 0
    taken: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        form = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in form.items() if value is not None}


@dataclass(slots=True)
class Alarm:
    """How a source stands: bad runs in a row, whether somebody was told, what waits to be sent."""

    since: str | None = None
    bad: int = 0
    told: bool = False
    outbox: list[Message] = field(default_factory=list)

    def as_json(self) -> dict[str, Any] | None:
        """As it is kept; nothing when all is well and said."""
        if not self.bad and not self.outbox:
            return None
        form = {"since": self.since, "bad": self.bad, "told": self.told}
        return form | {"outbox": [each.as_json() for each in self.outbox]}


def note_outcome(connection: Connection, outcome: Outcome, channels: Sequence[str], now: datetime) -> None:
    """Move the state of a source after a run, in the transaction that ends it; writes only what is news."""
    before = alarm_of(connection, outcome.source)
    after = alarm_of(connection, outcome.source)
    if outcome.status in _WELL:
        _well(after, outcome, channels)
    elif outcome.status in _AT_ONCE or (outcome.status is RunStatus.PARTIAL and not outcome.parked):
        _bad(after, outcome, channels, now)
    if before.as_json() != after.as_json():
        _keep(connection, outcome.source, after)


def _bad(alarm: Alarm, outcome: Outcome, channels: Sequence[str], now: datetime) -> None:
    alarm.bad += 1
    alarm.since = alarm.since or stamp_of(now)
    if not alarm.told and (outcome.status in _AT_ONCE or alarm.bad >= PATIENCE):
        alarm.told = True
        alarm.outbox += [_message(each, FAILURE, outcome, alarm.since) for each in channels]


def _well(alarm: Alarm, outcome: Outcome, channels: Sequence[str]) -> None:
    if alarm.told and alarm.since:
        # Whom no word of the failure reached is spared both.
        unsaid = {each.channel for each in alarm.outbox if each.kind == FAILURE}
        alarm.outbox = [each for each in alarm.outbox if each.kind != FAILURE]
        alarm.outbox += [_message(each, RECOVERY, outcome, alarm.since) for each in channels if each not in unsaid]
    alarm.bad, alarm.told, alarm.since = 0, False, None


def _message(channel: str, kind: str, outcome: Outcome, since: str) -> Message:
    return Message(channel, kind, outcome.source, outcome.run, outcome.status.value, since, outcome.problem)


def take_messages(connection: Connection, name: str, now: datetime) -> list[Message]:
    """Take what waits to be sent, so that no other process sends it too."""
    alarm = alarm_of(connection, name)
    free = [each for each in alarm.outbox if each.taken is None or each.taken < stamp_of(now - TAKEN)]
    if free:
        alarm.outbox = [_as_taken(each, now) if each in free else each for each in alarm.outbox]
        _keep(connection, name, alarm)
    return free


def settle_message(connection: Connection, message: Message, *, sent: bool) -> bool:
    """Forget a message that was sent; keep one that was not for the next run, but for so many tries at most.

    Returns:
        Whether it is given up.
    """
    alarm = alarm_of(connection, message.source)
    given_up = not sent and message.tries + 1 >= MOST_TRIES
    kept: list[Message] = []
    for each in alarm.outbox:
        if not _same(each, message):
            kept.append(each)
        elif not sent and not given_up:
            kept.append(Message(**{**each.as_json(), "taken": None, "tries": message.tries + 1}))
    alarm.outbox = kept
    _keep(connection, message.source, alarm)
    return given_up


def alarm_of(connection: Connection, name: str) -> Alarm:
    """How a source stands."""
    form = connection.scalar(select(source.c.alarm).where(source.c.name == name)) or {}
    outbox = [Message(**each) for each in form.get("outbox", ())]
    return Alarm(form.get("since"), form.get("bad", 0), form.get("told", False), outbox)


def _as_taken(message: Message, now: datetime) -> Message:
    return Message(**{**message.as_json(), "taken": stamp_of(now)})


def _same(one: Message, other: Message) -> bool:
    return (one.channel, one.kind, one.run) == (other.channel, other.kind, other.run)


def _keep(connection: Connection, name: str, alarm: Alarm) -> None:
    connection.execute(source.update().where(source.c.name == name).values(alarm=alarm.as_json()))
