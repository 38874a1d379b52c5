"""Deliveries of webhooks: events on their way to a receiver, retries, and when to give up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

PAYLOAD_VERSION = "v1"
"""What receivers can rely on: fields and types of events may be added to it."""
RETRY_FOR = timedelta(days=3)
"""How long a delivery is retried; at the end of it comes the last attempt."""
MOST_AT_ONCE = 4
"""Requests that one receiver has to answer at the same time."""
MOST_ATTEMPTS_SHOWN = 20
LONGEST_RESPONSE_TEXT = 500
RETENTION = timedelta(days=30)
"""How long finished deliveries are stored."""

DISABLED_MEANWHILE = "The webhook was disabled before it was sent."
SENDER_LOST = "The sender was lost before it stored the outcome."

_FIRST_DELAY = timedelta(seconds=5)
_FACTOR = 4
_LONGEST_DELAY = timedelta(hours=12)
_MOST_STEPS = 10
_SPREAD = 0.2
_GONE_STATUS = 410


class WebhookDeliveryState(StrEnum):
    """The state of a delivery."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """Something that happened to a person, as their webhooks are sent it."""

    event_id: UUID
    owner_id: UUID
    type: str
    create_time: datetime
    compose: Callable[[], dict[str, Any]]
    """Composes what is sent: only for people who have a webhook that wants it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResult:
    """What came of one request to a receiver."""

    status_code: int = 0
    """0 when there was no response."""
    detail: str = ""
    """Why it was not accepted; empty when it was."""
    response_text: str = ""
    duration: timedelta = timedelta()
    retry_after: timedelta | None = None
    """How long the receiver asks to be left alone."""

    @property
    def accepted(self) -> bool:
        """Whether the receiver has it."""
        return 200 <= self.status_code < 300

    @property
    def refused_for_good(self) -> bool:
        """Whether the receiver wants nothing more, ever."""
        return self.status_code == _GONE_STATUS


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAttempt:
    """A request to a receiver, as it is stored."""

    attempt_time: datetime
    status_code: int
    detail: str
    response_text: str
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDelivery:
    """One event for one webhook, as its owner sees it."""

    id: UUID
    webhook_id: UUID
    type: str
    payload: str
    state: WebhookDeliveryState
    detail: str
    attempt_count: int
    attempts: Sequence[WebhookAttempt]
    create_time: datetime
    due_time: datetime
    finish_time: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedDelivery:
    """A delivery that a sender has claimed."""

    id: UUID
    webhook_id: UUID
    url: str
    keys: tuple[bytes, ...] = field(repr=False)
    """What it is signed with: the key of the secret, and for a day the one before."""
    payload: str
    start_time: datetime
    """When it was created, or replayed last."""
    retry_count: int
    """Attempts since then, with this one."""
    claim_time: datetime


def payload_text(event_type: str, create_time: datetime, data: dict[str, Any]) -> str:
    """Return the body that is posted for an event: JSON.

    Args:
        event_type: Such as `check_in.changed`.
        create_time: When it happened.
        data: What happened, as JSON.
    """
    moment = (
        f"{create_time.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{create_time.microsecond // 1000:03d}Z"
    )
    body = {"type": event_type, "version": PAYLOAD_VERSION, "timestamp": moment, "data": data}
    return orjson.dumps(body).decode()


def next_attempt_time(
    delivery: ClaimedDelivery, result: AttemptResult, *, now: datetime, chance: float
) -> datetime | None:
    """Return when to try again; None when it was the last attempt.

    The delays are 5 s, 20 s, 80 s and so on up to 12 hours, each up to a tenth shorter or longer;
    the last attempt comes at the end of the three days.

    Args:
        delivery: The delivery that was not accepted.
        result: What came of the attempt; a longer delay that it asks for is granted, up to 12 h.
        now: The present moment.
        chance: A random number, 0 to 1, which keeps deliveries from coming all at once.
    """
    end = delivery.start_time + RETRY_FOR
    if now >= end:
        return None
    exponent = min(max(delivery.retry_count - 1, 0), _MOST_STEPS)
    delay: timedelta = min(_FIRST_DELAY * _FACTOR**exponent, _LONGEST_DELAY)
    delay *= 1 - _SPREAD / 2 + _SPREAD * chance
    if result.retry_after is not None:
        delay = max(delay, min(result.retry_after, _LONGEST_DELAY))
    return min(now + delay, end)
