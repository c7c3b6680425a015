"""Leases: one process at a time works on one thing. A lease ends with its time, or with the process that held it.

A holder is `host pid start number`, where `start` is the moment at which the kernel started that process, so that a
number that was given out again is not taken for the old process; the last number tells apart the threads of one.
"""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from registry.errors import BusyError, LeaseLostError
from registry.tables import lease
from registry.work import stamp_of

DURATION = timedelta(minutes=15)
_FRESH = DURATION * 0.7
_LEASE = select(lease).where(lease.c.name == bindparam("name"))

_numbers = count(1)


def new_holder() -> str:
    """Somebody in this process who takes a lease, unlike anybody else."""
    return f"{socket.gethostname()} {os.getpid()} {_started(os.getpid())} {next(_numbers)}"


def is_ours(holder: str) -> bool:
    """Whether a holder is of this process."""
    return holder.rpartition(" ")[0] == f"{socket.gethostname()} {os.getpid()} {_started(os.getpid())}"


def take(connection: Connection, name: str, holder: str, now: datetime) -> int | None:
    """Take a lease; returns the run of a former holder that died or let it run out.

    Raises:
        BusyError: another living process holds it.
    """
    row = connection.execute(select(lease).where(lease.c.name == name)).first()
    if row is not None:
        if not is_over(row.holder, row.until, now):
            where = " ".join(row.holder.split()[:2])
            raise BusyError(f"{name}: process {where} works on it now; wait until it is done, or until {row.until}")
        connection.execute(lease.delete().where(lease.c.name == name))
    connection.execute(lease.insert().values(name=name, holder=holder, until=stamp_of(now + DURATION)))
    return row.run_id if row is not None else None


def renew(connection: Connection, name: str, holder: str, now: datetime, run_id: int | None = None) -> None:
    """Say that we are at it still, inside the transaction that does the work: whoever lost the lease writes nothing.

    Raises:
        LeaseLostError: somebody else has it now.
    """
    row = _ours(connection, name, holder)
    # Written now and then only: each event of a harvest comes by here.
    if row.run_id != run_id or row.until < stamp_of(now + _FRESH):
        connection.execute(
            lease.update().where(lease.c.name == name).values(until=stamp_of(now + DURATION), run_id=run_id)
        )


def is_ageing(connection: Connection, name: str, holder: str, now: datetime) -> bool:
    """Whether our lease is to be renewed. Raises `LeaseLostError` when it is not ours any more."""
    until: str = _ours(connection, name, holder).until
    return until < stamp_of(now + _FRESH)


def give_back(connection: Connection, name: str, holder: str) -> None:
    """End a lease that we hold; one that we lost stays."""
    connection.execute(lease.delete().where(lease.c.name == name, lease.c.holder == holder))


def _ours(connection: Connection, name: str, holder: str) -> Row[Any]:
    row = connection.execute(_LEASE, {"name": name}).first()
    if row is None or row.holder != holder:
        raise LeaseLostError(f"{name}: another process has taken it over; this one stops")
    return row


def is_over(holder: str, until: str, now: datetime) -> bool:
    """Whether a lease has run out or its process is gone. Of processes of other machines only the time is known."""
    if until < stamp_of(now):
        return True
    host, pid, started, _ = holder.split(" ")
    return host == socket.gethostname() and _started(int(pid)) != started


def _started(pid: int) -> str:
    """When the kernel started a process, in its own ticks; `gone` when there is none."""
    try:
        # The name in the second field may hold blanks and parentheses; what follows the last one is regular.
        return Path(f"/proc/{pid}/stat").read_text(encoding="latin-1").rpartition(")")[2].split()[19]
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self/stat").exists():
            return "gone"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return "gone"
    except PermissionError:
        pass
    return "running"
