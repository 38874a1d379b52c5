"""The rebuild: the read model made anew from the habits service's export, while events go on.

Rows written before the export began are in the export, or were deleted: so the export replaces
them. Rows written while it runs are newer or the same: there the higher revision wins, as always.
Revisions are never dropped, so an event that was delayed all the while is still known as late.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.dao import people, read_model, rebuild
from services.analytics.domain.habit import ExportChunk


async def begin(session: AsyncSession) -> datetime:
    """Return the moment the rebuild begins. Ask for the export after this."""
    return await rebuild.database_time(session)


async def count_habits(session: AsyncSession, owner_id: UUID | None) -> int:
    """Return about how many habits the export will have: as many as are known."""
    return await rebuild.count_habits(session, owner_id)


async def apply_chunk(session: AsyncSession, chunk: ExportChunk, *, began: datetime) -> None:
    """Store a chunk of the export."""
    if await people.lock_to_change(session, chunk.owner_id) is None:
        return
    for recorded in chunk.pauses:
        await read_model.upsert_pause(session, recorded, deleted=False, received_before=began)
    if chunk.habit is not None:
        await read_model.upsert_habit(session, chunk.habit, received_before=began)
    await read_model.upsert_days(session, chunk.days, received_before=began)


async def finish_habit(session: AsyncSession, habit_id: UUID, *, began: datetime) -> int:
    """Clear a habit's older days that the export did not contain, once all of them are stored."""
    return await rebuild.clear_missing_days(session, habit_id, received_before=began)


async def finish(
    session: AsyncSession, owner_id: UUID | None, *, began: datetime, now: datetime
) -> int:
    """Delete what the export did not contain, and mark all totals as stale."""
    deleted_count = await rebuild.mark_missing_deleted(session, owner_id, received_before=began)
    await rebuild.mark_everything_stale(session, owner_id, now=now)
    return deleted_count
