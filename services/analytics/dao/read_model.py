"""The read model: habits, days and pauses, each with the revision that settles late events.

Whoever writes here has locked the person (`people.lock`).
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    SmallInteger,
    Text,
    Uuid,
    bindparam,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.checkpoint import Checkpoint
from services.analytics.dao.habit_records import IMPORTED, habit_of
from services.analytics.domain.habit import Habit, RecordedDay, RecordedPause
from services.analytics.tables import DAYS, HABITS, PAUSES, RECOMMENDATIONS

_NOT_IMPORTED = 0
_NOW = func.clock_timestamp()
_UPSERT_DAYS = text("""
    INSERT INTO analytics.days AS kept (habit_id, day, owner_id, revision, mark,
        amount_thousandths, source, update_time, hear_time)
    SELECT offered.*, clock_timestamp()
    FROM unnest(:habit_ids, :days, :owner_ids, :revisions, :marks, :amounts, :sources,
        :update_times) AS offered (habit_id, day, owner_id, revision, mark, amount, source, at)
    WHERE NOT EXISTS (SELECT FROM analytics.habits AS h
        WHERE h.habit_id = offered.habit_id AND h.deleted)
    ON CONFLICT (habit_id, day) DO UPDATE SET
        owner_id = excluded.owner_id, revision = excluded.revision, mark = excluded.mark,
        amount_thousandths = excluded.amount_thousandths, source = excluded.source,
        update_time = excluded.update_time, hear_time = excluded.hear_time
    WHERE kept.revision < excluded.revision
        OR :heard_before IS NOT NULL
        AND (kept.revision = excluded.revision OR kept.hear_time < :heard_before)
    RETURNING day
""").bindparams(
    bindparam("habit_ids", type_=ARRAY(Uuid)),
    bindparam("days", type_=ARRAY(Date)),
    bindparam("owner_ids", type_=ARRAY(Uuid)),
    bindparam("revisions", type_=ARRAY(BigInteger)),
    bindparam("marks", type_=ARRAY(Text)),
    bindparam("amounts", type_=ARRAY(BigInteger)),
    bindparam("sources", type_=ARRAY(SmallInteger)),
    bindparam("update_times", type_=ARRAY(DateTime(timezone=True))),
    bindparam("heard_before", type_=DateTime(timezone=True)),
)
_UPDATE_CHECKPOINTS = text("""
    UPDATE analytics.habits AS h
    SET checkpoint = CAST(c.checkpoint AS jsonb), checkpoint_date = c.through
    FROM unnest(:habit_ids, :checkpoints, :dates) AS c (habit_id, checkpoint, through)
    WHERE h.habit_id = c.habit_id
""").bindparams(
    bindparam("habit_ids", type_=ARRAY(Uuid)),
    bindparam("checkpoints", type_=ARRAY(Text)),
    bindparam("dates", type_=ARRAY(Date)),
)


_HAS_MISSING = text("""
    SELECT EXISTS (
        SELECT FROM unnest(:habit_ids, :habit_revisions, :day_revisions)
            AS w (habit_id, revision, day_revision)
        LEFT JOIN analytics.habits AS h
            ON h.habit_id = w.habit_id AND h.owner_id = :owner_id
        WHERE h.habit_id IS NULL
            OR NOT h.deleted AND (h.revision < w.revision
                OR w.day_revision > 0 AND NOT EXISTS (
                    SELECT FROM analytics.days AS d
                    WHERE d.habit_id = w.habit_id AND d.revision >= w.day_revision)))
