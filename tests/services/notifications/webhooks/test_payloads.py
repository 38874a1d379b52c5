"""What webhooks are sent of habits, days and pauses is what REST shows of them."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import uuid7
from contracts.habits.v1 import check_in_pb2, habit_pb2
from contracts.habits.v1.habit_events_pb2 import CheckInChanged, HabitUpdated, PauseChanged
from edge.habits.translate.check_ins import check_in_from_wire
from edge.habits.translate.habits import habit_from_wire, pause_from_wire
from services.notifications.translate import webhook_events

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
texts = st.text(max_size=10)
days = st.dates().map(str)
amounts = st.sampled_from(["", "0", "3", "2.5", "0.001", "12.50", "1000000000"])
moments = st.builds(
    Timestamp, seconds=st.integers(0, 4_000_000_000), nanos=st.integers(0, 999_999_999)
)


def numbers(enum: Any) -> st.SearchStrategy[int]:
    """Choose a value of an enum, of those that are sent."""
    return st.sampled_from(sorted(set(enum.values()) - {0}))


weekdays = st.lists(numbers(habit_pb2.Weekday), unique=True, max_size=7)
goals = st.builds(
    habit_pb2.Goal,
    direction=numbers(habit_pb2.Direction),
    amount=amounts,
    no_answer=numbers(habit_pb2.NoAnswer),
)
schedules = st.builds(
    habit_pb2.Schedule,
    frequency=numbers(habit_pb2.Frequency),
    interval=st.integers(0, 366),
    weekdays=weekdays,
    times=st.integers(0, 31),
    month_days=st.lists(st.integers(-31, 31), max_size=3),
    days=st.integers(0, 366),
    anchor_date=st.just("") | days,
    weekday_ordinals=st.lists(
        st.builds(
            habit_pb2.WeekdayOrdinal,
            weekday=numbers(habit_pb2.Weekday),
            ordinal=st.integers(-5, 5),
        ),
        max_size=2,
    ),
    year_days=st.lists(
        st.builds(habit_pb2.YearDay, month=st.integers(1, 12), day=st.integers(-31, 31)),
        max_size=2,
    ),
)
habits = st.builds(
    habit_pb2.Habit,
    id=st.uuids().map(str),
    etag=texts,
    state=numbers(habit_pb2.State),
    title=texts,
    description=texts,
    color=texts,
    icon=texts,
    tags=st.lists(texts, max_size=2),
    position=st.integers(0, 1000),
    start_date=days,
    measure=numbers(habit_pb2.Measure),
    unit=texts,
    goal=goals,
    schedule=schedules,
    versions=st.lists(
        st.builds(habit_pb2.Version, effective_date=days, goal=goals, schedule=schedules),
        max_size=2,
    ),
    reminders=st.lists(
        st.builds(
            habit_pb2.Reminder,
            id=st.uuids().map(str),
            local_time=st.just("07:30"),
            weekdays=weekdays,
            text=texts,
            nag_minutes=st.integers(0, 720),
        ),
        max_size=2,
    ),
    create_time=moments,
    update_time=moments,
    archive_time=st.none() | moments,
    archive_date=st.just("") | days,
)


def as_json(value: Any) -> Any:
    """Return a value as it is read from its JSON."""
    return orjson.loads(orjson.dumps(value))


@given(habit=habits)
def test_a_habit_is_sent_as_rest_shows_it(habit: habit_pb2.Habit) -> None:
    event = HabitUpdated(owner_id=str(uuid4()), habit=habit, revision=7)
    sent = webhook_events.habit_event(event, uuid7(), now=NOW)
    assert sent.type == "habit.updated"
    assert as_json(sent.compose()) == {"habit": as_json(habit_from_wire(habit)), "revision": 7}


@given(
    check_in=st.builds(
        check_in_pb2.CheckIn,
        habit_id=st.uuids().map(str),
        check_in_date=days,
        mark=st.sampled_from(check_in_pb2.Mark.values()),
        amount=amounts,
        note=texts,
        source=st.sampled_from(check_in_pb2.Source.values()),
        update_time=st.none() | moments,
        revision=st.integers(1, 2**40),
    )
)
def test_a_day_is_sent_as_rest_shows_it(check_in: check_in_pb2.CheckIn) -> None:
    event = CheckInChanged(owner_id=str(uuid4()), check_in=check_in)
    sent = as_json(webhook_events.check_in_event(event, uuid7(), now=NOW).compose())
    shown = as_json(check_in_from_wire(check_in))
    assert sent["revision"] == check_in.revision
    assert {key: sent["check_in"][key] for key in shown} == shown


@given(
    pause=st.builds(
        habit_pb2.Pause,
        id=st.uuids().map(str),
        habit_id=st.just("") | st.uuids().map(str),
        from_date=days,
        to_date=st.just("") | days,
        reason=texts,
        create_time=moments,
    ),
    deleted=st.booleans(),
)
def test_a_pause_is_sent_as_rest_shows_it(pause: habit_pb2.Pause, deleted: bool) -> None:
    event = PauseChanged(owner_id=str(uuid4()), pause=pause, deleted=deleted)
    sent = webhook_events.pause_event(event, uuid7(), now=NOW)
    assert sent.type == ("pause.deleted" if deleted else "pause.created")
    assert as_json(sent.compose()) == {"pause": as_json(pause_from_wire(pause))}
