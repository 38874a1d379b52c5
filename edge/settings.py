"""Settings of the edge."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from chassis.settings import ProcessSettings, SettingsError
from edge.proxies import TrustedProxies


class EdgeSettings(ProcessSettings, frozen=True, kw_only=True):
    """Settings of the edge. Targets are `host:port`, or `unix:/path`."""

    auth_target: str
    """Address of the auth service."""
    habits_target: str
    """Address of the habits service."""
    analytics_target: str
    """Address of the analytics service."""
    notifications_target: str
    """Address of the notifications service."""
    redis_url: str | None = None
    """Checked by `/health/ready` when set: it holds sessions, and which of them have ended."""
    jwks_file: Path | None = None
    """The public keys, to verify access tokens at the edge too; only the services do when unset."""
    edge_host: str = "127.0.0.1"
    """The address to listen on; `0.0.0.0` means every interface."""
    edge_port: int = 8000
    """The port to listen on."""
    request_timeout: timedelta = timedelta(seconds=10)
    """How long a request may take; then it gets 504."""
    header_timeout: timedelta = timedelta(seconds=10)
    """How long a client may take to send a request's headers; then the connection is closed."""
    body_timeout: timedelta = timedelta(seconds=30)
    """How long a client may take to send a request's body."""
    idle_timeout: timedelta = timedelta(seconds=60)
    """How long a connection may be idle between requests, or a response unread."""
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may call the API, comma-separated, as `https://habits.example`."""
    writes_per_second: int = 50
    """How many writes one person may send in a second, or one address that has not signed in; 0
    means any number."""
    expensive_reads_per_second: int = 10
    """How many expensive reads (analytics, history, export) one person may send on average."""
    expensive_reads_burst: int = 50
    """How many of them it may send at once; 0 means any number."""
    sign_ins_at_once: int = 8
    """How many requests with a password may be under way; further ones get 429; 0 means any
    number."""
    most_connections: int = 2000
    """How many requests may be in flight; further ones get 503."""
    forwarded_allow_ips: str = ""
    """Proxies, comma-separated, whose `X-Forwarded-*` headers are trusted; none when empty."""
    proxy_sign_in_header: str = ""
    """The header in which a proxy names whom it has authenticated, as `Remote-User`; off when
    empty."""
    proxy_sign_in_addresses: tuple[str, ...] = ()
    """Addresses and networks (CIDR), comma-separated, of the proxies whose header is believed."""
    delegation_secret: Annotated[str, Meta(min_length=16)] | None = None
    """As for auth; with it, and the header above, people are signed in by the proxy."""
    access_log: bool = True
    """Whether to log each request."""
    check_in_fast_path: bool = True
    """Whether plain check-ins bypass the framework; responses are the same."""
    mcp_endpoint: bool = True
    """Whether assistants may use `/mcp`; the first request to it takes 20 MB of memory."""
    body_limit_bytes: int = 65_536
    """The largest request body; a larger one gets 413."""
    batch_limit_bytes: int = 1_000_000
    """The largest body of `/v1/check-ins:batch`, which may hold 500 notes."""
    upload_limit_bytes: int = 52_494_336
    """The largest body of `/v1/import`: a file of 50 MiB, and what surrounds it in the request."""

    def __post_init__(self) -> None:
        """Refuse a header that nobody, or anybody, could be believed with."""
        self.trusted_proxies()
        if self.proxy_sign_in_header and not self.delegation_secret:
            raise SettingsError(
                "DELEGATION_SECRET is missing. PROXY_SIGN_IN_HEADER needs it; set it as for auth."
            )

    def trusted_proxies(self) -> TrustedProxies | None:
        """Return the proxies that may sign people in; None when that is off.

        Raises:
            SettingsError: No address is listed, or one cannot be read.
        """
        if not self.proxy_sign_in_header:
            return None
        if not self.proxy_sign_in_addresses:
            raise SettingsError(
                "PROXY_SIGN_IN_ADDRESSES is missing. List the proxies whose header is believed."
            )
        try:
            return TrustedProxies.of(self.proxy_sign_in_header, self.proxy_sign_in_addresses)
        except ValueError as error:
            raise SettingsError(f"PROXY_SIGN_IN_ADDRESSES cannot be read: {error}.") from None
