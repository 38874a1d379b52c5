"""Habits that are to be counted together, and the facts of their days as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
from sqlalchemy import ARRAY, Date, Text, Uuid, bindparam, case, cast, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.checkpoint import Checkpoint
from rhythm.goal import Measure
from rhythm.plan import Version, VersionSpan
from rhythm.schedule import Weekday
from rhythm.vectorized.counted_habit import (
    CountedHabit,
    closing_day,
    days_of_pause,
    span_of,
)
from rhythm.vectorized.day_grid import FactColumns
from rhythm.week_changes import WeekChanges
from services.analytics.dao.habit_records import MOST_HABITS, list_pauses
from services.analytics.dao.people import PersonState
from services.analytics.domain.person import Person
from services.analytics.tables import HABITS

_DAYS_BITS = 3
_MARK_BITS = 3
_HAS_AMOUNT = 4
_ARRAY_HEADER = 20
_DAY_ITEM = np.dtype([("size", ">i4"), ("value", ">i4")])
_AMOUNT_ITEM = np.dtype([("size", ">i4"), ("value", ">i8")])
_FACTS = text("""
    SELECT found.days, found.amounts
    FROM unnest(:habit_ids, :firsts) WITH ORDINALITY AS asked (habit_id, first, place)
    CROSS JOIN LATERAL (
        SELECT array_send(array_agg(
                (d.day - date '0001-01-01' + 1) * 8
                + CASE d.mark WHEN 'done' THEN 1 WHEN 'skip' THEN 2 WHEN 'missed' THEN 3 ELSE 0 END
                + CASE WHEN d.amount_thousandths IS NULL THEN 0 ELSE 4 END)) AS days,
            array_send(array_agg(d.amount_thousandths)
                FILTER (WHERE d.amount_thousandths IS NOT NULL)) AS amounts
        FROM analytics.days AS d
        WHERE d.habit_id = asked.habit_id AND d.day >= asked.first
            AND (d.mark IS NOT NULL OR d.amount_thousandths IS NOT NULL)
    ) AS found
    ORDER BY asked.place
