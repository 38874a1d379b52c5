"""Every announcement: into the outbox, so that it leaves with its transaction or not at all."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.events import outbox
from contracts.auth.v1.account_pb2 import Account as WireAccount
from contracts.auth.v1.account_pb2 import Weekday as WireWeekday
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserRegistered, UserUpdated
from services.auth.domain.account import Account, Jump
from services.auth.tables import OUTBOX


async def announce_registered(session: AsyncSession, account: Account) -> None:
    """Tell that somebody made an account."""
    await outbox.add(session, OUTBOX, UserRegistered(account=_told(account)))


async def announce_updated(session: AsyncSession, account: Account, jump: Jump | None) -> None:
    """Tell what an account is now, and which days the change went over."""
    event = UserUpdated(account=_told(account))
    if jump is not None:
        event.jumped_from_date = jump.first.isoformat()
        event.jumped_to_date = jump.last.isoformat()
    await outbox.add(session, OUTBOX, event)


async def announce_deleted(session: AsyncSession, account_id: UUID) -> None:
    """Tell that an account is gone."""
    await outbox.add(session, OUTBOX, UserDeleted(account_id=str(account_id)))


def _told(account: Account) -> WireAccount:
    """Return what others need of an account. Its email address is nobody's business but ours."""
    told = WireAccount(
        id=str(account.id),
        display_name=account.display_name,
        timezone=account.timezone,
        locale=account.locale,
        week_start=WireWeekday.Value(f"WEEKDAY_{account.week_start.name}"),
        day_start=f"{account.day_start:%H:%M}",
        revision=account.revision,
        floor_date=account.floor_date.isoformat() if account.floor_date else "",
    )
    told.create_time.FromDatetime(account.create_time)
    return told
