"""Create, get, update and delete accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.caller import Caller
from chassis.ids import uuid7
from services.auth import events
from services.auth.dao import accounts as dao
from services.auth.domain.account import Account, Profile, jumped_days
from services.auth.domain.account_event import EventKind
from services.auth.domain.errors import AccountNotFound, EmailTaken
from services.auth.domain.sign_in import Credentials, Registration
from services.auth.use_cases.account_events import record_event
from services.auth.use_cases.dependencies import AuthDependencies
from services.auth.use_cases.passwords import reauthenticate


async def register(
    session: AsyncSession, registration: Registration, password_hash: str, *, now: datetime
) -> Account:
    """Create an account and publish `UserRegistered`.

    Raises:
        EmailTaken: Another account has the address.
    """
    account = _new_account(registration.profile, registration.email, now=now)
    if not await dao.add_account(session, account, password_hash):
        raise EmailTaken
    await _created(session, account, now=now)
    return account


async def create_chat_account(
    session: AsyncSession, request_id: UUID, profile: Profile, *, now: datetime
) -> tuple[Account, bool]:
    """Create an account without email address and password, for a person who came by a chat.

    Returns:
        The account, and whether it was created now: a repeated request gets the first one's.
    """
    account = _new_account(profile, "", now=now)
    if await dao.add_account(session, account, request_id=request_id):
        await _created(session, account, now=now)
        return account, True
    existing = await dao.find_account_by_request(session, request_id)
    if existing is None:
        raise AccountNotFound
    return existing, False


async def create_account(
    session: AsyncSession, profile: Profile, email: str, *, now: datetime
) -> Account:
    """Create an account without a password, for a person who signs in elsewhere.

    Raises:
        EmailTaken: Another account has the address.
    """
    account = _new_account(profile, email, now=now)
    if not await dao.add_account(session, account):
        raise EmailTaken
    await _created(session, account, now=now)
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


async def authorize_deletion(
    dependencies: AuthDependencies, caller: Caller, credentials: Credentials, password: bytes
) -> None:
    """Check that an account may be deleted: by its password, where it has one to ask for.

    An account without a password needs none, and neither does a linked chat, through which the
    person has confirmed it: the service that acts for them has proven who it is.

    Raises:
        PasswordWrong: It is wrong.
        TooManyAttempts: Too many attempts failed before.
        TooBusy: Too many sign in at once.
    """
    if credentials.password_hash is not None and not caller.actor:
        await reauthenticate(dependencies, credentials, password)


async def delete_account(session: AsyncSession, account_id: UUID) -> None:
    """Delete an account and publish `UserDeleted`; every service deletes its data on that.

    Raises:
        AccountNotFound: It was deleted already.
    """
    if not await dao.delete_account(session, account_id):
        raise AccountNotFound
    await events.publish_user_deleted(session, account_id)


def _new_account(profile: Profile, email: str, *, now: datetime) -> Account:
    return Account(id=uuid7(), email=email, create_time=now, **profile.set_fields())


async def _created(session: AsyncSession, account: Account, *, now: datetime) -> None:
    await record_event(session, account.id, EventKind.REGISTERED, now=now)
    await events.publish_user_registered(session, account)
