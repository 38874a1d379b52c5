"""Pictures and reports: what `/stats` and `/report` ask of analytics."""

from uuid import UUID

from contracts.analytics.v1 import summary_pb2
from contracts.analytics.v1.analytics_service_pb2 import (
    CreateReportRequest,
    RenderReportPictureRequest,
    RenderStatsPictureRequest,
)
from contracts.analytics.v1.analytics_service_pb2_grpc import AnalyticsServiceStub
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub
from services.notifications.bot.delegated_calls import DelegatedCalls
from services.notifications.bot.own_changes import wait_for_own_changes
from services.notifications.domain.event_data import Period
from services.notifications.domain.people import Person

_KINDS = {
    Period.DAILY: summary_pb2.REPORT_KIND_DAILY,
    Period.WEEKLY: summary_pb2.REPORT_KIND_WEEKLY,
    Period.MONTHLY: summary_pb2.REPORT_KIND_MONTHLY,
}


class StatisticsClient:
    """The analytics service as the bot calls it; raises `ActionRefused` or `AccountDeleted`."""

    def __init__(
        self, calls: DelegatedCalls, analytics: AnalyticsServiceStub, progress: ProgressServiceStub
    ) -> None:
        self._calls = calls
        self._analytics = analytics
        self._progress = progress

    async def picture(
        self, person: Person, days: int, habit_id: UUID | None, request_id: str
    ) -> tuple[bytes, str]:
        """Return a picture of the last days as PNG, of one habit or of all, and what it shows."""
        request = RenderStatsPictureRequest(
            day_count=days, habit_id=str(habit_id) if habit_id else ""
        )
        response = await self._calls.call_as(
            person.owner_id,
            lambda: self._analytics.RenderStatsPicture(request),
            request_id=request_id,
        )
        return response.picture.data, response.picture.alt_text

    async def report_picture(self, owner_id: UUID, report_id: UUID, request_id: str) -> bytes:
        """Return the picture of a stored report as PNG."""
        request = RenderReportPictureRequest(report_id=str(report_id))
        response = await self._calls.call_as(
            owner_id,
            lambda: self._analytics.RenderReportPicture(request),
            request_id=request_id,
        )
        return response.picture.data

    async def create_report(self, person: Person, period: Period, request_id: str) -> None:
        """Create the report of the present period, which then comes to the chat by itself.

        What the person has just recorded is counted: the report waits for it, two seconds at most.
        """
        await wait_for_own_changes(self._calls, self._progress, self._analytics, person, request_id)
        request = CreateReportRequest(kind=_KINDS[period], request_id=request_id)
        await self._calls.call_as(
            person.owner_id, lambda: self._analytics.CreateReport(request), request_id=request_id
        )
