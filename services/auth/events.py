"""Every event of auth: written to the outbox in the transaction of its change."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.events import outbox
from contracts.auth.v1.account_pb2 import Account as WireAccount
from contracts.auth.v1.account_pb2 import WeekChange as WireWeekChange
from contracts.auth.v1.account_pb2 import Weekday as WireWeekday
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserRegistered, UserUpdated
from rhythm.week_changes import WeekChanges
from services.auth.domain.account import Account, JumpedDays
from services.auth.tables import OUTBOX


async def publish_user_registered(session: AsyncSession, account: Account) -> None:
    """Publish that an account was created."""
    await outbox.add(session, OUTBOX, UserRegistered(account=_published_account(account)))


async def publish_user_updated(
    session: AsyncSession, account: Account, jump: JumpedDays | None
) -> None:
    """Publish the new state of an account, and the days that the change skipped."""
    event = UserUpdated(account=_published_account(account))
    if jump is not None:
        event.jumped_from_date = jump.first.isoformat()
        event.jumped_to_date = jump.last.isoformat()
    await outbox.add(session, OUTBOX, event)


async def publish_user_deleted(session: AsyncSession, account_id: UUID) -> None:
    """Publish that an account was deleted."""
    await outbox.add(session, OUTBOX, UserDeleted(account_id=str(account_id)))


def _published_account(account: Account) -> WireAccount:
    """Return the published part of an account: everything but its email address."""
    wire = WireAccount(
        id=str(account.id),
        display_name=account.display_name,
        timezone=account.timezone,
        locale=account.locale,
        week_start=WireWeekday.Value(f"WEEKDAY_{account.week_start.name}"),
        day_start=f"{account.day_start:%H:%M}",
        revision=account.revision,
        floor_date=account.floor_date.isoformat() if account.floor_date else "",
        week_changes=week_changes_to_wire(account.week_changes),
    )
    wire.create_time.FromDatetime(account.create_time)
    return wire


def week_changes_to_wire(changes: WeekChanges) -> list[WireWeekChange]:
    """Return the changes of the week start; the first is from the beginning on."""
    return [
        WireWeekChange(
            effective_date=it.effective_date.isoformat() if place else "",
            week_start=WireWeekday.ValueType(it.week_start + WireWeekday.WEEKDAY_MONDAY),
        )
        for place, it in enumerate(changes)
    ]
