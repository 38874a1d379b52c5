"""What can be configured at the edge."""

from datetime import timedelta

from chassis.settings import ProcessSettings


class EdgeSettings(ProcessSettings, frozen=True, kw_only=True):
    """What the edge is told. Targets are `host:port`, or `unix:/path`."""

    auth_target: str
    """Where auth serves."""
    habits_target: str
    """Where habits serves."""
    analytics_target: str
    """Where analytics serves."""
    notifications_target: str
    """Where notifications serves."""
    redis_url: str | None = None
    """Named by `/health/ready` when set: sign-in stands on it."""
    edge_host: str = "127.0.0.1"
    """The address that REST is served on; `0.0.0.0` is every one."""
    edge_port: int = 8000
    """Its port."""
    request_timeout: timedelta = timedelta(seconds=10)
    """After this long a request is answered with 504."""
    most_connections: int = 2000
    """Requests beyond so many at once are answered with 503."""
    forwarded_allow_ips: str = ""
    """Proxies, comma-separated, whose `X-Forwarded-For` is believed; nobody's when empty."""
    access_log: bool = True
    """Whether each request gets a line in the log."""
    express: bool = True
    """Whether check-ins that are plainly right pass the framework by; answers are the same."""
    body_limit_bytes: int = 1_000_000
    """A longer body is answered with 413."""
    upload_limit_bytes: int = 64_000_000
    """For the one path that takes a file: `/v1/import`."""
