"""Stores the addresses of calendars, by the digests of their secrets."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection
from services.habits.tables import CALENDARS

_FIND_OWNER = "SELECT owner_id FROM habits.calendars WHERE secret_digest = $1"


async def replace_calendar(
    session: AsyncSession, owner_id: UUID, secret_digest: bytes, *, now: datetime
) -> None:
    """Store a person's address in place of the one before."""
    statement = insert(CALENDARS).values(
        owner_id=owner_id, secret_digest=secret_digest, create_time=now
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["owner_id"],
            set_={name: statement.excluded[name] for name in ("secret_digest", "create_time")},
        )
    )


async def delete_calendar(session: AsyncSession, owner_id: UUID) -> None:
    """Delete a person's address, if there is one."""
    await session.execute(delete(CALENDARS).where(CALENDARS.c.owner_id == owner_id))


async def find_owner(connection: Connection, secret_digest: bytes) -> UUID | None:
    """Return whose calendar has this address."""
    found: UUID | None = await connection.fetchval(_FIND_OWNER, secret_digest)
    return found
