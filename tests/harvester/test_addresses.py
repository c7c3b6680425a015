from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harvester.addresses import AddressGuard, is_public, open_session
from harvester.endpoints import Endpoints
from harvester.errors import ForbiddenAddress


@contextmanager
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("address", ["140.82.121.3", "2606:50c0:8000::153", "64:ff9b::8c52:7903"])
def test_is_public_of_an_internet_address_is_true(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "ff02::1",
     "64:ff9b::7f00:1", "2002:7f00:1::", "192.0.2.1", "not an address", ""],
)
def test_is_public_of_any_other_address_is_false(address: str) -> None:
    assert not is_public(address)


def test_guard_refuses_a_name_that_leads_to_a_private_address() -> None:
    guard = AddressGuard(Endpoints(), 5)
    with listening() as port, pytest.raises(ForbiddenAddress) as caught:
        guard.connect("localhost", port, 5, [])
    assert caught.value.seen.startswith("localhost leads to ")
    assert caught.value.seen.endswith(", which is not a public address.")
    assert caught.value.mend == "Use a public address; a private one is allowed when it is named in the endpoints file."


def test_guard_connects_to_a_private_address_that_was_named_on_its_port_alone() -> None:
    with listening() as port, listening() as other:
        guard = AddressGuard(Endpoints.from_mapping({"github": f"http://127.0.0.1:{port}/api"}), 5)
        guard.connect("127.0.0.1", port, 5, [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]).close()
        with pytest.raises(ForbiddenAddress):
            guard.connect("127.0.0.1", other, 5, [])


def test_guard_says_that_nothing_listens() -> None:
    with listening() as port:
        pass
    guard = AddressGuard(Endpoints.from_mapping({"github": f"http://127.0.0.1:{port}"}), 5)
    with pytest.raises(ConnectionRefusedError):
        guard.connect("127.0.0.1", port, 5, [])


def test_session_reads_neither_proxies_nor_netrc_of_the_environment() -> None:
    with open_session(Endpoints()) as session:
        assert session.trust_env is False
