"""Lists check-ins and their changes, and exports everything of a person."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from chassis.database import Connection
from rhythm.schedule import ONE_DAY
from services.habits.dao import check_in_lists as dao
from services.habits.dao import export as export_dao
from services.habits.dao import snapshots as snapshots_dao
from services.habits.domain.check_in import Change, CheckIn
from services.habits.domain.errors import HabitNotFound, RangeEndsBeforeStart
from services.habits.domain.export import ExportChunk
from services.habits.domain.people import Person

_FIRST_ID = UUID(int=0)
_OWNERS_PER_BATCH = 100


async def list_check_ins(
    connection: Connection,
    person: Person,
    habit_id: UUID,
    *,
    from_date: date | None,
    to_date: date | None,
    before: date | None,
    limit: int,
    now: datetime,
) -> list[CheckIn]:
    """Return the days of a habit on which something is recorded, newest first.

    Raises:
        HabitNotFound: The person has no such habit.
        RangeEndsBeforeStart: The last day lies before the first.
    """
    start = await dao.find_start_date(connection, person.id, habit_id)
    if start is None:
        raise HabitNotFound(habit_id)
    last = to_date
    if last is None:
        last = (await snapshots_dao.resolve_person(connection, person)).today(now)
    first = from_date or min(start, last)
    if last < first:
        raise RangeEndsBeforeStart(first, last)
    if before is not None:
        last = min(last, before - ONE_DAY)
    return await dao.list_check_ins(connection, habit_id, first, last, limit=limit)


async def list_changes(
    connection: Connection,
    person: Person,
    habit_id: UUID,
    *,
    before: UUID | None,
    limit: int,
) -> list[Change]:
    """Return every change ever made to a habit's days, newest first.

    Raises:
        HabitNotFound: The person has no such habit.
    """
    if await dao.find_start_date(connection, person.id, habit_id) is None:
        raise HabitNotFound(habit_id)
    return await dao.list_changes(connection, habit_id, before=before, limit=limit)


async def export(
    connection: Connection, owner_id: UUID | None, *, now: datetime
) -> AsyncIterator[ExportChunk]:
    """Yield everything of one person, or of everybody, as it is at one moment."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        owners = [owner_id] if owner_id else await _next_owners(connection, _FIRST_ID)
        while owners:
            owner_exports = await export_dao.list_owner_exports(connection, owners)
            async for chunk in _chunks(connection, owner_exports, now):
                yield chunk
            owners = [] if owner_id else await _next_owners(connection, owners[-1])


async def _next_owners(connection: Connection, after: UUID) -> list[UUID]:
    return await export_dao.list_owners(connection, after=after, limit=_OWNERS_PER_BATCH)


async def _chunks(
    connection: Connection, owner_exports: Sequence[export_dao.OwnerExport], now: datetime
) -> AsyncIterator[ExportChunk]:
    """Yield some people's things, person by person and habit by habit, as the days stream in."""
    habit_ids = [habit.id for owner_export in owner_exports for habit in owner_export.habits]
    stream = dao.stream_check_ins(connection, habit_ids)
    upcoming = await anext(stream, None)
    for person, habits, pauses in owner_exports:
        blank = ExportChunk(person.id, person.today(now))
        first = replace(blank, pauses=pauses)
        for habit in habits:
            first = replace(first, habit=habit)
            if upcoming is None or upcoming[0] != habit.id:
                yield first
            while upcoming is not None and upcoming[0] == habit.id:
                yield replace(first, check_ins=upcoming[1])
                first = blank
                upcoming = await anext(stream, None)
            first = blank
        if pauses and not habits:
            yield first
