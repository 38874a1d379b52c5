"""Settings of the edge."""

from datetime import timedelta
from pathlib import Path

from chassis.settings import ProcessSettings


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
    """How many writes one person may send in a second; 0 means any number."""
    expensive_reads_per_second: int = 10
    """How many expensive reads (analytics, history, export) one person may send on average."""
    expensive_reads_burst: int = 50
    """How many of them it may send at once; 0 means any number."""
    most_connections: int = 2000
    """How many requests may be in flight; further ones get 503."""
    forwarded_allow_ips: str = ""
    """Proxies, comma-separated, whose `X-Forwarded-*` headers are trusted; none when empty."""
    access_log: bool = True
    """Whether to log each request."""
    check_in_fast_path: bool = True
    """Whether plain check-ins bypass the framework; responses are the same."""
    body_limit_bytes: int = 65_536
    """The largest request body; a larger one gets 413."""
    batch_limit_bytes: int = 1_000_000
    """The largest body of `/v1/check-ins:batch`, which may hold 500 notes."""
    upload_limit_bytes: int = 64_000_000
    """The largest body of `/v1/import`."""
