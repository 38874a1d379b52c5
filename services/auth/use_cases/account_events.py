"""The audit log: recording what happens to an account, and showing it to its owner."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from services.auth.dao import account_events as dao
from services.auth.domain.account_event import AccountEvent, EventKind
from services.auth.domain.client import ClientInfo
from services.auth.domain.errors import CredentialsWrong, RefreshTokenReused

_UNKNOWN_CLIENT = ClientInfo()


async def record_event(
    session: AsyncSession,
    account_id: UUID,
    kind: EventKind,
    *,
    now: datetime,
    client: ClientInfo = _UNKNOWN_CLIENT,
    subject_id: UUID | None = None,
) -> None:
    """Add an entry to the audit log of an account."""
    event = AccountEvent(
        id=uuid7(),
        account_id=account_id,
        kind=kind,
        create_time=now,
        device=client.device,
        place=client.place,
        subject_id=subject_id,
    )
    await dao.add_event(session, event)


async def list_events(
    session: AsyncSession, account_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[AccountEvent]:
    """Return at most `limit` entries older than `before`, newest first."""
    return await dao.list_events(session, account_id, before=before, limit=limit)


async def record_failure(
    session: AsyncSession,
    refusal: CredentialsWrong | RefreshTokenReused,
    client: ClientInfo,
    *,
    now: datetime,
) -> None:
    """Add a failed sign-in or a reused refresh token to the log of the account it was tried at."""
    match refusal:
        case CredentialsWrong(account_id=UUID() as account_id):
            kind, session_id = EventKind.SIGN_IN_FAILED, None
        case RefreshTokenReused(account_id=account_id, session_id=session_id):
            kind = EventKind.REFRESH_TOKEN_REUSED
        case _:  # no account has the email address
            return
    await record_event(session, account_id, kind, now=now, client=client, subject_id=session_id)
