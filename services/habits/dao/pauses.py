"""Stores, lists and deletes pauses."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.habits.domain.errors import PauseNotFound
from services.habits.domain.pause import Pause
from services.habits.tables import PAUSES


async def add_pause(session: AsyncSession, pause: Pause) -> None:
    """Insert a pause."""
    row = {column.name: getattr(pause, column.name) for column in PAUSES.c}
    await session.execute(PAUSES.insert().values(row))


async def get_pause(session: AsyncSession, owner_id: UUID, pause_id: UUID) -> Pause:
    """Return a pause of a person.

    Raises:
        PauseNotFound: They have no such pause.
    """
    query = select(PAUSES).where(PAUSES.c.owner_id == owner_id, PAUSES.c.id == pause_id)
    row = (await session.execute(query)).mappings().one_or_none()
    if row is None:
        raise PauseNotFound(pause_id)
    return _pause(row)


async def delete_pause(session: AsyncSession, pause_id: UUID) -> None:
    """Delete a pause.

    Raises:
        PauseNotFound: It was deleted meanwhile.
    """
    deleted = delete(PAUSES).where(PAUSES.c.id == pause_id).returning(PAUSES.c.id)
    if await session.scalar(deleted) is None:
        raise PauseNotFound(pause_id)


async def count_pauses(session: AsyncSession, owner_id: UUID) -> int:
    """Return how many pauses a person has."""
    query = select(func.count()).select_from(PAUSES).where(PAUSES.c.owner_id == owner_id)
    return int(await session.scalar(query) or 0)


async def list_pauses(
    session: AsyncSession,
    owner_id: UUID,
    *,
    habit_id: UUID | None = None,
    after: tuple[date, UUID] | None = None,
    limit: int,
) -> Sequence[Pause]:
    """Return a person's pauses, latest start first; with a habit, those that hold for it."""
    query = select(PAUSES).where(PAUSES.c.owner_id == owner_id)
    if habit_id is not None:
        query = query.where((PAUSES.c.habit_id == habit_id) | PAUSES.c.habit_id.is_(None))
    if after is not None:
        query = query.where(tuple_(PAUSES.c.from_date, PAUSES.c.id) < after)
    query = query.order_by(PAUSES.c.from_date.desc(), PAUSES.c.id.desc()).limit(limit)
    return [_pause(row) for row in (await session.execute(query)).mappings()]


def _pause(row: RowMapping) -> Pause:
    return Pause(
        id=row["id"],
        owner_id=row["owner_id"],
        habit_id=row["habit_id"],
        from_date=row["from_date"],
        to_date=row["to_date"],
        reason=row["reason"],
        create_time=row["create_time"],
    )
