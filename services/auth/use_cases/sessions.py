"""Being signed in: begin, go on, end."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from services.auth import dao
from services.auth.cache import Outcome
from services.auth.domain.account import Account
from services.auth.domain.errors import RefreshTokenInvalid, RefreshTokenReused
from services.auth.domain.refresh_token import SALT_BYTES, RefreshToken, first_token
from services.auth.domain.sign_in import Origin, Renewal, SignedIn
from services.auth.use_cases.desk import Desk


async def begin_session(desk: Desk, account: Account, origin: Origin, *, now: datetime) -> SignedIn:
    """Sign somebody in whose password was right."""
    session_id, salt = uuid7(), secrets.token_bytes(SALT_BYTES)
    token = first_token(session_id, salt)
    await desk.sessions.begin(
        session_id, account.id, salt=salt, digest=token.digest, device=origin.device, now=now
    )
    return _signed_in(desk, account, token, now=now)


async def spend_refresh_token(desk: Desk, token: RefreshToken, *, now: datetime) -> Renewal:
    """Spend a refresh token for the next. Within the grace the same one comes again.

    Raises:
        RefreshTokenInvalid: The session is over, or never gave out this token.
        RefreshTokenReused: The token was spent before; the session is over now.
    """
    kept = await desk.sessions.find(token.session_id)
    if kept is None or not token.is_of(kept.salt):
        raise RefreshTokenInvalid
    successor = token.successor(kept.salt)
    rotation = await desk.sessions.rotate(
        token.session_id,
        kept.account_id,
        spent=token.digest,
        successor=successor.digest,
        now=now,
    )
    if rotation.outcome is not Outcome.ROTATED:
        reused = rotation.outcome is Outcome.REUSED
        raise RefreshTokenReused if reused else RefreshTokenInvalid
    return Renewal(kept.account_id, successor, rotation.time)


async def renew_session(session: AsyncSession, desk: Desk, renewal: Renewal) -> SignedIn:
    """Return the next pair of tokens, as of when the one before was spent first.

    Raises:
        RefreshTokenInvalid: The account is gone.
    """
    account = await dao.find_account(session, renewal.account_id)
    if account is None:
        raise RefreshTokenInvalid
    return _signed_in(desk, account, renewal.refresh_token, now=renewal.time)


async def end_session(desk: Desk, token: RefreshToken | None) -> None:
    """Sign out where the token was given out; one that no session gave out ends nothing."""
    kept = await desk.sessions.find(token.session_id) if token else None
    if token and kept and token.is_of(kept.salt):
        await desk.sessions.end(token.session_id, kept.account_id)


async def end_every_session(desk: Desk, account_id: UUID) -> None:
    """Sign an account out everywhere."""
    await desk.sessions.end_all(account_id)


def _signed_in(desk: Desk, account: Account, token: RefreshToken, *, now: datetime) -> SignedIn:
    access_token = desk.issuer.for_session(account, token.session_id, now=now)
    return SignedIn(account, access_token, token)
