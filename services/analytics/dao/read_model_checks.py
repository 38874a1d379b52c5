"""The comparisons of the read model with habits: whose turn it is, and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.plan import DayFact, Mark
from services.analytics.dao.habit_records import habit_of
from services.analytics.domain.read_model_check import OwnerRows
from services.analytics.tables import DAYS, HABITS, PAUSES, PEOPLE, READ_MODEL_CHECKS

_CLAIM = text("""
    INSERT INTO analytics.read_model_checks AS c (check_date, update_time, last_owner_id)
    VALUES (:day, :now, (SELECT last_owner_id FROM analytics.read_model_checks
        ORDER BY check_date DESC LIMIT 1))
    ON CONFLICT (check_date) DO UPDATE SET update_time = excluded.update_time
    WHERE NOT c.done AND c.update_time < :abandoned
    RETURNING last_owner_id, people_count
""")


@dataclass(frozen=True, slots=True)
class ClaimedCheck:
    """A check of a day that this process carries out."""

    day: date
    after_owner_id: UUID
    """Compared last, by this check or the one before."""
    people_count: int
    """Compared by this check, before its process was killed."""


@dataclass(frozen=True, slots=True)
class CheckTotals:
    """What all checks together have compared and found."""

    people_count: int
    drift_count: int
    last_time: datetime | None


async def claim_check(
    session: AsyncSession, day: date, *, now: datetime, abandoned: datetime
) -> ClaimedCheck | None:
    """Claim the check of a day; None where it is done, or another process carries it out.

    One that was not gone on with since `abandoned` is gone on with.
    """
    values = {"day": day, "now": now, "abandoned": abandoned}
    row = (await session.execute(_CLAIM, values)).first()
    if row is None:
        return None
    return ClaimedCheck(day, row.last_owner_id or UUID(int=0), row.people_count)


async def list_owners(session: AsyncSession, *, after: UUID, limit: int) -> Sequence[UUID]:
    """Return people in the order of their ids, after one."""
    owners = select(PEOPLE.c.owner_id).where(PEOPLE.c.owner_id > after, PEOPLE.c.deleted.is_(False))
    return (await session.scalars(owners.order_by(PEOPLE.c.owner_id).limit(limit))).all()


async def update_check(
    session: AsyncSession, day: date, owner_id: UUID, *, people: int, drift: int, now: datetime
) -> None:
    """Store that people were compared, up to one, and in how many rows they differed."""
    checks = READ_MODEL_CHECKS.c
    values = {
        "last_owner_id": owner_id,
        "people_count": checks.people_count + people,
        "drift_count": checks.drift_count + drift,
        "update_time": now,
    }
    await session.execute(update(READ_MODEL_CHECKS).where(checks.check_date == day).values(values))


async def mark_done(session: AsyncSession, day: date) -> None:
    """Store that the check of a day is over."""
    checks = READ_MODEL_CHECKS
    await session.execute(update(checks).where(checks.c.check_date == day).values(done=True))


async def count_checks(session: AsyncSession) -> CheckTotals:
    """Return what all checks together have found; a row a day."""
    checks = READ_MODEL_CHECKS.c
    totals = select(
        func.coalesce(func.sum(checks.people_count), 0),
        func.coalesce(func.sum(checks.drift_count), 0),
        func.max(checks.update_time),
    )
    return CheckTotals(*(await session.execute(totals)).one())


async def read_owner_rows(session: AsyncSession, owner_id: UUID) -> OwnerRows:
    """Return all rows of a person, without tombstones."""
    habits = select(HABITS).where(HABITS.c.owner_id == owner_id, HABITS.c.deleted.is_(False))
    days = select(DAYS).where(
        DAYS.c.owner_id == owner_id,
        DAYS.c.mark.is_not(None) | DAYS.c.amount_thousandths.is_not(None),
    )
    pauses = select(PAUSES).where(PAUSES.c.owner_id == owner_id, PAUSES.c.deleted.is_(False))
    return OwnerRows(
        habits={row.habit_id: habit_of(row) for row in await session.execute(habits)},
        days={(row.habit_id, row.day): _state(row) for row in await session.execute(days)},
        pauses={
            row.pause_id: (row.habit_id, row.from_date, row.to_date)
            for row in await session.execute(pauses)
        },
    )


def _state(row: Row[Any]) -> tuple[int, DayFact]:
    mark = Mark(row.mark) if row.mark else None
    return row.revision, DayFact(mark, row.amount_thousandths or 0)
