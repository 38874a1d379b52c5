"""Stores quick links, by the digests of their secrets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection
from services.habits.domain.quick_link import QuickLink, QuickLinkContent
from services.habits.tables import QUICK_LINKS

_FIND = """
    SELECT q.id, q.owner_id, q.habit_id, q.title, q.amount, q.create_time, q.use_time,
        h.title AS habit_title, h.unit, p.locale
    FROM habits.quick_links q
    JOIN habits.habits h ON h.id = q.habit_id
    JOIN habits.people p ON p.owner_id = q.owner_id
    WHERE q.secret_digest = $1
"""
# Not the row itself: whoever deletes the habit locks its days first and the row then, as a check-in
# by the link does.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('quick link'), hashtext(encode($1, 'hex')))"
_MARK_USED = "UPDATE habits.quick_links SET use_time = $2 WHERE id = $1"


async def add_quick_link(session: AsyncSession, link: QuickLink, secret_digest: bytes) -> None:
    """Insert a quick link."""
    await session.execute(
        QUICK_LINKS.insert().values(
            id=link.id,
            owner_id=link.owner_id,
            habit_id=link.habit_id,
            secret_digest=secret_digest,
            title=link.title,
            amount=link.amount_thousandths,
            create_time=link.create_time,
        )
    )


async def count_quick_links(session: AsyncSession, owner_id: UUID) -> int:
    """Return how many quick links a person has."""
    query = select(func.count()).where(QUICK_LINKS.c.owner_id == owner_id)
    return int((await session.scalars(query)).one())


async def list_quick_links(
    session: AsyncSession, owner_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[QuickLink]:
    """Return a person's quick links, oldest first, those after an id."""
    columns = [column for column in QUICK_LINKS.c if column.name != "secret_digest"]
    query = select(*columns).where(QUICK_LINKS.c.owner_id == owner_id)
    if after is not None:
        query = query.where(QUICK_LINKS.c.id > after)
    rows = await session.execute(query.order_by(QUICK_LINKS.c.id).limit(limit))
    return [_link(dict(row)) for row in rows.mappings()]


async def delete_quick_link(session: AsyncSession, owner_id: UUID, link_id: UUID) -> bool:
    """Delete a quick link of a person; return whether there was one."""
    statement = delete(QUICK_LINKS).where(
        QUICK_LINKS.c.owner_id == owner_id, QUICK_LINKS.c.id == link_id
    )
    return await session.scalar(statement.returning(QUICK_LINKS.c.id)) is not None


async def lock(connection: Connection, secret_digest: bytes) -> None:
    """Wait until nobody else uses an address, and keep it until the transaction ends."""
    await connection.execute(_LOCK, secret_digest)


async def find_by_digest(
    connection: Connection, secret_digest: bytes
) -> tuple[QuickLink, QuickLinkContent] | None:
    """Return the quick link at an address, with what it shows."""
    row = await connection.fetchrow(_FIND, secret_digest)
    if row is None:
        return None
    shown = QuickLinkContent(row["habit_title"], row["unit"], row["amount"], row["locale"])
    return _link(dict(row)), shown


async def mark_used(connection: Connection, link_id: UUID, now: datetime) -> None:
    """Store when a quick link last checked its habit in."""
    await connection.execute(_MARK_USED, link_id, now)


def _link(row: Mapping[str, Any]) -> QuickLink:
    return QuickLink(
        id=row["id"],
        owner_id=row["owner_id"],
        habit_id=row["habit_id"],
        title=row["title"],
        amount_thousandths=row["amount"],
        create_time=row["create_time"],
        use_time=row["use_time"],
    )
