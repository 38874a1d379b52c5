"""Reminders that share a decision end exactly as if each had been read whole and decided alone.

Random lives, people and reminders lie in a real database. What is claimed is written once by shared
decisions and once by the whole evaluation, and both leave the same rows and the same events.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from chassis.database import Connection, Database
from chassis.ids import list_uuid7, uuid7
from contracts.habits.v1.habit_events_pb2 import HabitReminderDue
from rhythm.plan import Plan
from rhythm.schedule import Weekday
from rhythm.week_changes import week_changes_to_numbers
from services.habits import events
from services.habits.dao import due_batches
from services.habits.dao import due_reminders as whole
from services.habits.dao.derived_state import MARK_NUMBERS, facts_to_bytes
from services.habits.dao.reminders import upsert_scheduled
from services.habits.dao.rows import row_from_habit
from services.habits.domain.due_reminder import DecidedReminder, DueReminder
from services.habits.domain.habit import Habit
from services.habits.domain.people import Person
from services.habits.domain.reminders import (
    Pending,
    Reminder,
    ReminderDecision,
    ScheduledReminder,
    decide,
    decide_snooze,
)
from services.habits.tables import DAYS, HABITS, PAUSES, PEOPLE, PROGRESS, SNOOZES
from services.habits.use_cases.shared_decisions import SharedDecisions
from tests.rhythm.histories import START, Life, lives

DUE_DATE = START + timedelta(days=50)
NOON = datetime.combine(DUE_DATE, time(12), tzinfo=UTC)
TABLES = {
    "reminders": "SELECT * FROM habits.reminders ORDER BY habit_id, id",
    "snoozes": "SELECT * FROM habits.snoozes ORDER BY habit_id, due_date",
    "firings": "SELECT * FROM habits.reminder_firings ORDER BY reminder_id, due_date, slot",
}
met: Counter[str] = Counter()
"""How many reminders shared a decision, and what became of them."""


@dataclass(frozen=True)
class Case:
    """A life with its person, and a reminder that is due."""

    life: Life
    person: Person
    reminder: Reminder | None
    pending: Pending


wall_times = st.sampled_from([time(0), time(3), time(7, 30), time(12), time(21), time(23, 59)])
zones = st.sampled_from(["UTC", "UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia"])


def settled(life: Life) -> Life:
    """Return a life as most are: begun long ago, never edited but for the goal, not archived."""
    plan = life.plan
    start = plan.start_date - timedelta(days=500)
    versions = [replace(plan.versions[0], effective_date=start)]
    if plan.versions[0].schedule.names_days:
        versions += [replace(it, schedule=versions[0].schedule) for it in plan.versions[1:]]
    return replace(life, plan=Plan(plan.measure, start, tuple(versions), plan.week_start))


@st.composite
def cases(draw: DrawFn) -> Case:
    life = draw(lives())
    if draw(st.sampled_from([True, True, True, False])):
        life = settled(life)
    quiet = draw(st.one_of(st.none(), st.none(), st.tuples(wall_times, wall_times)))
    day = DUE_DATE + timedelta(days=draw(st.sampled_from([0, 0, 0, 0, -1, -2, -9, 1])))
    person = Person(
        uuid7(),
        draw(zones),
        draw(st.sampled_from([time(0), time(0), time(3)])),
        life.plan.week_start,
        life.plan.week_changes,
        floor_date=draw(st.sampled_from([None, None, DUE_DATE])),
        quiet_hours=None if quiet is None or quiet[0] == quiet[1] else quiet,
    )
    wall_time = draw(wall_times)
    due_time = person.moment_of(day, wall_time) or NOON
    late = draw(st.sampled_from([timedelta(0), timedelta(0), timedelta(minutes=95)]))
    if draw(st.booleans()):
        due_time = NOON - timedelta(seconds=3) - late
    weekdays = draw(st.sampled_from([frozenset(), frozenset(), frozenset(Weekday) - {Weekday.SUN}]))
    nag_minutes = draw(st.sampled_from([0, 0, 30, 600]))
    reminder = Reminder(uuid7(), wall_time, weekdays, draw(st.sampled_from(["", "Ü"])), nag_minutes)
    slot = draw(st.sampled_from([0, 0, 0, 1, 5])) if nag_minutes else 0
    if draw(st.sampled_from([*[False] * 9, True])):
        return Case(life, person, None, Pending(day, 101, due_time, min(due_time, NOON)))
    return Case(life, person, reminder, Pending(day, slot, due_time, min(due_time, NOON)))


def habit_of(case: Case, title: str) -> Habit:
    plan = case.life.plan
    return Habit(
        id=uuid7(),
        owner_id=case.person.id,
        title=title,
        position=0,
        start_date=plan.start_date,
        measure=plan.measure,
        unit="km",
        versions=plan.versions,
        archive_date=plan.archived_date,
        archive_time=NOON if plan.archived_date else None,
        create_time=NOON,
        update_time=NOON,
    )


async def store(database: Database, case: Case, title: str) -> None:
    """Store a case as the service would have left it."""
    person, life, habit = case.person, case.life, habit_of(case, title)
    quiet_from, quiet_to = person.quiet_hours or (None, None)
    columns = {
        "owner_id": person.id,
        "timezone": person.timezone,
        "day_start": person.day_start,
        "week_start": int(person.week_start),
        "week_changes": week_changes_to_numbers(person.week_changes),
        "floor_date": person.floor_date,
        "quiet_from": quiet_from,
        "quiet_to": quiet_to,
    }
    async with database.transaction() as session:
        await session.execute(PEOPLE.insert(), [columns])
        await session.execute(HABITS.insert(), [row_from_habit(habit)])
        recent = facts_to_bytes(life.facts)
        await session.execute(PROGRESS.insert(), [{"habit_id": habit.id, "recent": recent}])
        for day, fact in life.facts.items():
            mark, amount = MARK_NUMBERS[fact.mark], fact.amount_thousandths or None
            row = {"habit_id": habit.id, "day": day, "mark": mark, "amount": amount}
            rest = {"note": "", "source": 1, "revision": 1, "update_time": NOON}
            await session.execute(DAYS.insert(), [row | rest])
        for number, pause in enumerate(life.pauses):
            row = {"id": uuid7(), "owner_id": person.id, "reason": "", "create_time": NOON}
            row |= {"habit_id": habit.id if number else None}
            row |= {"from_date": pause.from_date, "to_date": pause.to_date}
            await session.execute(PAUSES.insert(), [row])
        if case.reminder is None:
            await session.execute(
                SNOOZES.insert(), [{"habit_id": habit.id} | case.pending._asdict()]
            )
        else:
            scheduled = ScheduledReminder(habit.id, case.reminder, case.pending, None)
            await upsert_scheduled(session, [scheduled])


def decide_alone(due: DueReminder, now: datetime) -> ReminderDecision:
    """Decide about one reminder, whatever was decided about others."""
    if due.reminder is None:
        return decide_snooze(due.pending, due.person, due.is_needed, now=now)
    return decide(due.reminder, due.pending, due.person, due.is_needed, nags=due.nags, now=now)


async def written(connection: Connection) -> dict[str, Any]:
    """Return what the tables hold; events by content, whatever their ids."""
    rows = {name: await connection.fetch(query) for name, query in TABLES.items()}
    bodies = await connection.fetch("SELECT type, routing_key, body FROM habits.outbox")
    found = [(it[0], it[1], str(HabitReminderDue.FromString(it[2]))) for it in bodies]
    return {name: list(map(tuple, values)) for name, values in rows.items()} | {
        "outbox": sorted(found)
    }


async def compare(database: Database, all_cases: list[Case]) -> None:
    """Write what is due once by shared decisions and once each alone; expect the same rows."""
    async with database.connection() as connection:
        await connection.execute("TRUNCATE habits.people, habits.habits, habits.pauses CASCADE")
        await connection.execute(
            "TRUNCATE habits.progress, habits.days, habits.outbox, habits.reminder_firings"
        )
    for number, case in enumerate(all_cases):
        await store(database, case, f"Run {number}")
    async with database.connection() as connection:
        transaction = connection.transaction()
        await transaction.start()
        claimed = await due_batches.claim(connection, now=NOON)
        assert len(claimed) == len(all_cases)
        decisions = SharedDecisions(NOON)
        writes, others = decisions.assign(claimed, list_uuid7(len(claimed)))
        met.update(shared=len(writes), alone=len(others))
        met.update(sent=sum(it.body is not None for it in writes))

        savepoint = connection.transaction()
        await savepoint.start()
        if writes:
            common = events.REMINDER_TYPE, events.REMINDER_ROUTING_KEY, "", ""
            await due_batches.write_shared(
                connection, writes, decisions.decisions, common, now=NOON
            )
        await write_alone(connection, others)
        shared = await written(connection)
        await savepoint.rollback()

        await write_alone(connection, claimed)
        assert await written(connection) == shared
        await transaction.rollback()


async def write_alone(connection: Connection, claimed: Any) -> None:
    """Read reminders whole, decide about each alone and write the decisions."""
    batch = await whole.list_due(connection, claimed)
    assert len(batch) == len(claimed)
    all_decided = [DecidedReminder(due, decide_alone(due, NOON)) for due in batch]
    to_send = [it for decided in all_decided if (it := decided.to_send) is not None]
    rows = {it.due.reminder_id: events.habit_reminder_due(it) for it in to_send}
    if all_decided:
        await whole.write_decided(connection, all_decided, rows, now=NOON)


def test_shared_decisions_leave_what_each_alone_would_leave(habits_url: str) -> None:
    met.clear()
    with asyncio.Runner() as runner:
        database = Database(habits_url)

        @settings(
            max_examples=100,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
        @given(st.lists(cases(), min_size=1, max_size=10))
        def run(all_cases: list[Case]) -> None:
            runner.run(compare(database, all_cases))

        run()
        runner.run(database.close())
    assert met["shared"] > 60, met
    assert met["sent"] > 10, met
