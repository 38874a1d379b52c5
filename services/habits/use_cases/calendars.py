"""Creates, deletes and reads the calendar that calendar apps subscribe to."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection
from services.habits.dao import calendars as dao
from services.habits.dao import people as people_dao
from services.habits.dao import snapshots as snapshots_dao
from services.habits.domain import limits
from services.habits.domain.calendar import list_entries
from services.habits.domain.errors import CalendarNotFound
from services.habits.domain.people import Person
from services.habits.domain.snapshot import HabitSnapshot

_SECRET_BYTES = 32


async def create_calendar(session: AsyncSession, person: Person, *, now: datetime) -> str:
    """Create the address of a person's calendar, in place of the one before; return its secret."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    await people_dao.add_person_from_token(session, person)
    await dao.replace_calendar(session, person.id, _digest(secret), now=now)
    return secret


async def delete_calendar(session: AsyncSession, owner_id: UUID) -> None:
    """Delete the address of a person's calendar, if there is one."""
    await dao.delete_calendar(session, owner_id)


async def get_calendar(connection: Connection, secret: str, *, now: datetime) -> bytes:
    """Return the calendar at an address.

    Raises:
        CalendarNotFound: None has this secret.
    """
    owner_id = await dao.find_owner(connection, _digest(secret))
    person = None if owner_id is None else await snapshots_dao.find_person(connection, owner_id)
    if person is None:
        raise CalendarNotFound
    today = person.today(now)
    active = await snapshots_dao.list_active(connection, person, today, limit=limits.MAX_HABITS)
    return await asyncio.to_thread(_write, [snapshot for snapshot, _ in active], today)


def _write(snapshots: Sequence[HabitSnapshot], today: date) -> bytes:
    from services.habits.formats.calendar_writer import calendar_bytes  # 0.2 s: only when asked

    return calendar_bytes(list_entries(snapshots, today=today))


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
