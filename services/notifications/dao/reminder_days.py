"""Days of habits, as their events say, and the reminders that are dropped or edited for them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, literal, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection
from services.notifications.domain.delivery_policy import DONE_MEANWHILE, PAUSED_MEANWHILE
from services.notifications.domain.reminder_days import (
    EDIT_DELAY,
    DayChange,
    DayOutcome,
    PauseRange,
    effective_state,
)
from services.notifications.tables import DAYS

_D = DAYS.c
_PURGE_LIMIT = 5_000

# Written for both drivers: `{0}` is the first parameter, `$1` or `:p0`.
_UPSERT_DAYS = """
    INSERT INTO notifications.days AS d
        (owner_id, habit_id, logical_date, revision, state, streak_length, streak_unit)
    SELECT DISTINCT ON (logical_date, habit_id) * FROM unnest(
        CAST({0} AS uuid[]), CAST({1} AS uuid[]), CAST({2} AS date[]), CAST({3} AS bigint[]),
        CAST({4} AS text[]), CAST({5} AS int[]), CAST({6} AS text[])
    ) AS g (owner_id, habit_id, logical_date, revision, state, streak_length, streak_unit)
    WHERE NOT EXISTS (
        SELECT FROM notifications.people p WHERE p.owner_id = g.owner_id AND p.deleted)
    ORDER BY logical_date, habit_id, revision DESC, streak_length DESC
    ON CONFLICT (logical_date, habit_id) DO UPDATE
    SET revision = excluded.revision, state = excluded.state,
        streak_length = excluded.streak_length, streak_unit = excluded.streak_unit
    WHERE d.revision < excluded.revision
        OR d.revision = excluded.revision AND d.streak_length < excluded.streak_length
    RETURNING habit_id, logical_date"""

# A schedule differs from the one before, which tells a sender that it was made again meanwhile.
_SCHEDULE_EDITS = """
    UPDATE notifications.messages m
    SET state = CASE WHEN m.state = 'pending' AND (d.state <> 'open' OR d.paused)
                     THEN 'dropped' ELSE m.state END,
        detail = CASE WHEN m.state = 'pending' AND (d.state <> 'open' OR d.paused)
                      THEN {2} ELSE m.detail END,
        edit_time = CASE WHEN m.state = 'pending' THEN NULL
                         ELSE greatest(m.edit_time + interval '1 microsecond', {3}) END
    FROM unnest(CAST({0} AS uuid[]), CAST({1} AS date[])) AS g (habit_id, logical_date)
    JOIN notifications.days d USING (habit_id, logical_date)
    WHERE m.habit_id = g.habit_id AND m.logical_date = g.logical_date
        AND m.kind = 'reminder' AND m.state IN ('pending', 'sending', 'sent')
    RETURNING m.id"""


async def apply_day_changes(
    session: AsyncSession | Connection, changes: Sequence[DayChange], *, now: datetime
) -> None:
    """Store new states of days, and have their reminders dropped, or edited in a moment.

    Days of deleted people are left out.
    """
    rows = await _run(
        session,
        _UPSERT_DAYS,
        [it.owner_id for it in changes],
        [it.habit_id for it in changes],
        [it.logical_date for it in changes],
        [it.revision for it in changes],
        [it.state.value for it in changes],
        [it.streak.length for it in changes],
        [it.streak.unit.value for it in changes],
    )
    days = [(row[0], row[1]) for row in rows]
    await _schedule_edits(session, days, detail=DONE_MEANWHILE, now=now)


async def apply_pause(session: AsyncSession, pause: PauseRange, *, now: datetime) -> None:
    """Store for days that have reminders whether they are paused, and have those edited."""
    of_pause = _D.owner_id == pause.owner_id
    if pause.habit_id is not None:
        of_pause &= _D.habit_id == pause.habit_id
    paused = literal(not pause.deleted) & (_D.logical_date >= pause.from_date)
    if pause.to_date is not None:
        paused &= _D.logical_date <= pause.to_date
    changed = update(DAYS).where(of_pause, _D.paused != paused).values(paused=paused)
    rows = await session.execute(changed.returning(_D.habit_id, _D.logical_date))
    days = [(row.habit_id, row.logical_date) for row in rows]
    await _schedule_edits(session, days, detail=PAUSED_MEANWHILE, now=now)


async def lock_day(
    session: AsyncSession, owner_id: UUID, habit_id: UUID, logical_date: date
) -> DayOutcome:
    """Return what became of a day; until the transaction ends, no other changes it."""
    row = insert(DAYS).values(owner_id=owner_id, habit_id=habit_id, logical_date=logical_date)
    locked = row.on_conflict_do_update(
        index_elements=[_D.logical_date, _D.habit_id], set_={"revision": _D.revision}
    )
    stored = (await session.execute(locked.returning(_D.state, _D.paused))).one()
    return effective_state(stored.state, paused=stored.paused)


async def purge_days(session: AsyncSession, *, before: date) -> int:
    """Delete some days before a date; return how many."""
    key = tuple_(_D.logical_date, _D.habit_id)
    old = select(_D.logical_date, _D.habit_id).where(_D.logical_date < before).limit(_PURGE_LIMIT)
    deleted = await session.execute(delete(DAYS).where(key.in_(old)).returning(_D.habit_id))
    return len(deleted.all())


async def _schedule_edits(
    session: AsyncSession | Connection,
    days: Sequence[tuple[UUID, date]],
    *,
    detail: str,
    now: datetime,
) -> None:
    """Drop the reminders of these days that wait to be sent; have the others looked at."""
    if days:  # after the days' own statement: it sees reminders that that one has waited for
        habits, dates = [it[0] for it in days], [it[1] for it in days]
        await _run(session, _SCHEDULE_EDITS, habits, dates, detail, now + EDIT_DELAY)


async def _run(session: AsyncSession | Connection, sql: str, *values: Any) -> Sequence[Any]:
    """Run a statement on either kind of connection; return its rows."""
    if isinstance(session, AsyncSession):
        names = [f"p{place}" for place in range(len(values))]
        statement = text(sql.format(*(f":{name}" for name in names)))
        return (await session.execute(statement, dict(zip(names, values, strict=True)))).all()
    numbered = sql.format(*(f"${place}" for place in range(1, len(values) + 1)))
    rows: Sequence[Any] = await session.fetch(numbered, *values)
    return rows
