"""The next due days of a schedule are those on which a habit that is made of it is due."""

from datetime import date, timedelta

import pytest

from contracts.habits.v1 import habit_pb2 as wire
from contracts.habits.v1.habit_service_pb2 import PreviewScheduleRequest
from contracts.habits.v1.progress_service_pb2 import GetTodayRequest
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, refused

DAILY, WEEKLY, MONTHLY, YEARLY = (
    wire.FREQUENCY_DAILY,
    wire.FREQUENCY_WEEKLY,
    wire.FREQUENCY_MONTHLY,
    wire.FREQUENCY_YEARLY,
)


async def preview(person: Person, schedule: wire.Schedule, **dates: str) -> list[str]:
    request = PreviewScheduleRequest(schedule=schedule, **dates)
    return list((await person.habits.PreviewSchedule(request)).due_dates)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (
            wire.Schedule(frequency=DAILY, interval=3),
            ["2026-03-01", "2026-03-04", "2026-03-07", "2026-03-10", "2026-03-13"],
        ),
        (
            wire.Schedule(frequency=MONTHLY, month_days=[-1]),
            ["2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31"],
        ),
        (
            wire.Schedule(frequency=YEARLY, year_days=[wire.YearDay(month=2, day=29)]),
            ["2027-02-28", "2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28"],
        ),
        (
            wire.Schedule(frequency=DAILY, interval=366),
            ["2026-03-01", "2027-03-02", "2028-03-02", "2029-03-03", "2030-03-04"],
        ),
        (wire.Schedule(frequency=WEEKLY, times=3), []),
    ],
)
async def test_the_next_days_of_a_schedule(
    habits: HabitsServer, schedule: wire.Schedule, expected: list[str]
) -> None:
    assert await preview(habits.person(), schedule, start_date="2026-03-01") == expected


async def test_an_interval_goes_on_from_its_anchor(habits: HabitsServer) -> None:
    schedule = wire.Schedule(frequency=DAILY, interval=3, anchor_date="2026-01-01")
    found = await preview(habits.person(), schedule, start_date="2026-01-02")
    assert found[0] == "2026-01-16"  # not before today, the 14th
    found = await preview(habits.person(), schedule, from_date="2026-02-01")
    assert found[0] == "2026-02-03"


async def test_it_says_what_today_will_show(habits: HabitsServer) -> None:
    """Weeks that alternate by a week that begins on Sunday: the preview and the screen agree."""
    person = habits.person(week_start="sun")
    schedule = wire.Schedule(
        frequency=WEEKLY, interval=2, weekdays=[wire.WEEKDAY_SUNDAY, wire.WEEKDAY_MONDAY]
    )
    expected = await preview(person, schedule)
    habit = await person.makes(schedule=schedule)
    due = []
    for n in range((date.fromisoformat(expected[-1]) - TODAY).days + 1):
        day = (TODAY + timedelta(days=n)).isoformat()
        items = (await person.progress.GetToday(GetTodayRequest(today_date=day))).items
        due += [day for it in items if it.habit.id == habit.id]
    assert due == expected


async def test_what_no_habit_could_have_is_refused(habits: HabitsServer) -> None:
    with refused("SCHEDULE_INVALID"):
        await preview(habits.person(), wire.Schedule())
    with refused("DATE_MALFORMED"):
        await preview(habits.person(), wire.Schedule(frequency=DAILY), start_date="2026-02-30")
