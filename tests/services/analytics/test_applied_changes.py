"""Applying a recommendation where the habits service does not answer."""

import grpc

from contracts.analytics.v1.analytics_service_pb2 import (
    ApplyRecommendationRequest,
    ListRecommendationsRequest,
)
from tests.builders import a_caller
from tests.services.analytics.event_builders import a_habit, a_person, done
from tests.services.analytics.running import RunningAnalytics, refused


async def test_it_is_refused_and_the_recommendation_stays(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    piano = a_habit(ann.id, start="2025-10-01", title="Piano")
    await analytics.deliver(a_person(ann.id), piano, *done(piano, "2025-11-20"))
    with analytics.calling_as(ann):
        everything = ListRecommendationsRequest()
        (found,) = (await analytics.stub.ListRecommendations(everything)).recommendations
        with refused("", grpc.StatusCode.UNAVAILABLE):
            await analytics.stub.ApplyRecommendation(
                ApplyRecommendationRequest(recommendation_id=found.id)
            )
        listed = (await analytics.stub.ListRecommendations(everything)).recommendations
    assert list(listed) == [found]
