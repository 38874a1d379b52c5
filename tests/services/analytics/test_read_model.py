"""Events that arrive late, twice, before what they belong to, or after its deletion."""

import random
from datetime import date, time, timedelta

from sqlalchemy import text

from chassis.caller import Caller
from chassis.database import Database
from contracts.analytics.v1.analytics_service_pb2 import (
    CreateReportRequest,
    GetSummaryRequest,
    ListRecommendationsRequest,
)
from contracts.analytics.v1.summary_pb2 import REPORT_KIND_DAILY, Summary
from contracts.auth.v1.account_pb2 import WEEKDAY_MONDAY, WEEKDAY_SUNDAY
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserUpdated
from contracts.habits.v1 import habit_pb2
from contracts.habits.v1.check_in_pb2 import MARK_UNSPECIFIED
from contracts.habits.v1.habit_events_pb2 import (
    HabitArchived,
    HabitDeleted,
    HabitRestored,
    HabitUpdated,
    PauseChanged,
)
from contracts.notifications.v1.chat_link_pb2 import Preferences
from contracts.notifications.v1.notification_events_pb2 import PreferencesChanged
from services.analytics.dao import people
from tests.builders import a_caller
from tests.services.analytics.event_builders import (
    a_day,
    a_habit,
    a_pause,
    a_person,
    done,
    done_from,
)
from tests.services.analytics.running import RunningAnalytics


async def summary(analytics: RunningAnalytics, caller: Caller) -> Summary:
    with analytics.calling_as(caller):
        window = GetSummaryRequest(from_date="2026-01-05", to_date="2026-01-09")
        return (await analytics.stub.GetSummary(window)).summary


async def rows_of(database: Database, table: str, owner_id: object) -> int:
    count = text(f"SELECT count(*) FROM analytics.{table} WHERE owner_id = :owner_id")
    async with database.transaction() as session:
        return int(await session.scalar(count, {"owner_id": owner_id}) or 0)


