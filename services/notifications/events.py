"""The events this service publishes; the outbox row commits with the change or not at all."""

from datetime import time
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.events import outbox
from contracts.notifications.v1 import chat_link_pb2
from contracts.notifications.v1.notification_events_pb2 import PreferencesChanged
from services.notifications.domain.preferences import Preferences
from services.notifications.tables import OUTBOX


async def publish_preferences_changed(
    session: AsyncSession, owner_id: UUID, preferences: Preferences
) -> None:
    """Publish changed preferences: analytics times reports by them, habits reminders."""
    event = PreferencesChanged(
        owner_id=str(owner_id),
        preferences=chat_link_pb2.Preferences(
            telegram_enabled=preferences.telegram_enabled,
            quiet_from=_wall(preferences.quiet_from),
            quiet_to=_wall(preferences.quiet_to),
            daily_report_time=_wall(preferences.daily_report_time),
            weekly_report=preferences.weekly_report,
            monthly_report=preferences.monthly_report,
            streak_cheers=preferences.streak_cheers,
        ),
        revision=preferences.revision,
    )
    await outbox.add(session, OUTBOX, event)


def _wall(wall: time | None) -> str:
    return f"{wall:%H:%M}" if wall is not None else ""
