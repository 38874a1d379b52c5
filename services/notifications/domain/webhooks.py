"""Webhooks: addresses that people have sent what happens, and the rules of their fields."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import digest
from uuid import UUID

from services.notifications.domain.webhook_addresses import AddressPolicy
from services.notifications.domain.webhook_errors import (
    WebhookDescriptionTooLong,
    WebhookEventsEmpty,
    WebhookEventUnknown,
)

ALL_EVENTS = "*"
"""Stands for every type of event, also those added later."""
LONGEST_DESCRIPTION = 200
OLD_SECRET_LIFETIME = timedelta(hours=24)
"""How long deliveries are signed with the previous secret as well."""

_SECRET_BYTES = 32
_SECRET_PREFIX = "whsec_"  # noqa: S105 - every secret begins so


class WebhookEventType(StrEnum):
    """The types of events that webhooks are sent."""

    HABIT_CREATED = "habit.created"
    HABIT_UPDATED = "habit.updated"
    HABIT_ARCHIVED = "habit.archived"
    HABIT_RESTORED = "habit.restored"
    HABIT_DELETED = "habit.deleted"
    PAUSE_CREATED = "pause.created"
    PAUSE_DELETED = "pause.deleted"
    CHECK_IN_CHANGED = "check_in.changed"
    GOAL_REACHED = "goal.reached"
    REMINDER_DUE = "reminder.due"
    REPORT_READY = "report.ready"


TEST_EVENT = "webhook.test"
"""The type of the event that a person has sent to test a webhook."""


class DisabledReason(StrEnum):
    """Why a webhook is disabled."""

    PERSON = "person"
    FAILING = "failing"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that is sent what happens."""

    id: UUID
    owner_id: UUID
    url: str
    events: tuple[str, ...]
    description: str
    enabled: bool
    disabled_reason: DisabledReason | None
    disabled_detail: str
    disable_time: datetime | None
    success_time: datetime | None
    """When a delivery was last accepted."""
    create_time: datetime
    update_time: datetime


@dataclass(frozen=True, slots=True)
class WebhookRules:
    """What whoever runs the server allows of webhooks."""

    addresses: AddressPolicy
    most_per_person: int = 10


def events_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return types of events in their usual order, each once.

    Raises:
        WebhookEventsEmpty: There are none.
        WebhookEventUnknown: There is no such type.
    """
    if not names:
        raise WebhookEventsEmpty
    known = (ALL_EVENTS, *WebhookEventType)
    for name in names:
        if name not in known:
            raise WebhookEventUnknown(name, known)
    if ALL_EVENTS in names:
        return (ALL_EVENTS,)
    return tuple(it.value for it in WebhookEventType if it in names)


def description_of(text: str) -> str:
    """Return a description without blanks around it.

    Raises:
        WebhookDescriptionTooLong: It has more than 200 characters.
    """
    stripped = text.strip()
    if len(stripped) > LONGEST_DESCRIPTION:
        raise WebhookDescriptionTooLong(len(stripped), LONGEST_DESCRIPTION)
    return stripped


def new_secret() -> bytes:
    """Return the key of a new secret, at random."""
    return secrets.token_bytes(_SECRET_BYTES)


def secret_text(key: bytes) -> str:
    """Return a secret as people store it, and as libraries of Standard Webhooks read it."""
    return _SECRET_PREFIX + b64encode(key).decode()


def signature_of(keys: Sequence[bytes], *, message_id: str, timestamp: int, payload: bytes) -> str:
    """Return the `webhook-signature` of a payload: one signature for each key.

    Args:
        keys: The secrets' keys.
        message_id: The `webhook-id`.
        timestamp: The `webhook-timestamp`, in seconds since 1970.
        payload: The body, exactly as it is sent.
    """
    content = f"{message_id}.{timestamp}.".encode() + payload
    signatures = (b64encode(digest(key, content, sha256)).decode() for key in keys)
    return " ".join(f"v1,{signature}" for signature in signatures)