async def test_a_check_in_may_come_before_its_habit(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    water = a_habit(ann.id)
    await analytics.deliver(*done(water, "2026-01-08"))
    assert (await summary(analytics, ann)).check_in_count == 0
    await analytics.deliver(water)
    assert (await summary(analytics, ann)).check_in_count == 1


async def test_of_two_states_of_a_day_the_higher_revision_is_right(
    analytics: RunningAnalytics,
) -> None:
    ann = a_caller()
    water = a_habit(ann.id)
    cleared = a_day(water, "2026-01-08", mark=MARK_UNSPECIFIED, revision=2)
    await analytics.deliver(water, cleared, a_day(water, "2026-01-08", revision=1), cleared)
    assert (await summary(analytics, ann)).check_in_count == 0
    await analytics.deliver(a_day(water, "2026-01-08", revision=3))
    assert (await summary(analytics, ann)).check_in_count == 1


async def test_of_two_states_of_a_habit_the_higher_revision_is_right(
    analytics: RunningAnalytics,
) -> None:
    ann = a_caller()
    water = a_habit(ann.id, title="First")
    edited, archived, restored = (habit_pb2.Habit() for _ in range(3))
    for habit, title in [(edited, "Second"), (archived, "Third"), (restored, "Fourth")]:
        habit.CopyFrom(water.habit)
        habit.title = title
    archived.state, archived.archive_date = habit_pb2.STATE_ARCHIVED, "2026-01-07"
    owner = str(ann.id)
    told = [
        water,
        HabitUpdated(owner_id=owner, habit=edited, revision=2),
        HabitArchived(owner_id=owner, habit=archived, revision=3),
        HabitRestored(owner_id=owner, habit=restored, revision=4),
    ]
    random.Random(3).shuffle(told)
    await analytics.deliver(*told)
    found = await summary(analytics, ann)
    assert [it.title for it in found.habits] == ["Fourth"]
    assert (found.active_habit_count, found.due_count) == (1, 4)


async def test_an_archived_habit_asks_for_nothing_any_more(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    water = a_habit(ann.id)
    archived = habit_pb2.Habit()
    archived.CopyFrom(water.habit)
    archived.state, archived.archive_date = habit_pb2.STATE_ARCHIVED, "2026-01-07"
    event = HabitArchived(owner_id=str(ann.id), habit=archived, revision=2)
    await analytics.deliver(water, *done(water, "2026-01-05"), event)
    found = await summary(analytics, ann)
    assert (found.active_habit_count, found.due_count, found.met_count) == (0, 2, 1)
    assert [it.title for it in found.habits] == ["Drink water"]


async def test_a_deleted_habit_stays_deleted(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    water = a_habit(ann.id)
    gone = HabitDeleted(owner_id=str(ann.id), habit_id=water.habit.id)
    await analytics.deliver(water, *done(water, "2026-01-08"), gone)
    await analytics.deliver(water, *done(water, "2026-01-07"), gone)
    found = await summary(analytics, ann)
    assert (found.active_habit_count, found.check_in_count) == (0, 0)
    assert await rows_of(analytics.database, "days", ann.id) == 0


async def test_the_end_of_a_habit_may_come_before_its_beginning(
    analytics: RunningAnalytics,
) -> None:
    ann = a_caller()
    water = a_habit(ann.id)
    gone = HabitDeleted(owner_id=str(ann.id), habit_id=water.habit.id)
    pause = a_pause(ann.id, "2026-01-08", habit_id=water.habit.id)
    await analytics.deliver(gone, water, *done(water, "2026-01-08"), pause)
    assert (await summary(analytics, ann)).active_habit_count == 0
    assert await rows_of(analytics.database, "pauses", ann.id) == 0


async def test_a_pause_taken_back_never_returns(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    pause = a_pause(ann.id, "2026-01-06", "2026-01-07")
    await analytics.deliver(a_habit(ann.id), pause)
    assert (await summary(analytics, ann)).due_count == 2
    taken_back = PauseChanged(owner_id=str(ann.id), pause=pause.pause, deleted=True)
    await analytics.deliver(taken_back, pause)
    assert (await summary(analytics, ann)).due_count == 4


async def test_a_pause_of_one_habit_is_of_that_one(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    water, run = a_habit(ann.id), a_habit(ann.id)
    pause = a_pause(ann.id, "2026-01-05", habit_id=run.habit.id)
    await analytics.deliver(water, run, pause)
    found = await summary(analytics, ann)
    assert {it.habit_id: it.due_count for it in found.habits} == {
        water.habit.id: 4,
        run.habit.id: 0,
    }


async def test_older_settings_delivered_later_change_nothing(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    now = a_person(ann.id, timezone="Asia/Tokyo", week_start=WEEKDAY_SUNDAY, revision=3).account
    before = a_person(ann.id, timezone="Europe/Berlin", revision=2).account
    await analytics.deliver(UserUpdated(account=now), UserUpdated(account=before), a_person(ann.id))
    async with analytics.database.transaction() as session:
        person = await people.find_person(session, ann.id)
    assert person is not None
    assert (person.timezone, person.week_start.name) == ("Asia/Tokyo", "SUN")


async def test_a_change_of_the_week_start_leaves_past_weeks_as_they_were(
    analytics: RunningAnalytics,
) -> None:
    ann = a_caller()
    twice = habit_pb2.Schedule(frequency=habit_pb2.FREQUENCY_WEEKLY, times=2)
    run = a_habit(ann.id, start="2025-10-06", schedule=twice)
    weeks = [date(2025, 10, 6) + timedelta(weeks=n) for n in range(13)]
    days = [f"{day}" for monday in weeks for day in (monday, monday + timedelta(days=6))]
    await analytics.deliver(a_person(ann.id), run, *done(run, *days))
    before = await summary(analytics, ann)
    account = a_person(ann.id, week_start=WEEKDAY_SUNDAY, revision=2).account
    account.week_changes.add(week_start=WEEKDAY_MONDAY)
    account.week_changes.add(week_start=WEEKDAY_SUNDAY, effective_date="2026-01-08")
    await analytics.deliver(UserUpdated(account=account))
    after = await summary(analytics, ann)
    assert before.longest_streak_count == after.longest_streak_count == 13
    assert (after.due_count, after.met_count) == (before.due_count, before.met_count)


async def test_a_deleted_person_leaves_nothing_and_does_not_return(
    analytics: RunningAnalytics,
) -> None:
    ann = a_caller()
    water = a_habit(ann.id)
    everything = [a_person(ann.id), water, *done_from(water, "2026-01-01", "2026-01-09")]
    await analytics.deliver(*everything, a_pause(ann.id, "2025-12-24", "2025-12-26"))
    with analytics.calling_as(ann):
        await analytics.stub.CreateReport(CreateReportRequest(kind=REPORT_KIND_DAILY))
    await analytics.deliver(UserDeleted(account_id=str(ann.id)), *everything)
    for table in ("habits", "days", "pauses", "reports", "daily_totals", "recommendations"):
        assert await rows_of(analytics.database, table, ann.id) == 0, table
    assert (await summary(analytics, ann)).active_habit_count == 0
    await analytics.deliver(
        a_pause(ann.id, "2025-12-24"),
        PreferencesChanged(owner_id=str(ann.id), revision=9),
        HabitDeleted(owner_id=str(ann.id), habit_id=water.habit.id),
    )
    assert await rows_of(analytics.database, "pauses", ann.id) == 0
    with analytics.calling_as(ann):
        suggestion = await analytics.stub.ListRecommendations(ListRecommendationsRequest())
    assert list(suggestion.recommendations) == []


async def test_preferences_may_come_before_the_person(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    preferences = Preferences(daily_report_time="07:30", weekly_report=False, monthly_report=True)
    told = PreferencesChanged(owner_id=str(ann.id), preferences=preferences, revision=1)
    await analytics.deliver(told, a_person(ann.id, timezone="Asia/Tokyo"))
    async with analytics.database.transaction() as session:
        person = await people.find_person(session, ann.id)
    assert person is not None
    assert (person.timezone, person.daily_report_time) == ("Asia/Tokyo", time(7, 30))
    assert (person.weekly_report, person.monthly_report) == (False, True)


async def test_nothing_is_read_of_others(analytics: RunningAnalytics) -> None:
    ann, bob = a_caller(), a_caller()
    water = a_habit(ann.id)
    await analytics.deliver(water, *done(water, "2026-01-08"), a_pause(bob.id, "2026-01-01"))
    assert (await summary(analytics, bob)).check_in_count == 0
    assert (await summary(analytics, ann)).due_count == 4
