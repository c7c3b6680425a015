"""Which addresses a request may reach: public ones, and private ones that the operator named.

A name is resolved once, every address it has is looked at, and the connection is made to the very address that was
looked at: a name that changes its mind between the two (DNS rebinding) gains nothing. Redirects come through here
again. Proxies of the environment are not used, because a proxy would resolve the name for us; `.netrc` is not read.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from typing_extensions import override
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.poolmanager import PoolManager
from urllib3.response import HTTPResponse

from harvester.deadlines import Deadlines, shut
from harvester.endpoints import Endpoints, origin
from harvester.errors import ForbiddenAddress
from harvester.stopping import Stop

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_CLOSED = "the harvest was told to stop"


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet; addresses that wrap another are unwrapped."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


class AddressGuard:
    """Opens connections, but only where it may."""

    def __init__(self, endpoints: Endpoints, header_s: float, private: str | None = None) -> None:
        self._endpoints = endpoints
        self._deadlines = Deadlines(header_s)
        self._private = origin(private)[1:] if private else None
        self._open: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closed = False

    def close(self) -> None:
        """Cut every connection, also one that an answer is awaited on in another thread, and open none any more."""
        with self._lock:
            self._closed = True
            found = list(self._open)
        for each in found:
            shut(each)

    def connect(self, host: str, port: int, timeout: Any, options: Any) -> socket.socket:
        """A connected socket.

        Raises:
            ForbiddenAddress: one of the host's addresses is private and the operator did not name the host.
            OSError: nothing answers there.
        """
        if self._closed:
            raise OSError(_CLOSED)
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        named = (host.strip("[]").rstrip(".").lower(), port) == self._private
        if not named and not self._endpoints.may_be_private(host.strip("[]"), port):
            for *_, where in found:
                if not is_public(str(where[0])):
                    raise ForbiddenAddress(f"{host} leads to {where[0]}, which is not a public address.")
        trouble: OSError = OSError(f"no address for {host}")
        for family, kind, protocol, _, where in found:
            opened = socket.socket(family, kind, protocol)
            try:
                for option in options or ():
                    opened.setsockopt(*option)
                if isinstance(timeout, (int, float)):
                    opened.settimeout(timeout)
                opened.connect(where)
            except OSError as error:
                opened.close()
                trouble = error
            else:
                return opened
        raise trouble

    @contextmanager
    def bounded(self, opened: socket.socket | None) -> Iterator[None]:
        """Cut the connection when the head of an answer takes longer than allowed, however it drips.

        Raises:
            TimedOut: it took longer.
        """
        if opened is None:
            yield
            return
        with self._lock:
            if self._closed:
                raise OSError(_CLOSED)
            self._open.add(opened)
        with self._deadlines.bounded(opened):
            yield

    def rest(self) -> None:
        """Nothing is asked any more for now."""
        self._deadlines.end()


class _Plain(HTTPConnection):
    def __init__(self, *args: Any, guard: AddressGuard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._guard = guard

    @override
    def _new_conn(self) -> socket.socket:
        return self._guard.connect(self.host, self.port, self.timeout, self.socket_options)

    @override
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        with self._guard.bounded(self.sock):
            return super().getresponse()


class _Encrypted(HTTPSConnection):
    def __init__(self, *args: Any, guard: AddressGuard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._guard = guard

    @override
    def _new_conn(self) -> socket.socket:
        return self._guard.connect(self.host, self.port, self.timeout, self.socket_options)

    @override
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        with self._guard.bounded(self.sock):
            return super().getresponse()


class _GuardedPools(PoolManager):
    def __init__(self, guard: AddressGuard, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._guard = guard

    @override
    def _new_pool(self, scheme: str, host: str, port: int, request_context: Any = None) -> HTTPConnectionPool:
        pool = super()._new_pool(scheme, host, port, request_context)
        kind = _Encrypted if scheme == "https" else _Plain
        pool.ConnectionCls = partial(kind, guard=self._guard)  # type: ignore[assignment]
        return pool


class GuardedAdapter(HTTPAdapter):
    """The adapter of requests over guarded connections; it never retries, that is the client's business."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard
        super().__init__(max_retries=0)

    @override
    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        """Build the pools; called by requests."""
        sizes = {"num_pools": connections, "maxsize": maxsize, "block": block}
        self.poolmanager = _GuardedPools(self._guard, **sizes, **pool_kwargs)

    @override
    def close(self) -> None:
        """Give back every connection."""
        super().close()
        self._guard.rest()


def open_session(
    endpoints: Endpoints, header_s: float = 60.0, stop: Stop | None = None, private: str | None = None
) -> requests.Session:
    """A session that reaches public addresses, and those private ones that the endpoints name.

    `stop` cuts its connections when it is set. `private` is one more address of the operator's that may be private.
    """
    session = requests.Session()
    session.trust_env = False
    guard = AddressGuard(endpoints, header_s, private)
    if stop is not None:
        stop.on_set(guard.close)
    adapter = GuardedAdapter(guard)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
