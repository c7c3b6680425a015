"""The guards of the tests bite."""

from __future__ import annotations

import socket
import subprocess
import threading

import pytest

from tests.support.guards import nothing_left_running


@pytest.mark.parametrize("host", ["catalogue.example", "192.0.2.1", "10.0.0.1", "2001:db8::1"])
def test_connection_when_not_to_loopback_fails_the_test(host: str) -> None:
    with pytest.raises(pytest.fail.Exception) as failure:
        socket.create_connection((host, 80), timeout=1)
    assert str(failure.value) == f"a test reached for {host!r}; tests may speak to loopback only"


def test_connection_when_to_loopback_is_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


def test_thread_when_left_behind_is_told() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name="left")
    with pytest.raises(AssertionError) as failure, nothing_left_running(patience_s=0.01):
        thread.start()
    done.set()
    thread.join()
    assert str(failure.value).splitlines()[0] == "the test left threads behind: ['left']"


def test_child_when_left_behind_is_told() -> None:
    with pytest.raises(AssertionError) as failure, nothing_left_running():
        child = subprocess.Popen(["sleep", "60"])
    child.kill()
    child.wait()
    assert str(failure.value).splitlines()[0] == f"the test left child processes behind: [{child.pid}]"
