"""Which IP addresses are on the public internet: a guard for addresses that people give us.

A person could otherwise have a server ask for pages of its own network (SSRF). What a name resolves
to is checked when it is connected to, by `public_socket_factory`: it may change after a check.
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network
type SocketFactory = Callable[[tuple[Any, ...]], socket.socket]
"""Makes a socket for an address as `getaddrinfo` returns it; aiohttp takes one."""

# IPv6 addresses that lead to an IPv4 address inside them, by tunnels and translators.
_EMBEDDING = tuple(
    ip_network(it)
    for it in (
        "::/96",  # IPv4-compatible
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 of a site
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "::ffff:0:0:0/96",  # SIIT
    )
)


class AddressNotPublic(OSError):
    """A connection to an address that is not public was refused before it was made."""

    def __init__(self, address: str) -> None:
        super().__init__(f"{address} is in a network that is not public.")


def parse_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Read networks such as `192.168.0.0/16`; a single address is one too.

    Raises:
        ValueError: One cannot be read.
    """
    return tuple(ip_network(text) for text in texts)


def parse_address(text: str) -> Address | None:
    """Read an IP address, without its zone; None when it is none.

    An IPv4 address that is mapped into IPv6 is read as itself.
    """
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found


def is_public(address: Address) -> bool:
    """Say whether an address is on the public internet.

    Private, loopback, link-local, shared (CGNAT), unique local, documentation, multicast and
    reserved addresses are not; nor are IPv6 addresses that lead to an IPv4 address.
    """
    if isinstance(address, IPv6Address) and (
        address.is_site_local or any(address in network for network in _EMBEDDING)
    ):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def is_allowed(address: str, *, allowed: Sequence[Network] = ()) -> bool:
    """Say whether an IP address is public, or in a network that is allowed all the same."""
    found = parse_address(address)
    return found is not None and (is_public(found) or any(found in network for network in allowed))


def public_socket_factory(allowed: Sequence[Network] = ()) -> SocketFactory:
    """Return what makes sockets for public addresses, and for networks that are allowed.

    The sockets' maker raises `AddressNotPublic` for others.
    """

    def make(information: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = information
        if not is_allowed(str(address[0]), allowed=allowed):
            raise AddressNotPublic(str(address[0]))
        return socket.socket(family, kind, protocol)

    return make
