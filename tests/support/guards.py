"""What every test is held to: loopback only, and nothing left running. `tests/conftest.py` puts these on."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


def _is_loopback(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name).split("%", maxsplit=1)[0]).is_loopback
    except ValueError:
        return False


def refuse_outside(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: whatever library asks for another machine, by name or by address, fails the test."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a text is a Unix socket's path
    else:
        return
    if not _is_loopback(host):
        # No OSError: code that survives a broken network must not survive this.
        pytest.fail(f"a test reached for {host!r}; tests may speak to loopback only")


def _children() -> set[int]:
    """Child processes of this one, as Linux tells them."""
    found: set[int] = set()
    for task in Path("/proc/self/task").glob("*/children"):
        try:
            found.update(int(pid) for pid in task.read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue  # the thread ended while we looked
    return found


@contextmanager
def nothing_left_running(patience_s: float = 2) -> Iterator[None]:
    """Fails when the block leaves a thread or a child process behind; threads get some time to end."""
    threads, children = set(threading.enumerate()), _children()
    yield
    for thread in set(threading.enumerate()) - threads:
        if not thread.daemon:
            thread.join(timeout=patience_s)
    left = sorted(thread.name for thread in set(threading.enumerate()) - threads if not thread.daemon)
    assert not left, f"the test left threads behind: {left}"
    orphans = sorted(_children() - children)
    assert not orphans, f"the test left child processes behind: {orphans}"
