"""People's preferences for messages, and the messages they were sent."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications import events
from services.notifications.dao import messages, people, preferences
from services.notifications.domain.deliveries import Delivery
from services.notifications.domain.preferences import Preferences
from services.notifications.domain.push_errors import AccountNotFound


async def get_preferences(session: AsyncSession, owner_id: UUID) -> Preferences:
    """Return a person's preferences."""
    return await preferences.get_preferences(session, owner_id)


async def update_preferences(
    session: AsyncSession, owner_id: UUID, values: Mapping[str, Any]
) -> Preferences:
    """Change a person's preferences and tell who times things by them; no change tells nobody.

    Raises:
        AccountNotFound: The person was deleted.
        FieldUnknown: Preferences have no such field.
        QuietHoursIncomplete: Only one end of the quiet hours would be left.
        QuietHoursEmpty: Both ends would be the same time.
    """
    await people.lock_against_deletion(session, [owner_id])
    if await people.is_deleted(session, owner_id):
        raise AccountNotFound
    stored = await preferences.lock_preferences(session, owner_id)
    wanted = stored.changed(values)
    if wanted.revision != stored.revision:
        await preferences.update_preferences(session, owner_id, wanted)
        await events.publish_preferences_changed(session, owner_id, wanted)
    return wanted


async def list_deliveries(
    session: AsyncSession, owner_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Delivery]:
    """Return at most `limit` messages written for a person, newest first, older than `after`."""
    return await messages.list_deliveries(session, owner_id, after=after, limit=limit)
