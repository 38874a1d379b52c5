"""How long from a check-in over REST to its cheer at Telegram, through the whole mesh.

`python -m bench latency [--count 200] [--per-second 10]`: check-ins of forty people, one after the
other, each of a habit of its own, so that no chat is written to more than once a second.
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

from bench.harness import free_port
from local.mesh import Options, running_mesh

PEOPLE = 40
PATIENCE_SECONDS = 20
PASSWORD = "correct horse battery"


async def register_person(
    api: httpx.AsyncClient, chat: httpx.AsyncClient, number: int
) -> dict[str, str]:
    """Register a person and link their chat; return their headers."""
    account = {"email": f"person{number}@example.com", "password": PASSWORD}
    made = (await api.post("/v1/auth/register", json=account)).raise_for_status().json()
    headers = {"Authorization": f"Bearer {made['access_token']}"}
    link = (await api.post("/v1/telegram/link", headers=headers)).raise_for_status().json()["url"]
    opened = await chat.post("/control/chats", json={"first_name": f"Person {number}"})
    text = {"text": f"/start {link.rpartition('start=')[2]}"}
    chat_id = opened.raise_for_status().json()["id"]
    path = f"/control/chats/{chat_id}/messages"
    (await chat.post(path, json=text)).raise_for_status()
    while True:
        messages = (await chat.get(path)).raise_for_status().json()["items"]
        asked = next((it for it in messages if it["from"] == "bot"), None)
        if asked is not None and asked["buttons"]:
            confirm = {"text": asked["buttons"][0][0]["text"]}
            await chat.post(f"{path}/{asked['message_id']}/press", json=confirm)
            return headers
        await asyncio.sleep(0.05)


async def habit_of(api: httpx.AsyncClient, headers: dict[str, str], title: str) -> str:
    """Make a habit and return its id."""
    made = await api.post("/v1/habits", json={"title": title}, headers=headers)
    habit_id: str = made.raise_for_status().json()["id"]
    return habit_id


async def sent_messages(chat: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Return every message that reached Telegram, with the moment it did."""
    calls = (await chat.get("/control/calls")).raise_for_status().json()["items"]
    return [call for call in calls if call["method"] == "sendMessage"]


async def measure(count: int, per_second: float) -> list[float]:
    """Check in so many times; return the seconds each cheer took."""
    os.environ["BCRYPT_COST"] = "4"
    data = Path(tempfile.mkdtemp(prefix="habits-latency-"))
    options = Options(data=data, port=free_port())
    try:
        async with (
            running_mesh(options, lambda line: print(f"  {line}", file=sys.stderr)) as mesh,
            httpx.AsyncClient(base_url=mesh.addresses["api"], timeout=20) as api,
            httpx.AsyncClient(base_url=mesh.addresses["chat"], timeout=20) as chat,
        ):
            return await _checked_in(api, chat, count, per_second)
    finally:
        shutil.rmtree(data, ignore_errors=True)


async def _checked_in(
    api: httpx.AsyncClient, chat: httpx.AsyncClient, count: int, per_second: float
) -> list[float]:
    people = [await register_person(api, chat, number) for number in range(PEOPLE)]
    titles = [f"Habit number {number}." for number in range(count)]
    habits = [
        (people[number % PEOPLE], await habit_of(api, people[number % PEOPLE], title))
        for number, title in enumerate(titles)
    ]
    await asyncio.sleep(5)  # the greetings of the links are over
    sent_at: dict[str, float] = {}
    for title, (headers, habit_id) in zip(titles, habits, strict=True):
        sent_at[title] = time.time()
        done = await api.post(f"/v1/habits/{habit_id}/check-ins", json={}, headers=headers)
        done.raise_for_status()
        await asyncio.sleep(max(0.0, sent_at[title] + 1 / per_second - time.time()))
    end = time.time() + PATIENCE_SECONDS
    while True:
        messages = await sent_messages(chat)
        arrived = {
            title: message["time"]
            for message in messages
            for title in titles
            if title in str(message.get("text"))
        }
        if len(arrived) == count or time.time() > end:
            return sorted(arrived[title] - sent_at[title] for title in arrived)
        await asyncio.sleep(0.2)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench latency")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--per-second", type=float, default=10)
    options = parser.parse_args(arguments)
    found = asyncio.run(measure(options.count, options.per_second))
    print(f"{len(found)} of {options.count} cheers arrived; from check-in to Telegram:")
    for name, share in (("p50", 0.50), ("p95", 0.95), ("p99", 0.99)):
        print(f"  {name} {found[min(len(found) - 1, int(len(found) * share))] * 1e3:6.0f} ms")
