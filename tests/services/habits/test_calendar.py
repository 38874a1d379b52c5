"""The calendar that calendar apps read: two libraries that did not write it agree with it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import ics
import pytest
from icalendar import Calendar

from chassis.rpc.channel import connect
from contracts.habits.v1 import calendar_service_pb2
from contracts.habits.v1.calendar_service_pb2 import (
    CreateCalendarRequest,
    DeleteCalendarRequest,
    GetCalendarRequest,
)
from contracts.habits.v1.calendar_service_pb2_grpc import CalendarServiceStub
from contracts.habits.v1.habit_pb2 import (
    FREQUENCY_DAILY,
    FREQUENCY_WEEKLY,
    WEEKDAY_FRIDAY,
    WEEKDAY_MONDAY,
    Reminder,
    Schedule,
)
from tests.services.habits.api_calls import archive
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, ago, refused

FIRST, LAST = TODAY - timedelta(days=7), TODAY + timedelta(days=60)
ZONES = (
    "UTC",
    "America/New_York",  # its clocks change on 8 March, within the calendar
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Africa/Casablanca",  # its clocks change for Ramadan
)


class Shown(NamedTuple):
    """An event as a calendar app shows it."""

    title: str
    at: datetime | date


@pytest.fixture
async def calendars(habits: HabitsServer) -> AsyncIterator[CalendarServiceStub]:
    async with connect(habits.target, calendar_service_pb2.DESCRIPTOR) as channel:
        yield CalendarServiceStub(channel)


async def create(calendars: CalendarServiceStub, person: Person) -> str:
    """Create the address of a person's calendar; return its secret."""
    metadata = (("authorization", f"Bearer {person.token}"),)
    return (await calendars.CreateCalendar(CreateCalendarRequest(), metadata=metadata)).secret


async def read(calendars: CalendarServiceStub, secret: str) -> list[Shown]:
    """Read a calendar with two libraries, which must see the same."""
    content = (await calendars.GetCalendar(GetCalendarRequest(secret=secret))).content
    events = Calendar.from_ical(content).walk("VEVENT")
    shown = [Shown(str(it["summary"]), it.decoded("dtstart")) for it in events]
    others = ics.Calendar(content.decode()).events
    assert {str(it["uid"]) for it in events} == {it.uid for it in others}
    assert len(events) == len(others)
    assert {it.title for it in shown} == {it.name for it in others}
    assert sorted(_comparable(it.at) for it in shown) == sorted(
        _comparable(it.begin.date() if it.all_day else it.begin.datetime) for it in others
    )
    return sorted(shown, key=lambda it: _comparable(it.at))


def _comparable(at: datetime | date) -> str:
    return at.astimezone(UTC).isoformat() if isinstance(at, datetime) else at.isoformat()


@pytest.mark.parametrize("zone", ZONES)
async def test_reminders_come_at_their_wall_time(
    habits: HabitsServer, calendars: CalendarServiceStub, zone: str
) -> None:
    ann = habits.person(timezone=zone)
    await ann.makes("Run", reminders=[Reminder(local_time="07:30", text="Shoes")])
    found = await read(calendars, await create(calendars, ann))
    here = ZoneInfo(zone)
    today = habits.clock().astimezone(here).date()
    days = [today + timedelta(days=n) for n in range(-7, 61) if today + timedelta(days=n) >= today]
    expected = [datetime.combine(day, time(7, 30), here).astimezone(UTC) for day in days]
    assert [it.at for it in found] == expected
    assert len(found) == 61


async def test_due_days_without_a_reminder_are_whole_days(
    habits: HabitsServer, calendars: CalendarServiceStub
) -> None:
    ann = habits.person()
    weekdays = [WEEKDAY_MONDAY, WEEKDAY_FRIDAY]
    schedule = Schedule(frequency=FREQUENCY_WEEKLY, weekdays=weekdays)
    await ann.makes("Swim", schedule=schedule, start_date=str(ago(100)))
    await ann.rests(TODAY, TODAY + timedelta(days=13))
    found = await read(calendars, await create(calendars, ann))
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    paused = {TODAY + timedelta(days=n) for n in range(14)}
    expected = [day for day in days if day.weekday() in (0, 4) and day not in paused]
    assert found == [Shown("Swim", day) for day in expected]


async def test_a_habit_of_some_days_a_week_has_no_due_days(
    habits: HabitsServer, calendars: CalendarServiceStub
) -> None:
    ann = habits.person()
    await ann.makes("Gym", schedule=Schedule(frequency=FREQUENCY_WEEKLY, times=3))
    secret = await create(calendars, ann)
    assert await read(calendars, secret) == []
    every = Schedule(frequency=FREQUENCY_DAILY, interval=30)
    await ann.makes("Water the cactus", schedule=every)
    assert [it.at for it in await read(calendars, secret)] == [
        TODAY + timedelta(days=n) for n in (0, 30, 60)
    ]


async def test_archived_habits_and_those_of_others_are_not_shown(
    habits: HabitsServer, calendars: CalendarServiceStub
) -> None:
    ann, bob = habits.person(), habits.person()
    await bob.makes("Bob's own")
    await archive(ann, await ann.makes("Long ago"))
    await ann.makes("Hers")
    found = await read(calendars, await create(calendars, ann))
    assert {it.title for it in found} == {"Hers"}


@pytest.mark.parametrize(
    "title", ['a;b,c:"d"', "x" * 120, "BEGIN:VEVENT", "🏃‍♀️ läuft ‮rtl", "END:VCALENDAR;"]
)
async def test_titles_are_read_back_as_they_were(
    habits: HabitsServer, calendars: CalendarServiceStub, title: str
) -> None:
    ann = habits.person()
    made = await ann.makes(title)
    found = await read(calendars, await create(calendars, ann))
    assert {it.title for it in found} == {made.title}


async def test_an_address_works_until_it_is_replaced_or_deleted(
    habits: HabitsServer, calendars: CalendarServiceStub
) -> None:
    ann = habits.person()
    first = await create(calendars, ann)
    second = await create(calendars, ann)
    with refused("CALENDAR_NOT_FOUND"):
        await calendars.GetCalendar(GetCalendarRequest(secret=first))
    assert await read(calendars, second) == []
    metadata = (("authorization", f"Bearer {ann.token}"),)
    await calendars.DeleteCalendar(DeleteCalendarRequest(), metadata=metadata)
    with refused("CALENDAR_NOT_FOUND"):
        await calendars.GetCalendar(GetCalendarRequest(secret=second))


async def test_the_database_holds_no_secret(
    habits: HabitsServer, calendars: CalendarServiceStub
) -> None:
    ann = habits.person()
    secret = await create(calendars, ann)
    async with habits.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT * FROM habits.calendars WHERE owner_id = $1", ann.caller.id
        )
    assert len(rows) == 1
    assert secret not in str(rows)
