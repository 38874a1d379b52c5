"""What becomes of a message: what Telegram may say to it, and what follows from that."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.notifications.domain.buttons import Buttons
from services.notifications.domain.messages import Kind

MOST_ATTEMPTS = 40
"""With the waits below, about three hours of trying."""
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)
MOST_UNKNOWN = 1
"""A message that may have arrived is sent once more, not twice."""


class State(StrEnum):
    """Where a message stands."""

    PENDING = "pending"
    SENDING = "sending"
    """A sender has it in hand. If that sender dies, nobody knows whether it left."""
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message in a sender's hand."""

    id: UUID
    owner_id: UUID
    chat_id: int
    kind: Kind
    text: str
    buttons: Buttons
    silent: bool
    create_time: datetime
    expire_time: datetime | None
    attempts: int
    """How often it was taken in hand, this time included."""
    unknowns: int
    """How often it may have arrived without anybody knowing."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Telegram took it."""

    telegram_id: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram will never take this message."""

    detail: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The person blocked the bot, or the chat is gone: Telegram takes nothing for it."""

    detail: str


@dataclass(frozen=True, slots=True)
class ToldToWait:
    """Telegram asks for a pause."""

    span: timedelta


@dataclass(frozen=True, slots=True)
class NotTaken:
    """It did not get there, for sure."""

    detail: str


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """It left, and no answer came: it may have arrived."""

    detail: str


type Outcome = Taken | Refused | Unreachable | ToldToWait | NotTaken | NoAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What is written down of a message after a try."""

    state: State
    detail: str = ""
    due_time: datetime | None = None
    """When it is tried again; None when it is over."""
    send_time: datetime | None = None
    telegram_id: int | None = None
    unknowns: int = 0


def fate_of(message: Message, outcome: Outcome, *, now: datetime) -> Fate:
    """Decide what becomes of a message after this outcome."""
    match outcome:
        case Taken(telegram_id):
            fate = Fate(
                state=State.SENT,
                send_time=now,
                telegram_id=telegram_id,
                unknowns=message.unknowns,
            )
        case Refused(detail) | Unreachable(detail):
            fate = Fate(state=State.FAILED, detail=detail, unknowns=message.unknowns)
        case ToldToWait(span):
            fate = _again(message, "Telegram asked for a pause.", wait=span, now=now)
        case NotTaken(detail):
            fate = _again(message, detail, wait=wait_after(message.attempts), now=now)
        case NoAnswer(detail):
            fate = _unknown(message, detail, now=now)
    return fate


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many tries: twice as long each time, up to a limit."""
    doublings = min(max(attempts - 1, 0), 16)  # beyond, the limit holds anyway
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _again(message: Message, detail: str, *, wait: timedelta, now: datetime) -> Fate:
    if message.attempts >= MOST_ATTEMPTS:
        return Fate(state=State.FAILED, detail=detail, unknowns=message.unknowns)
    due_time = now + wait
    if message.expire_time is not None and due_time >= message.expire_time:
        return Fate(state=State.DROPPED, detail=f"Out of date. {detail}", unknowns=message.unknowns)
    return Fate(state=State.PENDING, detail=detail, due_time=due_time, unknowns=message.unknowns)


def _unknown(message: Message, detail: str, *, now: datetime) -> Fate:
    unknowns = message.unknowns + 1
    if unknowns > MOST_UNKNOWN:
        return Fate(state=State.UNKNOWN, detail=detail, unknowns=unknowns)
    return Fate(state=State.PENDING, detail=detail, due_time=now + FIRST_WAIT, unknowns=unknowns)
