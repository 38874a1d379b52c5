"""Web Push: the browsers of a person, and reminders as they are pushed to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from chassis.public_addresses import Network, is_allowed, parse_address
from chassis.vapid import from_base64, is_public_point, to_base64
from services.notifications.domain.buttons import (
    ButtonAction,
    ButtonKind,
    Measure,
    parse_button_action,
)
from services.notifications.domain.push_errors import PushEndpointInvalid, PushKeysInvalid
from services.notifications.domain.sending import Message

MAX_SUBSCRIPTIONS = 10
LONGEST_ENDPOINT = 2048
LONGEST_DEVICE = 80
LONGEST_TIME_TO_LIVE = timedelta(hours=6)
"""So long a push service keeps a reminder for a browser that is away, if it has no earlier end."""
LONGEST_PAYLOAD_BYTES = 3_500
"""A push service has to take 4096 bytes, encrypted."""

_SECRET_BYTES = 16
_SHOWN_ACTIONS = {ButtonKind.DONE: "done", ButtonKind.SKIP: "skip"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSubscription:
    """A browser that shows a person's reminders."""

    id: UUID
    owner_id: UUID
    endpoint: str
    p256dh_key: str
    auth_secret: str
    device: str
    create_time: datetime

    @property
    def push_service(self) -> str:
        """The host that delivers to this browser."""
        return urlsplit(self.endpoint).hostname or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushTarget:
    """What a browser asks to be subscribed with: where to push to, and its keys."""

    endpoint: str
    p256dh_key: str
    auth_secret: str
    device: str

    def check(self, *, allowed: Sequence[Network] = ()) -> None:
        """Check that something can be encrypted for it and sent to it.

        A name is not resolved: what it resolves to is checked whenever it is connected to.

        Args:
            allowed: Networks that are not public and may be pushed to all the same, by http too.

        Raises:
            PushEndpointInvalid: It is no https address of a public server.
            PushKeysInvalid: Its keys are not those of a browser.
        """
        _check_endpoint(self.endpoint, allowed)
        if not is_public_point(self.p256dh_key):
            raise PushKeysInvalid("p256dh", "must be an uncompressed point of P-256, 65 bytes")
        if not _is_secret(self.auth_secret):
            raise PushKeysInvalid("auth", "must be 16 bytes")


def push_event_id(event_id: UUID, subscription_id: UUID) -> UUID:
    """Return the id under which an event has one message for a browser."""
    return uuid5(subscription_id, str(event_id))


def push_payload(message: Message) -> dict[str, Any]:
    """Return a reminder as the service worker reads it."""
    title, _, body = message.text.partition("\n")
    actions = []
    for row in message.buttons:
        for button in row:
            action = parse_button_action(button.data)
            if action is not None and _is_shown(action):
                actions.append({"action": _SHOWN_ACTIONS[action.kind], "title": button.label})
    return {
        "id": str(message.id),
        "title": title,
        "body": body,
        "habit_id": str(message.habit_id) if message.habit_id else None,
        "date": message.logical_date.isoformat() if message.logical_date else None,
        "actions": actions,
    }


def _is_shown(action: ButtonAction) -> bool:
    """Say whether a notification has this button.

    It sets the day to one mark, so for quantities there is none that says done: it would take the
    place of the amounts.
    """
    is_done = action.kind is ButtonKind.DONE
    return action.kind in _SHOWN_ACTIONS and not (is_done and action.measure is not Measure.YES_NO)


def time_to_live(message: Message, *, now: datetime) -> timedelta:
    """Return for how long a push service keeps a reminder for a browser that is away."""
    if message.expire_time is None:
        return LONGEST_TIME_TO_LIVE
    return max(min(message.expire_time - now, LONGEST_TIME_TO_LIVE), timedelta())


def topic_of(message: Message) -> str:
    """Return the topic: at the push service, a newer reminder of a habit replaces an older one."""
    return to_base64((message.habit_id or message.id).bytes)


def _check_endpoint(endpoint: str, allowed: Sequence[Network]) -> None:
    if len(endpoint) > LONGEST_ENDPOINT:
        raise PushEndpointInvalid(f"has more than {LONGEST_ENDPOINT} characters")
    if not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        raise PushEndpointInvalid("has characters that have to be encoded")
    try:
        parts = urlsplit(endpoint)
        _ = parts.port
    except ValueError:
        raise PushEndpointInvalid("cannot be read") from None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https" and not (parts.scheme == "http" and allowed):
        raise PushEndpointInvalid("is not https")
    if not host or parts.username is not None or parts.password is not None:
        raise PushEndpointInvalid("names no server")
    if host == "localhost" or host.endswith(".localhost"):
        host = "127.0.0.1"
    if parse_address(host) is not None and not is_allowed(host, allowed=allowed):
        raise PushEndpointInvalid("is in a network that is not public")


def _is_secret(text: str) -> bool:
    try:
        return len(from_base64(text)) == _SECRET_BYTES
    except ValueError:
        return False
