"""Bounds against a real server on loopback that misbehaves byte by byte."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from harvester.addresses import open_session
from harvester.answers import Answer
from harvester.bounds import MIB, Limits
from harvester.client import Client
from harvester.clock import SystemClock
from harvester.endpoints import Endpoints
from harvester.errors import ForbiddenAddress, HarvestError, TimedOut, TooLarge, Unreachable
from tests.support.memory import DictMemory

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


@contextmanager
def serving(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that hands each connection to a function, one after the other."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            with connection:
                try:
                    connection.settimeout(5)
                    connection.recv(65536)
                    answer(connection)
                except OSError:
                    continue  # the client went away, as it should

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
    finally:
        over.set()
        thread.join()
        server.close()


def ask(base: str, limits: Limits) -> Answer:
    endpoints = Endpoints.from_mapping({"github": base})
    with open_session(endpoints, header_s=limits.total_s) as session:
        client = Client(session, DictMemory(), endpoints, SystemClock(), contact="us@example.org", limits=limits)
        return client.get(base + "/x")


def failure(base: str, limits: Limits) -> HarvestError:
    with pytest.raises(HarvestError) as caught:
        ask(base, limits)
    return caught.value


def sends(*pieces: bytes, every_s: float = 0.0) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
            if every_s:
                threading.Event().wait(every_s)

    return answer


QUICK = Limits(connect_s=1, read_s=0.5, total_s=0.6, max_bytes=MIB, tries=1)


def test_body_of_a_chunked_and_compressed_answer_comes_whole() -> None:
    packed = gzip.compress(b"whole " * 1000)
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    with serving(sends(HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", chunk)) as base:
        assert ask(base, Limits(max_bytes=MIB)).body == b"whole " * 1000


def test_body_that_unpacks_to_more_than_allowed_is_given_up() -> None:
    bomb = gzip.compress(b"\0" * (64 * MIB), compresslevel=1)
    with serving(sends(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb), bomb)) as base:
        error = failure(base, Limits(max_bytes=2 * MIB))
    assert isinstance(error, TooLarge)
    assert error.seen == "The answer is larger than 2 MiB when unpacked."


def test_body_that_declares_more_than_allowed_is_not_read() -> None:
    with serving(sends(HEAD + b"Content-Length: 314572800\r\n\r\n")) as base:
        error = failure(base, QUICK)
    assert isinstance(error, TooLarge)
    assert error.seen == "The answer is larger than 1 MiB."


def test_body_without_end_is_given_up_at_the_bound() -> None:
    with serving(sends(HEAD + b"\r\n", *[b"x" * 65536] * 400)) as base:
        assert isinstance(failure(base, QUICK), TooLarge)


def test_body_that_drips_is_given_up_when_its_time_is_over() -> None:
    with serving(sends(HEAD + b"Content-Length: 1000\r\n\r\n", *[b"x"] * 40, every_s=0.1)) as base:
        started = time.monotonic()
        error = failure(base, QUICK)
        took = time.monotonic() - started
    assert isinstance(error, TimedOut)
    assert error.seen == "The answer did not end within 0.6 s."
    assert took < 2


def test_head_that_drips_is_given_up_when_its_time_is_over() -> None:
    with serving(sends(b"HTTP/1.1 200 OK\r\n", *[b"X-Drip: 1\r\n"] * 40, every_s=0.1)) as base:
        started = time.monotonic()
        error = failure(base, QUICK)
        took = time.monotonic() - started
    assert isinstance(error, TimedOut)
    assert error.seen == "The answer did not begin within 0.6 s."
    assert took < 2


def test_server_that_says_nothing_is_given_up() -> None:
    with serving(sends(b"", every_s=1.5)) as base:
        error = failure(base, QUICK)
    assert isinstance(error, TimedOut)
    assert error.seen == "The server did not answer within 0.5 s."


def test_body_that_is_cut_off_is_no_answer() -> None:
    with serving(sends(HEAD + b"Content-Length: 1000\r\n\r\n", b"half")) as base:
        error = failure(base, QUICK)
    assert isinstance(error, Unreachable)
    assert error.seen == "No answer from the server: IncompleteRead(4 bytes read, 996 more expected)."


def test_body_that_is_not_packed_as_it_says_is_no_answer() -> None:
    with serving(sends(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf")) as base:
        error = failure(base, QUICK)
    assert error.seen == "The answer is packed in a way that cannot be unpacked."


def test_body_of_a_redirect_is_bounded_too() -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /y\r\nConnection: close\r\nContent-Length: 314572800\r\n\r\n"
    with serving(sends(head)) as base:
        assert isinstance(failure(base, QUICK), TooLarge)


def test_redirect_to_a_private_address_is_not_followed() -> None:
    head = b"HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: http://127.66.66.66:9/secret\r\n\r\n"
    with serving(sends(head)) as base:
        error = failure(base, QUICK)
    assert isinstance(error, ForbiddenAddress)
    assert error.seen == "127.66.66.66 leads to 127.66.66.66, which is not a public address."
