"""Published events: written to the outbox in the transaction of the change."""

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.events import outbox
from contracts.analytics.v1.analytics_events_pb2 import ReportReady
from services.analytics.domain.report import Report
from services.analytics.events.messages import report_to_wire
from services.analytics.tables import OUTBOX


async def publish_report(session: AsyncSession, report: Report) -> None:
    """Publish that a report was created."""
    event = ReportReady(
        owner_id=str(report.owner_id),
        report=report_to_wire(report),
        streak_count=report.summary.longest_streak_count,
    )
    await outbox.add(session, OUTBOX, event)
