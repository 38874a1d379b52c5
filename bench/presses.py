"""How long from a press on a button to the edited message, through the whole mesh.

`python -m bench presses [--count 200] [--per-second 5]`: people mark a habit done on their board
and take it back, in turn: the bot asks auth for a token, writes to habits, reads the day, answers
the button and edits the board. Beside it a bot that only edits its message (`bench.bare_bot`): what
aiogram, long polling and the stand-in take by themselves.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from bench.harness import ROOT, free_port
from local.mesh import Options, running_mesh
from local.telegram.server import BOT_TOKEN, BOT_USERNAME, serving
from local.telegram.state import TelegramState

PEOPLE = 20
PATIENCE_SECONDS = 30


class Presser:
    """One person's chat, by the control API of the stand-in."""

    def __init__(self, chat: httpx.AsyncClient, chat_id: int) -> None:
        self._chat = chat
        self._path = f"/control/chats/{chat_id}"
        self.chat_id = chat_id
        self.press_times: list[float] = []

    async def say(self, text: str, answer: str) -> None:
        """Write to the bot and wait for a message with this answer."""
        await self._post("messages", text=text)
        await self._until(answer)

    async def press(self, label: str, answer: str) -> None:
        """Press the newest button with this label, and wait until a message says the answer."""
        message = next(
            it
            for it in reversed(await self._messages())
            if any(label in one["text"] for row in it["buttons"] for one in row)
        )
        buttons = [one for row in message["buttons"] for one in row if label in one["text"]]
        self.press_times.append(time.time())
        await self._post(f"messages/{message['message_id']}/press", data=buttons[0]["data"])
        await self._until(answer)

    async def _until(self, words: str) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            for message in reversed(await self._messages()):
                if message["from"] == "bot" and words in f"{message['text']} {message['buttons']}":
                    return
            if time.monotonic() > end:
                raise TimeoutError(f"the bot never said {words!r}")
            await asyncio.sleep(0.02)

    async def _messages(self) -> list[dict[str, Any]]:
        found = (await self._chat.get(f"{self._path}/messages")).raise_for_status()
        items: list[dict[str, Any]] = found.json()["items"]
        return items

    async def _post(self, path: str, **body: Any) -> None:
        (await self._chat.post(f"{self._path}/{path}", json=body)).raise_for_status()


async def open_chats(chat: httpx.AsyncClient) -> list[Presser]:
    """Return as many people as press."""
    people = []
    for number in range(PEOPLE):
        body = {"first_name": f"Person {number}"}
        opened = (await chat.post("/control/chats", json=body)).raise_for_status()
        people.append(Presser(chat, opened.json()["id"]))
    return people


async def measure(
    chat: httpx.AsyncClient,
    people: list[Presser],
    steps: list[tuple[str, str]],
    count: int,
    pace: float,
) -> list[float]:
    """Press in turn, each with what shows then; return the sorted seconds from press to edit."""
    for person in people:
        person.press_times.clear()
    begin = time.time()
    for number in range(count):
        round_number, index = divmod(number, len(people))
        await people[index].press(*steps[round_number % len(steps)])
        await asyncio.sleep(max(0.0, begin + (number + 1) / pace - time.time()))
    items = (await chat.get("/control/calls")).raise_for_status().json()["items"]
    taken = []
    for person in people:
        edits = [
            it["time"]
            for it in items
            if it["method"].lower() == "editmessagetext"
            and str(it["chat_id"]) == str(person.chat_id)
            and it["time"] >= begin
        ]
        taken += [edit - press for press, edit in zip(person.press_times, edits, strict=True)]
    return sorted(taken)


async def of_the_mesh(count: int, pace: float) -> list[float]:
    """Let people register in the chat, and measure presses on their boards."""
    os.environ["BCRYPT_COST"] = "4"
    data = Path(tempfile.mkdtemp(prefix="habits-presses-"))
    try:
        async with (
            running_mesh(
                Options(data=data, port=free_port()), lambda it: print(f"  {it}", file=sys.stderr)
            ) as mesh,
            httpx.AsyncClient(base_url=mesh.addresses["chat"], timeout=20) as chat,
        ):
            people = await open_chats(chat)
            for person in people:
                await person.say("/start", "✨ English")
                await person.press("✨ English", "London")
                await person.say("Tokyo", "Welcome")
                await person.say("/new Read", "✅ Create")
                await person.press("✅ Create", "Created")
                await person.say("/today", "✅ Read")
            steps = [("✅ Read", "Undo Read"), ("Undo Read", "⏭")]
            await measure(chat, people, steps, 2 * len(people), pace)  # warm
            return await measure(chat, people, steps, count, pace)
    finally:
        shutil.rmtree(data, ignore_errors=True)


async def of_a_bare_bot(count: int, pace: float) -> list[float]:
    """Measure presses that a bot only counts."""
    async with serving(TelegramState(username=BOT_USERNAME)) as url:
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.bare_bot", url, BOT_TOKEN, cwd=ROOT
        )
        try:
            async with httpx.AsyncClient(base_url=url, timeout=20) as chat:
                people = await open_chats(chat)
                for person in people:
                    await person.say("hello", "Press 0")
                rounds = range(count // len(people) + 1)
                steps = [(f"Press {it}", f"Press {it + 1}") for it in rounds]
                return await measure(chat, people, steps, count, pace)
        finally:
            bot.terminate()
            await bot.wait()


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench presses")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--per-second", type=float, default=5)
    options = parser.parse_args(arguments)
    for name, of in (("the mesh", of_the_mesh), ("a bare bot", of_a_bare_bot)):
        found = asyncio.run(of(options.count, options.per_second))
        shares = (("p50", 0.50), ("p95", 0.95), ("p99", 0.99))
        values = [f"{it} {found[int(len(found) * at)] * 1e3:.0f} ms" for it, at in shares]
        print(f"{name}, from {len(found)} presses to the edited message: {', '.join(values)}")
