"""`python -m bench reminders`: ten thousand due of a million, and a tick that finds nothing.

Beside each tick the same database does in one statement of plain SQL, first, the least that any
program must have it do (move ten thousand rows on, add as many firings and events); and, second,
the same work (read habit, owner, day and pauses of each, and write its texts into the event). The
ratios hold on machines of any speed. `--database-url` names an empty database of a server that runs
already; otherwise a durable private server is started.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from operator import truediv
from statistics import median
from typing import Any

import asyncpg

from bench.harness import bench_harness
from chassis.database import Database
from chassis.migrate import upgrade
from rhythm.plan import DayFact, Mark
from services.habits.dao.derived_state import facts_to_bytes
from services.habits.use_cases.due_reminders import remind_due

REMINDERS_PER_HABIT = 5
HABITS_PER_PERSON = 8
ROUNDS = 6
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Asia/Kolkata")
SCHEDULES: Sequence[dict[str, Any]] = (
    {"frequency": "daily"},
    {"frequency": "daily"},
    {"frequency": "daily"},
    {"frequency": "weekly", "weekdays": [0, 2, 4]},
    {"frequency": "weekly", "times": 3},
)
TICK_GOAL_MS = 300
SAME_WORK_GOAL = 1.2
EMPTY_GOAL_MS = 5
LEAST = """
WITH due AS (
    SELECT habit_id, id, due_date, slot FROM habits.reminders WHERE look_time <= $1
    ORDER BY look_time LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
), moved AS (
    UPDATE habits.reminders r
    SET look_time = r.look_time + interval '1 day', due_time = r.due_time + interval '1 day',
        due_date = r.due_date + 1, handled_date = r.due_date
    FROM due WHERE r.habit_id = due.habit_id AND r.id = due.id
), fired AS (
    INSERT INTO habits.reminder_firings (reminder_id, due_date, slot, outcome, fire_time)
    SELECT id, due_date, slot, 'sent', $1 FROM due
)
INSERT INTO habits.outbox (id, type, routing_key, body)
SELECT gen_random_uuid(), 'contracts.habits.v1.HabitReminderDue', 'notifications.habit.reminder',
       decode(repeat('00', 180), 'hex')
FROM due"""
SAME_WORK = """
WITH claimed AS (
    SELECT habit_id, id, due_date, slot, text FROM habits.reminders WHERE look_time <= $1
    ORDER BY look_time LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
), due AS MATERIALIZED (
    SELECT c.*, convert_to(concat(h.owner_id, h.id, h.title, c.text, c.due_date, c.id, c.slot,
                                  h.unit, p.timezone, p.quiet_from, h.versions), 'UTF8') AS body
    FROM claimed c
    JOIN habits.habits h ON h.id = c.habit_id
    JOIN habits.people p ON p.owner_id = h.owner_id
    LEFT JOIN habits.days d ON d.habit_id = c.habit_id AND d.day = c.due_date
    WHERE d.mark IS NULL AND NOT EXISTS (
        SELECT FROM habits.pauses s WHERE s.owner_id = h.owner_id
        AND s.from_date <= c.due_date AND s.to_date >= c.due_date)
), moved AS (
    UPDATE habits.reminders r
    SET look_time = r.look_time + interval '1 day', due_time = r.due_time + interval '1 day',
        due_date = r.due_date + 1, handled_date = r.due_date
    FROM due WHERE r.habit_id = due.habit_id AND r.id = due.id
), fired AS (
    INSERT INTO habits.reminder_firings (reminder_id, due_date, slot, outcome, fire_time)
    SELECT id, due_date, slot, 'sent', $1 FROM due
    ON CONFLICT DO NOTHING
)
INSERT INTO habits.outbox (id, type, routing_key, body)
SELECT gen_random_uuid(), 'contracts.habits.v1.HabitReminderDue', 'notifications.habit.reminder',
       body