""").bindparams(bindparam("habit_ids", type_=ARRAY(Uuid)), bindparam("firsts", type_=ARRAY(Date)))


@dataclass(frozen=True, slots=True)
class SingleHabit:
    """A habit that is counted by itself.

    Attributes:
        habit_id: The habit.
        person: The place of its owner among the people.
        start_date: Its first day.
    """

    habit_id: UUID
    person: int
    start_date: date


@dataclass(frozen=True, slots=True)
class HabitsToCount:
    """The habits of people: those that arrays can count, and the others."""

    together: list[CountedHabit]
    by_themselves: list[SingleHabit]

    def start_dates(self) -> dict[int, date]:
        """Return the first day of any habit of each person who has one, by their place."""
        found = {it.person: it.start_date for it in self.by_themselves}
        for single in self.by_themselves:
            found[single.person] = min(found[single.person], single.start_date)
        starts: dict[int, int] = {}
        for habit in self.together:
            starts[habit.person] = min(habit.start, starts.get(habit.person, habit.start))
        for person, start in starts.items():
            day = date.fromordinal(start)
            found[person] = min(day, found.get(person, day))
        return found


async def list_habits_to_count(
    session: AsyncSession,
    people: Sequence[PersonState],
    today: Sequence[date],
    *,
    earliest: date,
    distance: timedelta,
    step: timedelta,
) -> HabitsToCount:
    """Return the habits of people, each with what is to be counted of it.

    Args:
        session: The transaction.
        people: The people.
        today: The day of each.
        earliest: The first day to count of a person of whom nothing is counted.
        distance: How far before today checkpoints are closed.
        step: By how much a checkpoint moves at least; others are not read.
    """
    places = {state.person.id: place for place, state in enumerate(people)}
    pauses = await list_pauses(session, places)
    movable = max(today, default=earliest) - distance - step
    never_lived = [_never_lived(it.person, day) for it, day in zip(people, today, strict=True)]
    found = HabitsToCount([], [])
    for row in await _rows(session, list(places), movable):
        habit_id, owner_id, measure, start_date, archived_date, versions, kept, unread_date = tuple(
            row
        )
        place = places[owner_id]
        state, day = people[place], today[place].toordinal()
        person = state.person
        span = _span(measure, versions, person.week_start, person.week_changes)
        if span is None:
            found.by_themselves.append(SingleHabit(habit_id, place, start_date))
            continue
        start = start_date.toordinal()
        archived = archived_date.toordinal() if archived_date else None
        checkpoint = _usable_checkpoint(kept, span, start, archived, day)
        through = closing_day(span, start, archived, day - distance.days)
        known = checkpoint.through if checkpoint else unread_date
        moved = through - (known.toordinal() if known else start - 1)
        own = (*pauses[owner_id, None], *pauses[owner_id, habit_id])
        found.together.append(
            CountedHabit(
                habit_id=habit_id,
                person=place,
                span=span,
                counts_days=measure == Measure.YES_NO,
                start=start,
                archived=archived,
                since=(state.stale_from or earliest).toordinal(),
                today=day,
                checkpoint=checkpoint,
                through=through if moved >= step.days else None,
                pauses=tuple(map(days_of_pause, own)),
                never_lived=never_lived[place],
            )
        )
    return found


async def list_facts(session: AsyncSession, habits: Sequence[CountedHabit]) -> FactColumns:
    """Return the facts that counting habits needs, as arrays."""
    values = {
        "habit_ids": [habit.habit_id for habit in habits],
        "firsts": [date.fromordinal(habit.first_needed) for habit in habits],
    }
    rows = (await session.execute(_FACTS, values)).all() if habits else []
    days, counts = _joined([row.days for row in rows], _DAY_ITEM)
    amounts, _ = _joined([row.amounts for row in rows], _AMOUNT_ITEM)
    amount_of = np.zeros(len(days), np.int64)
    amount_of[(days & _HAS_AMOUNT) != 0] = amounts
    return FactColumns(
        rows=np.repeat(np.arange(len(rows)), counts),
        days=days >> _DAYS_BITS,
        marks=(days & _MARK_BITS).astype(np.uint8),
        amounts=amount_of,
    )


async def _rows(
    session: AsyncSession, owner_ids: Sequence[UUID], movable: date
) -> list[tuple[Any, ...]]:
    """Return rows of habits; of checkpoints those that may move, of others their date."""
    is_movable = HABITS.c.checkpoint_date <= movable
    query = (
        select(
            HABITS.c.habit_id,
            HABITS.c.owner_id,
            HABITS.c.measure,
            HABITS.c.start_date,
            HABITS.c.archived_date,
            cast(HABITS.c.versions, Text).label("versions"),
            case((is_movable, HABITS.c.checkpoint)).label("checkpoint"),
            case((~is_movable, HABITS.c.checkpoint_date)).label("unread_date"),
        )
        .where(HABITS.c.owner_id.in_(owner_ids), HABITS.c.deleted.is_(False))
        .limit(MOST_HABITS * len(owner_ids))
    )
    return [tuple(row) for row in await session.execute(query)]


@lru_cache(maxsize=4_096)
def _span(
    measure: str, versions: str, week_start: Weekday, week_changes: WeekChanges
) -> VersionSpan | None:
    """Read what a habit asks; most ask alike."""
    read = msgspec.json.decode(versions, type=tuple[Version, ...])
    return span_of(Measure(measure), read, week_start, week_changes)


def _usable_checkpoint(
    values: Sequence[Any] | None, span: VersionSpan, start: int, archived: int | None, today: int
) -> Checkpoint | None:
    if values is None:
        return None
    try:
        checkpoint = Checkpoint.from_values(values)
    except (ValueError, TypeError):  # kept by an earlier version
        return None
    through = checkpoint.through.toordinal()
    fits = closing_day(span, start, archived, through) == through
    holds = span.strength_parameters.window_days <= checkpoint.window_days
    return checkpoint if fits and holds and through < max(today, start) else None


def _never_lived(person: Person, today: date) -> tuple[int, ...]:
    return tuple(day.toordinal() for day in person.dates_never_lived(today))


def _joined(arrays: Sequence[bytes | None], item: Any) -> tuple[Any, Any]:
    """Return the items of arrays in PostgreSQL's binary form, and how many each has."""
    parts = [it[_ARRAY_HEADER:] if it else b"" for it in arrays]
    counts = np.array([len(part) // item.itemsize for part in parts], np.int64)
    return np.frombuffer(b"".join(parts), item)["value"].astype(np.int64), counts
