"""Writes days of many people in one statement, on a connection of the hot pool.

The people are locked first, in the order of their ids, so that batches and other writers for them
queue, and nobody recomputes totals from facts that are about to change. The statement has a
snapshot of its own, taken after that: it sees who and what has been deleted meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from services.analytics.dao.habit_records import IMPORTED
from services.analytics.domain.habit import RecordedDay

_NOT_IMPORTED = 0
_ADD_PEOPLE = """
    INSERT INTO analytics.people (owner_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING"""
_LOCK_PEOPLE = """
    SELECT owner_id FROM analytics.people WHERE owner_id = ANY($1::uuid[])
    ORDER BY owner_id FOR UPDATE"""
_UPSERT = """
    WITH fresh AS (
        INSERT INTO analytics.inbox (event_id) SELECT unnest($1::uuid[])
        ON CONFLICT DO NOTHING RETURNING event_id
    ), latest AS (
        SELECT DISTINCT ON (o.habit_id, o.day) o.*
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[], $5::bigint[], $6::text[],
            $7::bigint[], $8::smallint[], $9::timestamptz[])
            AS o (event_id, owner_id, habit_id, day, revision, mark, amount, source, update_time)
        JOIN fresh USING (event_id)
        JOIN analytics.people AS p ON p.owner_id = o.owner_id AND NOT p.deleted
        WHERE NOT EXISTS (SELECT FROM analytics.habits AS h
            WHERE h.habit_id = o.habit_id AND h.deleted)
        ORDER BY o.habit_id, o.day, o.revision DESC
    ), stored AS (
        INSERT INTO analytics.days AS kept (habit_id, day, owner_id, revision, mark,
            amount_thousandths, source, update_time, hear_time)
        SELECT habit_id, day, owner_id, revision, mark, amount, source, update_time,
            clock_timestamp()
        FROM latest
        ON CONFLICT (habit_id, day) DO UPDATE SET
            owner_id = excluded.owner_id, revision = excluded.revision, mark = excluded.mark,
            amount_thousandths = excluded.amount_thousandths, source = excluded.source,
            update_time = excluded.update_time, hear_time = excluded.hear_time
        WHERE kept.revision < excluded.revision
        RETURNING owner_id, habit_id, day
    ), invalid AS (
        UPDATE analytics.habits AS h SET checkpoint = NULL, checkpoint_date = NULL
        FROM (SELECT habit_id, min(day) AS since FROM stored GROUP BY habit_id) AS s
        WHERE h.habit_id = s.habit_id AND h.checkpoint_date >= s.since
    ), stale AS (
        UPDATE analytics.people AS p SET
            stale_from = CASE WHEN p.stale_from IS NULL THEN NULL
                ELSE least(p.stale_from, s.since) END,
            next_count_time = CASE WHEN s.since < p.stale_from THEN least(p.next_count_time, $11)
                ELSE coalesce(p.next_count_time, $10) END,
            revision = p.revision + 1, change_time = clock_timestamp()
        FROM (SELECT owner_id, min(day) AS since FROM stored GROUP BY owner_id) AS s
        WHERE p.owner_id = s.owner_id
    )
    SELECT count(*) FROM fresh"""


async def upsert_days(
    connection: Connection,
    changes: Sequence[tuple[UUID, RecordedDay]],
    *,
    count_time: datetime,
    recount_time: datetime,
) -> int:
    """Store days with the ids of their events; return how many events were new.

    A day is left alone where a later state of it, or the deletion of its habit or owner, is known.
    Totals since a changed day become stale, checkpoints after it are deleted. To be called in a
    transaction.

    Args:
        connection: The transaction.
        changes: The days.
        count_time: When to count people who would never be.
        recount_time: When to count people at the latest of whom a counted day has changed.
    """
    owner_ids = list({day.owner_id for _, day in changes})
    locked = await connection.fetch(_LOCK_PEOPLE, owner_ids)
    if len(locked) < len(owner_ids):
        await connection.execute(_ADD_PEOPLE, owner_ids)
        await connection.fetch(_LOCK_PEOPLE, owner_ids)
    days = [day for _, day in changes]
    new_count: int = await connection.fetchval(
        _UPSERT,
        [event_id for event_id, _ in changes],
        [day.owner_id for day in days],
        [day.habit_id for day in days],
        [day.day for day in days],
        [day.revision for day in days],
        [day.fact.mark.value if day.fact and day.fact.mark else None for day in days],
        [day.fact.amount_thousandths if day.fact else None for day in days],
        [IMPORTED if day.imported else _NOT_IMPORTED for day in days],
        [day.update_time for day in days],
        count_time,
        recount_time,
    )
    return new_count
