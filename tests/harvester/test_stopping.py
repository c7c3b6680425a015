"""A harvest that is told to stop does so within seconds, whatever it waits for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from harvester.addresses import open_session
from harvester.client import Client
from harvester.clock import SystemClock
from harvester.endpoints import Endpoints
from harvester.errors import Unreachable
from harvester.stopping import Stop, StoppableClock, Stopped
from tests.support.clock import HandClock
from tests.support.memory import DictMemory
from tests.support.processes import seconds_until

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n"
SOON_S = 2


def test_stop_when_set_twice_then_the_first_reason_stays() -> None:
    stop, acted = Stop(), list[str]()
    stop.on_set(lambda: acted.append("before"))
    stop.check()
    assert (stop.is_set(), stop.reason) == (False, "")
    stop.set("somebody cancelled it")
    stop.set("the process ends")
    stop.on_set(lambda: acted.append("after"))
    assert (stop.is_set(), stop.reason, acted) == (True, "somebody cancelled it", ["before", "after"])
    with pytest.raises(Stopped) as error:
        stop.check()
    assert str(error.value) == "somebody cancelled it"


def test_clock_when_stopped_then_nobody_waits_and_nobody_measures() -> None:
    stop, hand = Stop(), HandClock()
    clock = StoppableClock(hand, stop)
    clock.sleep(30)
    assert not clock.wait(threading.Event(), 5)
    assert (hand.slept, clock.monotonic()) == ([30, 5], hand.monotonic())
    stop.set("enough")
    for act in (lambda: clock.sleep(30), clock.monotonic, lambda: clock.wait(threading.Event(), 5)):
        with pytest.raises(Stopped):
            act()
    assert (hand.slept, clock.now()) == ([30, 5], hand.now())


def test_clock_when_stopped_in_a_wait_then_the_wait_ends() -> None:
    stop = Stop()
    clock = StoppableClock(SystemClock(), stop)
    later = threading.Timer(0.1, stop.set, ["enough"])
    begun = SystemClock().monotonic()
    later.start()
    with pytest.raises(Stopped):
        clock.sleep(60)
    later.join()
    assert SystemClock().monotonic() - begun < SOON_S


def silent(opened: socket.socket, over: threading.Event) -> None:
    del opened
    over.wait()


def half(opened: socket.socket, over: threading.Event) -> None:
    opened.sendall(HEAD + b"\r\nfirst bytes")
    over.wait()


def half_and_closing(opened: socket.socket, over: threading.Event) -> None:
    opened.sendall(HEAD + b"Connection: close\r\n\r\nfirst bytes")
    over.wait()


def dripping(opened: socket.socket, over: threading.Event) -> None:
    opened.sendall(HEAD + b"\r\n")
    while not over.wait(0.05):
        opened.sendall(b".")


def refusing(opened: socket.socket, over: threading.Event) -> None:
    del over
    opened.sendall(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 50\r\nContent-Length: 0\r\n\r\n")


@contextmanager
def server(answer: Callable[[socket.socket, threading.Event], None]) -> Iterator[tuple[int, list[int]]]:
    """A server that answers so; its port, and a number for each request that came."""
    over, came = threading.Event(), list[int]()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    opened, _ = listening.accept()
                except OSError:
                    return
                with opened:
                    try:
                        opened.recv(65536)
                        came.append(len(came))
                        answer(opened, over)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1], came
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize("answer", [silent, half, half_and_closing, dripping, refusing])
def test_client_when_stopped_while_it_waits_for_an_answer_then_it_asks_no_more(
    answer: Callable[[socket.socket, threading.Event], None]
) -> None:
    stop, met = Stop(), list[BaseException]()
    with server(answer) as (port, came):
        endpoints = Endpoints.from_mapping({"github": f"http://127.0.0.1:{port}"})

        def ask() -> None:
            clock = StoppableClock(SystemClock(), stop)
            with open_session(endpoints, stop=stop) as session:
                client = Client(session, DictMemory(), endpoints, clock, contact="us@example.org")
                try:
                    client.get(f"http://127.0.0.1:{port}/slow")
                except (Stopped, Unreachable) as ended:
                    met.append(ended)

        thread = threading.Thread(target=ask)
        thread.start()
        seconds_until(lambda: came)
        begun = SystemClock().monotonic()
        stop.set("enough")
        thread.join()
        assert SystemClock().monotonic() - begun < SOON_S
    assert [str(each) for each in met] == ["enough"]
    assert came == [0]


def test_session_when_stopped_then_it_opens_no_connection() -> None:
    stop = Stop()
    with server(silent) as (port, came):
        endpoints = Endpoints.from_mapping({"github": f"http://127.0.0.1:{port}"})
        stop.set("enough")
        with open_session(endpoints, stop=stop) as session:
            client = Client(session, DictMemory(), endpoints, HandClock(), contact="us@example.org")
            with pytest.raises(Unreachable) as error:
                client.get(f"http://127.0.0.1:{port}/")
    assert error.value.seen == "No answer from the server: the harvest was told to stop."
    assert came == []
