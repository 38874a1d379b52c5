"""How fast Telegram lets a bot talk: 30 messages a second over all, one a second in a chat."""

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


OVERALL = Rate(timedelta(milliseconds=40), burst=5)
"""25 a second; with the burst never more than Telegram's 30 in any second."""
PER_CHAT = Rate(timedelta(seconds=1))

LONGEST_TURN = timedelta(seconds=2)
"""A turn further away than this is not waited for with the message in hand."""
FLOOD_CHATS = 2
"""So many chats that must wait at once mean that the bot is too fast, not that a chat is full."""
