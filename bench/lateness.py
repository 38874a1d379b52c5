"""How late reminders are: from the moment they are due to the message, through the whole mesh.

`python -m bench lateness [--count 1000] [--within 60]`: so many people with a chat each, whose
reminders come due spread over so many seconds. Measured are the message as notifications stores it,
and its arrival at the Bot API stand-in: that is paced to 25 a second, as Telegram asks, so that a
thousand take forty seconds however early they are stored.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx

from bench.harness import free_port
from bench.latency import sent_messages
from local.folders import create_folders
from local.mesh import Options, running_mesh

LEAD = timedelta(seconds=10)
PATIENCE_SECONDS = 120
GOAL_SECONDS = 5
FILL = """
WITH numbers AS (SELECT n, md5('p' || n)::uuid AS owner_id, md5('h' || n)::uuid AS habit_id,
                        $2::timestamptz + n * $3::interval / $1 AS due_time
                 FROM generate_series(0, $1::int - 1) n
), people AS (
    INSERT INTO habits.people (owner_id) SELECT owner_id FROM numbers
), written AS (
    INSERT INTO habits.habits (id, owner_id, title, description, color, icon, tags, position,
        start_date, measure, unit, versions, reminders, create_time, update_time)
    SELECT habit_id, owner_id, 'Habit ' || n || '.', '', '', '', '{}', 0, '2024-01-01', 'yes_no',
           '', '[{"effective_date": "2024-01-01", "frequency": "daily"}]', '[]', now(), now()
    FROM numbers RETURNING id
), states AS (
    INSERT INTO habits.progress (habit_id, recent) SELECT habit_id, '' FROM numbers
), others AS (
    INSERT INTO notifications.people (owner_id, timezone, locale, display_name, revision)
    SELECT owner_id, 'UTC', 'en', '', 1 FROM numbers
), chats AS (
    INSERT INTO notifications.chats (owner_id, chat_id, title, create_time)
    SELECT owner_id, ($4::bigint[])[1 + n], '', now() FROM numbers
)
INSERT INTO habits.reminders (habit_id, id, local_time, weekdays, text, nag_minutes,
    due_date, slot, due_time, look_time)
SELECT habit_id, habit_id, (due_time AT TIME ZONE 'UTC')::time, 0, '', 0,
       (due_time AT TIME ZONE 'UTC')::date, 0, due_time, due_time
FROM numbers JOIN written ON written.id = habit_id"""
STORED = """
SELECT m.text, m.create_time, f.due_time FROM notifications.messages m
JOIN unnest($1::uuid[], $2::timestamptz[]) AS f (habit_id, due_time) USING (habit_id)
WHERE m.kind = 'reminder'"""


async def measure(count: int, within: timedelta) -> tuple[list[float], list[float]]:
    """Return how many seconds late messages were stored, and how late they arrived."""
    data = Path(tempfile.mkdtemp(prefix="habits-lateness-"))
    folders = create_folders(data)
    url = f"postgresql://habits@/habits?host={folders.run}/pg"
    try:
        async with (
            running_mesh(
                Options(data=data, port=free_port()), lambda it: print(f"  {it}", file=sys.stderr)
            ) as mesh,
            httpx.AsyncClient(base_url=mesh.addresses["chat"], timeout=20) as chat,
        ):
            connection = await asyncpg.connect(url)
            try:
                return await _reminded(connection, chat, count, within)
            finally:
                await connection.close()
    finally:
        shutil.rmtree(data, ignore_errors=True)


async def _reminded(
    connection: asyncpg.Connection[asyncpg.Record],
    chat: httpx.AsyncClient,
    count: int,
    within: timedelta,
) -> tuple[list[float], list[float]]:
    chat_ids = []
    for number in range(count):
        opened = await chat.post("/control/chats", json={"first_name": f"Person {number}"})
        chat_ids.append(opened.raise_for_status().json()["id"])
    begin = datetime.now(UTC) + LEAD
    await connection.execute(FILL, count, begin, within, chat_ids)
    due = await connection.fetch("SELECT habit_id, due_time FROM habits.reminders")
    columns = [row["habit_id"] for row in due], [row["due_time"] for row in due]
    end = time.monotonic() + (LEAD + within).total_seconds() + PATIENCE_SECONDS
    while True:
        await asyncio.sleep(2)
        stored = await connection.fetch(STORED, *columns)
        messages = await sent_messages(chat)
        if len(messages) >= count or time.monotonic() > end:
            break
    due_times = {_title(row["text"]): row["due_time"].timestamp() for row in stored}
    arrived = [it["time"] - due_times[_title(str(it["text"]))] for it in messages]
    late = [(row["create_time"] - row["due_time"]).total_seconds() for row in stored]
    return sorted(late), sorted(arrived)


def _title(text: str) -> str:
    """Return the title of the habit in a message."""
    return text[text.index("Habit ") :].partition(".")[0]


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench lateness")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--within", type=float, default=60)
    options = parser.parse_args(arguments)
    stored, arrived = asyncio.run(measure(options.count, timedelta(seconds=options.within)))
    print(f"{options.count} reminders due within {options.within:.0f} s, seconds late:")
    names = {"stored as messages": stored, "at the stand-in, 25 a second": arrived}
    for name, found in names.items():
        shares = (("p50", 0.50), ("p95", 0.95), ("p99", 0.99), ("most", 1.0))
        values = [
            f"{it} {found[min(len(found) - 1, int(len(found) * at))]:.2f}" for it, at in shares
        ]
        goal = f" (goal: p99 {GOAL_SECONDS})" if found is stored else ""
        print(f"  {name}: {len(found)}; {', '.join(values)}{goal}")
