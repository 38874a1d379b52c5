"""Rows of people, as auth's events say, and deletion of all data of a person."""

from collections.abc import Sequence
from dataclasses import fields
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection
from services.notifications.dao.chats import chat_from_row
from services.notifications.dao.preferences import preferences_from_row
from services.notifications.domain.delivery_policy import Recipient
from services.notifications.domain.people import Chat, Person
from services.notifications.domain.preferences import Preferences
from services.notifications.tables import (
    ACTIVITY,
    CHATS,
    DAYS,
    MESSAGES,
    PEOPLE,
    PREFERENCES,
    PUSH_SUBSCRIPTIONS,
    WEBHOOKS,
)

_RECIPIENTS = """
    SELECT owner_id, p.timezone, p.locale, p.display_name, p.revision, c.chat_id, c.title,
        c.create_time, c.reachable, f.telegram_enabled, f.quiet_from, f.quiet_to,
        f.daily_report_time, f.weekly_report, f.monthly_report, f.streak_cheers,
        f.revision AS preferences_revision
    FROM unnest($1::uuid[]) AS owner_id
    LEFT JOIN notifications.people AS p USING (owner_id)
    LEFT JOIN notifications.chats AS c USING (owner_id)
    LEFT JOIN notifications.preferences AS f USING (owner_id)
    WHERE p.deleted IS NOT TRUE"""
_COLUMNS = {"revision": "preferences_revision"}
_FOREVER = 2**63 - 1
_LOCKS = 0x6E6F  # the first number of the advisory locks of this module
_BUCKETS = 32
"""People share this many locks, so that a batch of many people takes few."""


async def lock_against_deletion(
    session: AsyncSession | Connection, owner_ids: Sequence[UUID]
) -> None:
    """Have deletions of people wait until the transaction ends, or wait for those that run.

    Many hold the lock at once. Call it before anything else of a person is read, locked or stored:
    statements after it see the tombstone of a deletion that has ended, and a deletion that comes
    later sees their rows. Unlike a lock of a row it writes nothing, and needs no row.
    """
    buckets = sorted({_bucket(owner_id) for owner_id in owner_ids})
    if isinstance(session, AsyncSession):
        shared = text(
            "SELECT pg_advisory_xact_lock_shared(:locks, b) FROM unnest(CAST(:buckets AS int[])) b"
        )
        await session.execute(shared, {"locks": _LOCKS, "buckets": buckets})
        return
    sql = "SELECT pg_advisory_xact_lock_shared($1, b) FROM unnest($2::int[]) b"
    await session.fetch(sql, _LOCKS, buckets)


async def is_deleted(session: AsyncSession, owner_id: UUID) -> bool:
    """Say whether a person was deleted; an unknown one was not."""
    deleted = select(PEOPLE.c.deleted).where(PEOPLE.c.owner_id == owner_id)
    return bool(await session.scalar(deleted))


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
    """Delete all data of a person; a tombstone stays, so that later events are ignored.

    It waits for writers who have called `lock_against_deletion`, and deletes their rows too.
    """
    exclusive = text("SELECT pg_advisory_xact_lock(:locks, :bucket)")
    await session.execute(exclusive, {"locks": _LOCKS, "bucket": _bucket(owner_id)})
    for table in (CHATS, PUSH_SUBSCRIPTIONS, PREFERENCES, MESSAGES, DAYS, ACTIVITY, WEBHOOKS):
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


async def list_recipients(
    connection: Connection, owner_ids: Sequence[UUID]
) -> dict[UUID, Recipient]:
    """Return people with chats and preferences by their ids, without those who were deleted."""
    recipients: dict[UUID, Recipient] = {}
    for row in await connection.fetch(_RECIPIENTS, owner_ids):
        owner_id = row["owner_id"]
        person, chosen, chat = Person(owner_id=owner_id), Preferences(), None
        if row["revision"] is not None:
            person = Person(
                owner_id=owner_id,
                timezone=row["timezone"],
                locale=row["locale"],
                display_name=row["display_name"],
                revision=row["revision"],
            )
        if row["chat_id"] is not None:
            chat = Chat(
                owner_id=owner_id,
                chat_id=row["chat_id"],
                title=row["title"],
                create_time=row["create_time"],
                reachable=row["reachable"],
            )
        if row["telegram_enabled"] is not None:
            names = (field.name for field in fields(Preferences))
            chosen = Preferences(**{name: row[_COLUMNS.get(name, name)] for name in names})
        recipients[owner_id] = Recipient(person=person, chat=chat, preferences=chosen)
    return recipients


def _bucket(owner_id: UUID) -> int:
    return owner_id.int % _BUCKETS
