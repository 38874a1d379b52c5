"""The rebuild: the read model made anew from the habits service's export, while events go on.

Rows written before the export began are in the export, or were deleted: so the export replaces
them. Rows written while it runs are newer or the same: there the higher revision wins, as always.
Revisions are never dropped, so an event that was delayed all the while is still known as late.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database
from services.analytics.dao import people, read_model, rebuild
from services.analytics.domain.habit import ExportChunk

_DAYS_AT_ONCE = 4_000
"""In one transaction, which locks their people meanwhile."""


async def begin(session: AsyncSession) -> datetime:
    """Return the moment the rebuild begins. Ask for the export after this."""
    return await rebuild.database_time(session)


async def count_habits(session: AsyncSession, owner_id: UUID | None) -> int:
    """Return about how many habits the export will have: as many as are known."""
    return await rebuild.count_habits(session, owner_id)


async def copy_export(
    database: Database,
    chunks: AsyncIterator[ExportChunk],
    *,
    began: datetime,
    on_habits: Callable[[int], None] = lambda _: None,
) -> tuple[int, int]:
    """Store an export, some thousand days in a transaction; return how many habits and days.

    Args:
        database: Where the read model is.
        chunks: The export; the people in order of their ids, as they are locked.
        began: When the rebuild began.
        on_habits: Told how many habits were stored each time.
    """
    habit_count = day_count = 0
    last: UUID | None = None
    async for some in _batches(chunks):
        last = await _apply(database, some, last, began)
        habits = sum(it.habit is not None for it in some)
        habit_count, day_count = habit_count + habits, day_count + sum(len(it.days) for it in some)
        on_habits(habits)
    if last is not None:
        async with database.transaction() as session:
            await rebuild.clear_missing_days(session, [last], received_before=began)
    return habit_count, day_count


async def _batches(chunks: AsyncIterator[ExportChunk]) -> AsyncIterator[list[ExportChunk]]:
    """Yield the chunks of each transaction."""
    some: list[ExportChunk] = []
    size = 0
    async for chunk in chunks:
        some.append(chunk)
        size += len(chunk.days) + 1
        if size >= _DAYS_AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


async def _apply(
    database: Database, chunks: Sequence[ExportChunk], last: UUID | None, began: datetime
) -> UUID | None:
    """Store chunks; return the habit that the last of them is of, whose days may go on.

    Days of the others that the export did not contain are cleared.

    Args:
        database: Where the read model is.
        chunks: The chunks.
        last: The habit that the chunk before was of.
        began: When the rebuild began.
    """
    async with database.transaction() as session:
        is_known: dict[UUID, bool] = {}
        for owner_id in dict.fromkeys(it.owner_id for it in chunks):
            is_known[owner_id] = await people.lock_to_change(session, owner_id) is not None
        kept = [it for it in chunks if is_known[it.owner_id]]
        for chunk in kept:
            for recorded in chunk.pauses:
                await read_model.upsert_pause(
                    session, recorded, deleted=False, received_before=began
                )
            if chunk.habit is not None:
                await read_model.upsert_habit(session, chunk.habit, received_before=began)
        days = [day for chunk in kept for day in chunk.days]
        await read_model.upsert_days(session, days, received_before=began)
        begun = [it.habit.id for it in chunks if it.habit is not None]
        finished = [last, *begun[:-1]] if begun else []
        over = [it for it in finished if it is not None]
        await rebuild.clear_missing_days(session, over, received_before=began)
    return begun[-1] if begun else last


async def finish(
    session: AsyncSession, owner_id: UUID | None, *, began: datetime, now: datetime
) -> int:
    """Delete what the export did not contain, and mark all totals as stale."""
    deleted_count = await rebuild.mark_missing_deleted(session, owner_id, received_before=began)
    await rebuild.mark_everything_stale(session, owner_id, now=now)
    return deleted_count
