"""What can be configured at the edge."""

from datetime import timedelta

from chassis.settings import ProcessSettings


class EdgeSettings(ProcessSettings, frozen=True, kw_only=True):
    """What the edge is told. Targets are `host:port`, or `unix:/path`."""

    auth_target: str
    habits_target: str
    analytics_target: str
    notifications_target: str
    redis_url: str | None = None
    """Named by `/health/ready` when set: sign-in stands on it."""
    edge_host: str = "127.0.0.1"
    edge_port: int = 8000
    request_timeout: timedelta = timedelta(seconds=10)
    """After this long a request is answered with 504."""
    most_connections: int = 2000
    """Requests beyond so many at once are answered with 503."""
    forwarded_allow_ips: str = ""
    """Proxies, comma-separated, whose `X-Forwarded-For` is believed; nobody's when empty."""
    access_log: bool = True
    express: bool = True
    """Whether check-ins that are plainly right pass the framework by; answers are the same."""
    body_limit_bytes: int = 1_000_000
    upload_limit_bytes: int = 64_000_000
    """For the one path that takes a file: `/v1/import`."""
