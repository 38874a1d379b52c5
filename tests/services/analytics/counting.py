"""Counting people whose turn it is, and looking at what was counted."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import text

from chassis.database import Database
from services.analytics.dao import people
from services.analytics.domain.person import Person
from services.analytics.tasks import run_until_idle
from services.analytics.use_cases import daily_totals, summaries

NIGHT = datetime(2026, 1, 9, 0, 0, 30, tzinfo=UTC)
"""Half a minute after the 8th of January."""


async def count(database: Database, now: datetime = NIGHT) -> int:
    return await run_until_idle(
        database, daily_totals.recompute_totals, daily_totals.postpone_recompute, now=now
    )


async def due_now(database: Database, owner_id: UUID, now: datetime = NIGHT) -> None:
    """Make it somebody's turn: a change of the past waits a minute of the real clock."""
    async with database.transaction() as session:
        kept = "UPDATE analytics.people SET next_count_time = :now WHERE owner_id = :owner_id"
        waits = " AND next_count_time < clock_timestamp() + interval '2 minutes'"
        await session.execute(text(kept + waits), {"now": now, "owner_id": owner_id})


async def count_time(database: Database, owner_id: UUID) -> datetime:
    """Return when somebody is counted next."""
    async with database.transaction() as session:
        state = await people.find_state(session, owner_id)
    assert state is not None
    assert state.next_count_time is not None
    return state.next_count_time


async def totals(database: Database, owner_id: UUID) -> dict[str, tuple[int, int, int]]:
    rows = text("""
        SELECT day, due_count, met_count, check_in_count FROM analytics.daily_totals
        WHERE owner_id = :owner_id ORDER BY day""")
    async with database.transaction() as session:
        found = await session.execute(rows, {"owner_id": owner_id})
        return {row.day.isoformat()[5:]: tuple(row[1:]) for row in found}


async def checkpoint(database: Database, habit_id: str) -> date | None:
    async with database.transaction() as session:
        found = text("SELECT checkpoint_date FROM analytics.habits WHERE habit_id = :habit_id")
        kept: date | None = await session.scalar(found, {"habit_id": UUID(habit_id)})
        return kept


async def streak(database: Database, owner_id: UUID) -> int:
    async with database.transaction() as session:
        requested, now = summaries.WindowRequest(None, None), NIGHT
        found = await summaries.get_summary(session, Person(id=owner_id), requested, now=now)
        return found.longest_streak_count


async def heatmap(database: Database, owner_id: UUID) -> list[tuple[str, int, int]]:
    async with database.transaction() as session:
        requested = summaries.WindowRequest(date(2026, 1, 5), date(2026, 1, 9))
        found = await summaries.get_heatmap(
            session, Person(id=owner_id), requested, habit_id=None, now=NIGHT
        )
        return [(it.day.isoformat()[8:], it.due_count, it.met_count) for it in found]
