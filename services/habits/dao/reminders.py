"""Stores when reminders fire next, and snoozes."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.schedule import Weekday
from services.habits.domain.reminders import (
    FIRST_SNOOZE_SLOT,
    Pending,
    Reminder,
    ScheduledReminder,
)
from services.habits.tables import HABITS, REMINDER_FIRINGS, REMINDERS, SNOOZES

_MAX_PER_PERSON = 10_000


async def list_scheduled(session: AsyncSession, habit_id: UUID) -> Sequence[ScheduledReminder]:
    """Lock a habit's reminders and return them with their next firing."""
    query = select(REMINDERS).where(REMINDERS.c.habit_id == habit_id).with_for_update()
    return [_scheduled(row) for row in (await session.execute(query)).mappings()]


async def list_scheduled_of_person(
    session: AsyncSession, owner_id: UUID
) -> Sequence[ScheduledReminder]:
    """Lock the reminders of all active habits of a person and return them."""
    query = (
        select(REMINDERS)
        .join(HABITS, HABITS.c.id == REMINDERS.c.habit_id)
        .where(HABITS.c.owner_id == owner_id, HABITS.c.archive_time.is_(None))
        .order_by(REMINDERS.c.habit_id, REMINDERS.c.id)
        .limit(_MAX_PER_PERSON)
        .with_for_update(of=REMINDERS)
    )
    return [_scheduled(row) for row in (await session.execute(query)).mappings()]


async def upsert_scheduled(session: AsyncSession, scheduled: Sequence[ScheduledReminder]) -> None:
    """Insert or replace scheduled reminders."""
    if not scheduled:
        return
    statement = insert(REMINDERS)
    statement = statement.on_conflict_do_update(
        index_elements=["habit_id", "id"],
        set_={column.name: statement.excluded[column.name] for column in REMINDERS.c},
    )
    await session.execute(statement, [_row(one) for one in scheduled])


async def delete_other_reminders(
    session: AsyncSession, habit_id: UUID, keep: Sequence[UUID]
) -> None:
    """Drop a habit's reminders but for those to keep."""
    others = REMINDERS.c.habit_id == habit_id, REMINDERS.c.id.not_in(keep)
    await session.execute(delete(REMINDERS).where(*others))


async def recheck(session: AsyncSession, owner_id: UUID) -> None:
    """Make everything of a person that waits for the end of quiet hours due for a check now."""
    theirs = select(HABITS.c.id).where(HABITS.c.owner_id == owner_id).scalar_subquery()
    for table in (REMINDERS, SNOOZES):
        waits = table.c.habit_id.in_(theirs), table.c.look_time > table.c.due_time
        await session.execute(update(table).where(*waits).values(look_time=table.c.due_time))


async def replace_snooze(session: AsyncSession, habit_id: UUID, pending: Pending) -> None:
    """Store the snooze of a day, in place of an earlier one."""
    statement = insert(SNOOZES).values(
        habit_id=habit_id,
        due_date=pending.due_date,
        slot=pending.slot,
        due_time=pending.due_time,
        look_time=pending.look_time,
    )
    moments = ("due_time", "look_time")
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["habit_id", "due_date"],
            set_={name: statement.excluded[name] for name in moments},
        )
    )


async def next_snooze_slot(session: AsyncSession, habit_id: UUID, due_date: date) -> int:
    """Return the slot of a day's next snooze: one after the last that fired."""
    rung = REMINDER_FIRINGS.c.reminder_id == habit_id, REMINDER_FIRINGS.c.due_date == due_date
    last = await session.scalar(select(func.max(REMINDER_FIRINGS.c.slot)).where(*rung))
    return FIRST_SNOOZE_SLOT if last is None else int(last) + 1


@lru_cache(maxsize=128)
def weekdays_from_bits(bits: int) -> frozenset[Weekday]:
    """Return the weekdays whose bits are set."""
    return frozenset(day for day in Weekday if bits & 1 << day)


def _scheduled(row: RowMapping) -> ScheduledReminder:
    pending = None
    if row["look_time"] is not None:
        pending = Pending(row["due_date"], row["slot"], row["due_time"], row["look_time"])
    reminder = Reminder(
        id=row["id"],
        local_time=row["local_time"],
        weekdays=weekdays_from_bits(row["weekdays"]),
        text=row["text"],
        nag_minutes=row["nag_minutes"],
    )
    return ScheduledReminder(row["habit_id"], reminder, pending, row["handled_date"])


def _row(scheduled: ScheduledReminder) -> dict[str, object]:
    reminder, pending = scheduled.reminder, scheduled.pending
    return {
        "habit_id": scheduled.habit_id,
        "id": reminder.id,
        "local_time": reminder.local_time,
        "weekdays": sum(1 << day for day in reminder.weekdays),
        "text": reminder.text,
        "nag_minutes": reminder.nag_minutes,
        "handled_date": scheduled.handled_date,
        "due_date": pending and pending.due_date,
        "slot": pending and pending.slot,
        "due_time": pending and pending.due_time,
        "look_time": pending and pending.look_time,
    }
