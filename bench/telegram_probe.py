"""How long a check-in takes to its cheer in Telegram, probed while something else is going on.

Some people have linked their chats. At a steady rate, slow enough for Telegram's limits, one of
them checks in a habit of a title of its own; the stand-in for Telegram says when the cheer came.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass

import httpx

from bench.latency import habit_of, register_person, sent_messages

PEOPLE = 20
PER_SECOND = 8
"""All together; a chat may be written to once a second, a bot may write 25 times a second."""
PATIENCE_SECONDS = 10.0


@dataclass
class TelegramProbe:
    """People with linked chats, who check in while a load is measured."""

    api: httpx.AsyncClient
    chat: httpx.AsyncClient
    people: list[dict[str, str]]
    """The headers of their requests."""
    made: int = 0

    @classmethod
    async def create(cls, api: httpx.AsyncClient, chat: httpx.AsyncClient) -> TelegramProbe:
        """Register the people and link their chats."""
        people = [await register_person(api, chat, number) for number in range(PEOPLE)]
        return cls(api, chat, people)

    async def prepare(self, seconds: float) -> list[tuple[str, str, dict[str, str]]]:
        """Create a habit for each check-in of so many seconds: title, id, headers of its owner."""
        habits: list[tuple[str, str, dict[str, str]]] = []
        for headers in itertools.islice(itertools.cycle(self.people), int(seconds * PER_SECOND)):
            self.made += 1
            title = f"Probe number {self.made}."
            habits.append((title, await habit_of(self.api, headers, title), headers))
        return habits

    async def check_in(self, habits: list[tuple[str, str, dict[str, str]]]) -> dict[str, float]:
        """Check the habits in at the steady rate; return by title when, in seconds of the clock."""
        times: dict[str, float] = {}
        begin = time.monotonic()
        for number, (title, habit_id, headers) in enumerate(habits):
            await asyncio.sleep(max(0.0, begin + number / PER_SECOND - time.monotonic()))
            times[title] = time.time()
            path = f"/v1/habits/{habit_id}/check-ins"
            (await self.api.post(path, json={}, headers=headers)).raise_for_status()
        return times

    async def latencies_ms(self, times: dict[str, float]) -> list[float]:
        """Return how long the cheers took that came, waiting a while for the last ones."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            arrived = {
                title: float(message["time"])
                for message in await sent_messages(self.chat)
                for title in times
                if title in str(message.get("text"))
            }
            if len(arrived) == len(times) or time.monotonic() > end:
                return [1e3 * (arrived[title] - times[title]) for title in arrived]
            await asyncio.sleep(0.2)
