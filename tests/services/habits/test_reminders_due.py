"""Due reminders on a real database: which are sent, once, with what."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from contracts.habits.v1.habit_pb2 import DIRECTION_AT_MOST
from rhythm.goal import Direction, Goal
from rhythm.plan import Mark
from rhythm.schedule import Frequency, Schedule, Weekday
from services.habits.domain.check_in import Add, Clear, Set
from services.habits.tables import PAUSES
from services.habits.use_cases import due_reminders
from tests.services.habits.reminder_home import ReminderHome, a_reminder, at


async def test_a_reminder_tells_what_the_message_needs(home: ReminderHome) -> None:
    reminder = a_reminder("08:00", text="Two glasses!")
    habit = await home.habit(reminder, now=at("2026-11-23 06:00"))
    assert await home.tick("2026-11-23 07:59:59") == []
    [event] = await home.tick("2026-11-23 08:00:03")
    assert (event.habit_id, event.reminder_id) == (str(habit.id), str(reminder.id))
    assert (event.title, event.text, event.due_date) == (
        "Drink water",
        "Two glasses!",
        "2026-11-23",
    )
    assert (event.slot, event.missing, event.unit) == (0, "", "")
    assert event.expire_time.ToDatetime(at("2026-11-24").tzinfo) == at("2026-11-24")


async def test_it_comes_every_day_and_once_a_day(home: ReminderHome) -> None:
    reminder = a_reminder("08:00")
    await home.habit(reminder, now=at("2026-11-23 06:00"))
    for moment in ("2026-11-23 08:00", "2026-11-23 08:00:05", "2026-11-24 08:00"):
        await home.tick(moment)
    assert [event.due_date for event in await home.events()] == ["2026-11-23", "2026-11-24"]
    assert await home.firings(reminder.id) == [
        ("2026-11-23", 0, "sent"),
        ("2026-11-24", 0, "sent"),
    ]


async def test_what_is_done_is_not_reminded_of_and_what_is_cleared_is(home: ReminderHome) -> None:
    early, late = a_reminder("08:00"), a_reminder("20:00")
    habit = await home.habit(early, late, now=at("2026-11-23 06:00"))
    await home.write(habit, Add(), now=at("2026-11-23 07:00"))
    assert await home.tick("2026-11-23 08:00") == []
    await home.write(habit, Clear(), now=at("2026-11-23 12:00"))
    assert [event.reminder_id for event in await home.tick("2026-11-23 20:00")] == [str(late.id)]


@pytest.mark.parametrize("mark", [Mark.SKIP, Mark.MISSED])
async def test_a_day_that_was_answered_is_not_reminded_of(home: ReminderHome, mark: Mark) -> None:
    habit = await home.habit(a_reminder("08:00"), now=at("2026-11-23 06:00"))
    await home.write(habit, Set(mark), now=at("2026-11-23 07:00"))
    assert await home.tick("2026-11-23 08:00") == []


async def test_a_quantity_is_reminded_of_what_it_lacks(home: ReminderHome) -> None:
    habit = await home.habit(
        a_reminder("08:00"),
        a_reminder("09:00"),
        now=at("2026-11-23 06:00"),
        goal=Goal(amount_thousandths=3000),
        unit="km",
    )
    await home.write(habit, Add(500), now=at("2026-11-23 07:00"))
    [event] = await home.tick("2026-11-23 08:00")
    assert (event.missing, event.unit) == ("2.5", "km")
    await home.write(habit, Add(2500), now=at("2026-11-23 08:30"))
    assert len(await home.tick("2026-11-23 09:00")) == 1


async def test_a_total_of_the_week_lacks_what_the_week_lacks(home: ReminderHome) -> None:
    habit = await home.habit(
        a_reminder("20:00"),
        now=at("2026-11-23 06:00"),
        goal=Goal(amount_thousandths=10_000),
        schedule=Schedule(Frequency.WEEKLY),
    )
    await home.write(habit, Add(4000), now=at("2026-11-23 07:00"))
    [event] = await home.tick("2026-11-23 20:00")
    assert Decimal(event.missing) == 6
    await home.write(habit, Add(6000), now=at("2026-11-24 07:00"))
    assert len(await home.tick("2026-11-24 20:00")) == 1


async def test_a_week_that_is_met_is_not_reminded_of(home: ReminderHome) -> None:
    """Three days a week: done on Monday, Tuesday and Wednesday, silent on Thursday."""
    habit = await home.habit(
        a_reminder("20:00"),
        now=at("2026-11-23 06:00"),
        schedule=Schedule(Frequency.WEEKLY, times=3),
    )
    for day in (23, 24):
        await home.write(habit, Add(), now=at(f"2026-11-{day} 07:00"))
        assert await home.tick(f"2026-11-{day} 20:00") == []  # that day is done
    [event] = await home.tick("2026-11-25 20:00")
    assert event.due_date == "2026-11-25"
    await home.write(habit, Add(), now=at("2026-11-25 21:00"))
    assert len(await home.tick("2026-11-26 20:00")) == 1
    assert len(await home.tick("2026-11-30 20:00")) == 2  # a new week


async def test_a_day_that_is_not_due_is_not_reminded_of(home: ReminderHome) -> None:
    tuesdays = Schedule(Frequency.WEEKLY, weekdays=(Weekday.TUE,))
    await home.habit(a_reminder("08:00"), now=at("2026-11-23 06:00"), schedule=tuesdays)
    assert await home.tick("2026-11-23 08:00") == []
    assert len(await home.tick("2026-11-24 08:00")) == 1


async def test_an_at_most_habit_is_told_once_a_day_lacks_nothing_and_is_never_nagged(
    home: ReminderHome,
) -> None:
    await home.habit(
        a_reminder("08:00", nag_minutes=5),
        now=at("2026-11-23 06:00"),
        goal=Goal(Direction.AT_MOST, 2000),
    )
    for minute in range(0, 60, 5):
        await home.tick(f"2026-11-23 08:{minute:02}:01")
    [event] = await home.events()
    assert (event.missing, event.direction) == ("", DIRECTION_AT_MOST)


async def test_an_at_most_habit_that_is_over_its_limit_is_left_alone(home: ReminderHome) -> None:
    habit = await home.habit(
        a_reminder("08:00"), now=at("2026-11-23 06:00"), goal=Goal(Direction.AT_MOST, 2000)
    )
    await home.write(habit, Add(3000), now=at("2026-11-23 07:00"))
    assert await home.tick("2026-11-23 08:00") == []


@pytest.mark.parametrize("of_all", [True, False])
async def test_a_pause_silences(home: ReminderHome, of_all: bool) -> None:
    habit = await home.habit(a_reminder("08:00"), now=at("2026-11-23 06:00"))
    pause = {
        "id": habit.id,
        "owner_id": home.person.id,
        "habit_id": None if of_all else habit.id,
        "from_date": date(2026, 11, 23),
        "to_date": date(2026, 11, 24),
        "reason": "",
        "create_time": at("2026-11-23 06:00"),
    }
    async with home.database.transaction() as session:
        await session.execute(PAUSES.insert(), [pause])
    for day in (23, 24):
        assert await home.tick(f"2026-11-{day} 08:00") == []
    assert len(await home.tick("2026-11-25 08:00")) == 1


async def test_a_habit_that_begins_later_is_silent_until_then(home: ReminderHome) -> None:
    await home.habit(a_reminder("08:00"), now=at("2026-11-23 06:00"), start_date=date(2026, 11, 25))
    for day in (23, 24):
        assert await home.tick(f"2026-11-{day} 08:00") == []
    assert len(await home.tick("2026-11-25 08:00")) == 1


async def test_an_archived_habit_is_silent_and_a_restored_one_goes_on(home: ReminderHome) -> None:
    habit = await home.habit(a_reminder("08:00"), now=at("2026-11-23 06:00"))
    rests = {"archive_time": at("2026-11-23 07:00"), "archive_date": date(2026, 11, 23)}
    archived = await home.edit(habit, now=at("2026-11-23 07:00"), **rests)
    assert await home.look_times(archived) == [None]
    assert await home.tick("2026-11-24 08:00") == []
    back = {"archive_time": None, "archive_date": None}
    await home.edit(archived, now=at("2026-11-24 09:00"), **back)
    assert len(await home.tick("2026-11-25 08:00")) == 1


async def test_after_a_weekend_away_one_rings_and_the_others_are_on_record(
    home: ReminderHome,
) -> None:
    reminder = a_reminder("08:00")
    await home.habit(reminder, now=at("2026-11-20 06:00"))
    events = await home.tick("2026-11-23 09:30")
    assert [event.due_date for event in events] == ["2026-11-23"]
    assert await home.firings(reminder.id) == [
        ("2026-11-20", 0, "missed"),
        ("2026-11-21", 0, "missed"),
        ("2026-11-22", 0, "missed"),
        ("2026-11-23", 0, "sent"),
    ]


async def test_a_day_of_a_person_whose_day_starts_late_ends_late(home: ReminderHome) -> None:
    """At half past one at night it is still Monday for somebody whose day starts at three."""
    home.person = type(home.person)(home.person.id, "Europe/Berlin", time(3))
    await home.habit(a_reminder("01:30"), now=at("2026-11-23 12:00"))
    [event] = await home.tick("2026-11-24 00:30")
    assert event.due_date == "2026-11-23"
    assert event.expire_time.ToDatetime(at("2026-11-24").tzinfo) == at("2026-11-24 02:00")


async def test_an_empty_tick_is_quick(home: ReminderHome) -> None:
    """Five milliseconds are the goal; this only catches a scan of everything."""
    await home.habit(a_reminder("08:00"), now=at("2026-11-23 06:00"))
    await home.tick("2026-11-23 06:30")
    begin = datetime.now(at("2026-11-23").tzinfo)
    tally = await due_reminders.remind_due(home.database, now=at("2026-11-23 06:30"))
    assert tally.checked_count == 0
    assert datetime.now(at("2026-11-23").tzinfo) - begin < timedelta(seconds=1)


async def test_firings_of_long_ago_are_forgotten(home: ReminderHome) -> None:
    reminder = a_reminder("08:00")
    await home.habit(reminder, now=at("2026-11-23 06:00"))
    await home.tick("2026-11-23 08:00")
    await due_reminders.delete_old_firings(home.database, now=at("2026-12-23 08:00"))
    assert len(await home.firings(reminder.id)) == 1
    await due_reminders.delete_old_firings(home.database, now=at("2027-02-23 08:00"))
    assert await home.firings(reminder.id) == []
