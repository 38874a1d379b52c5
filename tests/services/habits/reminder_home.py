"""A person with habits and reminders in a real database, and a scheduler that runs when called."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from chassis.database import Database
from chassis.ids import uuid7
from contracts.habits.v1.habit_events_pb2 import HabitReminderDue
from rhythm.goal import Goal, Measure
from rhythm.plan import Version
from rhythm.schedule import Frequency, Schedule
from services.habits.dao.rows import row_from_habit
from services.habits.domain.check_in import Add, CheckInCommand, Clear, Set, Undo
from services.habits.domain.habit import Habit
from services.habits.domain.people import Person
from services.habits.domain.reminders import Reminder
from services.habits.tables import HABITS, PROGRESS
from services.habits.use_cases import check_ins, due_reminders, reminders

BEGIN = date(2026, 11, 1)
DAILY = Schedule(Frequency.DAILY)


def at(text: str) -> datetime:
    """Read a moment, UTC, as `2026-11-23 08:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_reminder(wall: str = "08:00", **what: Any) -> Reminder:
    """Return a reminder at a wall time."""
    return Reminder(uuid7(), time.fromisoformat(wall), **what)


@dataclass
class ReminderHome:
    """One person's habits. Every test has its own person, so that they share a database."""

    database: Database
    person: Person = field(default_factory=lambda: Person(uuid7()))
    habit_count: int = 0

    async def habit(
        self,
        *what: Reminder,
        now: datetime,
        schedule: Schedule = DAILY,
        goal: Goal | None = None,
        start_date: date = BEGIN,
        **fields: Any,
    ) -> Habit:
        """Keep a habit with these reminders, as of a moment."""
        habit = Habit(
            id=uuid7(),
            owner_id=self.person.id,
            title="Drink water",
            position=self.habit_count,
            start_date=start_date,
            measure=Measure.YES_NO if goal is None else Measure.QUANTITY,
            versions=(Version(start_date, schedule, goal or Goal()),),
            reminders=what,
            create_time=now,
            update_time=now,
            **fields,
        )
        self.habit_count += 1
        async with self.database.transaction() as session:
            await session.execute(HABITS.insert(), [row_from_habit(habit)])
            await session.execute(PROGRESS.insert(), [{"habit_id": habit.id, "recent": b""}])
            await reminders.schedule_reminders(session, habit, self.person, now=now)
        return habit

    async def edit(self, habit: Habit, *, now: datetime, **fields: Any) -> Habit:
        """Keep a habit otherwise."""
        edited = replace(habit, revision=habit.revision + 1, **fields)
        async with self.database.transaction() as session:
            row = row_from_habit(edited)
            await session.execute(HABITS.update().where(HABITS.c.id == habit.id).values(row))
            await reminders.schedule_reminders(session, edited, self.person, now=now)
        return edited

    async def write(self, habit: Habit, action: Add | Set | Clear | Undo, *, now: datetime) -> None:
        """Change the person's today."""
        command = CheckInCommand(habit_id=habit.id, person=self.person, action=action)
        async with self.database.connection() as connection:
            await check_ins.write_one(connection, command, now=now)

    async def tick(self, text: str) -> Sequence[HabitReminderDue]:
        """Run the periodic task at a moment; return every reminder sent to this person so far."""
        await due_reminders.remind_due(self.database, now=at(text))
        return await self.events()

    async def events(self) -> Sequence[HabitReminderDue]:
        """Return every reminder sent to this person, in order."""
        name = HabitReminderDue.DESCRIPTOR.full_name
        query = "SELECT body FROM habits.outbox WHERE type = $1 ORDER BY id"
        async with self.database.connection() as connection:
            bodies = [row["body"] for row in await connection.fetch(query, name)]
        events = [HabitReminderDue.FromString(body) for body in bodies]
        return [event for event in events if event.owner_id == str(self.person.id)]

    async def firings(self, reminder_id: UUID) -> list[tuple[str, int, str]]:
        """Return what became of a reminder's slots, as `(date, slot, outcome)`."""
        query = """
            SELECT due_date, slot, outcome FROM habits.reminder_firings
            WHERE reminder_id = $1 ORDER BY due_date, slot"""
        async with self.database.connection() as connection:
            rows = await connection.fetch(query, reminder_id)
        return [(f"{row['due_date']}", row["slot"], row["outcome"]) for row in rows]

    async def look_times(self, habit: Habit) -> list[datetime | None]:
        """Return when a habit's reminders are checked next."""
        query = "SELECT look_time FROM habits.reminders WHERE habit_id = $1 ORDER BY local_time"
        async with self.database.connection() as connection:
            return [row["look_time"] for row in await connection.fetch(query, habit.id)]
