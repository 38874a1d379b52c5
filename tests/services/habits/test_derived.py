"""The derived state always equals the rows, after any sequence of changes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from chassis.clock import ManualClock
from chassis.database import Database
from chassis.ids import uuid7
from rhythm.goal import Direction, Measure, NoAnswer
from rhythm.plan import Mark
from rhythm.schedule import Frequency, Schedule, Weekday, WeekdayOrdinal
from services.habits.dao import snapshots as dao
from services.habits.dao.check_in_writes import change_from_row
from services.habits.dao.snapshot_cache import CachedSnapshot
from services.habits.domain.check_in import (
    Add,
    CheckInCommand,
    Clear,
    Content,
    Set,
    SetNote,
    Source,
    Undo,
)
from services.habits.domain.habit import Habit, HabitState
from services.habits.domain.habit_edit import GoalDraft, HabitDraft
from services.habits.domain.people import Person
from services.habits.use_cases import check_ins, habits, pauses
from services.habits.use_cases.pending_commands import CommandResult
from tests.services.habits.habits_server import NOON
from tests.services.habits.outdated_memory import remember, remembered

SCHEDULES = (
    Schedule(Frequency.DAILY),
    Schedule(Frequency.DAILY, interval=3),
    Schedule(Frequency.WEEKLY, weekdays=(Weekday.MON, Weekday.SAT), interval=2),
    Schedule(Frequency.WEEKLY, times=3),
    Schedule(Frequency.WEEKLY),
    Schedule(Frequency.MONTHLY, month_days=(1, -1)),
    Schedule(Frequency.MONTHLY, times=4),
    Schedule(Frequency.MONTHLY, weekday_ordinals=(WeekdayOrdinal(Weekday.FRI, -1),)),
    Schedule(Frequency.YEARLY, times=30),
    Schedule(Frequency.ROLLING, times=3, days=7),
    Schedule(Frequency.ROLLING, times=2, days=40),
)
MOST_DAYS = 130
actions = st.one_of(
    st.just(Add()),
    st.sampled_from(Mark).map(lambda mark: Set(mark)),
    st.just(SetNote()),
    st.just(Clear()),
    st.just(Undo()),
)
changes = st.lists(st.tuples(st.integers(0, MOST_DAYS), actions), min_size=1, max_size=12)
edits = st.one_of(
    st.tuples(st.just("check in"), changes),
    st.tuples(st.just("pause"), st.tuples(st.integers(0, MOST_DAYS), st.integers(0, 20))),
    st.tuples(st.just("version"), st.tuples(st.integers(0, MOST_DAYS), st.sampled_from(SCHEDULES))),
    st.tuples(st.just("start"), st.integers(0, MOST_DAYS)),
    st.tuples(st.just("archive"), st.booleans()),
    st.tuples(st.just("sleep"), st.integers(1, 70)),
    st.tuples(st.just("week"), st.sampled_from(Weekday)),
    st.tuples(st.just("memory"), st.integers(1, 8)),
)


class Life:
    """One habit of one person in a real database."""

    def __init__(self, database: Database, measure: Measure) -> None:
        self.database = database
        self.clock = ManualClock(NOON)
        self.person = Person(uuid7())
        self.measure = measure
        self.habit: Habit
        self.memories: list[CachedSnapshot | None] = []
        """What the process remembered of the habit after each step."""

    @property
    def today(self) -> date:
        return self.person.today(self.clock())

    async def begins(self, schedule: Schedule) -> None:
        goal = GoalDraft()
        if self.measure is Measure.QUANTITY:
            goal = GoalDraft(Direction.AT_LEAST, 2000, NoAnswer.SUCCESS)
        draft = HabitDraft(
            title="Run",
            measure=self.measure,
            goal=goal,
            schedule=schedule,
            start_date=self.today - timedelta(days=MOST_DAYS),
        )
        async with self.database.transaction() as session:
            self.habit, _ = await habits.create_habit(
                session, self.person, draft, most_active=1, now=self.clock()
            )

    async def goes_on(self, what: str, how: Any) -> None:
        self.memories.append(remembered(self.habit.id))
        match what:
            case "memory":  # as in another process, which saw nothing of the last steps
                remember(self.habit.id, self.memories[-min(how, len(self.memories))])
            case "check in":
                await self.checks_in(how)
            case "sleep":
                self.clock.advance(timedelta(days=how))
            case "week":
                async with self.database.connection() as connection:
                    await connection.execute(
                        "UPDATE habits.people SET week_start = $2, revision = revision + 1"
                        " WHERE owner_id = $1",
                        self.person.id,
                        int(how),
                    )
            case "pause":
                ago, length = how
                of_one = length % 2 and self.habit.state is HabitState.ACTIVE
                first = self.today - timedelta(days=ago)
                async with self.database.transaction() as session:
                    await pauses.create_pause(
                        session,
                        self.person,
                        habit_id=self.habit.id if of_one else None,
                        from_date=first,
                        to_date=first + timedelta(days=length),
                        reason="",
                        now=self.clock(),
                    )
            case "archive":
                await self.rests_or_returns()
            case "version":
                ago, schedule = how
                day = max(self.today - timedelta(days=ago), self.habit.start_date)
                await self.edits(HabitDraft(schedule=schedule), day)
            case "start":
                days = timedelta(days=MOST_DAYS + how)
                await self.edits(HabitDraft(start_date=NOON.date() - days), None)

    async def checks_in(self, how: list[tuple[int, Any]]) -> None:
        commands = [self.command(ago, action) for ago, action in how]
        async with self.database.connection() as connection:
            answers = await check_ins.write(connection, commands, now=self.clock())
        for answer in answers:
            assert isinstance(answer, CommandResult.__value__), answer

    def command(self, ago: int, action: Any) -> CheckInCommand:
        if self.measure is Measure.QUANTITY and isinstance(action, Add):
            action = Add((1000 + 10 * ago) * (ago % 5 > 0))  # 0 is an answer too
        return CheckInCommand(
            habit_id=self.habit.id,
            person=self.person,
            day=self.today - timedelta(days=ago),
            action=action,
            note="windy" if isinstance(action, SetNote) else None,
            source=Source.API,
        )

    async def rests_or_returns(self) -> None:
        move: Callable[..., Awaitable[habits.Dated]] = habits.archive_habit
        if self.habit.state is HabitState.ARCHIVED:
            move = partial(habits.restore_habit, most_active=1)
        async with self.database.transaction() as session:
            self.habit, _ = await move(session, self.person, self.habit.id, now=self.clock())

    async def edits(self, draft: HabitDraft, day: date | None) -> None:
        async with self.database.transaction() as session:
            self.habit, _ = await habits.update_habit(
                session,
                self.person,
                self.habit.id,
                draft,
                etag="",
                effective_date=day,
                now=self.clock(),
            )

    async def numbers(self) -> tuple[Any, Any]:
        """Return the numbers by what is derived, and by all rows from the start."""
        async with self.database.connection() as connection:
            kept = await dao.find_snapshot(connection, self.habit.id, self.person)
            facts = await dao.list_facts(connection, [self.habit.id])
        assert kept is not None
        fresh = kept.with_facts(facts[self.habit.id])
        if not kept.is_up_to_date(self.today):
            return fresh.evaluation(self.today), fresh.evaluation(self.today)
        return kept.evaluation(self.today), fresh.evaluation(self.today)

    async def audit(self) -> list[tuple[date, Content, Content]]:
        """Return each change's day with what it held before and after, in their order."""
        query = "SELECT * FROM habits.changes WHERE habit_id = $1 ORDER BY day, revision"
        async with self.database.connection() as connection:
            rows = await connection.fetch(query, self.habit.id)
        found = map(change_from_row, rows)
        return [(change.day, change.before, change.after) for change in found]


