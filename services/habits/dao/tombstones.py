"""Stores what was deleted."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.habits.domain.delta import DeletedKind
from services.habits.tables import TOMBSTONES


async def add_tombstone(
    session: AsyncSession, kind: DeletedKind, owner_id: UUID, deleted_id: UUID
) -> None:
    """Store that something of a person was deleted."""
    row = {"owner_id": owner_id, "id": deleted_id, "kind": int(kind)}
    await session.execute(TOMBSTONES.insert().values(row))
