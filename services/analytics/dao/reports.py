"""Stored reports, and which scheduled reports have been published already."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import Row, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.domain.report import Outcome, Report, ReportKind
from services.analytics.domain.summary import Summary
from services.analytics.tables import REPORT_TURNS, REPORTS

_DELETE_TURNS = text("""
    DELETE FROM analytics.report_turns WHERE (owner_id, kind, from_date) IN (
        SELECT owner_id, kind, from_date FROM analytics.report_turns
        WHERE create_time < :before ORDER BY create_time LIMIT :most)
    RETURNING 1
""")


async def upsert_report(session: AsyncSession, report: Report) -> UUID:
    """Store a report in place of one of the same kind and period; return its id."""
    values = {
        "to_date": report.summary.to_date,
        "summary": msgspec.to_builtins(report.summary),
        "completed_habit_count": report.completed_habit_count,
        "recommendation_text": report.recommendation_text,
        "recommendation_id": report.recommendation_id,
        "create_time": report.create_time,
    }
    offered = insert(REPORTS).values(
        id=report.id,
        owner_id=report.owner_id,
        kind=report.kind.value,
        from_date=report.summary.from_date,
        **values,
    )
    kept = offered.on_conflict_do_update(
        index_elements=["owner_id", "kind", "from_date"], set_=values
    ).returning(REPORTS.c.id)
    report_id: UUID = (await session.execute(kept)).scalar_one()
    return report_id


async def find_report(session: AsyncSession, owner_id: UUID, report_id: UUID) -> Report | None:
    """Return a person's report."""
    theirs = (REPORTS.c.owner_id == owner_id) & (REPORTS.c.id == report_id)
    row = (await session.execute(select(REPORTS).where(theirs))).first()
    return None if row is None else _report(row)


async def list_reports(
    session: AsyncSession,
    owner_id: UUID,
    *,
    kind: ReportKind | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> Sequence[Report]:
    """Return a person's reports by the end of their period, newest first.

    `after` is the last day and the id of the report that the page before ended with.
    """
    order = tuple_(REPORTS.c.to_date, REPORTS.c.id)
    theirs = select(REPORTS).where(REPORTS.c.owner_id == owner_id)
    if kind is not None:
        theirs = theirs.where(REPORTS.c.kind == kind.value)
    if after is not None:
        theirs = theirs.where(order < tuple_(*after))
    page = theirs.order_by(REPORTS.c.to_date.desc(), REPORTS.c.id.desc()).limit(limit)
    return [_report(row) for row in await session.execute(page)]


async def claim_report(
    session: AsyncSession,
    owner_id: UUID,
    kind: ReportKind,
    from_date: date,
    *,
    outcome: Outcome,
    now: datetime,
) -> bool:
    """Record the outcome of a scheduled report; False if its kind and period have one already."""
    claimed = (
        insert(REPORT_TURNS)
        .values(
            owner_id=owner_id,
            kind=kind.value,
            from_date=from_date,
            outcome=outcome.value,
            create_time=now,
        )
        .on_conflict_do_nothing()
        .returning(REPORT_TURNS.c.from_date)
    )
    return (await session.scalar(claimed)) is not None


async def delete_turns(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete outcomes that were recorded before a moment, so many at most; return how many."""
    return len((await session.scalars(_DELETE_TURNS, {"before": before, "most": limit})).all())


def _report(row: Row[tuple[object, ...]]) -> Report:
    return Report(
        id=row.id,
        owner_id=row.owner_id,
        kind=ReportKind(row.kind),
        summary=msgspec.convert(row.summary, Summary),
        completed_habit_count=row.completed_habit_count,
        recommendation_text=row.recommendation_text,
        recommendation_id=row.recommendation_id,
        create_time=row.create_time,
    )
