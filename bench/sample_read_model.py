"""A read model of many people in one go, made by the database: ten habits each, day after day.

Check-ins lie in the table in the order of their days, as events bring them, so the days of one
habit are scattered over all of it. Every fifth day of a habit has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import asyncpg
import msgspec

from rhythm.goal import Direction, Goal, Measure
from rhythm.plan import Version
from rhythm.schedule import Frequency, Schedule, Weekday

HABITS_EACH = 10
MISSED_EVERY = 5
LAST_DAY = date(2026, 11, 23)
"""The newest day that has check-ins."""

_DAILY = Schedule(Frequency.DAILY)
_FRIDAYS = Schedule(Frequency.WEEKLY, weekdays=(Weekday.MON, Weekday.WED, Weekday.FRI))
_EIGHT = Goal(amount_thousandths=8_000)
_AT_MOST_TWO = Goal(Direction.AT_MOST, amount_thousandths=2_000)
KINDS: tuple[tuple[Measure, Schedule, Goal], ...] = (
    *((Measure.YES_NO, _DAILY, Goal()),) * 4,
    *((Measure.YES_NO, Schedule(Frequency.WEEKLY, times=3), Goal()),) * 2,
    (Measure.YES_NO, _FRIDAYS, Goal()),
    (Measure.QUANTITY, _DAILY, _EIGHT),
    (Measure.QUANTITY, _DAILY, _AT_MOST_TWO),
    (Measure.YES_NO, Schedule(Frequency.MONTHLY, times=10), Goal()),
)
"""What the ten habits of a person ask: the mix of the other benchmarks, and a limit."""

_PEOPLE = """
    INSERT INTO analytics.people (owner_id, account_revision, daily_report_time, next_count_time)
    SELECT md5('person' || n)::uuid, 1, NULL, '2026-11-23 12:00+00' FROM generate_series(1, $1) n"""
_HABITS = """
    INSERT INTO analytics.habits (habit_id, owner_id, revision, title, unit, measure, start_date,
        versions, reminder_times, position, create_time, hear_time)
    SELECT md5('habit' || n || '.' || k.place)::uuid, md5('person' || n)::uuid, 1, 'Drink water',
        '', k.measure, $2::date, k.versions::jsonb, '[]', k.place, $2::date, $2::date
    FROM generate_series(1, $1) AS n,
        unnest($3::text[], $4::text[]) WITH ORDINALITY AS k (measure, versions, place)"""
_DAYS = """
    INSERT INTO analytics.days (habit_id, day, owner_id, revision, mark, amount_thousandths,
        source, update_time, hear_time)
    SELECT h.habit_id, d::date, h.owner_id, n, CASE h.measure WHEN 'yes_no' THEN 'done' END,
        CASE h.measure WHEN 'quantity' THEN 1000 * (1 + abs(hashtext(h.habit_id::text) + n) % 12)
        END, 3, d + interval '18 hours', d + interval '18 hours'
    FROM generate_series($1::date, $2::date, '1 day') WITH ORDINALITY AS days (d, n)
    CROSS JOIN LATERAL (SELECT * FROM analytics.habits OFFSET 0) AS h
    WHERE (hashtext(h.habit_id::text) & 1023) % $3 <> n % $3"""
_INDEXES = """
    SELECT coalesce('ALTER TABLE analytics.days DROP CONSTRAINT ' || quote_ident(c.conname),
            'DROP INDEX analytics.' || quote_ident(r.relname)),
        coalesce('ALTER TABLE analytics.days ADD CONSTRAINT ' || quote_ident(c.conname) || ' '
            || pg_get_constraintdef(c.oid), pg_get_indexdef(i.indexrelid))
    FROM pg_index AS i JOIN pg_class AS r ON r.oid = i.indexrelid
    LEFT JOIN pg_constraint AS c ON c.conindid = i.indexrelid
    WHERE i.indrelid = 'analytics.days'::regclass"""


@dataclass(frozen=True)
class SampleReadModel:
    """How large the read model is."""

    people: int
    habits: int
    check_ins: int
    days: int


async def fill(
    connection: asyncpg.Connection[asyncpg.Record], people: int, check_ins: int
) -> SampleReadModel:
    """Fill an empty read model with about so many check-ins."""
    days = days_of(people, check_ins)
    first = LAST_DAY - timedelta(days=days - 1)
    versions = [
        msgspec.json.encode([Version(first, schedule, goal)]).decode()
        for _, schedule, goal in KINDS
    ]
    await connection.execute(_PEOPLE, people)
    await connection.execute(_HABITS, people, first, [it.value for it, _, _ in KINDS], versions)
    indexes = await connection.fetch(_INDEXES)  # made again at the end: many times faster
    for drop, _ in indexes:
        await connection.execute(drop)
    await connection.execute(_DAYS, first, LAST_DAY, MISSED_EVERY, timeout=None)
    for _, create in indexes:
        await connection.execute(create, timeout=None)
    await connection.execute("VACUUM (ANALYZE)", timeout=None)
    count = await connection.fetchval("SELECT count(*) FROM analytics.days")
    return SampleReadModel(people, people * HABITS_EACH, count, days)


def days_of(people: int, check_ins: int) -> int:
    """Return for how many days people have so many check-ins together."""
    return max(check_ins * MISSED_EVERY // ((MISSED_EVERY - 1) * people * HABITS_EACH), 1)


async def add_day(connection: asyncpg.Connection[asyncpg.Record], day: date) -> None:
    """Add a day's check-ins, as events bring them."""
    await connection.execute(_DAYS, day, day, MISSED_EVERY, timeout=None)
