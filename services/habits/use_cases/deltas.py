"""Reads what has changed of a person's habits since a cursor."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from services.habits.dao import deltas as dao
from services.habits.dao import snapshots as snapshots_dao
from services.habits.domain.check_in import CheckIn
from services.habits.domain.delta import (
    MAX_DELETED,
    MAX_PAGE_DAYS,
    MAX_PAGE_HABITS,
    Cursor,
    DeletedKind,
    Delta,
    Horizon,
    Place,
)
from services.habits.domain.habit import Habit
from services.habits.domain.people import Person


async def get_delta(
    connection: Connection, person: Person, cursor: Cursor | None, *, now: datetime
) -> Delta:
    """Return the next page of what has changed; of everything without a usable cursor."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        origin, present = await dao.read_origin(connection, person.id)
        person = await snapshots_dao.resolve_person(connection, person)
        page = _Page(connection, person, origin, present, now)
        if cursor is None or not cursor.is_usable(origin, present):
            return await page.first(None)
        if cursor.place is not None:
            return await page.fill(cursor.place, cursor.horizon)
        return await page.first(cursor.horizon)


async def get_present_cursor(connection: Connection, person: Person, *, now: datetime) -> Delta:
    """Return a cursor of the present."""
    origin, present = await dao.read_origin(connection, person.id)
    today = (await snapshots_dao.resolve_person(connection, person)).today(now)
    return Delta(today=today, cursor=Cursor(origin, present))


async def has_unseen(connection: Connection, person: Person, cursor: Cursor) -> bool:
    """Say whether there is something at once: a change, or that the cursor is not usable."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        origin, present = await dao.read_origin(connection, person.id)
        if cursor.place is not None or not cursor.is_usable(origin, present):
            return True
        owners = [person.id]
        return bool(await dao.list_owners_with_unseen(connection, owners, cursor.horizon, present))


class _Page:
    """Puts one page together, in the transaction of the connection."""

    def __init__(
        self,
        connection: Connection,
        person: Person,
        origin: bytes,
        present: Horizon,
        now: datetime,
    ) -> None:
        self._connection = connection
        self._person = person
        self._origin = origin
        self._present = present
        self._now = now

    async def first(self, since: Horizon | None) -> Delta:
        """Return the first page of what has changed since a horizon; None is everything."""
        owner_id, present = self._person.id, self._present
        deleted: Sequence[tuple[DeletedKind, UUID]] = ()
        settings_changed = True
        if since is not None:
            deleted = await dao.list_deleted(
                self._connection, owner_id, since, present, limit=MAX_DELETED + 1
            )
            if len(deleted) > MAX_DELETED:
                return await self.first(None)
            settings_changed = await dao.are_settings_unseen(
                self._connection, owner_id, since, present
            )
        pauses = await dao.list_pauses(self._connection, owner_id, since, present)
        rest = await self.fill(Place(since), present)
        return Delta(
            full=since is None,
            habits=rest.habits,
            check_ins=rest.check_ins,
            pauses=pauses,
            deleted=deleted,
            settings_changed=settings_changed,
            today=rest.today,
            cursor=rest.cursor,
        )

    async def fill(self, place: Place, target: Horizon) -> Delta:
        """Return the habits and days from a place on.

        Args:
            place: What the pages before ended with.
            target: The horizon of the first page: what is written after it comes in later deltas.
        """
        found: Sequence[Habit] = ()
        if place.after_day is None:
            found = await dao.list_habits(
                self._connection, self._person.id, place, self._present, limit=MAX_PAGE_HABITS + 1
            )
            if len(found) > MAX_PAGE_HABITS:
                found = found[:MAX_PAGE_HABITS]
                return self._delta(found, [], Place(place.since, found[-1].id), target)
            place = Place(place.since, after_day=1)
        days = await dao.list_days(
            self._connection, self._person.id, place, self._present, limit=MAX_PAGE_DAYS + 1
        )
        after: Place | None = None
        if len(days) > MAX_PAGE_DAYS:
            days = days[:MAX_PAGE_DAYS]
            after = Place(place.since, days[-1].habit_id, days[-1].day.toordinal())
        return self._delta(found, days, after, target)

    def _delta(
        self,
        habits: Sequence[Habit],
        days: Sequence[CheckIn],
        after: Place | None,
        target: Horizon,
    ) -> Delta:
        return Delta(
            habits=habits,
            check_ins=days,
            today=self._person.today(self._now),
            cursor=Cursor(self._origin, target, after),
        )
