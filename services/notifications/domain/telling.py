"""Whether something is told at all, and how loudly."""

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
DONE_MEANWHILE = "The habit was done before it was sent."
HABIT_ENDED = "The habit was archived or deleted before it was sent."


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody a message is for, as far as they are known."""

    person: Person
    chat: Chat | None
    preferences: Preferences


def reason_to_drop(draft: Draft, addressee: Addressee, *, now: datetime) -> str:
    """Say why a message is not sent; empty when it is."""
    if not addressee.preferences.telegram_enabled:
        return SWITCHED_OFF
    if draft.kind is Kind.CHEER and not addressee.preferences.streak_cheers:
        return CHEERS_OFF
    if addressee.chat is None:
        return NO_CHAT
    if not addressee.chat.reachable:
        return BLOCKED
    if draft.expire_time is not None and draft.expire_time <= now:
        return OUT_OF_DATE
    return ""


def is_silent(draft: Draft, addressee: Addressee, *, now: datetime) -> bool:
    """Say whether a message comes without a sound.

    In quiet hours cheers and reports do. A reminder that comes then is one that was asked for:
    habits holds the others back until the quiet hours end.
    """
    wall = addressee.person.local(now).time()
    return draft.kind is not Kind.REMINDER and addressee.preferences.quiet_at(wall)
