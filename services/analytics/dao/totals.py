"""The days that are over, counted: one row a person and month in which anything was due or done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ARRAY, Date, Integer, Text, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.domain.heatmap import DayTotals
from services.analytics.domain.window import Window
from services.analytics.tables import MONTHLY_TOTALS

if TYPE_CHECKING:  # numpy is for those who count
    from rhythm.vectorized.day_grid import Ints
    from services.analytics.domain.totals_grid import MonthRows

_DELETE = text("""
    WITH stale AS (
        SELECT o.owner_id, date_trunc('month', o.since)::date AS month,
            extract(day FROM o.since)::integer AS first
        FROM unnest(:owner_ids, :since) AS o (owner_id, since)
    ), cut AS (
        UPDATE analytics.monthly_totals AS t SET
            due_counts = t.due_counts[1 : s.first - 1] || z.zeros,
            met_counts = t.met_counts[1 : s.first - 1] || z.zeros,
            check_in_counts = t.check_in_counts[1 : s.first - 1] || z.zeros
        FROM stale AS s
        CROSS JOIN LATERAL (SELECT array_fill(0::smallint, ARRAY[32 - s.first]) AS zeros) AS z
        WHERE t.owner_id = s.owner_id AND t.month = s.month AND 0 <> ANY (t.due_counts[s.first : 31]
            || t.met_counts[s.first : 31] || t.check_in_counts[s.first : 31])
    )
    DELETE FROM analytics.monthly_totals AS t USING stale AS s
    WHERE t.owner_id = s.owner_id AND t.month > s.month
""").bindparams(bindparam("owner_ids", type_=ARRAY(Uuid)), bindparam("since", type_=ARRAY(Date)))
_UPSERT = text("""
    WITH counted AS MATERIALIZED (
        SELECT o.owner_id, date '0001-01-01' + (c.month - 1) AS month, c.first,
            CAST(c.due AS smallint[]) AS due, CAST(c.met AS smallint[]) AS met,
            CAST(c.check_ins AS smallint[]) AS check_ins
        FROM unnest(:places, :months, :first_days, :due_counts, :met_counts, :check_in_counts)
            AS c (place, month, first, due, met, check_ins)
        JOIN unnest(:owner_ids) WITH ORDINALITY AS o (owner_id, number) ON o.number = c.place + 1
    )
    INSERT INTO analytics.monthly_totals (owner_id, month, due_counts, met_counts, check_in_counts)
    SELECT c.owner_id, c.month,
        (coalesce(k.due_counts, c.due))[1 : c.first - 1] || c.due[c.first : 31],
        (coalesce(k.met_counts, c.met))[1 : c.first - 1] || c.met[c.first : 31],
        (coalesce(k.check_in_counts, c.check_ins))[1 : c.first - 1] || c.check_ins[c.first : 31]
    FROM counted AS c
    LEFT JOIN analytics.monthly_totals AS k ON k.owner_id = c.owner_id AND k.month = c.month
    ON CONFLICT (owner_id, month) DO UPDATE SET due_counts = excluded.due_counts,
        met_counts = excluded.met_counts, check_in_counts = excluded.check_in_counts
""").bindparams(
    bindparam("owner_ids", type_=ARRAY(Uuid)),
    bindparam("places", type_=ARRAY(Integer)),
    bindparam("months", type_=ARRAY(Integer)),
    bindparam("first_days", type_=ARRAY(Integer)),
    bindparam("due_counts", type_=ARRAY(Text)),
    bindparam("met_counts", type_=ARRAY(Text)),
    bindparam("check_in_counts", type_=ARRAY(Text)),
)


async def list_totals(
    session: AsyncSession, owner_id: UUID, window: Window
) -> dict[date, DayTotals]:
    """Return the counted days of a window that were not empty."""
    rows = select(MONTHLY_TOTALS).where(
        MONTHLY_TOTALS.c.owner_id == owner_id,
        MONTHLY_TOTALS.c.month.between(window.first.replace(day=1), window.last),
    )
    found: dict[date, DayTotals] = {}
    for row in await session.execute(rows):
        counts = zip(row.due_counts, row.met_counts, row.check_in_counts, strict=True)
        for place, (due, met, check_ins) in enumerate(counts):
            if due or met or check_ins:
                day = row.month + timedelta(days=place)
                found[day] = DayTotals(day, due, met, check_ins)
    return {day: totals for day, totals in found.items() if window.first <= day <= window.last}


async def delete_totals(session: AsyncSession, stale: Sequence[tuple[UUID, date]]) -> None:
    """Delete the counted days of people, of each since a day."""
    values = {
        "owner_ids": [owner_id for owner_id, _ in stale],
        "since": [since for _, since in stale],
    }
    await session.execute(_DELETE, values)


async def add_totals(session: AsyncSession, owner_ids: Sequence[UUID], counted: MonthRows) -> None:
    """Store counted days of many people, named by their places among the ids, in one statement.

    Days of a month before the first that was counted stay as they are.
    """
    values = {
        "owner_ids": list(owner_ids),
        "places": counted.people.tolist(),
        "months": counted.months.tolist(),
        "first_days": counted.first_days.tolist(),
        "due_counts": _literals(counted.due_counts),
        "met_counts": _literals(counted.met_counts),
        "check_in_counts": _literals(counted.check_in_counts),
    }
    await session.execute(_UPSERT, values)


def _literals(counts: Ints) -> list[str]:
    """Return each row as PostgreSQL writes an array: far cheaper to bind than its numbers."""
    return [f"{{{str(row)[1:-1]}}}" for row in counts.tolist()]
