"""Which chat belongs to whom."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.domain.people import Chat
from services.notifications.tables import CHATS


async def find_chat(session: AsyncSession, owner_id: UUID) -> Chat | None:
    """Return a person's chat; None when they have none."""
    row = (await session.execute(select(CHATS).where(CHATS.c.owner_id == owner_id))).one_or_none()
    return chat_from_row(row) if row is not None else None


async def find_chat_by_id(session: AsyncSession, chat_id: int) -> Chat | None:
    """Return the chat with Telegram's id; None when nobody has linked it."""
    row = (await session.execute(select(CHATS).where(CHATS.c.chat_id == chat_id))).one_or_none()
    return chat_from_row(row) if row is not None else None


async def replace_chat(session: AsyncSession, chat: Chat) -> list[Chat]:
    """Link a chat with its owner, and return the links that it replaced."""
    conflicting = or_(CHATS.c.owner_id == chat.owner_id, CHATS.c.chat_id == chat.chat_id)
    deleted = (await session.execute(delete(CHATS).where(conflicting).returning(CHATS))).all()
    await session.execute(
        insert(CHATS).values(
            owner_id=chat.owner_id,
            chat_id=chat.chat_id,
            title=chat.title,
            reachable=chat.reachable,
            create_time=chat.create_time,
        )
    )
    return [chat_from_row(row) for row in deleted]


async def delete_chat(session: AsyncSession, owner_id: UUID) -> None:
    """Delete a person's chat link, if there is one."""
    await session.execute(delete(CHATS).where(CHATS.c.owner_id == owner_id))


async def set_reachable(session: AsyncSession, chat_id: int, *, reachable: bool) -> None:
    """Store whether messages get through to a chat."""
    changed = (CHATS.c.chat_id == chat_id) & (CHATS.c.reachable != reachable)
    await session.execute(update(CHATS).where(changed).values(reachable=reachable))


def chat_from_row(row: Row[Any]) -> Chat:
    """Return a row of `chats` as the domain knows it."""
    return Chat(
        owner_id=row.owner_id,
        chat_id=row.chat_id,
        title=row.title,
        create_time=row.create_time,
        reachable=row.reachable,
    )
