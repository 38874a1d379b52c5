"""Queries for people's preferences."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.domain.preferences import Preferences
from services.notifications.tables import PREFERENCES


async def get_preferences(session: AsyncSession, owner_id: UUID) -> Preferences:
    """Return a person's preferences; the defaults when they never chose."""
    rows = await session.execute(select(PREFERENCES).where(PREFERENCES.c.owner_id == owner_id))
    row = rows.one_or_none()
    return preferences_from_row(row) if row is not None else Preferences()


async def lock_preferences(session: AsyncSession, owner_id: UUID) -> Preferences:
    """Return a person's preferences, and keep others from changing them until the commit."""
    defaults = insert(PREFERENCES).values(owner_id=owner_id, **_values(Preferences()))
    await session.execute(defaults.on_conflict_do_nothing())
    locked = select(PREFERENCES).where(PREFERENCES.c.owner_id == owner_id).with_for_update()
    return preferences_from_row((await session.execute(locked)).one())


async def update_preferences(session: AsyncSession, owner_id: UUID, chosen: Preferences) -> None:
    """Keep preferences that were locked before."""
    await session.execute(
        update(PREFERENCES).where(PREFERENCES.c.owner_id == owner_id).values(**_values(chosen))
    )


def preferences_from_row(row: Row[Any]) -> Preferences:
    """Return a row of `preferences` as the domain knows it."""
    return Preferences(
        telegram_enabled=row.telegram_enabled,
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        daily_report_time=row.daily_report_time,
        weekly_report=row.weekly_report,
        monthly_report=row.monthly_report,
        streak_cheers=row.streak_cheers,
        revision=row.revision,
    )


def _values(chosen: Preferences) -> dict[str, Any]:
    return {
        "telegram_enabled": chosen.telegram_enabled,
        "quiet_from": chosen.quiet_from,
        "quiet_to": chosen.quiet_to,
        "daily_report_time": chosen.daily_report_time,
        "weekly_report": chosen.weekly_report,
        "monthly_report": chosen.monthly_report,
        "streak_cheers": chosen.streak_cheers,
        "revision": chosen.revision,
    }
