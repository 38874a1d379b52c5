"""Waits until analytics has counted what a person has just changed in habits."""

import grpc

from contracts.analytics.v1.analytics_service_pb2 import KnownRevisions, WaitForRevisionsRequest
from contracts.analytics.v1.analytics_service_pb2_grpc import AnalyticsServiceStub
from contracts.habits.v1.progress_service_pb2 import ListRevisionsRequest, ListRevisionsResponse
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub
from services.notifications.bot.delegated_calls import DelegatedCalls
from services.notifications.domain.people import Person

_NO_ANSWER = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


async def wait_for_own_changes(
    calls: DelegatedCalls,
    progress: ProgressServiceStub,
    analytics: AnalyticsServiceStub,
    person: Person,
    request_id: str,
) -> None:
    """Wait, two seconds at most, until analytics has what the person has changed in habits.

    Where habits does not answer, what analytics knows has to do.

    Raises:
        ActionRefused: It has not counted the changes in time, or does not answer.
        AccountDeleted: The person no longer exists.
    """

    async def list_revisions() -> ListRevisionsResponse:
        try:
            return await progress.ListRevisions(ListRevisionsRequest(), timeout=1.0)
        except grpc.aio.AioRpcError as error:
            if error.code() not in _NO_ANSWER:
                raise
            return ListRevisionsResponse()

    found = await calls.call_as(person.owner_id, list_revisions, request_id=request_id)
    revisions = [
        KnownRevisions(
            habit_id=it.habit_id,
            habit_revision=it.habit_revision,
            check_in_revision=it.check_in_revision,
        )
        for it in found.revisions
    ]
    request = WaitForRevisionsRequest(revisions=revisions)
    await calls.call_as(
        person.owner_id, lambda: analytics.WaitForRevisions(request), request_id=request_id
    )