@dataclass(frozen=True, slots=True)
class Habits:
    """The database of habits, with its statements prepared once for all lives."""

    runner: asyncio.Runner
    database: Database


@pytest.fixture
def on_database(habits_url: str) -> Iterator[Habits]:
    async def connected() -> Database:
        return Database(habits_url, hot_pool_size=1, pool_size=1)

    with asyncio.Runner() as runner:
        database = runner.run(connected())
        yield Habits(runner, database)
        runner.run(database.close())


@pytest.mark.timeout(400)  # a failing life is made as short as can be, which takes its time
@settings(
    max_examples=200,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    measure=st.sampled_from(Measure),
    schedule=st.sampled_from(SCHEDULES),
    story=st.lists(edits, min_size=1, max_size=8),
)
def test_derived_state_equals_the_rows(
    on_database: Habits, measure: Measure, schedule: Schedule, story: list[tuple[str, Any]]
) -> None:
    async def live() -> None:
        life = Life(on_database.database, measure)
        await life.begins(schedule)
        for what, how in story:
            note(f"{what}: {how}")
            await life.goes_on(what, how)
            derived, counted = await life.numbers()
            assert derived == counted
        for (day, _, after), (next_day, before, _) in pairwise(await life.audit()):
            assert day != next_day or after == before

    on_database.runner.run(live())
