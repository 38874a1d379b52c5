"""Settings of the habits service."""

from chassis.settings import ProcessSettings, ServiceSettings


class HabitsSettings(ServiceSettings, frozen=True, kw_only=True):
    """Settings of every role of the service."""


class MaintenanceSettings(ProcessSettings, frozen=True, kw_only=True):
    """Settings of the maintenance commands."""

    database_url: str
    """A libpq URL, `postgresql://user:password@host:5432/name`; the service keeps to its own
    schema."""
    amqp_url: str | None = None
    """Where `migrate` declares the service's queues; it leaves them alone when unset."""
    amqp_prefix: str = ""
    """Put before the name of every exchange and queue, as in the service's own settings."""
