"""The client that a request came from, and how it is described to the owner of the account."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """The client that a request came from."""

    device: str = ""
    """What the session is called in the list of sessions, in words."""
    address: str = ""
    """The network address; failed attempts are limited by it. Empty when unknown."""

    @property
    def place(self) -> str:
        """Return where the client is, in words that do not give its whole address away."""
        return place_of(self.address)


def place_of(address: str) -> str:
    """Return where an address is, in words: its network, or that it is near; else empty."""
    try:
        ip = ip_address(address)
    except ValueError:
        return ""
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if ip.is_loopback:
        return "this computer"
    if ip.is_private or ip.is_link_local:
        return "local network"
    if isinstance(ip, IPv4Address):
        return f"{str(ip).rpartition('.')[0]}.x"
    return f"{ip_network((ip, 48), strict=False).network_address}/48"
