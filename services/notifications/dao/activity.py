"""A person's latest check-in and praise, for the tone of the next cheer."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.domain.cheers import Activity
from services.notifications.tables import ACTIVITY

_A = ACTIVITY.c


async def lock_activity(session: AsyncSession, owner_id: UUID) -> Activity:
    """Return a person's activity and lock it, so that of two cheers one is the day's first."""
    await session.execute(insert(ACTIVITY).values(owner_id=owner_id).on_conflict_do_nothing())
    found = select(_A.last_done_date, _A.last_praise_date).where(_A.owner_id == owner_id)
    row = (await session.execute(found.with_for_update())).one()
    return Activity(row.last_done_date, row.last_praise_date)


async def update_activity(session: AsyncSession, owner_id: UUID, activity: Activity) -> None:
    """Store a person's activity, which is locked."""
    values = {
        "last_done_date": activity.last_done_date,
        "last_praise_date": activity.last_praise_date,
    }
    await session.execute(update(ACTIVITY).where(_A.owner_id == owner_id).values(**values))
