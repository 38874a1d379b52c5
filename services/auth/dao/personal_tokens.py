"""Queries of personal access tokens."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain.personal_token import PersonalToken
from services.auth.tables import PERSONAL_TOKENS

_USE_PRECISION = timedelta(minutes=1)


async def add_token(session: AsyncSession, token: PersonalToken, digest: bytes) -> None:
    """Insert a token with the digest of its secret."""
    await session.execute(
        insert(PERSONAL_TOKENS).values(
            id=token.id,
            account_id=token.account_id,
            name=token.name,
            scopes=sorted(token.scopes),
            prefix=token.prefix,
            digest=digest,
            create_time=token.create_time,
            expire_time=token.expire_time,
        )
    )


async def count_tokens(session: AsyncSession, account_id: UUID) -> int:
    """Return how many tokens an account has."""
    query = select(func.count()).where(PERSONAL_TOKENS.c.account_id == account_id)
    return await session.scalar(query) or 0


async def list_tokens(
    session: AsyncSession, account_id: UUID, *, limit: int
) -> Sequence[PersonalToken]:
    """Return at most `limit` tokens of an account, newest first."""
    query = select(PERSONAL_TOKENS).where(PERSONAL_TOKENS.c.account_id == account_id)
    rows = await session.execute(query.order_by(PERSONAL_TOKENS.c.id.desc()).limit(limit))
    return [_token(row) for row in rows.mappings()]


async def find_token(session: AsyncSession, digest: bytes) -> PersonalToken | None:
    """Return the token of a secret's digest, or None."""
    query = select(PERSONAL_TOKENS).where(PERSONAL_TOKENS.c.digest == digest)
    row = (await session.execute(query)).mappings().one_or_none()
    return None if row is None else _token(row)


async def mark_used(session: AsyncSession, token_id: UUID, *, now: datetime) -> None:
    """Store that a token was used, once a minute at most."""
    last = PERSONAL_TOKENS.c.last_use_time
    await session.execute(
        update(PERSONAL_TOKENS)
        .where(PERSONAL_TOKENS.c.id == token_id, or_(last.is_(None), last <= now - _USE_PRECISION))
        .values(last_use_time=now.replace(second=0, microsecond=0))
    )


async def delete_token(session: AsyncSession, account_id: UUID, token_id: UUID) -> bool:
    """Delete a token of an account; return whether it existed."""
    statement = delete(PERSONAL_TOKENS).where(
        PERSONAL_TOKENS.c.id == token_id, PERSONAL_TOKENS.c.account_id == account_id
    )
    return await session.scalar(statement.returning(PERSONAL_TOKENS.c.id)) is not None


def _token(row: Any) -> PersonalToken:
    values = {name: row[name] for name in PersonalToken.__dataclass_fields__}
    return PersonalToken(**values | {"scopes": frozenset(row["scopes"])})
