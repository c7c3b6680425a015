"""Trouble on demand: what a test can make the stand-in do instead of answering. One table of modes.

A mode may carry a figure or an address behind a colon: `status:503`, `huge:4` (MiB), `timeout:2` (seconds),
`redirect-private:http://127.66.66.66/`.
"""

from __future__ import annotations

import re
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.standin.answers import JSON, dumped

MIB = 1024 * 1024
CHUNK = b"[" + b"0," * (MIB // 2 - 1) + b"0"
PAGE = b"<!DOCTYPE html><html><head><title>Unicorn!</title></head><body><p>We are looking into it.</p></body></html>"
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
# An address of the loopback net that nobody serves: a client that wrongly follows it stays on this machine.
PRIVATE = "http://127.66.66.66/latest/meta-data/"


@dataclass(slots=True)
class Fault:
    """One rule: requests whose path and query match get `mode` instead of an answer, `times` times (None: always)."""

    match: re.Pattern[str]
    mode: str
    times: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The mode without its figure."""
        return self.mode.partition(":")[0]

    @property
    def status(self) -> int:
        """What the client sees; 0 when it sees no answer."""
        told = MODES[self.name].status
        return int(self.argument(str(told))) if self.name in ("status", "html") else told

    def play(self, handler: BaseHTTPRequestHandler, faults: Faults) -> None:
        """Do it instead of answering."""
        MODES[self.name].play(handler, self, faults)

    def argument(self, otherwise: str) -> str:
        """The figure behind the colon."""
        return self.mode.partition(":")[2] or otherwise


class Faults:
    """The rules in force; the first that matches strikes."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []
        self.released = threading.Event()
        self._lock = threading.Lock()

    def add(self, match: str, mode: str, times: int | None = None, headers: Mapping[str, str] | None = None) -> None:
        """Add a rule. Raises `ValueError` for a mode that does not exist."""
        fault = Fault(re.compile(match), mode, times, dict(headers or {}))
        if fault.name not in MODES:
            raise ValueError(f"There is no fault {fault.name!r}; there are {', '.join(sorted(MODES))}.")
        self.rules.append(fault)

    def strike(self, target: str) -> Fault | None:
        """The rule that strikes this request, used up by one."""
        with self._lock:
            for rule in self.rules:
                if rule.times != 0 and rule.match.search(target):
                    if rule.times is not None:
                        rule.times -= 1
                    return rule
        return None


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, kind: str, headers: Mapping[str, str]) -> None:
    """Send a whole answer."""
    handler.send_response(status)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


def _status(handler: BaseHTTPRequestHandler, fault: Fault, _faults: Faults) -> None:
    send(handler, fault.status, dumped({"message": "Server Error"}), JSON, fault.headers)


def _secondary_limit(handler: BaseHTTPRequestHandler, fault: Fault, _faults: Faults) -> None:
    wait = {"Retry-After": fault.argument("")} if ":" in fault.mode else {}
    send(handler, 403, dumped({"message": SECONDARY}), JSON, wait | dict(fault.headers))


def _html(handler: BaseHTTPRequestHandler, fault: Fault, _faults: Faults) -> None:
    send(handler, fault.status, PAGE, "text/html; charset=utf-8", fault.headers)


def _timeout(handler: BaseHTTPRequestHandler, fault: Fault, faults: Faults) -> None:
    faults.released.wait(float(fault.argument("30")))
    handler.close_connection = True


def _truncate(handler: BaseHTTPRequestHandler, fault: Fault, _faults: Faults) -> None:
    send(handler, 200, b'{"id": 1, "name": "trunc', JSON, {"Content-Length": "4096", **fault.headers})
    handler.close_connection = True


def _garbage(handler: BaseHTTPRequestHandler, fault: Fault, _faults: Faults) -> None:
    send(handler, 200, b'{"id": 1, "name": "cut\x00\xff', JSON, fault.headers)


def _empty(handler: BaseHTTPRequestHandler, fault: Fault, _faults: Faults) -> None:
    send(handler, 200, b"", JSON, fault.headers)


def _huge(handler: BaseHTTPRequestHandler, fault: Fault, _faults: Faults) -> None:
    count = int(fault.argument("300"))
    handler.close_connection = True
    send(handler, 200, b"", JSON, {"Content-Length": str(count * len(CHUNK)), **fault.headers})
    for _ in range(count):
        handler.wfile.write(CHUNK)


def _bomb(handler: BaseHTTPRequestHandler, fault: Fault, _faults: Faults) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(CHUNK) for _ in range(int(fault.argument("64")))) + packer.flush()
    send(handler, 200, packed, JSON, {"Content-Encoding": "gzip", **fault.headers})


def _redirect(handler: BaseHTTPRequestHandler, fault: Fault, _faults: Faults) -> None:
    loop = fault.name == "redirect-loop"
    send(handler, 302, b"", JSON, {"Location": handler.path if loop else fault.argument(PRIVATE), **fault.headers})


def _reset(handler: BaseHTTPRequestHandler, _fault: Fault, _faults: Faults) -> None:
    # Lingering for no time makes the system send RST instead of a proper end.
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


@dataclass(frozen=True, slots=True)
class Mode:
    """One row: what is done, and the status that the client sees unless the mode carries another."""

    play: Callable[[BaseHTTPRequestHandler, Fault, Faults], None]
    status: int


MODES: dict[str, Mode] = {
    "status": Mode(_status, 500),
    "secondary-limit": Mode(_secondary_limit, 403),
    "html": Mode(_html, 200),
    "timeout": Mode(_timeout, 0),
    "truncate": Mode(_truncate, 200),
    "garbage-json": Mode(_garbage, 200),
    "empty-200": Mode(_empty, 200),
    "huge": Mode(_huge, 200),
    "gzip-bomb": Mode(_bomb, 200),
    "redirect-loop": Mode(_redirect, 302),
    "redirect-private": Mode(_redirect, 302),
    "reset": Mode(_reset, 0),
}
