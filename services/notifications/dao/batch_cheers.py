"""The cheer of a batch of check-ins: one message, to which each habit of the batch is added."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.dao.messages import batch_to_column
from services.notifications.domain.event_data import HabitDone, Streak, Unit
from services.notifications.domain.messages import Draft
from services.notifications.domain.sending import State
from services.notifications.tables import MESSAGES

_M = MESSAGES.c


async def lock_unsent_batch(session: AsyncSession, event: HabitDone) -> Sequence[HabitDone]:
    """Return the habits that the unsent cheer of the event's batch names, and lock it.

    Empty when there is no such cheer, or it is sent already.
    """
    found = select(_M.batch).where(
        _M.owner_id == event.owner_id,
        _M.batch_id == event.batch_id,
        _M.state == State.PENDING.value,
    )
    batch = await session.scalar(found.with_for_update())
    return [
        replace(
            event,
            habit_id=UUID(it["habit_id"]),
            title=it["title"],
            logical_date=date.fromisoformat(it["logical_date"]),
            streak=Streak(it["length"], Unit(it["unit"])),
        )
        for it in batch or ()
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
