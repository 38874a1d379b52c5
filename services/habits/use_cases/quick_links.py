"""Creates, lists, deletes and uses quick links: secret addresses that check one habit in."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection
from chassis.ids import uuid7
from services.habits.dao import habits as habits_dao
from services.habits.dao import people as people_dao
from services.habits.dao import quick_links as dao
from services.habits.dao import snapshots as snapshots_dao
from services.habits.domain import limits
from services.habits.domain.check_in import NOTHING, Add, CheckInCommand, Source, content_after
from services.habits.domain.errors import QuickLinkNotFound, TooManyQuickLinks
from services.habits.domain.people import Person
from services.habits.domain.quick_link import (
    NewQuickLink,
    QuickLink,
    QuickLinkContent,
    QuickLinkUse,
)
from services.habits.use_cases import check_ins

_SECRET_BYTES = 32


async def create_quick_link(
    session: AsyncSession, person: Person, wanted: NewQuickLink, *, now: datetime
) -> tuple[QuickLink, str]:
    """Create a quick link; return it with its secret, which is not stored.

    Raises:
        HabitNotFound: The person has no such habit.
        TooManyQuickLinks: They have the most already.
        AmountMissing: The habit counts amounts.
        AmountOnYesNo: The habit counts none.
    """
    await people_dao.add_person_from_token(session, person)
    await people_dao.find_person(session, person.id, lock=True)
    habit = await habits_dao.lock_habit(session, person.id, wanted.habit_id)
    content_after(NOTHING, Add(wanted.amount_thousandths), habit)
    if await dao.count_quick_links(session, person.id) >= limits.MAX_QUICK_LINKS:
        raise TooManyQuickLinks(limits.MAX_QUICK_LINKS)
    link = QuickLink(
        id=uuid7(),
        owner_id=person.id,
        habit_id=habit.id,
        title=wanted.title,
        amount_thousandths=wanted.amount_thousandths,
        create_time=now,
    )
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    await dao.add_quick_link(session, link, _digest(secret))
    return link, secret


async def list_quick_links(
    session: AsyncSession, owner_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[QuickLink]:
    """Return a person's quick links, oldest first."""
    return await dao.list_quick_links(session, owner_id, after=after, limit=limit)


async def delete_quick_link(session: AsyncSession, owner_id: UUID, link_id: UUID) -> None:
    """Delete a quick link.

    Raises:
        QuickLinkNotFound: The person has no such quick link.
    """
    if not await dao.delete_quick_link(session, owner_id, link_id):
        raise QuickLinkNotFound


async def get_quick_link(connection: Connection, secret: str) -> QuickLinkContent:
    """Return what the quick link at an address shows.

    Raises:
        QuickLinkNotFound: None has this secret.
    """
    _, shown = await _get(connection, _digest(secret))
    return shown


async def use_quick_link(connection: Connection, secret: str, *, now: datetime) -> QuickLinkUse:
    """Check the habit of a quick link in for its owner's today, unless this is a repeated tap.

    Raises:
        QuickLinkNotFound: None has this secret.
        Refusal: The check-in is refused.
    """
    digest = _digest(secret)
    async with connection.transaction():
        await dao.lock(connection, digest)
        link, shown = await _get(connection, digest)
        person = await snapshots_dao.find_person(connection, link.owner_id)
        if person is None:
            raise QuickLinkNotFound
        if link.is_repeated_tap(now):
            return QuickLinkUse(shown, None)
        command = CheckInCommand(
            habit_id=link.habit_id,
            person=person,
            action=Add(link.amount_thousandths),
            source=Source.API,
        )
        outcome = await check_ins.write_one(connection, command, now=now)
        await dao.mark_used(connection, link.id, now)
    return QuickLinkUse(shown, outcome)


async def _get(connection: Connection, secret_digest: bytes) -> tuple[QuickLink, QuickLinkContent]:
    found = await dao.find_by_digest(connection, secret_digest)
    if found is None:
        raise QuickLinkNotFound
    return found


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
