"""Whether a message is sent, and whether it makes a sound."""

from dataclasses import dataclass
from datetime import datetime

from services.notifications.domain.messages import Draft, Kind
from services.notifications.domain.people import Chat, Person
from services.notifications.domain.preferences import Preferences

NO_CHAT = "No chat is linked."
SWITCHED_OFF = "The bot is switched off in the preferences."
CHEERS_OFF = "Cheers are switched off in the preferences."
BLOCKED = "The person has blocked the bot."
OUT_OF_DATE = "It came too late to be of use."
UNLINKED = "The chat was unlinked before it was sent."
UNSUBSCRIBED = "The browser was unsubscribed before it was sent."
DONE_MEANWHILE = "The habit was done before it was sent."
PAUSED_MEANWHILE = "The habit was paused before it was sent."
HABIT_ENDED = "The habit was archived or deleted before it was sent."


@dataclass(frozen=True, slots=True)
class Recipient:
    """The person a message is for, with their chat and preferences."""

    person: Person
    chat: Chat | None
    preferences: Preferences


def drop_reason_of(draft: Draft, recipient: Recipient, *, now: datetime) -> str:
    """Return why a message is not sent; empty when it is."""
    if not recipient.preferences.telegram_enabled:
        return SWITCHED_OFF
    if draft.kind is Kind.CHEER and not recipient.preferences.streak_cheers:
        return CHEERS_OFF
    if recipient.chat is None:
        return NO_CHAT
    if not recipient.chat.reachable:
        return BLOCKED
    if draft.expire_time is not None and draft.expire_time <= now:
        return OUT_OF_DATE
    return ""


def push_drop_reason_of(draft: Draft, *, now: datetime) -> str:
    """Return why a message is not pushed to a subscribed browser; empty when it is."""
    if draft.expire_time is not None and draft.expire_time <= now:
        return OUT_OF_DATE
    return ""


def is_silent(draft: Draft, recipient: Recipient, *, now: datetime) -> bool:
    """Say whether a message comes without a sound.

    In quiet hours cheers and reports do. A reminder that comes then is one that was asked for:
    habits holds the others back until the quiet hours end.
    """
    wall = recipient.person.local(now).time()
    return draft.kind is not Kind.REMINDER and recipient.preferences.quiet_at(wall)
