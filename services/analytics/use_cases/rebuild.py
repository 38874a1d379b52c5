"""The rebuild: the read model made anew from the habits service's export, while events go on.

What was heard before the export began is in the export, or is gone: so the export wins over it.
What is heard while the export runs is newer or the same: there the revision decides, as ever.
Nothing forgets a revision, so that an event that was delayed all the while is still known as late.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.dao import heard, people, rebuild
from services.analytics.domain.habit import Portion


async def begin(session: AsyncSession) -> datetime:
    """Return the moment the rebuild begins. Ask for the export after this."""
    return await rebuild.moment(session)


async def take_in(session: AsyncSession, portion: Portion, *, began: datetime) -> None:
    """Keep a portion of the export."""
    if await people.lock(session, portion.owner_id) is None:
        return
    for declared in portion.pauses:
        await heard.keep_pause(session, declared, deleted=False, heard_before=began)
    if portion.habit is not None:
        await heard.keep_habit(session, portion.habit, heard_before=began)
    await heard.keep_days(session, portion.days, heard_before=began)


async def finish_habit(session: AsyncSession, habit_id: UUID, *, began: datetime) -> int:
    """Clear what is left of a habit's days from before, once all of them are taken in."""
    return await rebuild.sweep_days(session, habit_id, heard_before=began)


async def finish(
    session: AsyncSession, owner_id: UUID | None, *, began: datetime, now: datetime
) -> int:
    """Remove what the export did not hold, and have everything counted again."""
    gone = await rebuild.sweep(session, owner_id, heard_before=began)
    await rebuild.count_everything_again(session, owner_id, now=now)
    return gone
