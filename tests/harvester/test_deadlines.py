"""Heads of answers that come too late: cut off by one watch for all requests of a session."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from harvester.clock import SystemClock
from harvester.deadlines import Deadlines
from harvester.errors import TimedOut
from tests.support.processes import seconds_until

LATE = "The answer did not begin within 0.1 s."


@contextmanager
def _connected() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(10)
        yield ours, theirs


Watches = Callable[[], list[threading.Thread]]


@pytest.fixture
def watches() -> Watches:
    """The watches that were begun since."""
    before = set(threading.enumerate())
    return lambda: [each for each in threading.enumerate() if each.name == "deadlines" and each not in before]


def test_answer_that_does_not_begin_in_time_is_cut_off() -> None:
    with _connected() as (ours, _):
        begun = SystemClock().monotonic()
        with pytest.raises(TimedOut) as error, Deadlines(0.1).bounded(ours):
            assert ours.recv(1) == b""
        assert error.value.seen == LATE
        assert 0.1 <= SystemClock().monotonic() - begun < 5


def test_answer_that_begins_in_time_is_left_alone_for_ever(watches: Watches) -> None:
    deadlines = Deadlines(0.1)
    with _connected() as (ours, theirs):
        theirs.send(b"12")
        with deadlines.bounded(ours):
            assert ours.recv(1) == b"1"
        seconds_until(lambda: not watches())
        assert ours.recv(1) == b"2"
        ours.send(b"3")
        assert theirs.recv(1) == b"3"


def test_trouble_of_a_late_answer_is_that_it_is_late() -> None:
    def ask(opened: socket.socket) -> None:
        with Deadlines(0.1).bounded(opened):
            opened.recv(1)
            raise ConnectionError("the other side went away")

    with _connected() as (ours, _), pytest.raises(TimedOut) as error:
        ask(ours)
    assert error.value.seen == LATE


def test_many_requests_are_watched_by_one_thread_each_in_its_time(watches: Watches) -> None:
    deadlines, ends = Deadlines(0.3), dict[int, float]()
    clock = SystemClock()

    def ask(number: int) -> None:
        threading.Event().wait(number * 0.1)
        begun = clock.monotonic()
        with _connected() as (ours, _), pytest.raises(TimedOut), deadlines.bounded(ours):
            ours.recv(1)
        ends[number] = clock.monotonic() - begun

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
    for each in threads:
        each.start()
    seconds_until(watches)
    while any(each.is_alive() for each in threads):
        assert len(watches()) <= 1
        threading.Event().wait(0.01)
    assert sorted(ends) == [0, 1, 2, 3, 4]
    assert all(0.3 <= took < 2 for took in ends.values())


def test_watch_when_ended_then_no_thread_stays_and_the_next_request_is_watched_anew(watches: Watches) -> None:
    deadlines = Deadlines(60)
    with _connected() as (ours, _):
        with deadlines.bounded(ours):
            seconds_until(watches)
        deadlines.end()
        seconds_until(lambda: not watches())
        with deadlines.bounded(ours):
            seconds_until(watches)
        deadlines.end()
    seconds_until(lambda: not watches())
