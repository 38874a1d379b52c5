"""What events told: habits, days and pauses, each with what tells late news from new.

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
from services.analytics.dao.records import IMPORTED, habit_of
from services.analytics.domain.habit import DeclaredPause, Habit, RecordedDay
from services.analytics.tables import DAYS, HABITS, PAUSES, RECOMMENDATIONS

_NOT_IMPORTED = 0
_NOW = func.clock_timestamp()
_KEEP_DAYS = text("""
    INSERT INTO analytics.days AS kept (habit_id, day, owner_id, revision, mark,
        amount_thousandths, source, update_time, hear_time)
    SELECT told.*, clock_timestamp()
    FROM unnest(:habit_ids, :days, :owner_ids, :revisions, :marks, :amounts, :sources,
        :update_times) AS told (habit_id, day, owner_id, revision, mark, amount, source, at)
    WHERE NOT EXISTS (SELECT FROM analytics.habits AS gone
        WHERE gone.habit_id = told.habit_id AND gone.deleted)
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
_KEEP_CHECKPOINTS = text("""
    UPDATE analytics.habits AS h
    SET checkpoint = CAST(c.checkpoint AS jsonb), checkpoint_date = c.through
    FROM unnest(:habit_ids, :checkpoints, :dates) AS c (habit_id, checkpoint, through)
    WHERE h.habit_id = c.habit_id
""").bindparams(
    bindparam("habit_ids", type_=ARRAY(Uuid)),
    bindparam("checkpoints", type_=ARRAY(Text)),
    bindparam("dates", type_=ARRAY(Date)),
)


async def find_habit(session: AsyncSession, habit_id: UUID) -> Habit | None:
    """Return a habit as kept; None when it was never heard of, or is gone."""
    row = (await session.execute(select(HABITS).where(HABITS.c.habit_id == habit_id))).first()
    return None if row is None or row.deleted else habit_of(row)


async def is_gone(session: AsyncSession, habit_id: UUID) -> bool:
    """Say whether a habit was deleted."""
    return bool(await session.scalar(select(HABITS.c.deleted).where(HABITS.c.habit_id == habit_id)))


async def keep_habit(
    session: AsyncSession, habit: Habit, *, heard_before: datetime | None = None
) -> bool:
    """Keep a habit unless a later edit, or its end, is known; say whether it was kept.

    With `heard_before` what is kept gives way whenever it was heard before that moment: a rebuild
    knows better.
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
    if heard_before is not None:
        same = HABITS.c.deleted.is_(False) & (HABITS.c.revision == habit.revision)
        new = or_(new, same, HABITS.c.hear_time < heard_before)
    kept = (
        insert(HABITS)
        .values(habit_id=habit.id, **values)
        .on_conflict_do_update(index_elements=["habit_id"], set_=values, where=new)
        .returning(HABITS.c.habit_id)
    )
    return (await session.scalar(kept)) is not None


async def forget_habit(session: AsyncSession, owner_id: UUID, habit_id: UUID) -> None:
    """Delete what is kept of a habit, but that it is gone: its days may still arrive."""
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
    gone = insert(HABITS).values(**unknown, **values)
    await session.execute(gone.on_conflict_do_update(index_elements=["habit_id"], set_=values))
    for table in (DAYS, PAUSES, RECOMMENDATIONS):
        await session.execute(delete(table).where(table.c.habit_id == habit_id))


async def keep_days(
    session: AsyncSession, days: Sequence[RecordedDay], *, heard_before: datetime | None = None
) -> Sequence[date]:
    """Keep days unless later states of them, or the end of their habit, are known.

    Returns the dates that were kept. `heard_before` as in `keep_habit`. A cleared day is kept too,
    so that an earlier state of it that arrives late is known as late. No day may come twice.
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
        "heard_before": heard_before,
    }
    return (await session.scalars(_KEEP_DAYS, values)).all()


async def keep_pause(
    session: AsyncSession,
    declared: DeclaredPause,
    *,
    deleted: bool,
    heard_before: datetime | None = None,
) -> None:
    """Keep a pause, or that it was taken back. One taken back never returns.

    `heard_before` as in `keep_habit`.
    """
    values = {
        "owner_id": declared.owner_id,
        "habit_id": declared.habit_id,
        "from_date": declared.pause.from_date,
        "to_date": declared.pause.to_date,
    }
    offered = insert(PAUSES).values(pause_id=declared.id, deleted=deleted, hear_time=_NOW, **values)
    gone: ColumnElement[bool] = PAUSES.c.deleted
    if heard_before is not None:
        gone = PAUSES.c.deleted & (PAUSES.c.hear_time >= heard_before)
    change = {"deleted": gone | offered.excluded.deleted, "hear_time": _NOW}
    await session.execute(offered.on_conflict_do_update(index_elements=["pause_id"], set_=change))


async def keep_checkpoints(
    session: AsyncSession, closed: Sequence[tuple[UUID, Checkpoint]]
) -> None:
    """Keep where counting habits can go on from."""
    if not closed:
        return
    values = {
        "habit_ids": [habit_id for habit_id, _ in closed],
        "checkpoints": [
            msgspec.json.encode(checkpoint.to_values()).decode() for _, checkpoint in closed
        ],
        "dates": [checkpoint.through for _, checkpoint in closed],
    }
    await session.execute(_KEEP_CHECKPOINTS, values)


async def drop_checkpoints(
    session: AsyncSession, owner_id: UUID, *, since: date, habit_id: UUID | None = None
) -> None:
    """Forget the checkpoints that a change on a day makes worthless, of one habit or of all."""
    worthless = (HABITS.c.owner_id == owner_id) & (HABITS.c.checkpoint_date >= since)
    if habit_id is not None:
        worthless &= HABITS.c.habit_id == habit_id
    values = {"checkpoint": None, "checkpoint_date": None}
    await session.execute(update(HABITS).where(worthless).values(values))
