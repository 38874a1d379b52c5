"""Habits of many people with their days in one go, made by the database: for rebuilds of them.

The kinds and days are those of `sample_read_model`. Nothing is derived from the days yet.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from bench.sample_read_model import (
    HABITS_EACH,
    KINDS,
    LAST_DAY,
    MISSED_EVERY,
    SampleReadModel,
    days_of,
)
from rhythm.plan import Version
from services.habits.dao.rows import row_from_habit
from services.habits.domain.habit import Habit

_NOON = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 12, tzinfo=UTC)
_PEOPLE = """
    INSERT INTO habits.people (owner_id, revision)
    SELECT md5('person' || n)::uuid, 1 FROM generate_series(1, $1) n"""
_HABITS = """
    INSERT INTO habits.habits (id, owner_id, title, description, color, icon, tags, position,
        start_date, measure, unit, versions, reminders, create_time, update_time)
    SELECT md5('habit' || n || '.' || k.place)::uuid, md5('person' || n)::uuid, 'Drink water',
        '', '', '', '{}', k.place, $2::date, k.measure, '', k.versions::jsonb, '[]', $2, $2
    FROM generate_series(1, $1) AS n,
        unnest($3::text[], $4::text[]) WITH ORDINALITY AS k (measure, versions, place)"""
_PROGRESS = r"""
    INSERT INTO habits.progress (habit_id, recent) SELECT id, '\x90' FROM habits.habits"""
_DAYS = """
    INSERT INTO habits.days (habit_id, day, mark, amount, note, source, revision, update_time)
    SELECT h.id, d::date, (h.measure = 'yes_no')::integer, CASE h.measure WHEN 'quantity'
        THEN 1000 * (1 + abs(hashtext(h.id::text) + n) % 12) END, '', 3, n, d + interval '18 hours'
    FROM generate_series($1::date, $2::date, '1 day') WITH ORDINALITY AS days (d, n)
    CROSS JOIN LATERAL (SELECT * FROM habits.habits OFFSET 0) AS h
    WHERE (hashtext(h.id::text) & 1023) % $3 <> n % $3"""


async def fill_habits(
    connection: asyncpg.Connection[asyncpg.Record], people: int, check_ins: int
) -> SampleReadModel:
    """Fill an empty schema of habits with about so many check-ins."""
    days = days_of(people, check_ins)
    first = LAST_DAY - timedelta(days=days - 1)
    versions: list[str] = []
    for measure, schedule, goal in KINDS:
        habit = Habit(
            id=UUID(int=0),
            owner_id=UUID(int=0),
            title="Drink water",
            start_date=first,
            measure=measure,
            versions=(Version(first, schedule, goal),),
            create_time=_NOON,
            update_time=_NOON,
        )
        versions.append(json.dumps(row_from_habit(habit)["versions"]))
    measures = [measure.value for measure, _, _ in KINDS]
    await connection.execute(_PEOPLE, people)
    await connection.execute(_HABITS, people, first, measures, versions)
    await connection.execute(_PROGRESS)
    await connection.execute(_DAYS, first, LAST_DAY, MISSED_EVERY, timeout=None)
    await connection.execute("VACUUM (ANALYZE)", timeout=None)
    count = await connection.fetchval("SELECT count(*) FROM habits.days")
    return SampleReadModel(people, people * HABITS_EACH, count, days)
