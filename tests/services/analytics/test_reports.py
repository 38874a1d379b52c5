"""Scheduled reports: published once, never in a flood, never where nothing was due."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from chassis.database import Database
from chassis.ids import uuid7
from contracts.analytics.v1.analytics_events_pb2 import ReportReady
from contracts.analytics.v1.analytics_service_pb2 import CreateReportRequest, GetSummaryRequest
from contracts.analytics.v1.summary_pb2 import (
    REPORT_KIND_DAILY,
    REPORT_KIND_MONTHLY,
    REPORT_KIND_WEEKLY,
)
from contracts.auth.v1.auth_events_pb2 import UserUpdated
from contracts.habits.v1 import habit_pb2
from contracts.habits.v1.habit_events_pb2 import HabitCreated
from contracts.notifications.v1.chat_link_pb2 import Preferences
from contracts.notifications.v1.notification_events_pb2 import PreferencesChanged
from services.analytics.dao import people
from services.analytics.tasks import run_until_idle
from services.analytics.translate.events import account_from_wire, preferences_from_wire
from services.analytics.use_cases import read_model, reports
from tests.builders import a_caller
from tests.services.analytics.event_builders import (
    a_habit,
    a_pause,
    a_person,
    done,
    done_from,
    skipped,
)
from tests.services.analytics.running import RunningAnalytics, deliver, events_of

MORNING = datetime(2026, 1, 9, 8, tzinfo=UTC)
"""A Friday."""
EVENING = MORNING.replace(hour=21)
WEEKLY = habit_pb2.Schedule(frequency=habit_pb2.FREQUENCY_WEEKLY, times=2)


async def tick(database: Database, now: datetime) -> int:
    job, postpone = reports.publish_due_reports, reports.postpone_report
    return await run_until_idle(database, job, postpone, now=now)


async def published(database: Database, owner_id: UUID) -> list[ReportReady]:
    return await events_of(database, ReportReady, owner_id)


async def register(database: Database, owner_id: UUID, now: datetime = MORNING, **it: str) -> None:
    """Deliver the registration of somebody at a moment."""
    person, revision = account_from_wire(a_person(owner_id, **it).account)
    async with database.transaction() as session:
        await read_model.apply_account(session, person, revision=revision, now=now)


async def turns(database: Database, owner_id: UUID) -> dict[tuple[str, str], str]:
    rows = text("""
        SELECT kind, from_date, outcome FROM analytics.report_turns WHERE owner_id = :owner_id""")
    async with database.transaction() as session:
        found = await session.execute(rows, {"owner_id": owner_id})
        return {(row.kind, row.from_date.isoformat()): row.outcome for row in found}


async def somebody_with_a_habit(database: Database, **account: str) -> tuple[UUID, HabitCreated]:
    owner_id = uuid7()
    await register(database, owner_id, now=MORNING, **account)
    made = a_habit(owner_id, start="2026-01-01")
    await deliver(database, made)
    return owner_id, made


async def test_the_daily_report_comes_at_nine_and_only_once(database: Database) -> None:
    ann, water = await somebody_with_a_habit(database)
    await deliver(database, *done_from(water, "2026-01-06", "2026-01-09"))
    await tick(database, EVENING - timedelta(seconds=1))
    assert await published(database, ann) == []
    await tick(database, EVENING)
    await tick(database, EVENING + timedelta(minutes=1))
    (ready,) = await published(database, ann)
    report = ready.report
    assert (report.kind, report.from_date, report.to_date) == (
        REPORT_KIND_DAILY,
        "2026-01-09",
        "2026-01-09",
    )
    assert (report.completed_habit_count, ready.streak_count) == (1, 4)
    assert report.recommendation_text == "Everything due today is done. Keep going!"
    assert await turns(database, ann) == {("daily", "2026-01-09"): "told"}


async def test_the_numbers_of_a_report_are_the_apis(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    await register(analytics.database, ann.id)
    water, run = a_habit(ann.id), a_habit(ann.id, schedule=WEEKLY)
    await analytics.deliver(water, run, *done_from(water, "2026-01-02", "2026-01-09"))
    await analytics.deliver(*done(run, "2026-01-05", "2026-01-07"))
    sunday = EVENING + timedelta(days=2)
    analytics.clock.set(sunday)
    await tick(analytics.database, sunday - timedelta(days=2))
    await tick(analytics.database, sunday - timedelta(days=1))
    await tick(analytics.database, sunday)
    reports_told = [it.report for it in await published(analytics.database, ann.id)]
    (weekly,) = [it for it in reports_told if it.kind == REPORT_KIND_WEEKLY]
    with analytics.calling_as(ann):
        window = GetSummaryRequest(from_date=weekly.from_date, to_date=weekly.to_date)
        assert (await analytics.stub.GetSummary(window)).summary == weekly.summary
    assert weekly.summary.met_count == 6  # five days of water and the week of running
    assert [it.kind for it in reports_told].count(REPORT_KIND_DAILY) == 3


async def test_month_week_and_day_may_end_together(database: Database) -> None:
    ann = uuid7()
    evening = datetime(2026, 5, 31, 21, tzinfo=UTC)
    await register(database, ann, now=evening - timedelta(hours=3))
    await deliver(database, a_habit(ann, start="2026-05-01"))
    await tick(database, evening)
    kinds = {it.report.kind: it.report.from_date for it in await published(database, ann)}
    assert kinds == {
        REPORT_KIND_DAILY: "2026-05-31",
        REPORT_KIND_WEEKLY: "2026-05-25",
        REPORT_KIND_MONTHLY: "2026-05-01",
    }


async def test_nothing_is_published_where_nothing_was_due(database: Database) -> None:
    nobody = uuid7()
    await register(database, nobody)
    resting, _ = await somebody_with_a_habit(database)
    await deliver(database, a_pause(resting, "2026-01-08"))
    skipping, habit = await somebody_with_a_habit(database)
    await deliver(database, skipped(habit, "2026-01-09"))
    await tick(database, EVENING)
    for owner_id in (nobody, resting, skipping):
        assert await published(database, owner_id) == []
        assert await turns(database, owner_id) == {("daily", "2026-01-09"): "nothing_due"}


async def test_an_open_week_is_due_and_a_finished_one_is_not(database: Database) -> None:
    busy, finished = uuid7(), uuid7()
    for owner_id in (busy, finished):
        await register(database, owner_id)
    open_week, full_week = a_habit(busy, schedule=WEEKLY), a_habit(finished, schedule=WEEKLY)
    await deliver(database, open_week, full_week, *done(full_week, "2026-01-06", "2026-01-07"))
    await tick(database, EVENING)
    assert len(await published(database, busy)) == 1
    assert await published(database, finished) == []


async def test_two_workers_tell_a_report_once(database: Database) -> None:
    everybody = [(await somebody_with_a_habit(database))[0] for _ in range(8)]
    await asyncio.gather(*(tick(database, EVENING) for _ in range(3)))
    for owner_id in everybody:
        assert len(await published(database, owner_id)) == 1


async def test_a_report_not_committed_is_published_later_and_once(database: Database) -> None:
    """A worker that dies before its commit has published nothing, and claimed no report."""
    ann, _ = await somebody_with_a_habit(database)

    class Killed(Exception):
        pass

    try:
        async with database.transaction() as session:
            assert await reports.publish_due_reports(session, now=EVENING, limit=50) >= 1
            raise Killed
    except Killed:
        pass
    assert await published(database, ann) == []
    await tick(database, EVENING + timedelta(minutes=1))
    assert len(await published(database, ann)) == 1


async def test_two_hours_late_is_published_and_later_is_missed(database: Database) -> None:
    late, _ = await somebody_with_a_habit(database)
    await tick(database, EVENING + timedelta(hours=2))
    (ready,) = await published(database, late)
    assert ready.report.from_date == "2026-01-09"

    too_late, _ = await somebody_with_a_habit(database)
    await tick(database, EVENING + timedelta(hours=2, seconds=1))
    assert await published(database, too_late) == []
    assert await turns(database, too_late) == {("daily", "2026-01-09"): "missed"}


async def test_a_machine_that_was_off_for_days_sends_no_flood(database: Database) -> None:
    ann, _ = await somebody_with_a_habit(database)
    back = EVENING + timedelta(days=3, hours=1)
    await tick(database, back)
    (ready,) = await published(database, ann)
    assert ready.report.from_date == "2026-01-12"
    assert await turns(database, ann) == {
        ("daily", "2026-01-09"): "missed",
        ("daily", "2026-01-10"): "missed",
        ("daily", "2026-01-11"): "missed",
        ("weekly", "2026-01-05"): "missed",
        ("daily", "2026-01-12"): "told",
    }


async def test_a_machine_that_was_off_for_years_goes_on_today(database: Database) -> None:
    ann, _ = await somebody_with_a_habit(database)
    await tick(database, EVENING + timedelta(days=800, hours=1))
    async with database.transaction() as session:
        state = await people.find_state(session, ann)
    assert state is not None
    assert state.next_report_time == EVENING + timedelta(days=801)
    assert await published(database, ann) == []


async def test_preferences_say_when_and_whether(database: Database) -> None:
    ann, _ = await somebody_with_a_habit(database)

    async def prefer(revision: int, **wanted: object) -> None:
        preferences = Preferences(**wanted)  # type: ignore[arg-type]
        event = PreferencesChanged(owner_id=str(ann), preferences=preferences, revision=revision)
        async with database.transaction() as session:
            wanted_by = preferences_from_wire(event)
            await read_model.apply_preferences(session, wanted_by, revision=revision, now=MORNING)

    await prefer(2, daily_report_time="18:30", weekly_report=True, monthly_report=True)
    await prefer(1, daily_report_time="19:30")  # an older event, delivered late
    await tick(database, MORNING.replace(hour=18, minute=30))
    assert len(await published(database, ann)) == 1

    await prefer(3, daily_report_time="", weekly_report=True)
    async with database.transaction() as session:
        state = await people.find_state(session, ann)
    assert state is not None
    assert state.next_report_date == date(2026, 1, 11)
    await prefer(4)
    async with database.transaction() as session:
        state = await people.find_state(session, ann)
    assert state is not None
    assert state.next_report_time is None


async def test_flying_west_after_the_report_brings_no_second_one(database: Database) -> None:
    ann, _ = await somebody_with_a_habit(database, timezone="Asia/Tokyo")
    tokyo_evening = MORNING.replace(hour=12)
    await tick(database, tokyo_evening)
    assert len(await published(database, ann)) == 1
    account = a_person(
        ann, timezone="America/Los_Angeles", revision=2, floor_date="2026-01-09"
    ).account
    person, revision = account_from_wire(UserUpdated(account=account).account)
    async with database.transaction() as session:
        landed = tokyo_evening + timedelta(hours=1)
        await read_model.apply_account(session, person, revision=revision, now=landed)
    await tick(database, datetime(2026, 1, 10, 5, tzinfo=UTC))  # 21:00 of the 9th, over there
    assert len(await published(database, ann)) == 1
    await tick(database, datetime(2026, 1, 11, 5, tzinfo=UTC))
    assert [it.report.from_date for it in await published(database, ann)] == [
        "2026-01-09",
        "2026-01-10",
    ]


async def test_a_report_asked_for_does_not_take_the_evenings_turn(
    analytics: RunningAnalytics,
) -> None:
    ann = a_caller()
    await register(analytics.database, ann.id)
    water = a_habit(ann.id)
    await analytics.deliver(water)
    with analytics.calling_as(ann):
        order = CreateReportRequest(kind=REPORT_KIND_DAILY)
        early = (await analytics.stub.CreateReport(order)).report
    await analytics.deliver(*done(water, "2026-01-09"))
    await tick(analytics.database, EVENING)
    first, second = [it.report for it in await published(analytics.database, ann.id)]
    assert first == early
    assert (second.id, second.completed_habit_count) == (early.id, 1)


async def test_somebody_unknown_to_auth_gets_no_report(database: Database) -> None:
    ann = uuid7()
    await deliver(database, a_habit(ann, start="2026-01-01"))
    await tick(database, EVENING)
    assert await published(database, ann) == []


async def test_one_whose_report_cannot_be_made_holds_up_nobody(database: Database) -> None:
    bad, _ = await somebody_with_a_habit(database)
    good, _ = await somebody_with_a_habit(database)
    async with database.transaction() as session:
        broken = text("UPDATE analytics.people SET timezone = 'Mars/1' WHERE owner_id = :owner_id")
        await session.execute(broken, {"owner_id": bad})
    await tick(database, EVENING)
    assert len(await published(database, good)) == 1
    mended = text("UPDATE analytics.people SET timezone = 'UTC' WHERE owner_id = :owner_id")
    async with database.transaction() as session:
        await session.execute(mended, {"owner_id": bad})
    await tick(database, EVENING + timedelta(minutes=10))
    assert len(await published(database, bad)) == 1
