"""What was counted before a migration is there after it."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.migrate import upgrade
from tests.servers import fresh_database

ANN, BOB = UUID(int=1), UUID(int=2)
DAYS = [
    (ANN, date(2025, 2, 28), 3, 2, 2),
    (ANN, date(2025, 3, 1), 1, 0, 0),
    (ANN, date(2025, 3, 31), 0, 0, 1),
    (BOB, date(2025, 3, 2), 700, 500, 600),
]


@pytest.fixture
def empty_database_url(servers: None) -> Iterator[str]:
    with fresh_database() as url:
        yield url


async def test_totals_of_days_become_rows_of_months(empty_database_url: str) -> None:
    await upgrade(empty_database_url, "services.analytics", revision="2026_11_26_covering_days")
    database = Database(empty_database_url)
    async with database.connection() as connection:
        insert = "INSERT INTO analytics.daily_totals VALUES ($1, $2, $3, $4, $5)"
        await connection.executemany(insert, DAYS)
    await upgrade(empty_database_url, "services.analytics")
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT * FROM analytics.daily_totals ORDER BY 1, 2")
        months = await connection.fetch(
            "SELECT month, cardinality(due_counts), owner_id FROM"
            " analytics.monthly_totals ORDER BY owner_id, month"
        )
    assert [tuple(row) for row in rows] == DAYS
    assert [tuple(row) for row in months] == [
        (date(2025, 2, 1), 31, ANN),
        (date(2025, 3, 1), 31, ANN),
        (date(2025, 3, 1), 31, BOB),
    ]
    await database.close()
