"""One HTTP request to a receiver: the address is checked where it is connected to."""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from services.notifications.domain.webhook_addresses import AddressPolicy
from services.notifications.domain.webhook_deliveries import LONGEST_RESPONSE_TEXT, AttemptResult
from services.notifications.webhook_client.client import Resolve

_BODY_SECONDS = 1.0
"""How long the beginning of a response's body is waited for; the status has come already."""
_BYTES_PER_CHARACTER = 4


async def post(
    url: str,
    payload: bytes,
    headers: Mapping[str, str],
    *,
    addresses: AddressPolicy,
    timeout: timedelta,  # noqa: ASYNC109 - aiohttp takes it
    resolve: Resolve | None,
) -> AttemptResult:
    """Post once. Redirects are not followed, and no more than the beginning of the body is read."""
    guard = _Guard(addresses, scheme=urlsplit(url).scheme)
    connector = aiohttp.TCPConnector(
        resolver=_Resolver(resolve),
        use_dns_cache=False,
        force_close=True,
        socket_factory=guard.open_socket,
        ssl=_tls_context(),
    )
    start = time.monotonic()
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=timeout.total_seconds()),
    ) as session:
        try:
            async with session.post(
                URL(url, encoded=True), data=payload, headers=headers, allow_redirects=False
            ) as response:
                status, retry_after = response.status, _retry_after(response)
                text = await _beginning_of(response)
        except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError
            detail = guard.problem or _detail_of(error, timeout)
            return AttemptResult(detail=detail, duration=_since(start))
    return AttemptResult(
        status_code=status,
        detail=_detail_of_status(status),
        response_text=text,
        duration=_since(start),
        retry_after=retry_after,
    )


class _Guard:
    """Opens the sockets of one request, and only to addresses that are allowed.

    It is asked with the very address that is connected to next, whether a name was resolved to it
    or the URL has it, so nothing can change between the check and the connection.
    """

    def __init__(self, addresses: AddressPolicy, *, scheme: str) -> None:
        self._addresses = addresses
        self._scheme = scheme
        self.problem = ""
        """Why an address was refused; empty while none was."""

    def open_socket(self, address_info: Any) -> socket.socket:
        family, kind, protocol, _, address = address_info
        problem = self._addresses.problem_of(str(address[0]), scheme=self._scheme)
        if problem:
            self.problem = f"Nothing was sent: the address of the receiver {problem}."
            raise OSError(self.problem)
        return socket.socket(family=family, type=kind, proto=protocol)


class _Resolver(AbstractResolver):
    """Resolves names, once for each request."""

    def __init__(self, resolve: Resolve | None) -> None:
        self._resolve = resolve or _resolve_by_system

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in await self._resolve(host, port)
        ]

    async def close(self) -> None:
        """Close nothing: there is nothing open."""


async def _resolve_by_system(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(it[4][0]) for it in found]


@lru_cache(maxsize=1)
def _tls_context() -> ssl.SSLContext:
    """Return the context of all requests: to load the certificates takes a while."""
    return ssl.create_default_context()


async def _beginning_of(response: aiohttp.ClientResponse) -> str:
    """Return the beginning of a body, as far as it comes soon."""
    wanted, data = LONGEST_RESPONSE_TEXT * _BYTES_PER_CHARACTER, b""
    with contextlib.suppress(aiohttp.ClientError, OSError, ValueError):
        async with asyncio.timeout(_BODY_SECONDS):
            while len(data) < wanted:
                part = await response.content.read(wanted - len(data))
                if not part:
                    break
                data += part
    text = data.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text[:LONGEST_RESPONSE_TEXT]


def _retry_after(response: aiohttp.ClientResponse) -> timedelta | None:
    """Return how long the receiver asks to be left alone, in seconds; dates are not read."""
    text = response.headers.get("Retry-After", "")
    return timedelta(seconds=int(text)) if text.isdecimal() and len(text) < 8 else None


def _detail_of_status(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"The receiver answered {status}, a redirect, which is not followed."
    return f"The receiver answered {status}."


def _detail_of(error: Exception, timeout: timedelta) -> str:
    if isinstance(error, TimeoutError):
        return f"The receiver did not answer within {timeout.total_seconds():g} seconds."
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "The name of the receiver does not resolve to an address."
    if isinstance(error, aiohttp.ClientSSLError):
        return "The receiver has no valid certificate."
    if isinstance(error, aiohttp.ClientConnectorError):
        return "The receiver cannot be connected to."
    return "The connection broke before the receiver answered."


def _since(start: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - start)
