"""The states of a message, the results of a send, and what each result leads to."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.notifications.domain.buttons import Buttons
from services.notifications.domain.messages import Kind

MAX_ATTEMPTS = 40
"""With the waits below, about three hours of trying."""
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)
MAX_UNCONFIRMED = 1
"""A message that may have arrived is sent once more, not twice."""


class State(StrEnum):
    """The state of a message."""

    PENDING = "pending"
    SENDING = "sending"
    """Claimed by a sender, which sends it in its turn."""
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    """How a message comes to a person."""

    TELEGRAM = "telegram"
    WEB_PUSH = "web_push"
    """Shown by a browser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message claimed by a sender."""

    id: UUID
    owner_id: UUID
    chat_id: int | None
    """The chat it goes to; None when it is pushed to a browser."""
    subscription_id: UUID | None = None
    """The browser it is pushed to; None when it goes to the chat."""
    kind: Kind
    text: str
    buttons: Buttons
    silent: bool
    habit_id: UUID | None = None
    logical_date: date | None = None
    picture_of: UUID | None = None
    """The stored report whose picture comes with it."""
    create_time: datetime
    expire_time: datetime | None
    attempts: int
    """How often it was claimed, this time included."""
    unconfirmed_attempts: int
    """How many attempts got no response, so that the message may have arrived."""

    @property
    def target(self) -> int | UUID:
        """The chat or the browser: each has its own pace."""
        target = self.chat_id if self.subscription_id is None else self.subscription_id
        if target is None:
            raise ValueError(f"Message {self.id} goes nowhere.")
        return target


@dataclass(frozen=True, slots=True)
class Delivered:
    """Telegram, or the push service, accepted the message."""

    telegram_id: int | None = None
    """Its number in the chat; None when it was pushed."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """It will never be accepted."""

    detail: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Nothing can be sent there: the bot is blocked, the chat deleted, the browser unsubscribed."""

    detail: str


@dataclass(frozen=True, slots=True)
class RateLimited:
    """The answer was 429: nothing may be sent before the pause is over."""

    retry_after: timedelta


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """The message certainly did not arrive."""

    detail: str


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """The request was sent and no response came: the message may have arrived."""

    detail: str


type SendResult = Delivered | Rejected | Unreachable | RateLimited | NotDelivered | Unconfirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOutcome:
    """The state of a message after an attempt to send it."""

    state: State
    detail: str = ""
    due_time: datetime | None = None
    """When it is tried again; None when it is over."""
    send_time: datetime | None = None
    telegram_id: int | None = None
    unconfirmed_attempts: int = 0


def delivery_outcome(message: Message, result: SendResult, *, now: datetime) -> DeliveryOutcome:
    """Return the state of a message after a send with this result."""
    match result:
        case Delivered(telegram_id):
            outcome = DeliveryOutcome(
                state=State.SENT,
                send_time=now,
                telegram_id=telegram_id,
                unconfirmed_attempts=message.unconfirmed_attempts,
            )
        case Rejected(detail) | Unreachable(detail):
            outcome = DeliveryOutcome(
                state=State.FAILED, detail=detail, unconfirmed_attempts=message.unconfirmed_attempts
            )
        case RateLimited(retry_after):
            outcome = _retry(message, _pause_detail(message), wait=retry_after, now=now)
        case NotDelivered(detail):
            outcome = _retry(message, detail, wait=backoff(message.attempts), now=now)
        case Unconfirmed(detail):
            outcome = _unconfirmed(message, detail, now=now)
    return outcome


def backoff(attempts: int) -> timedelta:
    """Return the wait after so many attempts: doubled each time, up to a limit."""
    doublings = min(max(attempts - 1, 0), 16)  # beyond, the limit holds anyway
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _pause_detail(message: Message) -> str:
    asking = "Telegram" if message.subscription_id is None else "The push service"
    return f"{asking} asked for a pause."


def _retry(message: Message, detail: str, *, wait: timedelta, now: datetime) -> DeliveryOutcome:
    if message.attempts >= MAX_ATTEMPTS:
        return DeliveryOutcome(
            state=State.FAILED, detail=detail, unconfirmed_attempts=message.unconfirmed_attempts
        )
    due_time = now + wait
    if message.expire_time is not None and due_time >= message.expire_time:
        return DeliveryOutcome(
            state=State.DROPPED,
            detail=f"Out of date. {detail}",
            unconfirmed_attempts=message.unconfirmed_attempts,
        )
    return DeliveryOutcome(
        state=State.PENDING,
        detail=detail,
        due_time=due_time,
        unconfirmed_attempts=message.unconfirmed_attempts,
    )


def _unconfirmed(message: Message, detail: str, *, now: datetime) -> DeliveryOutcome:
    unconfirmed_attempts = message.unconfirmed_attempts + 1
    if unconfirmed_attempts > MAX_UNCONFIRMED:
        return DeliveryOutcome(
            state=State.UNKNOWN, detail=detail, unconfirmed_attempts=unconfirmed_attempts
        )
    return DeliveryOutcome(
        state=State.PENDING,
        detail=detail,
        due_time=now + FIRST_WAIT,
        unconfirmed_attempts=unconfirmed_attempts,
    )
