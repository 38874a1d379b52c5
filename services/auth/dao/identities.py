"""Queries of identities at OpenID providers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain.identity import Identity
from services.auth.tables import IDENTITIES


async def find_account_id(session: AsyncSession, identity: Identity) -> UUID | None:
    """Return the account of an identity, or None."""
    query = select(IDENTITIES.c.account_id).where(
        IDENTITIES.c.issuer == identity.issuer, IDENTITIES.c.subject == identity.subject
    )
    account_id: UUID | None = await session.scalar(query)
    return account_id


async def lock_identity(session: AsyncSession, identity: Identity) -> None:
    """Let one transaction after the other look for an identity and add it."""
    text = f"{identity.issuer} {identity.subject}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(text, 0))))


async def add_identity(
    session: AsyncSession, identity: Identity, account_id: UUID, *, now: datetime
) -> None:
    """Insert an identity of an account."""
    await session.execute(
        insert(IDENTITIES).values(
            issuer=identity.issuer,
            subject=identity.subject,
            account_id=account_id,
            create_time=now,
        )
    )
