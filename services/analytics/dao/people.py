"""The people: their settings, and when it is their turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Date,
    DateTime,
    Row,
    Uuid,
    bindparam,
    case,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.schedule import Weekday
from services.analytics.domain.person import Person
from services.analytics.tables import (
    DAILY_TOTALS,
    DAYS,
    HABITS,
    PAUSES,
    PEOPLE,
    RECOMMENDATIONS,
    REPORT_TURNS,
    REPORTS,
)

_KEEP_COUNTED = text("""
    UPDATE analytics.people AS p SET stale_from = c.before, next_count_time = c.next_time
    FROM unnest(:owner_ids, :befores, :next_times) AS c (owner_id, before, next_time)
    WHERE p.owner_id = c.owner_id
""").bindparams(
    bindparam("owner_ids", type_=ARRAY(Uuid)),
    bindparam("befores", type_=ARRAY(Date)),
    bindparam("next_times", type_=ARRAY(DateTime(timezone=True))),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A person as kept, with how far things are done for them."""

    person: Person
    account_revision: int
    """0 until auth has told of the person."""
    preferences_revision: int
    next_report_date: date | None
    next_report_time: datetime | None
    stale_from: date | None
    """Totals are counted for the days before it; None when none are."""
    next_count_time: datetime | None


async def find_person(session: AsyncSession, owner_id: UUID) -> Person | None:
    """Return the person, or None while auth has not told of them."""
    heard = select(PEOPLE).where(PEOPLE.c.owner_id == owner_id, PEOPLE.c.account_revision > 0)
    row = (await session.execute(heard)).first()
    return None if row is None or row.deleted else _person(row)


async def find_standing(session: AsyncSession, owner_id: UUID) -> Standing | None:
    """Return the person as kept, without locking; None when nothing was ever heard of them."""
    row = (await session.execute(select(PEOPLE).where(PEOPLE.c.owner_id == owner_id))).first()
    return None if row is None or row.deleted else _standing(row)


async def lock(session: AsyncSession, owner_id: UUID) -> Standing | None:
    """Keep everybody else from writing for a person until the transaction ends.

    A person not heard of yet is kept with the usual settings. None for one who is gone: what is
    still heard of them is not kept.
    """
    found = select(PEOPLE).where(PEOPLE.c.owner_id == owner_id).with_for_update()
    row = (await session.execute(found)).first()
    if row is None:
        await session.execute(insert(PEOPLE).values(owner_id=owner_id).on_conflict_do_nothing())
        row = (await session.execute(found)).one()
    return None if row.deleted else _standing(row)


async def keep_account(session: AsyncSession, person: Person, *, revision: int) -> None:
    """Keep a person's settings, as auth told them."""
    values = {
        "timezone": person.timezone,
        "day_start": person.day_start,
        "week_start": int(person.week_start),
        "floor_date": person.floor_date,
        "account_revision": revision,
    }
    await _update(session, person.id, values)


async def keep_preferences(session: AsyncSession, person: Person, *, revision: int) -> None:
    """Keep which reports a person wants, and when."""
    values = {
        "daily_report_time": person.daily_report_time,
        "weekly_report": person.weekly_report,
        "monthly_report": person.monthly_report,
        "preferences_revision": revision,
    }
    await _update(session, person.id, values)


async def keep_next_report(
    session: AsyncSession, owner_id: UUID, turn: tuple[date, datetime] | None
) -> None:
    """Keep for which day, and when, the next report is due; None when none is wanted."""
    day, moment = turn or (None, None)
    await _update(session, owner_id, {"next_report_date": day, "next_report_time": moment})


async def mark_stale(
    session: AsyncSession, owner_id: UUID, *, since: date, count_time: datetime
) -> None:
    """Say that a person's totals since a day are not right any more, and when to count again."""
    await _update(
        session,
        owner_id,
        {
            # Where nothing is counted yet, nothing can be stale: NULL stays.
            "stale_from": case(
                (PEOPLE.c.stale_from.is_(None), None),
                else_=func.least(PEOPLE.c.stale_from, since),
            ),
            "next_count_time": func.least(PEOPLE.c.next_count_time, count_time),
        },
    )


async def keep_counted(
    session: AsyncSession, counted: Sequence[tuple[UUID, date | None, datetime | None]]
) -> None:
    """Say of people before which day their totals are right, and when to count again."""
    values = {
        "owner_ids": [owner_id for owner_id, _, _ in counted],
        "befores": [before for _, before, _ in counted],
        "next_times": [next_time for _, _, next_time in counted],
    }
    await session.execute(_KEEP_COUNTED, values)


async def claim_due_reports(
    session: AsyncSession, *, now: datetime, limit: int
) -> Sequence[Standing]:
    """Lock and return people whose report is due, the longest waiting first; others skip them."""
    due = PEOPLE.c.next_report_time <= now
    return await _claim(session, due, PEOPLE.c.next_report_time, limit)


async def claim_uncounted(
    session: AsyncSession, *, now: datetime, limit: int
) -> Sequence[Standing]:
    """Lock and return people whose days are to be counted; others skip them."""
    due = PEOPLE.c.next_count_time <= now
    return await _claim(session, due, PEOPLE.c.next_count_time, limit)


async def forget(session: AsyncSession, owner_id: UUID) -> None:
    """Delete everything kept of a person, but that they are gone."""
    for table in (HABITS, DAYS, PAUSES, DAILY_TOTALS, REPORTS, REPORT_TURNS, RECOMMENDATIONS):
        await session.execute(delete(table).where(table.c.owner_id == owner_id))
    values = {
        "deleted": True,
        "timezone": "UTC",
        "floor_date": None,
        "next_report_date": None,
        "next_report_time": None,
        "next_count_time": None,
        "stale_from": None,
    }
    await _update(session, owner_id, values)


async def _claim(session: AsyncSession, due: Any, order: Any, limit: int) -> Sequence[Standing]:
    claimed = (
        select(PEOPLE).where(due).order_by(order).limit(limit).with_for_update(skip_locked=True)
    )
    return [_standing(row) for row in await session.execute(claimed)]


async def _update(session: AsyncSession, owner_id: UUID, values: dict[str, Any]) -> None:
    await session.execute(update(PEOPLE).where(PEOPLE.c.owner_id == owner_id).values(values))


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        person=_person(row),
        account_revision=row.account_revision,
        preferences_revision=row.preferences_revision,
        next_report_date=row.next_report_date,
        next_report_time=row.next_report_time,
        stale_from=row.stale_from,
        next_count_time=row.next_count_time,
    )


def _person(row: Row[Any]) -> Person:
    return Person(
        id=row.owner_id,
        timezone=row.timezone,
        day_start=row.day_start,
        week_start=Weekday(row.week_start),
        floor_date=row.floor_date,
        daily_report_time=row.daily_report_time,
        weekly_report=row.weekly_report,
        monthly_report=row.monthly_report,
    )
