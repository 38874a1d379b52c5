"""The people whose habits are checked in, and how they come back to this morning.

One person is made over REST, their past days by the database, what is derived from those by the
product's own `rebuild`; the others are copies (`bench.clones`). A measurement checks every habit in
for today and yesterday, as people do: only so recent a day is cheered. Then those days are taken
back, and everybody opens their board once more, which the product answers from the new state.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import asyncpg
import httpx

from bench.clones import Template, clone, clone_id
from bench.targets import check_in, get, send
from chassis.clock import now

HABITS_EACH = 20
FREE_DAYS = 2
"""Today and yesterday: not done until a measurement does them."""
DONE_PERCENT = 80
BOARD_CONNECTIONS = 8

_PAST_DAYS = """
    INSERT INTO habits.days (habit_id, day, mark, note, source, revision, update_time)
    SELECT id, day, 1, '', 3, 1, day + interval '20 hours'
    FROM unnest($1::uuid[]) AS id, generate_series($2::date, $3::date, '1 day') AS day
    WHERE abs(hashtext(id::text || day)) % 100 < $4"""
_PAST_CHANGES = """
    INSERT INTO habits.changes (habit_id, id, day, actor_id, source, create_time, revision,
        mark_before, note_before, mark_after, note_after)
    SELECT habit_id, uuidv7(day - now() + interval '20 hours'), day, $2, source, update_time,
        revision, 0, '', mark, note
    FROM habits.days WHERE habit_id = ANY($1)"""
_SAVE = """
    CREATE SCHEMA IF NOT EXISTS bench;
    CREATE TABLE IF NOT EXISTS bench.this_morning (
        habit_id uuid PRIMARY KEY, checkpoint bytea, recent bytea NOT NULL)"""
_SAVE_ROWS = """
    INSERT INTO bench.this_morning SELECT habit_id, checkpoint, recent FROM habits.progress
    WHERE habit_id = ANY($1) ON CONFLICT DO NOTHING"""
_TAKE_BACK = """
    UPDATE habits.progress AS p
    SET revision = p.revision + 1, checkpoint = m.checkpoint, recent = m.recent
    FROM bench.this_morning AS m
    WHERE m.habit_id = p.habit_id AND p.habit_id = ANY($1) AND p.recent <> m.recent"""
_TAKE_BACK_DAYS = "DELETE FROM habits.days WHERE habit_id = ANY($1) AND day > $2"


@dataclass(frozen=True)
class Mesh:
    """What a population lives in.

    Attributes:
        port: Of REST.
        database_url: Of the services' database.
        token: Returns an access token for a person.
        rebuild: Runs the `rebuild` of every service that has one, for a person.
    """

    port: int
    database_url: str
    token: Callable[[uuid.UUID], str]
    rebuild: Callable[[uuid.UUID], None]


async def create_template(mesh: Mesh, past_days: int) -> Template:
    """Create the person that is copied.

    Args:
        mesh: Where.
        past_days: How long ago their habits began; most days since are done, the last two are not.
    """
    owner_id = uuid.uuid4()
    first = now().date() - timedelta(days=past_days)
    headers = {"Authorization": f"Bearer {mesh.token(owner_id)}"}
    habit_ids: list[uuid.UUID] = []
    url = f"http://127.0.0.1:{mesh.port}"
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client:
        for number in range(HABITS_EACH):
            content = {"title": f"Habit {number}", "start_date": first.isoformat()}
            made = await client.post("/v1/habits", json=content)
            habit_ids.append(uuid.UUID(made.raise_for_status().json()["id"]))
    connection = await asyncpg.connect(mesh.database_url)
    try:
        last = now().date() - timedelta(days=FREE_DAYS)
        await connection.execute(_PAST_DAYS, habit_ids, first, last, DONE_PERCENT, timeout=None)
        await connection.execute(_PAST_CHANGES, habit_ids, owner_id, timeout=None)
    finally:
        await connection.close()
    await asyncio.to_thread(mesh.rebuild, owner_id)
    return Template(owner_id, tuple(habit_ids))


class Population:
    """Some copies of a template: those who do something while the others only fill tables."""

    def __init__(self, mesh: Mesh, template: Template, numbers: Sequence[int]) -> None:
        """Begin with copies that exist.

        Args:
            mesh: Where they live.
            template: Whom they are copies of.
            numbers: Which copies.
        """
        self._mesh = mesh
        self.habits = [
            (clone_id(habit_id, number), clone_id(template.owner_id, number))
            for number in numbers
            for habit_id in template.habit_ids
        ]
        self._tokens = {owner: mesh.token(owner) for _, owner in self.habits}
        self.owned = [(habit, self._tokens[owner]) for habit, owner in self.habits]
        """Each habit with the token of its owner."""

    @property
    def tokens(self) -> list[str]:
        """The tokens of the people."""
        return list(self._tokens.values())

    async def begin_day(self) -> None:
        """Take today and yesterday back, and have everybody open their board.

        Raises:
            RuntimeError: A board did not open.
        """
        ids = [habit for habit, _ in self.habits]
        connection = await asyncpg.connect(self._mesh.database_url)
        try:
            await connection.execute(_SAVE)
            await connection.execute(_SAVE_ROWS, ids)
            await connection.execute(_TAKE_BACK, ids, timeout=None)
            last = now().date() - timedelta(days=FREE_DAYS)
            await connection.execute(_TAKE_BACK_DAYS, ids, last, timeout=None)
            await connection.execute("CHECKPOINT", timeout=None)  # a measurement pays for itself
        finally:
            await connection.close()
        boards = [get("/v1/today", token) for token in self._tokens.values()]
        await asyncio.to_thread(send, self._mesh.port, boards, BOARD_CONNECTIONS, 60.0)

    def check_ins(self) -> Iterator[str]:
        """Yield a check-in of every habit for today, then one for yesterday, each in any order."""
        return each_once(self.owned, now().date(), FREE_DAYS)


def each_once(owned: Sequence[tuple[uuid.UUID, str]], today: date, days: int) -> Iterator[str]:
    """Yield a check-in of every habit on each of the last days once, today's first.

    Args:
        owned: The ids of habits, each with the token of its owner; shuffled for each day.
        today: The newest day.
        days: How many days.
    """
    for back in range(days):
        for habit, token in random.sample(owned, len(owned)):
            yield check_in(habit, token, today - timedelta(days=back))


async def populate(mesh: Mesh, template: Template, numbers: range, schemas: Sequence[str]) -> None:
    """Copy a template, once for each number, in the schemas of some services."""
    connection = await asyncpg.connect(mesh.database_url)
    try:
        await clone(connection, template, numbers, schemas=schemas)
    finally:
        await connection.close()
