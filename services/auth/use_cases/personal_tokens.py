"""Personal access tokens: create, list, delete, and exchange for access tokens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from services.auth.dao import accounts as accounts_dao
from services.auth.dao import personal_tokens as dao
from services.auth.domain.account_event import EventKind
from services.auth.domain.errors import (
    AccountNotFound,
    ExpireTimeInPast,
    PersonalTokenInvalid,
    PersonalTokenNotFound,
    TooManyTokens,
)
from services.auth.domain.personal_token import (
    MAX_TOKENS,
    NewPersonalToken,
    PersonalToken,
    is_secret,
    new_secret,
    secret_digest,
    shown_prefix,
)
from services.auth.domain.sign_in import AccessToken
from services.auth.use_cases.account_events import record_event
from services.auth.use_cases.dependencies import AuthDependencies
from services.auth.use_cases.rate_limits import address_counters, limit_failures


async def create_token(
    session: AsyncSession, account_id: UUID, new: NewPersonalToken, *, now: datetime
) -> tuple[PersonalToken, str]:
    """Create a token, and return it with its secret.

    Raises:
        AccountNotFound: The account was deleted.
        ExpireTimeInPast: It would have expired already.
        TooManyTokens: The account has as many as it may have.
    """
    if new.expire_time is not None and new.expire_time <= now:
        raise ExpireTimeInPast
    if await accounts_dao.find_account(session, account_id, lock=True) is None:
        raise AccountNotFound
    if await dao.count_tokens(session, account_id) >= MAX_TOKENS:
        raise TooManyTokens(MAX_TOKENS)
    secret = new_secret()
    token = PersonalToken(
        id=uuid7(),
        account_id=account_id,
        name=new.name,
        scopes=new.scopes,
        prefix=shown_prefix(secret),
        create_time=now,
        expire_time=new.expire_time,
    )
    await dao.add_token(session, token, secret_digest(secret))
    await record_event(session, account_id, EventKind.TOKEN_CREATED, now=now, subject_id=token.id)
    return token, secret


async def list_tokens(session: AsyncSession, account_id: UUID) -> Sequence[PersonalToken]:
    """Return the tokens of an account, newest first."""
    return await dao.list_tokens(session, account_id, limit=MAX_TOKENS)


async def delete_token(
    session: AsyncSession, account_id: UUID, token_id: UUID, *, now: datetime
) -> None:
    """Delete a token of an account.

    Raises:
        PersonalTokenNotFound: The account has no such token.
    """
    if not await dao.delete_token(session, account_id, token_id):
        raise PersonalTokenNotFound
    await record_event(session, account_id, EventKind.TOKEN_DELETED, now=now, subject_id=token_id)


async def revoke_token(dependencies: AuthDependencies, token_id: UUID) -> None:
    """Refuse the access tokens that a deleted token was exchanged for."""
    await dependencies.sessions.revoke(token_id)


async def exchange_secret(
    session: AsyncSession,
    dependencies: AuthDependencies,
    secret: str,
    *,
    address: str,
    now: datetime,
) -> AccessToken:
    """Return an access token with the scopes of a personal one.

    Raises:
        PersonalTokenInvalid: It was deleted, has expired, or never existed.
        TooManyAttempts: Too many attempts failed from this address before.
    """
    async with limit_failures(dependencies, address_counters(dependencies, address)):
        token = await dao.find_token(session, secret_digest(secret)) if is_secret(secret) else None
        if token is None or not token.is_good(now):
            raise PersonalTokenInvalid
    account = await accounts_dao.find_account(session, token.account_id)
    if account is None:
        raise PersonalTokenInvalid
    await dao.mark_used(session, token.id, now=now)
    return dependencies.issuer.for_personal_token(account, token, now=now)
