"""Rows of people, as auth's events say, and deletion of all data of a person."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.dao.chats import chat_from_row
from services.notifications.dao.preferences import preferences_from_row
from services.notifications.domain.delivery_policy import Recipient
from services.notifications.domain.people import Person
from services.notifications.domain.preferences import Preferences
from services.notifications.tables import CHATS, MESSAGES, PEOPLE, PREFERENCES

_FOREVER = 2**63 - 1


async def upsert_person(session: AsyncSession, person: Person) -> None:
    """Store a person unless a higher revision or their deletion is stored."""
    row = insert(PEOPLE).values(
        owner_id=person.owner_id,
        timezone=person.timezone,
        locale=person.locale,
        display_name=person.display_name,
        revision=person.revision,
    )
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[PEOPLE.c.owner_id],
            set_={
                "timezone": row.excluded.timezone,
                "locale": row.excluded.locale,
                "display_name": row.excluded.display_name,
                "revision": row.excluded.revision,
            },
            where=PEOPLE.c.revision < row.excluded.revision,
        )
    )


async def delete_person(session: AsyncSession, owner_id: UUID) -> None:
    """Delete all data of a person; a tombstone stays, so that later events are ignored."""
    for table in (CHATS, PREFERENCES, MESSAGES):
        await session.execute(delete(table).where(table.c.owner_id == owner_id))
    deleted = {"timezone": "UTC", "locale": "", "display_name": "", "revision": _FOREVER}
    row = insert(PEOPLE).values(owner_id=owner_id, deleted=True, **deleted)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[PEOPLE.c.owner_id], set_={"deleted": True, **deleted}
        )
    )


async def find_recipient(session: AsyncSession, owner_id: UUID) -> Recipient | None:
    """Return a person with chat and preferences; None when they were deleted."""
    people = select(PEOPLE).where(PEOPLE.c.owner_id == owner_id)
    person = (await session.execute(people)).one_or_none()
    if person is not None and person.deleted:
        return None
    chat = (await session.execute(select(CHATS).where(CHATS.c.owner_id == owner_id))).one_or_none()
    chosen = (
        await session.execute(select(PREFERENCES).where(PREFERENCES.c.owner_id == owner_id))
    ).one_or_none()
    return Recipient(
        person=Person(owner_id=owner_id)
        if person is None
        else Person(
            owner_id=owner_id,
            timezone=person.timezone,
            locale=person.locale,
            display_name=person.display_name,
            revision=person.revision,
        ),
        chat=chat_from_row(chat) if chat is not None else None,
        preferences=preferences_from_row(chosen) if chosen is not None else Preferences(),
    )
