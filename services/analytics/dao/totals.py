"""The days that are over, counted: one row a person and day on which anything was due or done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ARRAY, Date, Integer, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.domain.heatmap import DayTotals
from services.analytics.domain.window import Window
from services.analytics.tables import DAILY_TOTALS

if TYPE_CHECKING:  # numpy is for those who count
    from services.analytics.domain.vectorized.totals import TotalColumns

_DELETE = text("""
    DELETE FROM analytics.daily_totals AS t
    USING unnest(:owner_ids, :since) AS stale (owner_id, since)
    WHERE t.owner_id = stale.owner_id AND t.day >= stale.since
""").bindparams(bindparam("owner_ids", type_=ARRAY(Uuid)), bindparam("since", type_=ARRAY(Date)))
_INSERT = text("""
    INSERT INTO analytics.daily_totals (owner_id, day, due_count, met_count, check_in_count)
    SELECT o.owner_id, date '0001-01-01' + (c.day - 1), c.due_count, c.met_count, c.check_in_count
    FROM unnest(:places, :days, :due_counts, :met_counts, :check_in_counts)
        AS c (place, day, due_count, met_count, check_in_count)
    JOIN unnest(:owner_ids) WITH ORDINALITY AS o (owner_id, number) ON o.number = c.place + 1
""").bindparams(
    bindparam("owner_ids", type_=ARRAY(Uuid)),
    bindparam("places", type_=ARRAY(Integer)),
    bindparam("days", type_=ARRAY(Integer)),
    bindparam("due_counts", type_=ARRAY(Integer)),
    bindparam("met_counts", type_=ARRAY(Integer)),
    bindparam("check_in_counts", type_=ARRAY(Integer)),
)


async def list_totals(
    session: AsyncSession, owner_id: UUID, window: Window
) -> dict[date, DayTotals]:
    """Return the counted days of a window; days without a row were empty."""
    rows = select(DAILY_TOTALS).where(
        DAILY_TOTALS.c.owner_id == owner_id,
        DAILY_TOTALS.c.day.between(window.first, window.last),
    )
    return {
        row.day: DayTotals(row.day, row.due_count, row.met_count, row.check_in_count)
        for row in await session.execute(rows)
    }


async def delete_totals(session: AsyncSession, stale: Sequence[tuple[UUID, date]]) -> None:
    """Delete the counted days of people, of each since a day."""
    values = {
        "owner_ids": [owner_id for owner_id, _ in stale],
        "since": [since for _, since in stale],
    }
    await session.execute(_DELETE, values)


async def add_totals(
    session: AsyncSession, owner_ids: Sequence[UUID], counted: TotalColumns
) -> None:
    """Store counted days of many people, named by their places among the ids, in one statement."""
    values = {
        "owner_ids": list(owner_ids),
        "places": counted.people,
        "days": counted.days,
        "due_counts": counted.due_counts,
        "met_counts": counted.met_counts,
        "check_in_counts": counted.check_in_counts,
    }
    await session.execute(_INSERT, values)