FROM due"""


async def fill(connection: asyncpg.Connection[asyncpg.Record], reminder_count: int) -> None:
    """Insert people with habits, check-ins and reminders."""
    habit_count = reminder_count // REMINDERS_PER_HABIT
    chance = random.Random(7)  # the same data every time
    days = [NOON.date() - timedelta(days=back) for back in range(1, 45)]
    recent_days = [
        facts_to_bytes({day: DayFact(Mark.DONE) for day in days if chance.random() < 0.7})
        for _ in range(64)
    ]
    starts = [date(2024, 1, 1) + timedelta(days=n) for n in range(700)]
    versions = [
        json.dumps([{"effective_date": f"{start}", **schedule}])
        for start in starts
        for schedule in SCHEDULES
    ]
    await connection.execute(
        """
        INSERT INTO habits.people (owner_id, timezone)
        SELECT md5('p' || n)::uuid, ($2::text[])[1 + n % 5] FROM generate_series(0, $1) n""",
        habit_count // HABITS_PER_PERSON,
        ZONES,
    )
    await connection.execute(
        """
        INSERT INTO habits.habits (id, owner_id, title, description, color, icon, tags, position,
            start_date, measure, unit, versions, reminders, create_time, update_time)
        SELECT md5('h' || n)::uuid, md5('p' || n / $2::int)::uuid, 'Drink water', '', '', '', '{}',
            n % $2::int, (v.it ->0 ->> 'effective_date')::date, 'yes_no', '', v.it, '[]',
            now(), now()
        FROM generate_series(0, $1::int - 1) n
        CROSS JOIN LATERAL (
            SELECT (($3::text[])[1 + (n::bigint * 7919) % array_length($3::text[], 1)])::jsonb AS it
        ) v""",
        habit_count,
        HABITS_PER_PERSON,
        versions,
    )
    await connection.execute(
        """
        INSERT INTO habits.progress (habit_id, recent)
        SELECT md5('h' || n)::uuid, ($2::bytea[])[1 + n % 64]
        FROM generate_series(0, $1::int - 1) n""",
        habit_count,
        recent_days,
    )
    await connection.execute(
        """
        INSERT INTO habits.reminders (habit_id, id, local_time, weekdays, text, nag_minutes,
            due_date, slot, due_time, look_time)
        SELECT md5('h' || n % $2::int)::uuid, gen_random_uuid(), '12:00', 0, '', 0, $3::date, 0,
            $3::date + interval '20 hours', $3::date + interval '20 hours'
        FROM generate_series(0, $1::int - 1) n""",
        reminder_count,
        habit_count,
        NOON.date(),
    )
    await connection.execute("VACUUM ANALYZE")


async def make_due(
    connection: asyncpg.Connection[asyncpg.Record], count: int, round_number: int
) -> None:
    """Make `count` other reminders due at noon, spread over all habits."""
    await connection.execute(
        """
        UPDATE habits.reminders SET look_time = $1, due_time = $1, due_date = $2, slot = 0
        WHERE (habit_id, id) IN (
            SELECT habit_id, id FROM habits.reminders
            WHERE look_time > $1 AND handled_date IS NULL
            ORDER BY md5(id::text || $4) LIMIT $3)""",
        NOON - timedelta(seconds=2),
        NOON.date(),
        count,
        f"{round_number}",
    )


async def measure(url: str, reminder_count: int, due_count: int) -> None:
    """Interleave ticks and plain SQL; print medians, goals and ratios."""
    await upgrade(url, "services.habits")
    connection = await asyncpg.connect(url)
    database = Database(url, statement_timeout=timedelta(seconds=60))
    begin = time.perf_counter()
    await fill(connection, reminder_count)
    print(f"{reminder_count:,} reminders in {time.perf_counter() - begin:.0f} s")
    seconds: dict[str, list[float]] = {"tick": [], "least": [], "same": [], "empty": []}
    works = {"least": LEAST, "same": SAME_WORK}

    async def tick() -> None:
        result = await remind_due(database, now=NOON)
        assert result.sent_count == due_count, result

    for number in range(ROUNDS):
        for place, name in enumerate(("least", "tick", "same")):
            await make_due(connection, due_count, 3 * number + place)
            begin = time.perf_counter()
            if name == "tick":
                await tick()
            else:
                await connection.execute(works[name], NOON, due_count)
            seconds[name].append(time.perf_counter() - begin)
        for _ in range(5):
            begin = time.perf_counter()
            await remind_due(database, now=NOON)
            seconds["empty"].append(time.perf_counter() - begin)
        latest = ", ".join(f"{name} {values[-1] * 1000:.1f}" for name, values in seconds.items())
        print(f"round {number + 1} (ms): {latest}", flush=True)
    report(seconds, due_count, reminder_count)
    await database.close()
    await connection.close()


def report(seconds: dict[str, list[float]], due_count: int, reminder_count: int) -> None:
    """Print medians, the goals beside them, and the medians of the ratios of each round."""
    of = {name: median(values) * 1000 for name, values in seconds.items()}
    ratios = {
        name: median(map(truediv, seconds["tick"], seconds[name])) for name in ("least", "same")
    }
    print(
        f"tick of {due_count:,} due of {reminder_count:,}: {of['tick']:.0f} ms"
        f" (goal, on an idle machine: {TICK_GOAL_MS} ms)\n"
        f"the least in plain SQL: {of['least']:.0f} ms; ratio {ratios['least']:.2f}\n"
        f"the same work in plain SQL: {of['same']:.0f} ms; ratio {ratios['same']:.2f}"
        f" (goal: {SAME_WORK_GOAL})\n"
        f"empty tick: {of['empty']:.2f} ms (goal: {EMPTY_GOAL_MS} ms)"
    )


async def run(arguments: argparse.Namespace) -> None:
    """Find a server, then measure."""
    async with AsyncExitStack() as stack:
        url = arguments.database_url
        if url is None:
            folders = await stack.enter_async_context(bench_harness())
            url = folders.environment["DATABASE_URL"]
        await measure(url, arguments.reminders, arguments.due)


def main(words: Sequence[str]) -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench reminders")
    parser.add_argument("--reminders", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--database-url")
    asyncio.run(run(parser.parse_args(words)))
