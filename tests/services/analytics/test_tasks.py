"""The task that Celery's beat wakes, on its background loop, as a worker runs it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from chassis import background
from chassis.database import Database
from chassis.ids import uuid7
from services.analytics.tasks import run_until_idle, tick
from services.analytics.use_cases import daily_totals, reports
from tests.services.analytics.event_builders import a_habit, a_person
from tests.services.analytics.running import deliver

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def test_a_tick_publishes_reports_and_recomputes_totals(
    analytics_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", analytics_database_url)
    ann, now = uuid7(), datetime.now(UTC)
    yesterday = (now - timedelta(days=1)).date()

    async def prepare() -> None:
        database = Database(analytics_database_url)
        await deliver(database, a_person(ann), a_habit(ann, start=yesterday.isoformat()))
        due = text("""
            UPDATE analytics.people SET next_report_time = :now, next_report_date = :day,
                next_count_time = :now WHERE owner_id = :owner_id""")
        async with database.transaction() as session:
            await session.execute(due, {"now": now, "day": yesterday, "owner_id": ann})
        await database.close()

    async def outcome() -> tuple[int, int]:
        database = Database(analytics_database_url)
        counted = "SELECT count(*) FROM analytics.daily_totals WHERE owner_id = :owner_id"
        told = "SELECT count(*) FROM analytics.reports WHERE owner_id = :owner_id"
        async with database.transaction() as session:
            found = [await session.scalar(text(it), {"owner_id": ann}) for it in (counted, told)]
        await database.close()
        return int(found[0] or 0), int(found[1] or 0)

    asyncio.run(prepare())
    try:
        tick()
    finally:
        background.close()
    counted, told = asyncio.run(outcome())
    assert counted == 1
    assert told >= 1  # yesterday's, and what else ended with it


async def test_without_a_database_a_tick_does_nothing(caplog: pytest.LogCaptureFixture) -> None:
    database = Database(NOWHERE)
    now = datetime.now(UTC)
    done = await run_until_idle(
        database, reports.publish_due_reports, reports.postpone_report, now=now
    )
    done += await run_until_idle(
        database, daily_totals.recompute_totals, daily_totals.postpone_recompute, now=now
    )
    await database.close()
    assert done == 0
    assert "the database does not answer" in caplog.text
