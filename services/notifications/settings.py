"""What can be configured, with units and defaults."""

from datetime import timedelta

from chassis.settings import ProcessSettings, ServiceSettings


class NotificationsSettings(ServiceSettings, frozen=True, kw_only=True):
    """The settings of the notifications service, besides those of every service."""

    redis_url: str
    """Link codes, and the pace of messages."""
    telegram_bot_token: str | None = None
    """The bot's token; without one nothing is sent and nobody can link a chat."""
    telegram_api_url: str | None = None
    """Another server of the Bot API; Telegram's own when unset."""
    telegram_timeout: timedelta = timedelta(seconds=10)
    """Longest a request to Telegram may take before its outcome counts as unknown."""
    send_lease: timedelta = timedelta(seconds=30)
    """After so long in one sender's hand a message counts as lost with that sender. More than
    `telegram_timeout`."""
    auth_target: str = "127.0.0.1:50051"
    """Where auth serves: it gives the bot tokens to act with."""
    habits_target: str = "127.0.0.1:50052"
    """Where habits serves: the bot asks it, and checks in."""
    analytics_target: str = "127.0.0.1:50053"
    """Where analytics serves: the bot asks it for pictures and reports."""
    delegation_secret: str = ""
    """Shared with auth, which lets its holder act for people. Needed by the role `bot`."""


class MaintenanceSettings(ProcessSettings, frozen=True, kw_only=True):
    """The settings of `migrate`."""

    database_url: str
    """A libpq URL, `postgresql://user:password@host:5432/name`; the service keeps to its own
    schema."""
    amqp_url: str | None = None
    """Where `migrate` declares the service's queues; it leaves them alone when unset."""
    amqp_prefix: str = ""
    """Put before the name of every exchange and queue, as the service has it."""
