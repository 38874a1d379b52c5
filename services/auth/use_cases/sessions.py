"""Sessions: create, refresh, list, end."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from services.auth.cache import RotationOutcome
from services.auth.dao import accounts as dao
from services.auth.domain.account import Account
from services.auth.domain.account_event import EventKind
from services.auth.domain.client import ClientInfo
from services.auth.domain.errors import RefreshTokenInvalid, RefreshTokenReused, SessionNotFound
from services.auth.domain.rate_limit import RateStatus
from services.auth.domain.refresh_token import SALT_BYTES, RefreshToken, first_token
from services.auth.domain.session import Session
from services.auth.domain.sign_in import RotatedToken, SignInResult
from services.auth.use_cases.account_events import record_event
from services.auth.use_cases.dependencies import AuthDependencies
from services.auth.use_cases.rate_limits import limit_requests


async def create_session(
    dependencies: AuthDependencies, account: Account, client: ClientInfo, *, now: datetime
) -> SignInResult:
    """Create a session for an authenticated account."""
    session_id, salt = uuid7(), secrets.token_bytes(SALT_BYTES)
    token = first_token(session_id, salt)
    await dependencies.sessions.create(
        session_id, account.id, salt=salt, digest=token.digest, client=client, now=now
    )
    return _sign_in_result(dependencies, account, token, now=now)


async def record_sign_in(
    session: AsyncSession, sign_in: SignInResult, client: ClientInfo, *, now: datetime
) -> None:
    """Add a sign-in to the audit log."""
    await record_event(
        session,
        sign_in.account.id,
        EventKind.SIGNED_IN,
        now=now,
        client=client,
        subject_id=sign_in.refresh_token.session_id,
    )


async def limit_refresh(dependencies: AuthDependencies, token: RefreshToken) -> RateStatus | None:
    """Count a refresh of a session.

    Raises:
        TooManyAttempts: The session was refreshed too often.
    """
    return await limit_requests(dependencies, dependencies.policies.refresh, str(token.session_id))


async def rotate_refresh_token(
    dependencies: AuthDependencies, token: RefreshToken, client: ClientInfo, *, now: datetime
) -> RotatedToken:
    """Rotate a refresh token. Within the grace a repeat gets the same successor.

    Raises:
        RefreshTokenInvalid: The session has ended, or never issued this token.
        RefreshTokenReused: The token was rotated before; its session is ended.
    """
    stored = await dependencies.sessions.find(token.session_id)
    if stored is None or not token.belongs_to(stored.salt):
        raise RefreshTokenInvalid
    successor = token.successor(stored.salt)
    rotation = await dependencies.sessions.rotate(
        token.session_id,
        stored.account_id,
        spent=token.digest,
        successor=successor.digest,
        place=client.place,
        now=now,
    )
    if rotation.outcome is RotationOutcome.REUSED:
        raise RefreshTokenReused(stored.account_id, token.session_id)
    if rotation.outcome is not RotationOutcome.ROTATED:
        raise RefreshTokenInvalid
    return RotatedToken(stored.account_id, successor, rotation.time)


async def refresh_session(
    session: AsyncSession, dependencies: AuthDependencies, rotated: RotatedToken
) -> SignInResult:
    """Return the next token pair, as of when the previous token was first rotated.

    Raises:
        RefreshTokenInvalid: The account was deleted.
    """
    account = await dao.find_account(session, rotated.account_id)
    if account is None:
        raise RefreshTokenInvalid
    return _sign_in_result(dependencies, account, rotated.refresh_token, now=rotated.time)


async def list_sessions(dependencies: AuthDependencies, account_id: UUID) -> Sequence[Session]:
    """Return the sessions of an account, most recently used first."""
    return await dependencies.sessions.list(account_id)


async def end_session(dependencies: AuthDependencies, token: RefreshToken | None) -> UUID | None:
    """End the session of a refresh token; an unknown token ends nothing.

    Returns:
        The account whose session was ended, or None.
    """
    stored = await dependencies.sessions.find(token.session_id) if token else None
    if token is None or stored is None or not token.belongs_to(stored.salt):
        return None
    await dependencies.sessions.end(token.session_id, stored.account_id)
    return stored.account_id


async def end_session_of(
    dependencies: AuthDependencies, account_id: UUID, session_id: UUID
) -> None:
    """End one session of an account.

    Raises:
        SessionNotFound: The account has no such session.
    """
    stored = await dependencies.sessions.find(session_id)
    if stored is None or stored.account_id != account_id:
        raise SessionNotFound
    await dependencies.sessions.end(session_id, account_id)


async def end_other_sessions(
    dependencies: AuthDependencies, account_id: UUID, session_id: UUID
) -> None:
    """End every session of an account but one."""
    await dependencies.sessions.end_all(account_id, but=session_id)


async def end_all_sessions(dependencies: AuthDependencies, account_id: UUID) -> None:
    """End every session of an account."""
    await dependencies.sessions.end_all(account_id)


async def revoke_account(dependencies: AuthDependencies, account_id: UUID) -> None:
    """End every session of an account that is deleted, and refuse every token issued for it."""
    await dependencies.sessions.end_all(account_id)
    await dependencies.sessions.revoke(account_id)
    await dependencies.codes.delete_all(account_id)


def _sign_in_result(
    dependencies: AuthDependencies, account: Account, token: RefreshToken, *, now: datetime
) -> SignInResult:
    access_token = dependencies.issuer.for_session(account, token.session_id, now=now)
    return SignInResult(account, access_token, token)
