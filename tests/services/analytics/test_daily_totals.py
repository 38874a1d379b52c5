"""The count: what is over is counted once, and again when it changes."""

import asyncio
from datetime import date

import pytest
from google.protobuf.message import Message
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import uuid7
from contracts.auth.v1.account_pb2 import WEEKDAY_SUNDAY
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserUpdated
from contracts.habits.v1 import habit_pb2
from contracts.habits.v1.check_in_pb2 import MARK_UNSPECIFIED
from contracts.habits.v1.habit_events_pb2 import HabitArchived, HabitDeleted, HabitUpdated
from services.analytics.dao import people
from tests.services.analytics.counting import (
    NIGHT,
    checkpoint,
    count,
    count_time,
    due_now,
    heatmap,
    streak,
    totals,
)
from tests.services.analytics.event_builders import (
    a_day,
    a_habit,
    a_pause,
    a_person,
    done,
    done_from,
)
from tests.services.analytics.running import deliver


async def test_days_that_are_over_are_counted_once(database: Database) -> None:
    ann = uuid7()
    water = a_habit(ann, start="2026-01-06")
    await deliver(database, a_person(ann), water, *done(water, "2026-01-06", "2026-01-08"))
    await due_now(database, ann)
    assert await count(database) == 1
    assert await totals(database, ann) == {
        "01-06": (1, 1, 1),
        "01-07": (1, 0, 0),
        "01-08": (1, 1, 1),
    }
    assert await count(database) == 0
    async with database.transaction() as session:
        state = await people.find_state(session, ann)
    assert state is not None
    assert state.stale_from == date(2026, 1, 9)
    assert await count_time(database, ann) > NIGHT


async def test_a_change_of_the_past_shows_at_once_and_is_counted_again(database: Database) -> None:
    ann = uuid7()
    water = a_habit(ann, start="2026-01-05")
    await deliver(database, a_person(ann), water)
    await due_now(database, ann)
    await count(database)
    assert await heatmap(database, ann) == [
        ("05", 1, 0), ("06", 1, 0), ("07", 1, 0), ("08", 1, 0), ("09", 0, 0),
    ]  # fmt: skip

    await deliver(database, *done(water, "2026-01-06"))
    changed = [("05", 1, 0), ("06", 1, 1), ("07", 1, 0), ("08", 1, 0), ("09", 0, 0)]
    assert await heatmap(database, ann) == changed
    assert (await totals(database, ann))["01-06"] == (1, 0, 0)
    await due_now(database, ann)
    assert await count(database) == 1
    assert (await totals(database, ann))["01-06"] == (1, 1, 1)
    assert await heatmap(database, ann) == changed

    await deliver(database, a_day(water, "2026-01-06", mark=MARK_UNSPECIFIED, revision=2))
    assert (await heatmap(database, ann))[1] == ("06", 1, 0)


async def test_a_change_counts_months_again_from_its_day_on(database: Database) -> None:
    """The row of the month keeps the days before it."""
    ann = uuid7()
    water = a_habit(ann, start="2025-11-29")
    await deliver(database, a_person(ann), water, *done(water, "2025-11-30", "2026-01-02"))
    await due_now(database, ann)
    await count(database)
    before = await totals(database, ann)
    assert len(before) == 2 + 31 + 8
    await deliver(database, *done(water, "2025-12-31"))
    await due_now(database, ann)
    assert await count(database) == 1
    assert await totals(database, ann) == before | {"12-31": (1, 1, 1)}
    moved = habit_pb2.Habit()
    moved.CopyFrom(water.habit)
    moved.start_date = "2026-01-03"
    await deliver(database, HabitUpdated(owner_id=str(ann), habit=moved, revision=2))
    await due_now(database, ann)
    assert await count(database) == 1
    assert set(await totals(database, ann)) == {f"01-0{day}" for day in range(3, 9)}


async def test_counting_closes_a_checkpoint_so_that_a_life_is_not_read_again(
    database: Database,
) -> None:
    ann = uuid7()
    water = a_habit(ann, start="2025-06-01")
    await deliver(database, a_person(ann), water, *done_from(water, "2025-06-01", "2026-01-08"))
    assert await streak(database, ann) == 222
    await due_now(database, ann)
    await count(database)
    assert await checkpoint(database, water.habit.id) == date(2025, 12, 5)
    async with database.transaction() as session:  # were the old days read, they would be missed
        await session.execute(
            text("DELETE FROM analytics.days WHERE owner_id = :owner AND day < '2025-11-01'"),
            {"owner": ann},
        )
    assert await streak(database, ann) == 222


