"""Stores the settings of people, copied from the events of `auth` and `notifications`."""

from datetime import time
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.schedule import Weekday
from rhythm.week_changes import week_changes_from_numbers, week_changes_to_numbers
from services.habits.domain.people import Person
from services.habits.tables import PEOPLE

DELETED_REVISION = (1 << 63) - 1
"""The revision of a tombstone: every event about a deleted person is older."""

_SETTINGS = (
    "timezone",
    "day_start",
    "week_start",
    "week_changes",
    "locale",
    "floor_date",
    "revision",
)


async def find_person(
    session: AsyncSession, owner_id: UUID, *, lock: bool = False
) -> Person | None:
    """Return the stored settings of a person; None before the first event or request."""
    query = select(PEOPLE).where(PEOPLE.c.owner_id == owner_id)
    if lock:
        query = query.with_for_update()
    row = (await session.execute(query)).mappings().one_or_none()
    return None if row is None else _person(row)


async def add_person_from_token(session: AsyncSession, person: Person) -> None:
    """Store a person's settings from their token, unless an event of `auth` has stored them."""
    statement = insert(PEOPLE).values(_row(person))
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[PEOPLE.c.owner_id],
            set_={name: statement.excluded[name] for name in _SETTINGS},
            where=PEOPLE.c.revision == 0,
        )
    )


async def upsert_person(session: AsyncSession, person: Person) -> bool:
    """Store a person's settings unless newer ones are stored; return whether they were.

    Quiet hours stay: they come from `notifications`.
    """
    statement = insert(PEOPLE).values(_row(person))
    statement = statement.on_conflict_do_update(
        index_elements=[PEOPLE.c.owner_id],
        set_={name: statement.excluded[name] for name in _SETTINGS},
        where=PEOPLE.c.revision < statement.excluded.revision,
    )
    return (await session.scalar(statement.returning(PEOPLE.c.owner_id))) is not None


async def upsert_quiet_hours(
    session: AsyncSession,
    owner_id: UUID,
    quiet_hours: tuple[time, time] | None,
    *,
    revision: int,
) -> bool:
    """Store a person's quiet hours unless newer ones are stored; return whether they were."""
    begin, end = quiet_hours or (None, None)
    statement = insert(PEOPLE).values(
        owner_id=owner_id, quiet_from=begin, quiet_to=end, preferences_revision=revision
    )
    names = ("quiet_from", "quiet_to", "preferences_revision")
    statement = statement.on_conflict_do_update(
        index_elements=[PEOPLE.c.owner_id],
        set_={name: statement.excluded[name] for name in names},
        where=PEOPLE.c.preferences_revision < statement.excluded.preferences_revision,
    )
    return (await session.scalar(statement.returning(PEOPLE.c.owner_id))) is not None


async def mark_person_deleted(session: AsyncSession, owner_id: UUID) -> None:
    """Replace a person's settings by a tombstone, which makes later events about them ignored."""
    deleted_revisions = {"revision": DELETED_REVISION, "preferences_revision": DELETED_REVISION}
    statement = insert(PEOPLE).values(owner_id=owner_id, **deleted_revisions)
    blank = {column.name: statement.excluded[column.name] for column in PEOPLE.c}
    await session.execute(
        statement.on_conflict_do_update(index_elements=[PEOPLE.c.owner_id], set_=blank)
    )


def _person(row: RowMapping) -> Person:
    quiet_hours = None
    if row["quiet_from"] is not None and row["quiet_to"] is not None:
        quiet_hours = (row["quiet_from"], row["quiet_to"])
    return Person(
        id=row["owner_id"],
        timezone=row["timezone"],
        day_start=row["day_start"],
        week_start=Weekday(row["week_start"]),
        week_changes=week_changes_from_numbers(row["week_changes"]),
        locale=row["locale"],
        floor_date=row["floor_date"],
        revision=row["revision"],
        quiet_hours=quiet_hours,
    )


def _row(person: Person) -> dict[str, object]:
    return {
        "owner_id": person.id,
        "timezone": person.timezone,
        "day_start": person.day_start,
        "week_start": int(person.week_start),
        "week_changes": week_changes_to_numbers(person.week_changes),
        "locale": person.locale,
        "floor_date": person.floor_date,
        "revision": person.revision,
    }
