"""Every announcement: into the outbox, with the change it tells of."""

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.events import outbox
from contracts.analytics.v1.analytics_events_pb2 import ReportReady
from services.analytics.domain.report import Report
from services.analytics.events.messages import report_to_wire
from services.analytics.tables import OUTBOX


async def announce_report(session: AsyncSession, report: Report) -> None:
    """Say that a report was made and can be told."""
    event = ReportReady(
        owner_id=str(report.owner_id),
        report=report_to_wire(report),
        streak_count=report.summary.longest_streak_count,
    )
    await outbox.add(session, OUTBOX, event)
