"""Work is found by index: nobody who has none is looked at."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Connection

from chassis.database import Database
from services.analytics.tasks import PeriodicJob
from services.analytics.use_cases import daily_totals, reports

PEOPLE = 20_000
NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)


@pytest.fixture
async def many_people(database: Database) -> AsyncIterator[Database]:
    """Many people, of whom nobody is due for a year, and old outcomes of reports."""
    async with database.transaction() as session:
        for statement in (
            "TRUNCATE analytics.people, analytics.report_turns",
            f"""INSERT INTO analytics.people (owner_id, next_report_time, next_report_date,
                    next_count_time)
                SELECT gen_random_uuid(), CAST(:later AS timestamptz),
                    date(CAST(:later AS timestamptz)),
                    CAST(:later AS timestamptz)
                FROM generate_series(1, {PEOPLE})""",
            f"""INSERT INTO analytics.report_turns (owner_id, kind, from_date, outcome, create_time)
                SELECT gen_random_uuid(), 'daily', '2026-01-01', 'published',
                    CAST(:now AS timestamptz)
                FROM generate_series(1, {PEOPLE})""",
        ):
            await session.execute(text(statement), {"later": NOW + timedelta(days=365), "now": NOW})
    async with database.connection() as connection:
        await connection.execute("ANALYZE analytics.people, analytics.report_turns")
    yield database
    async with database.transaction() as session:
        await session.execute(text("TRUNCATE analytics.people, analytics.report_turns"))


@pytest.mark.parametrize(
    ("job", "index"),
    [
        (reports.publish_due_reports, "people_report"),
        (daily_totals.recompute_totals, "people_count"),
        (reports.delete_expired_turns, "report_turns_age"),
    ],
)
async def test_a_job_that_finds_nobody_reads_its_index_only(
    many_people: Database, job: PeriodicJob, index: str
) -> None:
    statements: list[tuple[str, Any]] = []

    def record(
        connection: Connection, cursor: object, statement: str, parameters: Any, *_: object
    ) -> None:
        statements.append((statement, parameters))

    async with many_people.transaction() as session:
        connection = await session.connection()
        event.listen(connection.sync_connection, "before_cursor_execute", record)
        assert await job(session, now=NOW, limit=50) == 0
        event.remove(connection.sync_connection, "before_cursor_execute", record)
        (statement, parameters) = statements[0]
        plan = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        found = "\n".join(row[0] for row in plan)
    assert index in found
    assert "Seq Scan" not in found
