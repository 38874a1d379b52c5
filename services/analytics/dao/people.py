"""The people: their settings, and when their next report and recomputation are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
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
from rhythm.week_changes import week_changes_from_numbers, week_changes_to_numbers
from services.analytics.domain.as_of import AsOf
from services.analytics.domain.person import Person
from services.analytics.tables import (
    DAYS,
    HABITS,
    MONTHLY_TOTALS,
    PAUSES,
    PEOPLE,
    RECOMMENDATIONS,
    REPLAYS,
    REPORT_TURNS,
    REPORTS,
)

_UPDATE_COUNTED = text("""
    UPDATE analytics.people AS p SET stale_from = c.before, next_count_time = c.next_time
    FROM unnest(:owner_ids, :befores, :next_times) AS c (owner_id, before, next_time)
    WHERE p.owner_id = c.owner_id
""").bindparams(
    bindparam("owner_ids", type_=ARRAY(Uuid)),
    bindparam("befores", type_=ARRAY(Date)),
    bindparam("next_times", type_=ARRAY(DateTime(timezone=True))),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonState:
    """A stored person, with the progress of their reports and totals."""

    person: Person
    account_revision: int
    """0 until an event of auth has named the person."""
    preferences_revision: int
    next_report_date: date | None
    next_report_time: datetime | None
    stale_from: date | None
    """Totals are counted for the days before it; None when none are."""
    next_count_time: datetime | None
    as_of: AsOf


async def find_person(session: AsyncSession, owner_id: UUID) -> Person | None:
    """Return the person, or None while no event of auth has named them."""
    known = select(PEOPLE).where(PEOPLE.c.owner_id == owner_id, PEOPLE.c.account_revision > 0)
    row = (await session.execute(known)).first()
    return None if row is None or row.deleted else _person(row)


async def find_state(session: AsyncSession, owner_id: UUID) -> PersonState | None:
    """Return the stored state of a person, without locking; None when they are unknown."""
    row = (await session.execute(select(PEOPLE).where(PEOPLE.c.owner_id == owner_id))).first()
    return None if row is None or row.deleted else _person_state(row)


async def lock(session: AsyncSession, owner_id: UUID) -> PersonState | None:
    """Lock a person's row until the transaction ends, so that writes for them queue.

    An unknown person is added with default settings. None for a deleted person: their late events
    are ignored.
    """
    found = select(PEOPLE).where(PEOPLE.c.owner_id == owner_id).with_for_update()
    row = (await session.execute(found)).first()
    if row is None:
        await session.execute(insert(PEOPLE).values(owner_id=owner_id).on_conflict_do_nothing())
        row = (await session.execute(found)).one()
    return None if row.deleted else _person_state(row)


async def lock_to_change(session: AsyncSession, owner_id: UUID) -> PersonState | None:
    """Lock a person's row as `lock` does, and count a change of their read model."""
    state = await lock(session, owner_id)
    if state is not None:
        values = {"revision": PEOPLE.c.revision + 1, "change_time": func.clock_timestamp()}
        await _update(session, owner_id, values)
    return state


async def update_account(session: AsyncSession, person: Person, *, revision: int) -> None:
    """Store a person's settings."""
    values = {
        "timezone": person.timezone,
        "day_start": person.day_start,
        "week_start": int(person.week_start),
        "week_changes": week_changes_to_numbers(person.week_changes),
        "floor_date": person.floor_date,
        "locale": person.locale,
        "account_revision": revision,
    }
    await _update(session, person.id, values)


async def update_preferences(session: AsyncSession, person: Person, *, revision: int) -> None:
    """Store which reports a person wants, and when."""
    values = {
        "daily_report_time": person.daily_report_time,
        "weekly_report": person.weekly_report,
        "monthly_report": person.monthly_report,
        "preferences_revision": revision,
    }
    await _update(session, person.id, values)


async def update_next_report(
    session: AsyncSession, owner_id: UUID, due: tuple[date, datetime] | None
) -> None:
    """Store for which day, and when, the next report is due; None when none is wanted."""
    day, moment = due or (None, None)
    await _update(session, owner_id, {"next_report_date": day, "next_report_time": moment})


async def mark_stale(
    session: AsyncSession, owner_id: UUID, *, since: date, count_time: datetime
) -> None:
    """Mark a person's totals since a day as stale, and set when to recompute them."""
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


async def update_counted(
    session: AsyncSession, counted: Sequence[tuple[UUID, date | None, datetime | None]]
) -> None:
    """Store before which day the totals of people are right, and when to recompute next."""
    values = {
        "owner_ids": [owner_id for owner_id, _, _ in counted],
        "befores": [before for _, before, _ in counted],
        "next_times": [next_time for _, _, next_time in counted],
    }
    await session.execute(_UPDATE_COUNTED, values)


async def claim_due_reports(
    session: AsyncSession, *, now: datetime, limit: int
) -> Sequence[PersonState]:
    """Lock and return people whose report is due, the longest waiting first; others skip them."""
    due = PEOPLE.c.next_report_time <= now
    return await _claim(session, due, PEOPLE.c.next_report_time, limit)


async def claim_people_to_count(
    session: AsyncSession, *, now: datetime, limit: int
) -> Sequence[PersonState]:
    """Lock and return people whose days are to be counted; others skip them."""
    due = PEOPLE.c.next_count_time <= now
    return await _claim(session, due, PEOPLE.c.next_count_time, limit)


async def mark_deleted(session: AsyncSession, owner_id: UUID) -> None:
    """Delete everything of a person, and leave a tombstone."""
    everything = (HABITS, DAYS, PAUSES, MONTHLY_TOTALS, REPORTS, REPORT_TURNS, RECOMMENDATIONS)
    for table in (*everything, REPLAYS):
        await session.execute(delete(table).where(table.c.owner_id == owner_id))
    values = {
        "deleted": True,
        "timezone": "UTC",
        "locale": "en",
        "day_start": time(),
        "week_start": 0,
        "floor_date": None,
        "daily_report_time": None,
        "next_report_date": None,
        "next_report_time": None,
        "next_count_time": None,
        "stale_from": None,
    }
    await _update(session, owner_id, values)


async def _claim(session: AsyncSession, due: Any, order: Any, limit: int) -> Sequence[PersonState]:
    claimed = (
        select(PEOPLE).where(due).order_by(order).limit(limit).with_for_update(skip_locked=True)
    )
    return [_person_state(row) for row in await session.execute(claimed)]


async def _update(session: AsyncSession, owner_id: UUID, values: dict[str, Any]) -> None:
    await session.execute(update(PEOPLE).where(PEOPLE.c.owner_id == owner_id).values(values))


def _person_state(row: Row[Any]) -> PersonState:
    return PersonState(
        person=_person(row),
        account_revision=row.account_revision,
        preferences_revision=row.preferences_revision,
        next_report_date=row.next_report_date,
        next_report_time=row.next_report_time,
        stale_from=row.stale_from,
        next_count_time=row.next_count_time,
        as_of=AsOf(row.revision, row.change_time),
    )


def _person(row: Row[Any]) -> Person:
    return Person(
        id=row.owner_id,
        timezone=row.timezone,
        day_start=row.day_start,
        week_start=Weekday(row.week_start),
        week_changes=week_changes_from_numbers(row.week_changes),
        floor_date=row.floor_date,
        daily_report_time=row.daily_report_time,
        weekly_report=row.weekly_report,
        monthly_report=row.monthly_report,
        locale=row.locale,
    )
