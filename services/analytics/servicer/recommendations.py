"""The rpcs of recommendations: list, dismiss, apply, undo."""

from typing import Any

import grpc

from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.paging import next_page_token, read_page
from contracts.analytics.v1.analytics_service_pb2 import (
    ApplyRecommendationRequest,
    ApplyRecommendationResponse,
    DismissRecommendationRequest,
    DismissRecommendationResponse,
    GetRecommendationToApplyRequest,
    GetRecommendationToApplyResponse,
    ListRecommendationsRequest,
    ListRecommendationsResponse,
    UndoRecommendationRequest,
    UndoRecommendationResponse,
)
from contracts.analytics.v1.analytics_service_pb2_grpc import AnalyticsServiceServicer
from services.analytics.habits_client import HabitGateway
from services.analytics.translate import requests as translate
from services.analytics.use_cases import applied_changes, recommendations

type Context = grpc.aio.ServicerContext[Any, Any]


class RecommendationServicer(AnalyticsServiceServicer):
    """Serves the recommendations of the caller; the other rpcs are in its subclass."""

    def __init__(self, database: Database, habits: HabitGateway, *, now: Clock) -> None:
        self._database = database
        self._habits = habits
        self._now = now

    async def ListRecommendations(
        self, request: ListRecommendationsRequest, context: Context
    ) -> ListRecommendationsResponse:
        """List the recommendations that hold now."""
        page = read_page(request)
        first = translate.offset_from_wire(page)
        person = translate.person_from_caller(current_caller())
        async with self._database.transaction() as session:
            found = await recommendations.list_recommendations(session, person, now=self._now())
        end = first + page.size
        return ListRecommendationsResponse(
            recommendations=map(translate.recommendation_to_wire, found[first:end]),
            next_page_token=next_page_token(request, (str(end),)) if end < len(found) else "",
        )

    async def DismissRecommendation(
        self, request: DismissRecommendationRequest, context: Context
    ) -> DismissRecommendationResponse:
        """Hide a recommendation for 30 days."""
        recommendation_id = translate.recommendation_id_from_wire(request)
        async with self._database.transaction() as session:
            await recommendations.dismiss(
                session, current_caller().id, recommendation_id, now=self._now()
            )
        return DismissRecommendationResponse()

    async def GetRecommendationToApply(
        self, request: GetRecommendationToApplyRequest, context: Context
    ) -> GetRecommendationToApplyResponse:
        """Return a recommendation that has an action."""
        recommendation_id = translate.recommendation_id_from_wire(request)
        async with self._database.transaction() as session:
            found = await recommendations.get_recommendation_to_apply(
                session, current_caller().id, recommendation_id
            )
        return GetRecommendationToApplyResponse(
            recommendation=translate.recommendation_to_wire(found)
        )

    async def ApplyRecommendation(
        self, request: ApplyRecommendationRequest, context: Context
    ) -> ApplyRecommendationResponse:
        """Change the habit as a recommendation says."""
        wanted = current_caller().id, translate.recommendation_id_from_wire(request)
        now, habits = self._now(), self._habits
        async with self._database.transaction() as session:
            await applied_changes.begin_change(session, habits, *wanted, now=now)
        async with self._database.transaction() as session:
            done = await applied_changes.carry_out_change(session, habits, *wanted, now=now)
        return ApplyRecommendationResponse(recommendation=translate.recommendation_to_wire(done))

    async def UndoRecommendation(
        self, request: UndoRecommendationRequest, context: Context
    ) -> UndoRecommendationResponse:
        """Restore what a recommendation changed."""
        wanted = current_caller().id, translate.recommendation_id_from_wire(request)
        async with self._database.transaction() as session:
            undone = await applied_changes.undo_change(
                session, self._habits, *wanted, now=self._now()
            )
        return UndoRecommendationResponse(recommendation=translate.recommendation_to_wire(undone))
