"""When people are counted: in turn, every four weeks, and sooner where a counted day changes."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from chassis.database import Database
from chassis.ids import uuid7
from contracts.auth.v1.auth_events_pb2 import UserDeleted
from services.analytics.dao import people
from tests.services.analytics.counting import (
    NIGHT,
    count,
    count_time,
    due_now,
    heatmap,
    totals,
)
from tests.services.analytics.event_builders import (
    a_habit,
    a_person,
    done,
)
from tests.services.analytics.running import deliver


async def test_every_night_has_its_share_of_the_people_once_in_four_weeks(
    database: Database,
) -> None:
    people_known = [UUID(int=number) for number in range(4_000_000, 4_000_000 + 56)]
    for owner_id in people_known:
        await deliver(database, a_person(owner_id), a_habit(owner_id, start="2026-01-08"))
        await due_now(database, owner_id)
    await count(database)
    counted = text("""
        SELECT count(*) FROM analytics.people
        WHERE stale_from = :today AND owner_id = ANY(:owner_ids)""")
    for night in range(1, 29):
        now = NIGHT + timedelta(days=night)
        await count(database, now)
        async with database.transaction() as session:
            values = {"today": now.date(), "owner_ids": people_known}
            assert await session.scalar(counted, values) == 2
    for owner_id in people_known:
        await deliver(database, UserDeleted(account_id=str(owner_id)))


async def test_days_since_the_last_count_are_counted_by_the_answer(database: Database) -> None:
    ann = uuid7()
    water = a_habit(ann, start="2026-01-06")
    await deliver(database, a_person(ann), water)
    await due_now(database, ann, NIGHT - timedelta(days=2))
    await count(database, NIGHT - timedelta(days=2))
    before = await count_time(database, ann)
    await deliver(database, *done(water, "2026-01-08"))
    assert await totals(database, ann) == {"01-06": (1, 0, 0)}
    assert await heatmap(database, ann) == [
        ("05", 0, 0), ("06", 1, 0), ("07", 1, 0), ("08", 1, 1), ("09", 0, 0),
    ]  # fmt: skip
    assert await count_time(database, ann) == before


async def test_a_change_of_a_counted_day_is_counted_within_a_day(database: Database) -> None:
    ann = uuid7()
    water = a_habit(ann, start="2026-01-05")
    await deliver(database, a_person(ann), water)
    await due_now(database, ann)
    await count(database)
    later = datetime(2100, 1, 1, tzinfo=UTC)
    async with database.transaction() as session:
        await people.update_counted(session, [(ann, date(2026, 1, 9), later)])
    await deliver(database, *done(water, "2026-01-09"))
    assert await count_time(database, ann) == later
    await deliver(database, *done(water, "2026-01-08"))
    assert await count_time(database, ann) <= datetime.now(UTC) + timedelta(days=1)


async def test_what_is_done_today_wakes_nobody(database: Database) -> None:
    ann = uuid7()
    water = a_habit(ann, start="2026-01-08")
    await deliver(database, a_person(ann), water)
    await due_now(database, ann)
    await count(database)
    before = await count_time(database, ann)
    await deliver(database, *done(water, "2026-01-09"))
    assert await count_time(database, ann) == before
