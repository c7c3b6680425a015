"""Followers read the change log in order and keep something derived from it true; the search index is one.

What a follower has is known by the follower itself, in the same place and the same commit as what it keeps; the table
`follower` only reports it. A follower that is ahead of the store (the store was restored from a backup), or empty, is
built anew beside what it had and swapped, so that readers never see a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import structlog
from sqlalchemy import select

from registry import leases
from registry.changes import last_sequence
from registry.errors import BusyError
from registry.modules import StoredModule, modules_changed_since, snapshot
from registry.search.engine import SearchUnavailableError
from registry.search_follower import SearchFollower
from registry.services import Services
from registry.tables import follower as follower_table
from registry.work import stamp_of

log = structlog.get_logger(__name__)
BATCH = 500


class Follower(Protocol):
    """Something derived from the change log."""

    name: str

    def sequence(self) -> int:
        """The number of the last change it has; 0 when it is empty."""

    def apply(self, modules: Sequence[StoredModule], sequence: int) -> None:
        """Take over these modules as they are now, and the number, both or neither."""

    def rebuild(self, modules: Iterable[StoredModule], sequence: int) -> None:
        """Start anew from all modules, beside what is there, and swap."""


def followers_of(services: Services) -> tuple[Follower, ...]:
    """The followers of this registry. Raises `SearchUnavailableError` when the engine cannot be opened."""
    return (SearchFollower(services.search),)


def run_followers(services: Services, followers: Sequence[Follower] | None = None) -> dict[str, int]:
    """Bring every follower up to the change log; returns how many modules each took over.

    A follower that fails, or at which another process is, does not keep the others from following; its problem stands
    in the table, and the next call tries again.
    """
    taken: dict[str, int] = {}
    for each in followers_of(services) if followers is None else followers:
        problem: str | None = None
        try:
            taken[each.name] = _follow(services, each)
        except BusyError:
            continue
        except SearchUnavailableError as error:
            problem = str(error).splitlines()[0] if str(error) else "not available"
        except Exception as error:
            log.exception("a follower failed", follower=each.name)
            problem = f"{type(error).__name__}: {error}".splitlines()[0]
        _report(services, each.name, taken.get(each.name), problem)
    return taken


def rebuild_follower(services: Services, each: Follower) -> int:
    """Build a follower anew from the store; returns how many modules it took.

    Raises:
        BusyError: another process is at it.
        SearchUnavailableError: the engine cannot take it now.
    """
    holder = leases.new_holder()
    with services.database.write() as connection:
        leases.take(connection, _lease(each), holder, services.clock.now())
    try:
        count = _rebuild(services, each)
    finally:
        with services.database.write() as connection:
            leases.give_back(connection, _lease(each), holder)
    _report(services, each.name, count, None)
    return count


def _follow(services: Services, each: Follower) -> int:
    """Catch up with the change log. Asks for the lease only when there is something to do."""
    newest, at = last_sequence(services.database), each.sequence()
    if at == newest:
        return 0
    holder = leases.new_holder()
    with services.database.write() as connection:
        leases.take(connection, _lease(each), holder, services.clock.now())
    try:
        at = each.sequence()
        return _rebuild(services, each) if at == 0 or at > newest else _catch_up(services, each, at)
    finally:
        with services.database.write() as connection:
            leases.give_back(connection, _lease(each), holder)


def _catch_up(services: Services, each: Follower, at: int) -> int:
    taken = 0
    while batch := modules_changed_since(services.database, at, BATCH):
        at = batch[-1].sequence
        each.apply(batch, at)
        taken += len(batch)
    return taken


def _rebuild(services: Services, each: Follower) -> int:
    count = 0

    def counted(modules: Iterable[StoredModule]) -> Iterable[StoredModule]:
        nonlocal count
        for one in modules:
            count += 1
            yield one

    with snapshot(services.database) as (sequence, modules):
        each.rebuild(counted(modules), sequence)
    return count


def _lease(each: Follower) -> str:
    return f"follower:{each.name}"


def _report(services: Services, name: str, taken: int | None, problem: str | None) -> None:
    """Say in the table how a follower stands; writes only what is news."""
    columns = follower_table.c
    with services.database.read() as connection:
        row = connection.execute(select(follower_table).where(columns.name == name)).first()
    if row is not None and row.problem == problem and not taken:
        return
    values = {"updated": stamp_of(services.clock.now()), "problem": problem}
    if problem is None:
        values["sequence"] = last_sequence(services.database)  # type: ignore[assignment]
    with services.database.write() as connection:
        if row is None:
            connection.execute(follower_table.insert().values({"name": name, "sequence": 0} | values))
        else:
            connection.execute(follower_table.update().where(columns.name == name).values(values))
