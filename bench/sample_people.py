"""People with thirty habits each, created over REST, and their check-ins, written by COPY."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import asyncpg
import httpx

from bench.harness import BenchHarness
from chassis.clock import now

HABITS_EACH = 30
OLD_DAYS, YOUNG_DAYS = 3650, 30
DONE = 0.8
"""The share of days with a check-in."""

QUANTITY = {"measure": "quantity", "unit": "glasses", "goal": {"amount": 8}}
KINDS: tuple[tuple[int, dict[str, Any]], ...] = (
    (12, {}),
    (6, {"schedule": {"frequency": "weekly", "times": 3}}),
    (4, {"schedule": {"frequency": "weekly", "weekdays": ["mon", "wed", "fri"]}}),
    (4, QUANTITY),
    (2, {"schedule": {"frequency": "monthly", "times": 10}}),
    (2, {"schedule": {"frequency": "rolling", "times": 3, "days": 7}}),
)
"""How many of a person's habits are of which kind."""

DAYS = ("habit_id", "day", "mark", "amount", "note", "source", "revision", "update_time")
CHANGES = (
    *("habit_id", "id", "day", "actor_id", "source", "create_time", "revision", "added"),
    *("mark_before", "amount_before", "note_before", "mark_after", "amount_after", "note_after"),
)
API = 3


@dataclass(frozen=True)
class SamplePerson:
    """A person whose habits began `days` days ago."""

    owner_id: uuid.UUID
    token: str
    days: int
    habits: tuple[tuple[uuid.UUID, bool], ...]
    """Each with whether it takes amounts."""


async def create_people(
    bench: BenchHarness, port: int, count: int, days: int
) -> list[SamplePerson]:
    """Create people with thirty habits each that began `days` days ago, without check-ins."""
    start = (now() - timedelta(days=days)).date().isoformat()
    people: list[SamplePerson] = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        for _ in range(count):
            owner_id = uuid.uuid4()
            token = bench.token(owner_id)
            habits: list[tuple[uuid.UUID, bool]] = []
            for number, kind in ((n, kind) for many, kind in KINDS for n in range(many)):
                made = await client.post(
                    "/v1/habits",
                    json={"title": f"Habit {number}", "start_date": start} | kind,
                    headers={"Authorization": f"Bearer {token}"},
                )
                made.raise_for_status()
                habits.append((uuid.UUID(made.json()["id"]), kind is QUANTITY))
            people.append(SamplePerson(owner_id, token, days, tuple(habits)))
    return people


async def insert_check_ins(database_url: str, people: list[SamplePerson]) -> int:
    """Write a check-in for most days, with its change; return how many were written."""
    connection = await asyncpg.connect(database_url)
    count = 0
    try:
        for person in people:
            rows = list(_days(person))
            changes = [_change(person, row) for row in rows]
            for table, columns, records in (("days", DAYS, rows), ("changes", CHANGES, changes)):
                await connection.copy_records_to_table(
                    table, schema_name="habits", columns=columns, records=records
                )
            count += len(rows)
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()
    return count


def _days(person: SamplePerson) -> Iterator[tuple[Any, ...]]:
    """Yield a person's check-ins in the order of their days."""
    first = now().date() - timedelta(days=person.days)
    for number in range(person.days):
        day = first + timedelta(days=number)
        for habit_id, takes_amounts in person.habits:
            if random.random() < DONE:
                amount = random.randint(4, 12) * 1000 if takes_amounts else None
                mark = 0 if takes_amounts else 1
                yield habit_id, day, mark, amount, "", API, number + 1, _evening(day)


def _change(person: SamplePerson, row: tuple[Any, ...]) -> tuple[Any, ...]:
    habit_id, day, mark, amount, note, source, revision, at = row
    what = (mark, amount, note)
    head = (habit_id, _id_of(at), day, person.owner_id, source, at, revision, amount)
    return (*head, 0, None, "", *what)


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(20, random.randrange(60)), UTC)


def _id_of(moment: datetime) -> uuid.UUID:
    """Return a UUIDv7 of a moment, so that ids lie in their index as they would."""
    milliseconds = int(moment.timestamp() * 1000)
    bits = milliseconds << 80 | 7 << 76 | 2 << 62
    return uuid.UUID(int=bits | random.getrandbits(12) << 64 | random.getrandbits(62))
