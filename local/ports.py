"""Ports on this machine that nobody has, and that nobody is given meanwhile."""

from __future__ import annotations

import random
import socket
from collections.abc import Collection

_PORTS = range(20_000, 32_000)
"""Below what kernels give to connections and to whoever binds port 0: such a port could be gone by
the time that it is used."""


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Return whether somebody could listen on a port now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_ports(count: int, *, but: Collection[int] = ()) -> list[int]:
    """Return free loopback ports, all different and none of `but`."""
    candidates = random.sample(_PORTS, len(_PORTS))
    found = (port for port in candidates if port not in but and is_free(port))
    return [port for _, port in zip(range(count), found, strict=False)]
