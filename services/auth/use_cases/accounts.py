"""Making, reading, changing and deleting accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from services.auth import dao, events
from services.auth.domain.account import Account, Profile, jump_between
from services.auth.domain.errors import AccountNotFound, EmailTaken
from services.auth.domain.sign_in import Credentials, Registration


async def register(
    session: AsyncSession, registration: Registration, password_hash: str, *, now: datetime
) -> Account:
    """Make an account and announce it.

    Raises:
        EmailTaken: Somebody has the address already.
    """
    account = Account(
        id=uuid7(), email=registration.email, create_time=now, **registration.profile.given()
    )
    if not await dao.add_account(session, account, password_hash):
        raise EmailTaken
    await events.announce_registered(session, account)
    return account


async def get_account(session: AsyncSession, account_id: UUID) -> Account:
    """Return an account.

    Raises:
        AccountNotFound: It is gone.
    """
    account = await dao.find_account(session, account_id)
    if account is None:
        raise AccountNotFound
    return account


async def get_credentials(session: AsyncSession, account_id: UUID) -> Credentials:
    """Return what the password of somebody who is signed in is checked against.

    Raises:
        AccountNotFound: The account is gone.
    """
    credentials = await dao.find_credentials(session, account_id)
    if credentials is None:
        raise AccountNotFound
    return credentials


async def update_account(
    session: AsyncSession, account_id: UUID, profile: Profile, *, now: datetime
) -> Account:
    """Take a profile over and announce what changed; what changes nothing is not announced.

    Raises:
        AccountNotFound: The account is gone.
    """
    before = await dao.find_account(session, account_id, lock=True)
    if before is None:
        raise AccountNotFound
    after = before.changed(profile, now=now)
    if after != before:
        await dao.replace_account(session, after)
        await events.announce_updated(session, after, jump_between(before, after, now=now))
    return after


async def delete_account(session: AsyncSession, account_id: UUID) -> None:
    """Forget an account and announce it; whoever keeps something of it forgets that too.

    Raises:
        AccountNotFound: It is gone already.
    """
    if not await dao.delete_account(session, account_id):
        raise AccountNotFound
    await events.announce_deleted(session, account_id)
