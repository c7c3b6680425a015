"""Modules that a dry run would change, with every value that would move.

A transaction that is not committed is compared with what everybody else sees. Forms are kept as bytes and compared
when somebody looks: those of a whole catalogue would be large as values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import select

from registry.publishing import CREATED, RESTORED, UPDATED, WITHDRAWN
from registry.records import chunks
from registry.services import Services
from registry.tables import module
from registry.work import Work
from vocab.differences import Difference, differences
from vocab.module import Status


@dataclass(frozen=True, slots=True)
class Moved:
    """One module whose form would be another one: the kind of its change (None: only what is no content), and how."""

    module: str
    kind: str | None
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Every value that would move."""
        return differences(_form(self.before), _form(self.after))

    def as_json(self) -> dict[str, Any]:
        """`module`, `kind`, `differences`; an absent kind is absent."""
        form = {"module": self.module, "kind": self.kind, "differences": [each.as_json() for each in self.differences]}
        return {name: value for name, value in form.items() if value is not None}

    def lines(self) -> list[str]:
        """For people: the module, and a line for each value."""
        head = f"  would be {self.kind}: {self.module}" if self.kind else f"  no change of content: {self.module}"
        return [head, *(f"    {each.line()}" for each in self.differences)]


def moved_modules(services: Services, work: Work, slugs: Iterable[str] | None = None) -> Iterator[Moved]:
    """The modules (of these slugs) whose form is another one in the transaction of `work` than outside, by slug."""
    told: dict[str, set[str]] = {}
    for kind, slug in work.slugs:
        told.setdefault(slug, set()).add(kind)
    columns = select(module.c.slug, module.c.form).order_by(module.c.slug)
    parts = [None] if slugs is None else [module.c.slug.in_(chunk) for chunk in chunks(sorted(slugs))]
    with services.database.read() as outside:
        for part in parts:
            question = columns if part is None else columns.where(part)
            before = {row.slug: row.form for row in outside.execute(question)}
            for row in work.connection.execute(question):
                was = before.get(row.slug, b"")
                if row.form != was:
                    yield Moved(row.slug, _kind(told.get(row.slug, set()), was, row.form), was, row.form)


def _kind(told: set[str], was: bytes, now: bytes) -> str | None:
    """What becomes of a module in all, however often it changes: withdrawn and restored is updated."""
    if not told or CREATED in told:
        return CREATED if told else None
    before, after = ((_form(each) or {}).get("status") for each in (was, now))
    if after == Status.WITHDRAWN:
        return WITHDRAWN
    return RESTORED if before == Status.WITHDRAWN else UPDATED


def _form(form: bytes) -> dict[str, Any] | None:
    """A canonical form; None for a module that there was not, or whose form is damaged."""
    try:
        found = orjson.loads(form) if form else None
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None
