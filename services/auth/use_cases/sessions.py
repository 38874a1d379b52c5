"""Sessions: create, refresh, end."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from services.auth import dao
from services.auth.cache import RotationOutcome
from services.auth.domain.account import Account
from services.auth.domain.errors import RefreshTokenInvalid, RefreshTokenReused
from services.auth.domain.refresh_token import SALT_BYTES, RefreshToken, first_token
from services.auth.domain.sign_in import ClientInfo, RotatedToken, SignInResult
from services.auth.use_cases.dependencies import AuthDependencies


async def create_session(
    dependencies: AuthDependencies, account: Account, client: ClientInfo, *, now: datetime
) -> SignInResult:
    """Create a session for an authenticated account."""
    session_id, salt = uuid7(), secrets.token_bytes(SALT_BYTES)
    token = first_token(session_id, salt)
    await dependencies.sessions.create(
        session_id, account.id, salt=salt, digest=token.digest, device=client.device, now=now
    )
    return _sign_in_result(dependencies, account, token, now=now)


async def rotate_refresh_token(
    dependencies: AuthDependencies, token: RefreshToken, *, now: datetime
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
        now=now,
    )
    if rotation.outcome is not RotationOutcome.ROTATED:
        reused = rotation.outcome is RotationOutcome.REUSED
        raise RefreshTokenReused if reused else RefreshTokenInvalid
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


async def end_session(dependencies: AuthDependencies, token: RefreshToken | None) -> None:
    """End the session of a refresh token; an unknown token ends nothing."""
    stored = await dependencies.sessions.find(token.session_id) if token else None
    if token and stored and token.belongs_to(stored.salt):
        await dependencies.sessions.end(token.session_id, stored.account_id)


async def end_all_sessions(dependencies: AuthDependencies, account_id: UUID) -> None:
    """End every session of an account."""
    await dependencies.sessions.end_all(account_id)


def _sign_in_result(
    dependencies: AuthDependencies, account: Account, token: RefreshToken, *, now: datetime
) -> SignInResult:
    access_token = dependencies.issuer.for_session(account, token.session_id, now=now)
    return SignInResult(account, access_token, token)
