"""Webhooks: a message about a repository, an image or a record makes the sources that list it due now.

A message is used to find out what it is about, and for nothing else: whether anything changed, the harvest asks the
server itself, and that reads only what moved. Border: requests, secrets and answers are `registry.web.hooks`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from registry.hook_payloads import Form, Hook, Subject
from registry.memory import DELISTED
from registry.services import Services
from registry.source_files import Source
from registry.source_rows import follows, list_sources
from registry.standing import WEBHOOK, want
from registry.tables import entry, record_key, source_record
from registry.work import stamp_of
from registry.work_tables import hook_delivery

# So long a delivery is known again; services repeat one within hours.
REMEMBERED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a message: what it was about, and the sources that are due because of it."""

    event: str
    subject: str | None = None
    sources: tuple[str, ...] = ()
    repeated: bool = False

    def as_json(self) -> dict[str, Any]:
        """The answer to whoever sent it."""
        form = {"event": self.event, "subject": self.subject, "sources": list(self.sources)}
        told = {name: value for name, value in form.items() if value is not None}
        return told | ({"repeated": True} if self.repeated else {})


def receive(services: Services, hook: Hook, event: str, form: Form, delivery: str | None = None) -> Received:
    """Make the sources due that list what a message is about.

    Args:
        services: the store.
        hook: the service that sent it, which was proved.
        event: what happened there, in the service's own word.
        form: the message.
        delivery: its number where the service gives one; one that was received before does nothing.
    """
    if hook.events is not None and event not in hook.events:
        return Received(event)
    subject = hook.read(form)
    now = services.clock.now()
    sources = list_sources(services.database, enabled=True)
    with services.database.write() as connection:
        if delivery is not None:
            known = hook_delivery.c.hook == hook.name
            connection.execute(hook_delivery.delete().where(hook_delivery.c.received < stamp_of(now - REMEMBERED)))
            if connection.scalar(select(hook_delivery.c.received).where(known, hook_delivery.c.delivery == delivery)):
                return Received(event, subject.name, repeated=True)
            connection.execute(
                hook_delivery.insert().values(hook=hook.name, delivery=delivery, received=stamp_of(now))
            )
        listing = _listing(connection, subject.keys)
        naming = bool(_listing(connection, subject.related))
        found = [each.name for each in sources if each.name in listing or _means(each, hook, subject, named=naming)]
        want(connection, found, f"{WEBHOOK} {hook.name} {event}", now)
    return Received(event, subject.name, tuple(found))


def _listing(connection: Connection, keys: Collection[str]) -> set[str]:
    """The sources with an entry or a living record under one of these keys, also under a name it had."""
    if not keys:
        return set()
    listed = select(entry.c.source).where(
        entry.c.key.in_(keys) | entry.c.record_key.in_(keys), entry.c.state != DELISTED
    )
    known = (
        select(source_record.c.source)
        .join(record_key, record_key.c.record_id == source_record.c.id)
        .where(record_key.c.key.in_(keys), source_record.c.retired.is_(None))
    )
    return {*connection.scalars(listed), *connection.scalars(known)}


def _means(source: Source, hook: Hook, subject: Subject, *, named: bool) -> bool:
    """Whether its settings say so: the thing itself, its owner, or all that goes with what we have."""
    if source.kind not in hook.kinds:
        return False
    return (named and follows(source)) or any(word.lower() in subject.words for word in _words(source.settings))


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, dict):
        for each in value.values():
            yield from _words(each)
    elif isinstance(value, list):
        for each in value:
            yield from _words(each)