async def test_a_change_before_a_checkpoint_makes_it_worthless(database: Database) -> None:
    ann = uuid7()
    water, run = a_habit(ann, start="2025-06-01"), a_habit(ann, start="2025-06-01")
    await deliver(database, a_person(ann), water, run)
    await deliver(database, *done_from(water, "2025-06-01", "2026-01-08"))
    await due_now(database, ann)
    await count(database)
    await deliver(database, a_day(water, "2025-12-06", mark=MARK_UNSPECIFIED, revision=2))
    assert await checkpoint(database, water.habit.id) == date(2025, 12, 5)
    await deliver(database, a_day(water, "2025-12-01", mark=MARK_UNSPECIFIED, revision=2))
    assert await checkpoint(database, water.habit.id) is None
    assert await checkpoint(database, run.habit.id) == date(2025, 12, 5)
    assert await streak(database, ann) == 33


@pytest.mark.parametrize("change", ["edit", "pause", "week", "archive"])
async def test_an_edit_counts_everything_again(database: Database, change: str) -> None:
    ann = uuid7()
    water = a_habit(ann, start="2025-10-01")
    person = a_person(ann)
    await deliver(database, person, water, *done_from(water, "2025-10-01", "2026-01-08"))
    await due_now(database, ann)
    await count(database)
    edited = habit_pb2.Habit()
    edited.CopyFrom(water.habit)
    event: Message
    match change:
        case "edit":
            edited.start_date = "2025-09-01"
            event = HabitUpdated(owner_id=str(ann), habit=edited, revision=2)
        case "pause":
            event = a_pause(ann, "2025-10-05", "2025-10-06")
        case "week":
            person.account.week_start = WEEKDAY_SUNDAY
            person.account.revision = 2
            event = UserUpdated(account=person.account)
        case "archive":
            edited.state, edited.archive_date = habit_pb2.STATE_ARCHIVED, "2026-01-07"
            event = HabitArchived(owner_id=str(ann), habit=edited, revision=2)
    await deliver(database, event)
    assert await checkpoint(database, water.habit.id) is None
    await due_now(database, ann)
    assert await count(database) == 1
    found = await totals(database, ann)
    assert ("09-30" in found) == (change == "edit")
    assert found["10-05"] == ((0, 0, 1) if change == "pause" else (1, 1, 1))
    assert found["01-08"] == ((0, 0, 1) if change == "archive" else (1, 1, 1))


async def test_a_new_title_counts_nothing_again(database: Database) -> None:
    ann = uuid7()
    water = a_habit(ann, start="2025-10-01")
    await deliver(database, a_person(ann), water)
    await due_now(database, ann)
    await count(database)
    edited = habit_pb2.Habit()
    edited.CopyFrom(water.habit)
    edited.title = "Drink more water"
    await deliver(database, HabitUpdated(owner_id=str(ann), habit=edited, revision=2))
    assert await checkpoint(database, water.habit.id) is not None


async def test_a_deleted_habit_leaves_the_totals(database: Database) -> None:
    ann = uuid7()
    water, run = a_habit(ann, start="2026-01-07"), a_habit(ann, start="2026-01-07")
    await deliver(database, a_person(ann), water, run, *done(run, "2026-01-07"))
    await due_now(database, ann)
    await count(database)
    assert (await totals(database, ann))["01-07"] == (2, 1, 1)
    await deliver(database, HabitDeleted(owner_id=str(ann), habit_id=run.habit.id))
    assert (await heatmap(database, ann))[2] == ("07", 1, 0)
    await due_now(database, ann)
    await count(database)
    assert (await totals(database, ann))["01-07"] == (1, 0, 0)


async def test_two_workers_count_nobody_twice_and_wait_for_nobody(database: Database) -> None:
    people_told = [uuid7() for _ in range(6)]
    for owner_id in people_told:
        await deliver(database, a_person(owner_id), a_habit(owner_id, start="2026-01-08"))
        await due_now(database, owner_id)
    counts = await asyncio.gather(count(database), count(database))
    assert sum(counts) == 6
    for owner_id in people_told:
        assert await totals(database, owner_id) == {"01-08": (1, 0, 0)}


async def test_one_who_cannot_be_counted_holds_up_nobody(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = uuid7(), uuid7()
    for owner_id in (bad, good):
        await deliver(database, a_person(owner_id), a_habit(owner_id, start="2026-01-08"))
        await due_now(database, owner_id)
    async with (
        database.transaction() as session
    ):  # a zone that this machine's tzdata has not heard of
        broken = "UPDATE analytics.people SET timezone = 'Mars/Olympus' WHERE owner_id = :owner_id"
        await session.execute(text(broken), {"owner_id": bad})
    await count(database)
    assert await totals(database, good) == {"01-08": (1, 0, 0)}
    assert await totals(database, bad) == {}
    assert "postponed" in caplog.text
    assert await count(database) == 0
    await deliver(database, UserDeleted(account_id=str(bad)))
