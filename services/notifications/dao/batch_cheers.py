"""The cheer of a batch of check-ins: one message, to which each habit of the batch is added."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.domain.event_data import HabitDone, Streak, Unit
from services.notifications.domain.messages import Draft
from services.notifications.domain.sending import State
from services.notifications.tables import MESSAGES

_M = MESSAGES.c


def batch_to_column(done: Sequence[HabitDone]) -> list[dict[str, str | int]]:
    """Return the habits of a batch as they are stored with its cheer."""
    return [
        {
            "habit_id": str(it.habit_id),
            "title": it.title,
            "logical_date": it.logical_date.isoformat(),
            "length": it.streak.length,
            "unit": it.streak.unit.value,
        }
        for it in done
    ]


async def lock_unsent_batch(session: AsyncSession, event: HabitDone) -> Sequence[HabitDone] | None:
    """Return the habits of the event's batch that have been added, and lock its cheer.

    None when there is no cheer yet; an empty sequence when it is sent already.
    """
    found = select(_M.state, _M.batch).where(
        _M.owner_id == event.owner_id, _M.batch_id == event.batch_id
    )
    row = (await session.execute(found.with_for_update())).first()
    if row is None:
        return None
    if row.state != State.PENDING.value:
        return ()
    return [
        replace(
            event,
            habit_id=UUID(it["habit_id"]),
            title=it["title"],
            logical_date=date.fromisoformat(it["logical_date"]),
            streak=Streak(it["length"], Unit(it["unit"])),
        )
        for it in row.batch
    ]


async def replace_batch_cheer(
    session: AsyncSession, draft: Draft, done: Sequence[HabitDone], *, due_time: datetime
) -> None:
    """Save the text of a batch's cheer, and the habits that it names."""
    ours = (_M.owner_id == draft.owner_id) & (_M.batch_id == done[0].batch_id)
    await session.execute(
        update(MESSAGES)
        .where(ours)
        .values(text=draft.text, batch=batch_to_column(done), due_time=due_time)
    )
