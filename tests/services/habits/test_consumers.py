"""Events of other services in any order: settings, quiet hours, deletion."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from google.protobuf.message import Message

from chassis.clock import now
from chassis.events import outbox
from chassis.events.consumer import Consumer
from chassis.events.relay import Relay
from chassis.events.topology import Topology
from contracts.auth.v1.account_pb2 import WEEKDAY_MONDAY, WEEKDAY_SUNDAY, Account
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserRegistered, UserUpdated
from contracts.notifications.v1.chat_link_pb2 import Preferences
from contracts.notifications.v1.notification_events_pb2 import PreferencesChanged
from services.habits import consumers
from services.habits.dao import people as dao
from services.habits.domain.check_in import Add
from services.habits.domain.people import Person
from services.habits.tables import INBOX, OUTBOX
from tests.services.habits.reminder_home import ReminderHome, a_reminder


def an_account(
    home: ReminderHome, revision: int, timezone: str = "UTC", **what: str | int
) -> Account:
    events = {"day_start": "00:00", "week_start": WEEKDAY_MONDAY, "locale": "en"}
    return Account(id=str(home.person.id), timezone=timezone, revision=revision, **(events | what))  # type: ignore[arg-type]


async def hear(home: ReminderHome, event: Message) -> None:
    """Let the service hear an event, as the consumer would."""
    found = consumers.handlers.find(event.DESCRIPTOR.full_name)
    assert found is not None
    async with home.database.transaction() as session:
        await found[1](session, event)


async def known(home: ReminderHome) -> Person | None:
    async with home.database.transaction() as session:
        return await dao.find_person(session, home.person.id)


async def count(home: ReminderHome, table: str, column: str, value: UUID) -> int:
    async with home.database.connection() as connection:
        query = f"SELECT count(*) FROM habits.{table} WHERE {column} = $1"
        return int(await connection.fetchval(query, value))


def next_moment(wall: time, zone_hours: int) -> datetime:
    """Return the next moment a wall time comes in a zone without daylight saving time."""
    local = now() + timedelta(hours=zone_hours)
    moment = datetime.combine(local.date(), wall, UTC) - timedelta(hours=zone_hours)
    return moment if moment > now() else moment + timedelta(days=1)


async def test_a_new_person_is_known(home: ReminderHome) -> None:
    account = an_account(home, 1, "Europe/Berlin", day_start="03:00", week_start=WEEKDAY_SUNDAY)
    await hear(home, UserRegistered(account=account))
    person = await known(home)
    assert person is not None
    assert (person.timezone, person.day_start, person.week_start.name) == (
        "Europe/Berlin",
        time(3),
        "SUN",
    )


async def test_the_latest_telling_wins_whatever_order_they_come_in(home: ReminderHome) -> None:
    await hear(home, UserUpdated(account=an_account(home, 3, "Asia/Tokyo")))
    await hear(home, UserRegistered(account=an_account(home, 1, "Europe/Berlin")))
    await hear(home, UserUpdated(account=an_account(home, 2, "Europe/Paris")))
    person = await known(home)
    assert person is not None
    assert (person.timezone, person.revision) == ("Asia/Tokyo", 3)


async def test_what_a_token_said_gives_way_to_what_auth_tells(home: ReminderHome) -> None:
    """A habit made before the registration was heard is reminded of by the right clock."""
    home.person = Person(home.person.id, "Asia/Tokyo")
    habit = await home.habit(a_reminder("08:00"), now=now())
    assert await home.look_times(habit) == [next_moment(time(8), 9)]
    await hear(home, UserRegistered(account=an_account(home, 1, "Asia/Dubai")))
    assert await home.look_times(habit) == [next_moment(time(8), 4)]


async def test_a_move_moves_the_reminders(home: ReminderHome) -> None:
    await hear(home, UserRegistered(account=an_account(home, 1, "Asia/Tokyo")))
    habit = await home.habit(a_reminder("08:00"), now=now())
    await hear(home, UserUpdated(account=an_account(home, 2, "Asia/Dubai")))
    assert await home.look_times(habit) == [next_moment(time(8), 4)]


async def test_a_name_that_changes_moves_nothing(home: ReminderHome) -> None:
    await hear(home, UserRegistered(account=an_account(home, 1, "Asia/Tokyo")))
    habit = await home.habit(a_reminder("08:00"), now=now() - timedelta(days=3))
    before = await home.look_times(habit)
    await hear(home, UserUpdated(account=an_account(home, 2, "Asia/Tokyo", display_name="Aiko")))
    assert await home.look_times(habit) == before


@pytest.mark.parametrize("late", [False, True])
async def test_days_that_a_flight_jumped_over_are_a_pause(home: ReminderHome, late: bool) -> None:
    """Also when a later change of the account was heard first."""
    habit = await home.habit(now=now() - timedelta(days=30))
    if late:
        await hear(home, UserUpdated(account=an_account(home, 3, "Pacific/Auckland")))
    jump = UserUpdated(
        account=an_account(home, 2, "Pacific/Auckland"),
        jumped_from_date="2026-11-20",
        jumped_to_date="2026-11-21",
    )
    await hear(home, jump)
    async with home.database.connection() as connection:
        query = "SELECT from_date, to_date, reason, habit_id FROM habits.pauses WHERE owner_id = $1"
        rows = await connection.fetch(query, habit.owner_id)
    assert [tuple(row) for row in rows] == [
        (date(2026, 11, 20), date(2026, 11, 21), "crossed the date line", None)
    ]


async def test_another_week_start_has_everything_counted_anew(home: ReminderHome) -> None:
    await hear(home, UserRegistered(account=an_account(home, 1)))
    habit = await home.habit(now=now())
    await home.write(habit, Add(), now=now())
    query = "SELECT revision FROM habits.progress WHERE habit_id = $1"
    async with home.database.connection() as connection:
        before = await connection.fetchval(query, habit.id)
        await hear(home, UserUpdated(account=an_account(home, 2, week_start=WEEKDAY_SUNDAY)))
        assert await connection.fetchval(query, habit.id) == before + 1


class TestLeaving:
    async def test_everything_of_a_person_goes(self, home: ReminderHome) -> None:
        habit = await home.habit(a_reminder("08:00"), now=now())
        await home.write(habit, Add(), now=now())
        await hear(home, UserDeleted(account_id=str(home.person.id)))
        for table in ("days", "changes", "progress", "reminders"):
            assert await count(home, table, "habit_id", habit.id) == 0
        for table in ("habits", "pauses"):
            assert await count(home, table, "owner_id", home.person.id) == 0

    async def test_nothing_that_comes_late_brings_them_back(self, home: ReminderHome) -> None:
        account = an_account(home, 7, "Asia/Tokyo")
        await hear(home, UserDeleted(account_id=str(home.person.id)))
        await hear(home, UserUpdated(account=account, jumped_from_date="2026-11-20"))
        changed = Preferences(quiet_from="22:00", quiet_to="07:00")
        preferences = PreferencesChanged(
            owner_id=str(home.person.id), preferences=changed, revision=9
        )
        await hear(home, preferences)
        person = await known(home)
        assert person is not None
        assert (person.timezone, person.quiet_hours) == ("UTC", None)
        assert await count(home, "pauses", "owner_id", home.person.id) == 0

    async def test_others_stay(self, home: ReminderHome) -> None:
        other = ReminderHome(home.database)
        habit = await other.habit(a_reminder("08:00"), now=now())
        await hear(home, UserDeleted(account_id=str(home.person.id)))
        assert await count(home, "reminders", "habit_id", habit.id) == 1


class TestQuietHours:
    async def test_they_are_kept_and_the_latest_telling_wins(self, home: ReminderHome) -> None:
        for revision, begin in ((2, "23:00"), (1, "21:00")):
            changed = Preferences(quiet_from=begin, quiet_to="07:00")
            event = PreferencesChanged(
                owner_id=str(home.person.id), preferences=changed, revision=revision
            )
            await hear(home, event)
        await hear(home, UserRegistered(account=an_account(home, 1)))
        person = await known(home)
        assert person is not None
        assert person.quiet_hours == (time(23), time(7))

    async def test_they_can_end(self, home: ReminderHome) -> None:
        for revision, begin in ((1, "23:00"), (2, "")):
            changed = Preferences(quiet_from=begin, quiet_to="07:00")
            event = PreferencesChanged(
                owner_id=str(home.person.id), preferences=changed, revision=revision
            )
            await hear(home, event)
        person = await known(home)
        assert person is not None
        assert person.quiet_hours is None

    async def test_what_waits_for_their_end_is_looked_at_anew(self, home: ReminderHome) -> None:
        habit = await home.habit(a_reminder("08:00"), now=now())
        async with home.database.connection() as connection:
            await connection.execute(
                """
                UPDATE habits.reminders SET look_time = due_time + interval '3 hours'
                WHERE habit_id = $1""",
                habit.id,
            )
        changed = Preferences(quiet_from="", quiet_to="")
        event = PreferencesChanged(owner_id=str(home.person.id), preferences=changed, revision=1)
        await hear(home, event)
        assert await home.look_times(habit) == [next_moment(time(8), 0)]


async def test_events_come_over_the_broker_and_a_repeat_has_no_effect(
    home: ReminderHome, amqp_url: str
) -> None:
    """The whole way: outbox, relay, RabbitMQ, consumer, inbox. The same message comes twice."""
    jump = UserUpdated(
        account=an_account(home, 2, "Pacific/Auckland"),
        jumped_from_date="2026-11-20",
        jumped_to_date="2026-11-20",
    )
    async with home.database.transaction() as session:
        await outbox.add(session, OUTBOX, jump)
    topology = Topology("habits", consumers.handlers.routing_keys)
    consumer = Consumer(home.database, amqp_url, topology, consumers.handlers, INBOX)
    relay = Relay(home.database, amqp_url, schema="habits")
    async with _running(consumer, relay):
        await _until(home, "SELECT count(*) = 1 FROM habits.pauses WHERE owner_id = $1")
        async with home.database.connection() as connection:
            await connection.execute(
                "UPDATE habits.outbox SET publish_time = NULL, due_time = now()"
            )
        marker = UserUpdated(account=an_account(home, 3, "Asia/Tokyo"))
        async with home.database.transaction() as session:
            await outbox.add(session, OUTBOX, marker)
        await _until(home, "SELECT timezone = 'Asia/Tokyo' FROM habits.people WHERE owner_id = $1")
        await _until(
            home,
            """
            SELECT count(*) = 0 FROM habits.outbox
            WHERE publish_time IS NULL AND type LIKE 'contracts.auth.%' AND $1 <> id""",
        )
    assert await count(home, "pauses", "owner_id", home.person.id) == 1


@contextlib.asynccontextmanager
async def _running(*parts: Consumer | Relay) -> AsyncIterator[None]:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(part.run(stop)) for part in parts]
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 60)


async def _until(home: ReminderHome, query: str) -> None:
    async with asyncio.timeout(60), home.database.connection() as connection:
        while not await connection.fetchval(query, home.person.id):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
