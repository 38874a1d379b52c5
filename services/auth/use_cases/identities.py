"""Accounts of people whom somebody else has authenticated: an OpenID provider, or a proxy."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.dao import accounts as accounts_dao
from services.auth.dao import identities as dao
from services.auth.domain.account import MAX_DISPLAY_NAME_LENGTH, Account, Profile
from services.auth.domain.account_event import EventKind
from services.auth.domain.errors import IdentityTaken
from services.auth.domain.identity import Identity
from services.auth.use_cases.account_events import record_event
from services.auth.use_cases.accounts import create_account


async def find_account(session: AsyncSession, identity: Identity) -> Account | None:
    """Return the account of an identity, or None."""
    account_id = await dao.find_account_id(session, identity)
    return None if account_id is None else await accounts_dao.find_account(session, account_id)


async def get_or_create_account(
    session: AsyncSession, identity: Identity, *, now: datetime
) -> Account:
    """Return the account of an identity; the first sign-in creates it.

    Two first sign-ins at once create one account. An account that has the email address already is
    not taken over: whoever made it may be another.

    Raises:
        EmailTaken: An account that is not this identity's has the email address.
    """
    await dao.lock_identity(session, identity)
    account = await find_account(session, identity)
    if account is None:
        name = " ".join(identity.name.split())[:MAX_DISPLAY_NAME_LENGTH]
        account = await create_account(session, Profile(display_name=name), identity.email, now=now)
        await _link(session, identity, account.id, now=now)
    return account


async def link_identity(
    session: AsyncSession, identity: Identity, account_id: UUID, *, now: datetime
) -> None:
    """Link an identity to an account; one that is linked to it already stays so.

    Raises:
        IdentityTaken: It is linked to another account.
    """
    await dao.lock_identity(session, identity)
    linked = await dao.find_account_id(session, identity)
    if linked is None:
        await _link(session, identity, account_id, now=now)
    elif linked != account_id:
        raise IdentityTaken


async def _link(
    session: AsyncSession, identity: Identity, account_id: UUID, *, now: datetime
) -> None:
    await dao.add_identity(session, identity, account_id, now=now)
    await record_event(session, account_id, EventKind.IDENTITY_LINKED, now=now)
