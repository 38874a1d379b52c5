"""What can be configured, with units and defaults."""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from chassis.public_addresses import Network, parse_networks
from chassis.settings import ProcessSettings, ServiceSettings, SettingsError
from chassis.vapid import public_point, read_vapid_key
from services.notifications.domain.rate_limit import OVERALL
from services.notifications.domain.webhook_addresses import AddressPolicy
from services.notifications.domain.webhooks import WebhookRules

_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class NotificationsSettings(ServiceSettings, frozen=True, kw_only=True):
    """The settings of the notifications service, besides those of every service."""

    redis_url: str
    """Link codes, and the pace of messages."""
    telegram_bot_token: str | None = None
    """The bot's token; without one nothing is sent and nobody can link a chat."""
    telegram_api_url: str | None = None
    """Another server of the Bot API; Telegram's own when unset."""
    telegram_webhook_url: str | None = None
    """The public https address Telegram posts updates to; when unset, the bot asks for them. Its
    path is the one that `telegram_webhook_listen` answers."""
    telegram_webhook_secret: str | None = None
    """Telegram sends it with every update; 16 to 256 letters, digits, `_` and `-`. Needed with
    `telegram_webhook_url`."""
    telegram_webhook_listen: str = "127.0.0.1:8443"
    """Where the bot listens for posted updates, `host:port`; a proxy with TLS stands before it."""
    web_url: str | None = None
    """The public https address of the web app, such as `https://habits.example`; the bot's menu
    button then opens it inside Telegram. Without one the button shows the commands."""
    telegram_timeout: timedelta = timedelta(seconds=10)
    """Longest a request to Telegram may take before its outcome counts as unknown."""
    send_lease: timedelta = timedelta(seconds=30)
    """After so long in one sender's hand a message counts as lost with that sender. More than
    `telegram_timeout`."""
    send_interval: timedelta = OVERALL.interval
    """Between two messages of the bot, whoever sends them; Telegram refuses more than 30 a second.
    The same for every process that sends."""
    web_push_private_key: str = ""
    """The VAPID key that push services know this installation by, 43 characters of base 64:
    `python -m services.notifications push-key` prints a new one. Without it no browser shows
    reminders. With another one, browsers have to subscribe again."""
    web_push_contact: str = "habit-tracker@example.com"
    """The email address that push services are told, for when something is wrong."""
    web_push_timeout: timedelta = timedelta(seconds=10)
    """Longest a request to a push service may take before its outcome counts as unknown. Less than
    `send_lease`."""
    web_push_allowed_networks: tuple[str, ...] = ()
    """Networks that may be pushed to although they are not public, such as `192.168.0.0/16`: a push
    service of one's own is in one. By http too."""
    webhook_allowed_networks: tuple[str, ...] = ()
    """Networks outside the public internet that webhooks may be sent to, also by plain http, such
    as `192.168.1.0/24, fd00::/8` at home. Whoever has an account can then have this server post to
    every address in them."""
    webhooks_per_person: int = 10
    """How many webhooks one person may have."""
    webhook_timeout: timedelta = timedelta(seconds=15)
    """Longest a receiver of a webhook may take to accept a delivery."""
    webhook_lease: timedelta = timedelta(seconds=60)
    """After so long in one sender's hand a webhook's delivery counts as lost with that sender, and
    is sent again. More than `webhook_timeout`."""
    auth_target: str = "127.0.0.1:50051"
    """Where auth serves: it gives the bot tokens to act with."""
    habits_target: str = "127.0.0.1:50052"
    """Where habits serves: the bot asks it, and checks in."""
    analytics_target: str = "127.0.0.1:50053"
    """Where analytics serves: the bot asks it for pictures and reports."""
    delegation_secret: str = ""
    """Shared with auth, which lets its holder act for people. Needed by the role `bot`,
    and by `send` for pictures in reports."""


@dataclass(frozen=True, slots=True)
class WebhookAddress:
    """Where Telegram posts updates to, and where the bot listens for them."""

    url: str
    secret: str
    host: str
    port: int


def webhook_address(settings: NotificationsSettings) -> WebhookAddress | None:
    """Return the webhook's address; None when the bot asks for updates.

    Raises:
        SettingsError: A setting of the webhook is missing or wrong.
    """
    url, secret = settings.telegram_webhook_url, settings.telegram_webhook_secret or ""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise SettingsError(
            "TELEGRAM_WEBHOOK_URL is no https address, and Telegram posts to no other."
        )
    if not _SECRET.fullmatch(secret):
        raise SettingsError(
            "TELEGRAM_WEBHOOK_SECRET is missing or cannot be used. Set it to 16 to 256 letters, "
            "digits, _ or -, chosen at random."
        )
    host, _, port = settings.telegram_webhook_listen.rpartition(":")
    if not host or not port.isdecimal():
        raise SettingsError("TELEGRAM_WEBHOOK_LISTEN is not host:port, such as 127.0.0.1:8443.")
    return WebhookAddress(url, secret, host.strip("[]"), int(port))


def mini_app_url(settings: NotificationsSettings) -> str | None:
    """Return the address that the bot's menu button opens; None when it opens none.

    Raises:
        SettingsError: The web app's address is none that Telegram opens.
    """
    if not settings.web_url:
        return None
    parts = urlsplit(settings.web_url)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query:
        raise SettingsError(
            "WEB_URL is no https address of a host, and Telegram opens no other. Write it as "
            "https://habits.example."
        )
    return f"https://{parts.netloc}/telegram"


@dataclass(frozen=True, slots=True)
class PushSettings:
    """The key of this installation and the networks that may be pushed to."""

    private_key: str
    public_key: str
    allowed: tuple[Network, ...]


def push_settings(settings: NotificationsSettings) -> PushSettings:
    """Return the settings of Web Push, checked; with empty keys where it is off.

    Raises:
        SettingsError: The key or a network cannot be read.
    """
    try:
        allowed = parse_networks(settings.web_push_allowed_networks)
    except ValueError as error:
        raise SettingsError(f"WEB_PUSH_ALLOWED_NETWORKS cannot be read: {error}") from error
    key = settings.web_push_private_key
    try:
        public_key = public_point(read_vapid_key(key)) if key else ""
    except ValueError:  # the key itself stays out of the message
        raise SettingsError(
            "WEB_PUSH_PRIVATE_KEY is no VAPID key. `python -m services.notifications push-key` "
            "prints one."
        ) from None
    return PushSettings(key, public_key, allowed)


def webhook_rules(settings: NotificationsSettings) -> WebhookRules:
    """Return which webhooks people may have.

    Raises:
        SettingsError: A setting of webhooks cannot be used.
    """
    try:
        networks = parse_networks(settings.webhook_allowed_networks)
    except ValueError as error:
        raise SettingsError(f"WEBHOOK_ALLOWED_NETWORKS cannot be read: {error}.") from None
    if settings.webhook_lease <= settings.webhook_timeout:
        raise SettingsError("WEBHOOK_LEASE is not longer than WEBHOOK_TIMEOUT. Make it longer.")
    return WebhookRules(AddressPolicy(networks), settings.webhooks_per_person)


class MaintenanceSettings(ProcessSettings, frozen=True, kw_only=True):
    """The settings of `migrate`."""

    database_url: str
    """A libpq URL, `postgresql://user:password@host:5432/name`; the service keeps to its own
    schema."""
    amqp_url: str | None = None
    """Where `migrate` declares the service's queues; it leaves them alone when unset."""
    amqp_prefix: str = ""
    """Put before the name of every exchange and queue, as the service has it."""
