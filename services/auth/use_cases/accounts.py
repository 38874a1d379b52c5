"""Create, get, update and delete accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from services.auth import dao, events
from services.auth.domain.account import Account, Profile, jumped_days
from services.auth.domain.errors import AccountNotFound, EmailTaken
from services.auth.domain.sign_in import Credentials, Registration


async def register(
    session: AsyncSession, registration: Registration, password_hash: str, *, now: datetime
) -> Account:
    """Create an account and publish `UserRegistered`.

    Raises:
        EmailTaken: Another account has the address.
    """
    account = Account(
        id=uuid7(), email=registration.email, create_time=now, **registration.profile.set_fields()
    )
    if not await dao.add_account(session, account, password_hash):
        raise EmailTaken
    await events.publish_user_registered(session, account)
    return account


async def get_account(session: AsyncSession, account_id: UUID) -> Account:
    """Return an account.

    Raises:
        AccountNotFound: There is none.
    """
    account = await dao.find_account(session, account_id)
    if account is None:
        raise AccountNotFound
    return account


async def get_credentials(session: AsyncSession, account_id: UUID) -> Credentials:
    """Return the account and the password hash of a signed-in person.

    Raises:
        AccountNotFound: The account was deleted.
    """
    credentials = await dao.find_credentials(session, account_id)
    if credentials is None:
        raise AccountNotFound
    return credentials


async def update_account(
    session: AsyncSession, account_id: UUID, profile: Profile, *, now: datetime
) -> Account:
    """Apply a profile and publish `UserUpdated`, unless nothing changes.

    Raises:
        AccountNotFound: The account was deleted.
    """
    before = await dao.find_account(session, account_id, lock=True)
    if before is None:
        raise AccountNotFound
    after = before.updated(profile, now=now)
    if after != before:
        await dao.update_account(session, after)
        await events.publish_user_updated(session, after, jumped_days(before, after, now=now))
    return after


async def delete_account(session: AsyncSession, account_id: UUID) -> None:
    """Delete an account and publish `UserDeleted`; every service deletes its data on that.

    Raises:
        AccountNotFound: It was deleted already.
    """
    if not await dao.delete_account(session, account_id):
        raise AccountNotFound
    await events.publish_user_deleted(session, account_id)
