"""What can be configured in the habits service."""

from chassis.settings import ProcessSettings, ServiceSettings


class HabitsSettings(ServiceSettings, frozen=True, kw_only=True):
    """What every role of the service is told."""


class MaintenanceSettings(ProcessSettings, frozen=True, kw_only=True):
    """What commands that serve nobody are told."""

    database_url: str
    """A libpq URL, `postgresql://user:password@host:5432/name`; the service keeps to its own
    schema."""
    amqp_url: str | None = None
    """Where `migrate` declares the service's queues; it leaves them alone when unset."""
    amqp_prefix: str = ""
    """Put before the name of every exchange and queue, as the service was told."""
