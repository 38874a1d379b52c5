"""Which addresses are on the public internet."""

import socket

import pytest

from chassis.public_addresses import (
    AddressNotPublic,
    is_allowed,
    parse_networks,
    public_socket_factory,
)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_allowed(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "not an address",
    ],
)
def test_others_are_not(address: str) -> None:
    assert not is_allowed(address)


def test_a_network_can_be_allowed() -> None:
    allowed = parse_networks(["192.168.0.0/16", "fd00::/8"])
    assert is_allowed("192.168.3.4", allowed=allowed)
    assert is_allowed("::ffff:192.168.3.4", allowed=allowed)
    assert is_allowed("fd00::1", allowed=allowed)
    assert not is_allowed("10.0.0.1", allowed=allowed)


def test_no_socket_is_made_for_an_address_that_is_not_public() -> None:
    family, kind = socket.AF_INET, socket.SOCK_STREAM
    with pytest.raises(AddressNotPublic):
        public_socket_factory()((family, kind, 0, "", ("127.0.0.1", 80)))
    public_socket_factory()((family, kind, 0, "", ("93.184.216.34", 443))).close()
    allowed = parse_networks(["127.0.0.0/8"])
    public_socket_factory(allowed)((family, kind, 0, "", ("127.0.0.1", 80))).close()
