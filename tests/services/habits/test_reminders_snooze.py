"""ReminderService, on a real server: reminding again later."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import grpc
import pytest

from chassis.rpc.channel import connect
from contracts.habits.v1 import reminder_service_pb2
from contracts.habits.v1.habit_events_pb2 import HabitReminderDue
from contracts.habits.v1.habit_pb2 import Habit, Reminder
from contracts.habits.v1.habit_service_pb2 import ArchiveHabitRequest
from contracts.habits.v1.reminder_service_pb2 import SnoozeReminderRequest
from contracts.habits.v1.reminder_service_pb2_grpc import ReminderServiceStub
from services.habits.use_cases.due_reminders import remind_due
from tests.services.habits.habits_server import (
    NOON,
    TODAY,
    HabitsServer,
    Person,
    StubWithToken,
    refused,
)


@dataclass
class Snoozer:
    """A person whose habit has just reminded them."""

    running: HabitsServer
    person: Person
    habit: Habit
    stub: StubWithToken = field(init=False)

    async def snoozes(self, minutes: int = 0, **what: Any) -> datetime:
        request = SnoozeReminderRequest(
            **{
                "habit_id": self.habit.id,
                "due_date": f"{TODAY}",
                "snooze_minutes": minutes,
                **what,
            }
        )
        response = await self.stub.SnoozeReminder(request)
        moment: datetime = response.remind_time.ToDatetime(UTC)
        return moment

    async def events_after(self, span: timedelta) -> list[tuple[int, str]]:
        """Let time pass, let a tick come; return slot and date of every reminder so far."""
        await remind_due(self.running.database, now=self.running.clock.advance(span))
        events = await self.running.events_of(self.person, HabitReminderDue)
        return [(event.slot, event.due_date) for event in events]


@pytest.fixture
async def snoozer(habits: HabitsServer) -> AsyncIterator[Snoozer]:
    person = habits.person()
    habit = await person.makes(reminders=[Reminder(local_time="12:30")])
    async with connect(habits.target, reminder_service_pb2.DESCRIPTOR) as channel:
        found = Snoozer(habits, person, habit)
        found.stub = StubWithToken(ReminderServiceStub(channel), person.token)
        yield found


async def test_SnoozeReminder_reminds_again_after_the_span(snoozer: Snoozer) -> None:
    assert await snoozer.snoozes(20) == NOON + timedelta(minutes=20)
    assert await snoozer.events_after(timedelta(minutes=19)) == []
    assert await snoozer.events_after(timedelta(minutes=1)) == [(101, f"{TODAY}")]
    assert await snoozer.events_after(timedelta(minutes=10)) == [(101, f"{TODAY}"), (0, f"{TODAY}")]


async def test_an_hour_is_usual(snoozer: Snoozer) -> None:
    assert await snoozer.snoozes() == NOON + timedelta(hours=1)


async def test_a_second_snooze_moves_the_first(snoozer: Snoozer) -> None:
    await snoozer.snoozes(10)
    await snoozer.snoozes(20)
    assert await snoozer.events_after(timedelta(minutes=15)) == []
    assert await snoozer.events_after(timedelta(minutes=5)) == [(101, f"{TODAY}")]


async def test_each_snooze_that_rang_is_told_once(snoozer: Snoozer) -> None:
    await snoozer.snoozes(5)
    await snoozer.events_after(timedelta(minutes=5))
    await snoozer.snoozes(5)
    assert await snoozer.events_after(timedelta(minutes=5)) == [
        (101, f"{TODAY}"),
        (102, f"{TODAY}"),
    ]


async def test_what_was_done_meanwhile_is_not_reminded_of(snoozer: Snoozer) -> None:
    await snoozer.snoozes(10)
    await snoozer.person.does(snoozer.habit)
    assert await snoozer.events_after(timedelta(minutes=10)) == []


async def test_the_same_request_is_one_snooze(snoozer: Snoozer) -> None:
    request_id = str(uuid4())
    first = await snoozer.snoozes(10, request_id=request_id)
    snoozer.running.clock.advance(timedelta(minutes=3))
    assert await snoozer.snoozes(10, request_id=request_id) == first


@pytest.mark.parametrize("minutes", [4, 721, -1])
async def test_a_span_that_is_too_short_or_too_long_is_refused(
    snoozer: Snoozer, minutes: int
) -> None:
    with refused("SNOOZE_OUT_OF_RANGE", grpc.StatusCode.INVALID_ARGUMENT):
        await snoozer.snoozes(minutes)


async def test_a_snooze_beyond_the_end_of_the_day_is_refused(snoozer: Snoozer) -> None:
    with refused("DAY_OVER", grpc.StatusCode.FAILED_PRECONDITION):
        await snoozer.snoozes(720)


async def test_a_day_that_is_over_is_refused(snoozer: Snoozer) -> None:
    with refused("DAY_OVER"):
        await snoozer.snoozes(5, due_date=f"{TODAY - timedelta(days=1)}")


async def test_a_day_that_has_not_come_is_refused(snoozer: Snoozer) -> None:
    with refused("DAY_NOT_BEGUN", grpc.StatusCode.FAILED_PRECONDITION):
        await snoozer.snoozes(5, due_date=f"{TODAY + timedelta(days=1)}")


async def test_text_that_is_no_date_is_refused(snoozer: Snoozer) -> None:
    with refused("DATE_MALFORMED"):
        await snoozer.snoozes(5, due_date="tomorrow")


async def test_an_archived_habit_is_refused(snoozer: Snoozer) -> None:
    await snoozer.person.habits.ArchiveHabit(ArchiveHabitRequest(habit_id=snoozer.habit.id))
    with refused("HABIT_ARCHIVED"):
        await snoozer.snoozes(5)


async def test_other_peoples_habits_are_unknown(snoozer: Snoozer) -> None:
    theirs = await snoozer.running.person().makes()
    with refused("HABIT_NOT_FOUND", grpc.StatusCode.NOT_FOUND):
        await snoozer.snoozes(5, habit_id=theirs.id)


async def test_reminders_follow_the_verbs_of_a_habit(snoozer: Snoozer) -> None:
    """Made, and reminded of the same day: the whole way through the service."""
    assert await snoozer.events_after(timedelta(minutes=30)) == [(0, f"{TODAY}")]
    assert await snoozer.events_after(timedelta(minutes=1)) == [(0, f"{TODAY}")]
