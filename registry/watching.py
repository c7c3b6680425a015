"""Beside a run: its lease is kept alive, and what others decided about it reaches it, whatever it waits for.

A run may wait a minute for a limit and longer for a listing of many slow pages; neither must cost it its lease. A
person who cancels it, from whatever process, is heard within seconds. Border: the run itself closes its row.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from harvester.stopping import Stop
from registry import leases, runs
from registry.errors import LeaseLostError
from registry.services import Services
from registry.work import Work

WATCH_S = 1.0
_LOG = structlog.get_logger(__name__)


@contextmanager
def watched(services: Services, lease: str, holder: str, run_id: int, stop: Stop) -> Iterator[None]:
    """Watch over a run for the length of the block; `stop` is set when it was cancelled or its lease is lost."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(WATCH_S):
            try:
                _look(services, lease, holder, run_id, stop)
            except LeaseLostError as lost:
                stop.set(str(lost))
            except SQLAlchemyError as error:
                # The database may be away for a moment; the run itself finds out when it has something to write.
                _LOG.warning("a run could not be looked after", run=run_id, problem=type(error).__name__)

    thread = threading.Thread(target=watch, name=f"watch of run {run_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def cancel_run(services: Services, run_id: int, by: str | None = None) -> None:
    """Ask a run to stop, in whatever process it is; one whose process is gone is at its end at once.

    Raises:
        RunError: there is no such run, or it is at its end.
    """
    with services.database.write() as connection:
        runs.cancel(connection, run_id, by)
        runs.mark_interrupted(Work(connection, services.settings, services.clock.now()))


def _look(services: Services, lease: str, holder: str, run_id: int, stop: Stop) -> None:
    now = services.clock.now()
    with services.database.read() as connection:
        ageing = leases.is_ageing(connection, lease, holder, now)
        cancel = runs.cancel_of(connection, run_id)
    if cancel is not None:
        stop.set(str(cancel["message"]))
    if ageing:
        with services.database.write() as connection:
            leases.renew(connection, lease, holder, now, run_id)
