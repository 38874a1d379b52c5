"""Events of other services: `a_habit(owner)`, `done(habit, "2026-01-09")`."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.ids import uuid7
from contracts.auth.v1.account_pb2 import Account
from contracts.auth.v1.auth_events_pb2 import UserRegistered
from contracts.habits.v1 import habit_pb2 as wire
from contracts.habits.v1.check_in_pb2 import (
    MARK_DONE,
    MARK_SKIP,
    SOURCE_API,
    CheckIn,
    Mark,
    Source,
)
from contracts.habits.v1.habit_events_pb2 import CheckInChanged, HabitCreated, PauseChanged

DAILY = wire.Schedule(frequency=wire.FREQUENCY_DAILY)
YES = wire.Goal(direction=wire.DIRECTION_AT_LEAST)


def a_person(owner_id: UUID, **account: object) -> UserRegistered:
    """Somebody registered."""
    settings = {"timezone": "UTC", "day_start": "00:00", "revision": 1} | account
    return UserRegistered(account=Account(id=str(owner_id), **settings))  # type: ignore[arg-type]


def a_habit(
    owner_id: UUID,
    *,
    start: str = "2025-12-01",
    schedule: wire.Schedule = DAILY,
    goal: wire.Goal = YES,
    title: str = "Drink water",
    versions: Sequence[wire.Version] = (),
    revision: int = 1,
    **fields: object,
) -> HabitCreated:
    """Somebody created a habit, on its first day."""
    made = stamp(datetime.fromisoformat(start).replace(tzinfo=UTC))
    first = wire.Version(effective_date=start, goal=goal, schedule=schedule)
    values = {"measure": wire.MEASURE_YES_NO, "state": wire.STATE_ACTIVE} | fields
    habit = wire.Habit(
        id=str(uuid7()),
        title=title,
        start_date=start,
        versions=[first, *versions],
        create_time=made,
        **values,  # type: ignore[arg-type]
    )
    return HabitCreated(owner_id=str(owner_id), habit=habit, revision=revision)


def a_day(
    made: HabitCreated,
    day: str,
    *,
    mark: Mark.ValueType = MARK_DONE,
    amount: str = "",
    revision: int = 1,
    hour: int = 9,
    source: Source.ValueType = SOURCE_API,
) -> CheckInChanged:
    """The state of a day of a habit, recorded on the day at a full hour, UTC."""
    moment = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)
    check_in = CheckIn(
        habit_id=made.habit.id,
        check_in_date=day,
        mark=mark,
        amount=amount,
        revision=revision,
        source=source,
        update_time=stamp(moment),
    )
    return CheckInChanged(owner_id=made.owner_id, check_in=check_in)


def done(made: HabitCreated, *days: str) -> list[CheckInChanged]:
    """A habit was done on days."""
    return [a_day(made, day) for day in days]


def done_from(made: HabitCreated, first: str, last: str) -> list[CheckInChanged]:
    """A habit was done on every day from one to another."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    days = ((begin + timedelta(days=n)).isoformat() for n in range((end - begin).days + 1))
    return done(made, *days)


def skipped(made: HabitCreated, day: str) -> CheckInChanged:
    """A day was skipped."""
    return a_day(made, day, mark=MARK_SKIP)


def a_pause(
    owner_id: UUID, first: str, last: str = "", *, habit_id: str = "", deleted: bool = False
) -> PauseChanged:
    """A pause was created or deleted."""
    pause = wire.Pause(id=str(uuid7()), habit_id=habit_id, from_date=first, to_date=last)
    return PauseChanged(owner_id=str(owner_id), pause=pause, deleted=deleted)


def stamp(moment: datetime) -> Timestamp:
    """Return a moment as the wire carries it."""
    made = Timestamp()
    made.FromDatetime(moment)
    return made
