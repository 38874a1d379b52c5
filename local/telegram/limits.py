"""How fast the bot may send, if the stand-in is set to enforce it: Telegram's own limits."""

from __future__ import annotations

import math
import time
from collections import deque

from local.telegram.errors import TooManyRequests

MOST_A_SECOND = 30
MOST_A_SECOND_IN_A_CHAT = 1
WINDOW_SECONDS = 1.0


class SendLimits:
    """Counts sent messages; off until `enforced` is set."""

    def __init__(self) -> None:
        self.enforced = False
        self._all: deque[float] = deque()
        self._by_chat: dict[int, deque[float]] = {}

    def check(self, chat_id: int) -> None:
        """Count a message about to be sent.

        Raises:
            TooManyRequests: It would be one too many for the chat or in all; it is not counted.
        """
        if not self.enforced:
            return
        now = time.monotonic()
        in_chat = self._by_chat.setdefault(chat_id, deque())
        for sent, most in ((in_chat, MOST_A_SECOND_IN_A_CHAT), (self._all, MOST_A_SECOND)):
            while sent and sent[0] <= now - WINDOW_SECONDS:
                sent.popleft()
            if len(sent) >= most:
                raise TooManyRequests(math.ceil(sent[0] + WINDOW_SECONDS - now))
        in_chat.append(now)
        self._all.append(now)
