"""One person's day, from signing up in the morning to signing out at night."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.chassis.waiting import eventually
from tests.journeys.people import (
    WEEKDAYS,
    Clients,
    Person,
    a_zone_at_daytime,
    buttons,
    next_minute,
)

pytestmark = pytest.mark.timeout(240)

AT_NIGHT = [{"time": "23:30"}]
REMINDER_SECONDS = 75
NOTHING_ADVISED = "Today is done; 1 habit still has time. Keep going!"


async def test_a_day(clients: Clients) -> None:
    """Ada signs up, and by night her streak is told right in the chat and over REST.

    It is the fourth day of her week. She has kept her habits on paper and fills in what she did.
    """
    zone = a_zone_at_daytime()
    today = datetime.now(ZoneInfo(zone)).date()
    ada = await clients.register("Ada", timezone=zone, week_start=_weekday(today, 3))
    await ada.link_chat()

    water = await ada.new_habit(
        "Drink water",
        start_date=_ago(today, 4),
        reminders=[{"time": next_minute(ada, at_least=timedelta(seconds=5))}],
    )
    run = await ada.new_habit(
        "Run",
        schedule={"frequency": "weekly", "times": 3},
        start_date=_ago(today, 3),
        reminders=AT_NIGHT,
    )
    read = await ada.new_habit(
        "Read",
        schedule={"frequency": "weekly", "weekdays": [_weekday(today, 2), _weekday(today, 0)]},
        start_date=_ago(today, 3),
        reminders=AT_NIGHT,
    )
    await ada.new_habit(
        "Call home",
        schedule={"frequency": "monthly", "times": 2},
        start_date=str(today.replace(day=1)),
        reminders=AT_NIGHT,
    )
    await _the_morning(ada, today)
    await _check_in(ada, today, water=water, run=run, read=read)
    await _be_reminded(ada, water)
    await _look_back(ada, today, water=water, run=run)
    await _go_to_bed(ada)


async def _the_morning(ada: Person, today: date) -> None:
    """All four habits are on the day's list, and none is done."""
    screen = await ada.get("today")
    assert (screen["date"], screen["due"], screen["met"]) == (str(today), 4, 0)
    assert [(it["habit"]["title"], it["state"]) for it in screen["items"]] == [
        ("Drink water", "open"),
        ("Run", "open"),
        ("Read", "open"),
        ("Call home", "open"),
    ]


async def _check_in(ada: Person, today: date, *, water: str, run: str, read: str) -> None:
    """She fills in days that are over, and checks in today; twice is once."""
    for days in (3, 2, 1):
        await ada.put(f"habits/{water}/check-ins/{_ago(today, days)}", mark="done")
    await ada.put(f"habits/{run}/check-ins/{_ago(today, 1)}", mark="done")
    await ada.put(f"habits/{read}/check-ins/{_ago(today, 2)}", mark="done")

    first = await ada.post(f"habits/{read}/check-ins", status=201)
    again = await ada.post(f"habits/{read}/check-ins", status=200)
    assert (first["changed"], again["changed"]) == (True, False)
    assert first["current_streak"] == again["current_streak"]
    assert first["current_streak"]["length"] == 2
    cheer = await ada.wait_for_message('"Read"')
    assert cheer["text"] == '🔥 "Read": 2 days in a row. Keep it up!'

    await ada.post(f"habits/{run}/check-ins", status=201)
    tomorrow = str(today + timedelta(days=1))
    problem = await ada.refused("PUT", f"habits/{run}/check-ins/{tomorrow}", mark="done")
    assert (problem["status"], problem["reason"]) == (409, "CHECK_IN_IN_FUTURE")


async def _be_reminded(ada: Person, water: str) -> None:
    """The reminder comes at its minute, and its button checks in."""
    reminder = await ada.wait_for_message("🔥 Habit reminder", within=REMINDER_SECONDS)
    assert reminder["text"] == (
        "🔥 Habit reminder: \"Drink water\"\nYou haven't completed it today — let's go!"
    )
    assert buttons(reminder) == [["✅ Done", "⏭ Skip", "⏰ Later"]]
    assert await ada.press(reminder, "✅ Done") == "✅ Done · 4 days in a row"

    answered = await ada.read(reminder)
    assert answered["text"] == '🔥 Habit reminder: "Drink water"\n✅ Done · 4 days in a row'
    [day, *_] = (await ada.get(f"habits/{water}/check-ins"))["items"]
    assert (day["date"], day["mark"], day["source"]) == (str(ada.today()), "done", "telegram")
    assert await ada.messages_with("🔥 Habit reminder") == [answered["text"]]


async def _look_back(ada: Person, today: date, *, water: str, run: str) -> None:
    """Progress, the summary and the report in the chat tell the same day."""
    progress = await ada.get(f"habits/{water}/progress")
    streak = progress["current_streak"]
    assert (streak["length"], streak["unit"], streak["start_date"]) == (4, "day", _ago(today, 3))
    assert progress["completion"]["7d"] == 0.8
    assert progress["total_check_ins"] == 4
    week = (await ada.get(f"habits/{run}/progress"))["current_unit"]
    assert (week["from_date"], week["done"], week["asked"]) == (_ago(today, 3), 2, 3)
    assert week["state"] == "open"

    async def everything_is_counted() -> bool:
        summary = await ada.get("analytics/summary", **{"from": _ago(today, 4), "to": str(today)})
        return bool(summary["check_ins"] == 8)

    await eventually(everything_is_counted)
    summary = await ada.get("analytics/summary", **{"from": _ago(today, 4), "to": str(today)})
    assert (summary["habits_active"], summary["due"], summary["met"]) == (4, 7, 6)
    assert summary["completion_rate"] == pytest.approx(6 / 7)
    assert (summary["perfect_days"], summary["best_day"]) == (4, str(today))
    assert summary["longest_current_streak"] == 4

    report = await ada.post("analytics/reports", status=201, kind="daily")
    assert (report["completed_habits"], report["recommendation"]) == (3, NOTHING_ADVISED)
    assert (await ada.wait_for_message("Daily Report"))["text"] == (
        "💡 Daily Report Ready!\n"
        "• 3 habits completed\n"
        "• Streak: 4 days\n"
        f"• Recommendation: {NOTHING_ADVISED}"
    )
    screen = await ada.get("today")
    assert (screen["due"], screen["met"]) == (4, 3)


async def _go_to_bed(ada: Person) -> None:
    """Tokens rotate; one that comes twice after its time ends what it began."""
    spent = ada.refresh_token
    await ada.refresh()
    current = ada.refresh_token
    assert current != spent
    again = await ada.post("auth/refresh", refresh_token=spent)
    assert again["refresh_token"] == current, "an answer that was lost comes again"

    await ada.refresh()
    problem = await ada.refused("POST", "auth/refresh", refresh_token=spent)
    assert (problem["status"], problem["reason"]) == (401, "REFRESH_TOKEN_REUSED")
    problem = await ada.refused("POST", "auth/refresh", refresh_token=ada.refresh_token)
    assert problem["status"] == 401, "whoever took the old one has lost the new one too"

    await ada.log_in()
    await ada.post("auth/logout", status=204, refresh_token=ada.refresh_token)
    problem = await ada.refused("POST", "auth/refresh", refresh_token=ada.refresh_token)
    assert (problem["status"], problem["reason"]) == (401, "REFRESH_TOKEN_INVALID")


def _ago(today: date, days: int) -> str:
    return str(today - timedelta(days=days))


def _weekday(today: date, days_ago: int) -> str:
    return WEEKDAYS[(today - timedelta(days=days_ago)).weekday()]
