"""Published events: written to the outbox in the transaction of the change."""

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.events import outbox
from contracts.analytics.v1.analytics_events_pb2 import (
    PICTURE_KIND_REPORT,
    PictureReference,
    ReportReady,
)
from services.analytics.domain.picture_texts import Texts
from services.analytics.domain.report import Report
from services.analytics.events.messages import report_to_wire
from services.analytics.tables import OUTBOX


async def publish_report(session: AsyncSession, report: Report, texts: Texts) -> None:
    """Publish that a report was created, with texts in the person's language."""
    message = report_to_wire(report, texts)
    event = ReportReady(
        owner_id=str(report.owner_id),
        report=message,
        streak_count=report.summary.longest_streak_count,
        picture=PictureReference(
            kind=PICTURE_KIND_REPORT, report_id=message.id, alt_text=message.picture_alt_text
        ),
    )
    await outbox.add(session, OUTBOX, event)
