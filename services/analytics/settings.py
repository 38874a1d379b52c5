"""What can be configured, with units and defaults."""

from chassis.settings import ProcessSettings, ServiceSettings


class AnalyticsSettings(ServiceSettings, frozen=True, kw_only=True):
    """Settings of serve, relay and consume."""

    redis_url: str | None = None
    """Where it is read which sessions have ended, and where answers are kept for ten minutes,
    `redis://:password@host:6379/0`; when unset, an access token goes on until it expires, and every
    answer is counted anew."""
    habits_target: str = "127.0.0.1:50052"
    """Where habits serves: what a recommendation says is done there."""


class MigrateSettings(ProcessSettings, frozen=True, kw_only=True):
    """Settings of a migration: it runs before the other parts exist."""

    database_url: str
    """A libpq URL, `postgresql://user:password@host:5432/name`; the service keeps to its own
    schema."""
    amqp_url: str | None = None
    """Where the service's queues are declared; they are left alone when unset."""
    amqp_prefix: str = ""
    """Put before the name of every exchange and queue; the same as the service has."""


class CheckSettings(ProcessSettings, frozen=True, kw_only=True):
    """What the nightly check of the read model needs, in a worker; without it none is made."""

    auth_target: str = ""
    """Where auth serves, `host:port` or `unix:/path`."""
    habits_target: str = ""
    """Where habits serves, `host:port` or `unix:/path`."""
    delegation_secret: str = ""
    """The secret that auth shares with the services it trusts to act."""


class RebuildSettings(ProcessSettings, frozen=True, kw_only=True):
    """Settings of a rebuild: where habits and auth serve, and the secret for an export token."""

    database_url: str
    """A libpq URL, `postgresql://user:password@host:5432/name`; the service keeps to its own
    schema."""
    auth_target: str
    """Where auth serves, `host:port` or `unix:/path`."""
    habits_target: str
    """Where habits serves, `host:port` or `unix:/path`."""
    delegation_secret: str
    """The secret that auth shares with the services it trusts to act."""
