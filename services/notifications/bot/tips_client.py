"""Recommendations: what `/tips` asks of analytics, which lists, applies and undoes them."""

from collections.abc import Sequence
from uuid import UUID

from contracts.analytics.v1.analytics_service_pb2 import (
    ApplyRecommendationRequest,
    DismissRecommendationRequest,
    ListRecommendationsRequest,
    UndoRecommendationRequest,
)
from contracts.analytics.v1.analytics_service_pb2_grpc import AnalyticsServiceStub
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub
from services.notifications.bot.delegated_calls import DelegatedCalls
from services.notifications.bot.own_changes import wait_for_own_changes
from services.notifications.domain.people import Person
from services.notifications.domain.tips import Tip
from services.notifications.translate.tips import tip_from_wire

MOST_TIPS = 20


class TipsClient:
    """Recommendations in analytics; every method may raise `ActionRefused` or `AccountDeleted`."""

    def __init__(
        self, calls: DelegatedCalls, analytics: AnalyticsServiceStub, progress: ProgressServiceStub
    ) -> None:
        self._calls = calls
        self._analytics = analytics
        self._progress = progress

    async def tips(self, person: Person, request_id: str) -> Sequence[Tip]:
        """Return the present recommendations, strongest first, at most `MOST_TIPS`.

        What the person has just recorded is counted: the list waits for it, two seconds at most.
        """
        await wait_for_own_changes(self._calls, self._progress, self._analytics, person, request_id)
        request = ListRecommendationsRequest(page_size=MOST_TIPS)
        response = await self._calls.call_as(
            person.owner_id,
            lambda: self._analytics.ListRecommendations(request),
            request_id=request_id,
        )
        return [tip_from_wire(it) for it in response.recommendations]

    async def apply(self, person: Person, recommendation_id: UUID, request_id: str) -> Tip:
        """Change the habit as a recommendation says, and hide it. Twice changes once."""
        request = ApplyRecommendationRequest(recommendation_id=str(recommendation_id))
        response = await self._calls.call_as(
            person.owner_id,
            lambda: self._analytics.ApplyRecommendation(request),
            request_id=request_id,
        )
        return tip_from_wire(response.recommendation)

    async def undo(self, person: Person, recommendation_id: UUID, request_id: str) -> Tip:
        """Restore what a recommendation changed. Twice restores once."""
        request = UndoRecommendationRequest(recommendation_id=str(recommendation_id))
        response = await self._calls.call_as(
            person.owner_id,
            lambda: self._analytics.UndoRecommendation(request),
            request_id=request_id,
        )
        return tip_from_wire(response.recommendation)

    async def dismiss(self, person: Person, recommendation_id: UUID, request_id: str) -> None:
        """Put a recommendation aside for 30 days."""
        request = DismissRecommendationRequest(recommendation_id=str(recommendation_id))
        await self._calls.call_as(
            person.owner_id,
            lambda: self._analytics.DismissRecommendation(request),
            request_id=request_id,
        )
