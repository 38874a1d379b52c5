"""Proxies before the edge: which address a request really came from, and whom they vouch for."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Scope

_PEER = "habits.peer_address"


def keep_peer_address(scope: Scope) -> None:
    """Keep the address of a request's connection, before `X-Forwarded-For` replaces it."""
    client = scope.get("client")
    scope[_PEER] = client[0] if client else ""


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """Proxies that authenticate people, and the header in which they name them."""

    header: str
    networks: tuple[IPv4Network | IPv6Network, ...]

    @classmethod
    def of(cls, header: str, addresses: tuple[str, ...]) -> "TrustedProxies":
        """Return the proxies at addresses or in networks (CIDR).

        Raises:
            ValueError: One of the addresses is none.
        """
        return cls(header, tuple(ip_network(address) for address in addresses))

    def include(self, scope: Mapping[str, Any]) -> bool:
        """Say whether the connection of a request comes from one of them."""
        try:
            address = ip_address(scope.get(_PEER, ""))
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self.networks)

    def user_of(self, headers: Headers) -> str:
        """Return whom the header names; empty when it is missing or there are several."""
        values = headers.getlist(self.header)
        return values[0].strip() if len(values) == 1 else ""
