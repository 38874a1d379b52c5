"""Habits with the facts of their days, as far back as an answer needs."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Date, Row, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.boundaries import facts_needed_from
from rhythm.checkpoint import Checkpoint, fits
from rhythm.goal import Measure
from rhythm.plan import DayFact, Mark, Pause, Plan, Version
from services.analytics.domain.habit import Habit, HabitRecord
from services.analytics.domain.person import Person
from services.analytics.domain.window import ONE_DAY
from services.analytics.tables import HABITS, PAUSES

MOST_HABITS = 1_000
"""Of one person; the habits service allows fewer."""
MOST_PAUSES = 10_000
"""Of one person."""
MOST_DAYS = 1_000_000
"""Of all the people asked for at once."""
IMPORTED = 4
"""`contracts.habits.v1.SOURCE_IMPORT`, as the column `source` keeps it."""

_DAYS = text("""
    SELECT d.habit_id, d.day, d.mark, d.amount_thousandths, d.source, d.update_time
    FROM unnest(:habit_ids, :firsts) AS asked (habit_id, first)
    JOIN analytics.days AS d ON d.habit_id = asked.habit_id AND d.day >= asked.first
    WHERE d.mark IS NOT NULL OR d.amount_thousandths IS NOT NULL
    LIMIT :most
""").bindparams(bindparam("habit_ids", type_=ARRAY(Uuid)), bindparam("firsts", type_=ARRAY(Date)))


class TooManyDays(Exception):
    """More days were asked for at once than memory should hold. Ask for fewer people."""

    def __init__(self, habit_count: int) -> None:
        super().__init__(f"{habit_count} habits have more than {MOST_DAYS} days together.")


@dataclass(slots=True)
class _Days:
    """What is read of one habit's days."""

    facts: dict[date, DayFact] = field(default_factory=dict)
    moments: dict[date, datetime] = field(default_factory=dict)


async def list_records(
    session: AsyncSession,
    people: Sequence[Person],
    *,
    since: Mapping[UUID, date],
    today: Mapping[UUID, date],
    with_streaks: bool = True,
    from_checkpoints: bool = True,
    habit_ids: Collection[UUID] | None = None,
) -> dict[UUID, list[HabitRecord]]:
    """Return the records of people, each person's by position.

    Args:
        session: The transaction.
        people: Whose records.
        since: By person, the first day that is to be counted; what it looks back on comes too.
        today: By person, their logical date.
        with_streaks: Read back to each checkpoint too, so that streaks can be counted.
        from_checkpoints: Whether checkpoints hold for these people's settings; else all is read.
        habit_ids: Only these habits; all when left out.
    """
    by_owner = {person.id: person for person in people}
    pauses = await list_pauses(session, by_owner)
    kept: list[tuple[Habit, Plan, Checkpoint | None]] = []
    firsts: list[date] = []
    for row in await _habit_rows(session, by_owner, habit_ids):
        habit = habit_of(row)
        person = by_owner[habit.owner_id]
        plan = habit.plan(person.week_start, person.week_changes)
        usable = from_checkpoints and row.checkpoint is not None
        checkpoint = _usable_checkpoint(row.checkpoint, plan, today[person.id]) if usable else None
        needed = facts_needed_from(plan, since[person.id] - ONE_DAY)
        if with_streaks:
            needed = min(needed, _first_day_for_streak(plan, checkpoint))
        kept.append((habit, plan, checkpoint))
        firsts.append(needed)
    found = await _days(session, [habit.id for habit, _, _ in kept], firsts)
    records: dict[UUID, list[HabitRecord]] = {owner_id: [] for owner_id in by_owner}
    for habit, plan, checkpoint in kept:
        owner_id = habit.owner_id
        facts = found[habit.id].facts
        never_lived = by_owner[owner_id].dates_never_lived(today[owner_id])
        unlived = (Pause(day, day) for day in never_lived if day not in facts)
        record = HabitRecord(
            habit=habit,
            plan=plan,
            facts=facts,
            moments=found[habit.id].moments,
            pauses=(*pauses[owner_id, None], *pauses[owner_id, habit.id], *unlived),
            checkpoint=checkpoint,
        )
        records[owner_id].append(record)
    return records


def habit_of(row: Row[Any]) -> Habit:
    """Return a row of `habits` as a habit."""
    return Habit(
        id=row.habit_id,
        owner_id=row.owner_id,
        revision=row.revision,
        title=row.title,
        unit=row.unit,
        measure=Measure(row.measure),
        start_date=row.start_date,
        archived_date=row.archived_date,
        versions=msgspec.convert(row.versions, tuple[Version, ...]),
        reminder_times=msgspec.convert(row.reminder_times, tuple[time, ...]),
        position=row.position,
        create_time=row.create_time,
    )


async def _habit_rows(
    session: AsyncSession, people: Mapping[UUID, Person], habit_ids: Collection[UUID] | None
) -> Sequence[Row[Any]]:
    theirs = (
        select(HABITS)
        .where(HABITS.c.owner_id.in_(people), HABITS.c.deleted.is_(False))
        .order_by(HABITS.c.owner_id, HABITS.c.position, HABITS.c.habit_id)
        .limit(MOST_HABITS * len(people))
    )
    if habit_ids is not None:
        theirs = theirs.where(HABITS.c.habit_id.in_(habit_ids))
    return (await session.execute(theirs)).all()


async def list_pauses(
    session: AsyncSession, people: Collection[UUID]
) -> Mapping[tuple[UUID, UUID | None], list[Pause]]:
    """Return pauses by owner and habit; those of all habits under None."""
    theirs = (
        select(PAUSES.c.owner_id, PAUSES.c.habit_id, PAUSES.c.from_date, PAUSES.c.to_date)
        .where(PAUSES.c.owner_id.in_(people), PAUSES.c.deleted.is_(False))
        .limit(MOST_PAUSES * len(people))
    )
    found: defaultdict[tuple[UUID, UUID | None], list[Pause]] = defaultdict(list)
    for owner_id, habit_id, from_date, to_date in await session.execute(theirs):
        found[owner_id, habit_id].append(Pause(from_date, to_date))
    return found


async def _days(
    session: AsyncSession, habit_ids: Sequence[UUID], firsts: Sequence[date]
) -> Mapping[UUID, _Days]:
    found: defaultdict[UUID, _Days] = defaultdict(_Days)
    if not habit_ids:
        return found
    values = {"habit_ids": list(habit_ids), "firsts": list(firsts), "most": MOST_DAYS + 1}
    rows = (await session.execute(_DAYS, values)).all()
    if len(rows) > MOST_DAYS:
        raise TooManyDays(len(habit_ids))
    for habit_id, day, mark, amount, source, update_time in rows:
        days = found[habit_id]
        days.facts[day] = DayFact(Mark(mark) if mark else None, amount or 0)
        if source != IMPORTED:
            days.moments[day] = update_time
    return found


def _usable_checkpoint(values: Sequence[Any], plan: Plan, today: date) -> Checkpoint | None:
    """Return the stored checkpoint, if evaluation can continue from it."""
    try:
        checkpoint = Checkpoint.from_values(values)
    except (ValueError, TypeError):  # kept by an earlier version: the next count makes it anew
        return None
    if not fits(checkpoint, plan):
        return None
    return checkpoint if checkpoint.through < max(today, plan.start_date) else None


def _first_day_for_streak(plan: Plan, checkpoint: Checkpoint | None) -> date:
    """Return the first day whose facts the streak depends on."""
    if checkpoint is None:
        return plan.start_date
    return facts_needed_from(plan, checkpoint.through)
