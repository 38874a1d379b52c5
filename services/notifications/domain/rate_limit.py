"""How fast the bot talks: Telegram allows 30 messages a second in all, and one in a chat."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Rate:
    """A steady pace, with a few messages that may go ahead of it after a silence."""

    interval: timedelta
    """Between two messages, on the long run."""
    burst: int = 1
    """Messages that may go at once after a silence."""

    @property
    def tolerance(self) -> timedelta:
        """How far ahead of the steady pace the sender may be."""
        return self.interval * (self.burst - 1)


OVERALL = Rate(timedelta(milliseconds=41))
"""Grants at most 25 turns in any second, however many processes send. Requests are not equally fast
on their way, so a few more may arrive in one second: 29 were measured, of the 30 that Telegram
allows."""
PER_CHAT = Rate(timedelta(milliseconds=1_050))
"""One a second, with room for requests that are not equally fast."""

LONGEST_TURN = timedelta(seconds=3)
"""A turn further away than this is not waited for with the message in hand."""
FLOOD_CHATS = 2
"""So many chats that must wait at once mean that the bot is too fast, not that a chat is full."""