""").bindparams(
    bindparam("habit_ids", type_=ARRAY(Uuid)),
    bindparam("habit_revisions", type_=ARRAY(BigInteger)),
    bindparam("day_revisions", type_=ARRAY(BigInteger)),
)


async def find_habit(session: AsyncSession, habit_id: UUID) -> Habit | None:
    """Return a stored habit; None when it is unknown or deleted."""
    row = (await session.execute(select(HABITS).where(HABITS.c.habit_id == habit_id))).first()
    return None if row is None or row.deleted else habit_of(row)


async def is_deleted(session: AsyncSession, habit_id: UUID) -> bool:
    """Say whether a habit was deleted."""
    return bool(await session.scalar(select(HABITS.c.deleted).where(HABITS.c.habit_id == habit_id)))


async def has_revisions(
    session: AsyncSession, owner_id: UUID, wanted: Sequence[tuple[UUID, int, int]]
) -> bool:
    """Return whether habits and their days are known as far as some revisions.

    A habit that was deleted meanwhile is; one of somebody else is as unknown as one of nobody.
    """
    values = {
        "owner_id": owner_id,
        "habit_ids": [habit_id for habit_id, _, _ in wanted],
        "habit_revisions": [revision for _, revision, _ in wanted],
        "day_revisions": [revision for _, _, revision in wanted],
    }
    return not await session.scalar(_HAS_MISSING, values)


async def upsert_habit(
    session: AsyncSession, habit: Habit, *, received_before: datetime | None = None
) -> bool:
    """Store a habit unless a later edit or its deletion is known; return whether it was stored.

    With `received_before`, a row written before that moment is replaced whatever its revision:
    a rebuild has the truth.
    """
    values = {
        "owner_id": habit.owner_id,
        "revision": habit.revision,
        "deleted": False,
        "title": habit.title,
        "unit": habit.unit,
        "measure": habit.measure.value,
        "start_date": habit.start_date,
        "archived_date": habit.archived_date,
        "versions": msgspec.to_builtins(habit.versions),
        "reminder_times": msgspec.to_builtins(habit.reminder_times),
        "position": habit.position,
        "create_time": habit.create_time,
        "hear_time": _NOW,
    }
    new: ColumnElement[bool] = HABITS.c.deleted.is_(False) & (HABITS.c.revision < habit.revision)
    if received_before is not None:
        same = HABITS.c.deleted.is_(False) & (HABITS.c.revision == habit.revision)
        new = or_(new, same, HABITS.c.hear_time < received_before)
    kept = (
        insert(HABITS)
        .values(habit_id=habit.id, **values)
        .on_conflict_do_update(index_elements=["habit_id"], set_=values, where=new)
        .returning(HABITS.c.habit_id)
    )
    return (await session.scalar(kept)) is not None


async def mark_habit_deleted(session: AsyncSession, owner_id: UUID, habit_id: UUID) -> None:
    """Delete a habit and its days, and leave a tombstone: late events of it are then ignored."""
    values: dict[str, Any] = {
        "deleted": True,
        "title": "",
        "versions": [],
        "reminder_times": [],
        "checkpoint": None,
        "checkpoint_date": None,
        "hear_time": _NOW,
    }
    unknown: dict[str, Any] = {
        "habit_id": habit_id,
        "owner_id": owner_id,
        "revision": 0,
        "unit": "",
        "measure": "yes_no",
        "start_date": date(1900, 1, 1),
        "position": 0,
        "create_time": _NOW,
    }
    tombstone = insert(HABITS).values(**unknown, **values)
    await session.execute(tombstone.on_conflict_do_update(index_elements=["habit_id"], set_=values))
    for table in (DAYS, PAUSES, RECOMMENDATIONS):
        await session.execute(delete(table).where(table.c.habit_id == habit_id))


async def upsert_days(
    session: AsyncSession, days: Sequence[RecordedDay], *, received_before: datetime | None = None
) -> Sequence[date]:
    """Store days unless a later state of them, or the deletion of their habit, is known.

    Returns the dates that were stored. `received_before` as in `upsert_habit`. A cleared day is
    stored too, so that an earlier state of it that arrives late is ignored. Days are unique.
    """
    if not days:
        return []
    values: dict[str, Any] = {
        "habit_ids": [day.habit_id for day in days],
        "days": [day.day for day in days],
        "owner_ids": [day.owner_id for day in days],
        "revisions": [day.revision for day in days],
        "marks": [day.fact.mark.value if day.fact and day.fact.mark else None for day in days],
        "amounts": [day.fact.amount_thousandths if day.fact else None for day in days],
        "sources": [IMPORTED if day.imported else _NOT_IMPORTED for day in days],
        "update_times": [day.update_time for day in days],
        "heard_before": received_before,
    }
    return (await session.scalars(_UPSERT_DAYS, values)).all()


async def upsert_pause(
    session: AsyncSession,
    recorded: RecordedPause,
    *,
    deleted: bool,
    received_before: datetime | None = None,
) -> None:
    """Store a pause, or its deletion. A deleted pause never returns.

    `received_before` as in `upsert_habit`.
    """
    values: dict[str, Any] = {
        "owner_id": recorded.owner_id,
        "habit_id": recorded.habit_id,
        "from_date": recorded.pause.from_date,
        "to_date": recorded.pause.to_date,
    }
    offered = insert(PAUSES).values(pause_id=recorded.id, deleted=deleted, hear_time=_NOW, **values)
    deleted_before: ColumnElement[bool] = PAUSES.c.deleted
    if received_before is not None:
        deleted_before = PAUSES.c.deleted & (PAUSES.c.hear_time >= received_before)
    change: dict[str, Any] = {
        "deleted": deleted_before | offered.excluded.deleted,
        "hear_time": _NOW,
    }
    if received_before is not None:  # pauses never change: dates that differ are wrong
        change |= values
    await session.execute(offered.on_conflict_do_update(index_elements=["pause_id"], set_=change))


async def update_checkpoints(
    session: AsyncSession, closed: Sequence[tuple[UUID, Checkpoint]]
) -> None:
    """Store the checkpoints from which evaluation of habits continues."""
    if not closed:
        return
    values = {
        "habit_ids": [habit_id for habit_id, _ in closed],
        "checkpoints": [
            msgspec.json.encode(checkpoint.to_values()).decode() for _, checkpoint in closed
        ],
        "dates": [checkpoint.through for _, checkpoint in closed],
    }
    await session.execute(_UPDATE_CHECKPOINTS, values)


async def delete_checkpoints(
    session: AsyncSession, owner_id: UUID, *, since: date, habit_id: UUID | None = None
) -> None:
    """Delete the checkpoints that a change on a day invalidates, of one habit or of all."""
    invalid = (HABITS.c.owner_id == owner_id) & (HABITS.c.checkpoint_date >= since)
    if habit_id is not None:
        invalid &= HABITS.c.habit_id == habit_id
    values = {"checkpoint": None, "checkpoint_date": None}
    await session.execute(update(HABITS).where(invalid).values(values))
