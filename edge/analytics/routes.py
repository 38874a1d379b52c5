"""`/v1/analytics/…`."""

from typing import Annotated
from urllib.parse import quote

import grpc
from fastapi import APIRouter, Query, Response

from contracts.analytics.v1.analytics_service_pb2 import (
    DismissRecommendationRequest,
    GetHeatmapRequest,
    GetRecommendationToApplyRequest,
    GetReportRequest,
    GetSummaryRequest,
    KnownRevisions,
    ListRecommendationsRequest,
    ListReportsRequest,
    WaitForRevisionsRequest,
)
from contracts.analytics.v1.summary_pb2 import REPORT_KIND_UNSPECIFIED
from contracts.habits.v1.progress_service_pb2 import ListRevisionsRequest
from edge.analytics import pictures
from edge.analytics.apply import apply_action
from edge.analytics.schemas import (
    AppliedRecommendation,
    HeatmapDay,
    Recommendation,
    Report,
    ReportKind,
    ReportOrder,
    Summary,
)
from edge.analytics.translate import (
    KINDS,
    heatmap_day_from_wire,
    recommendation_from_wire,
    report_from_wire,
    report_order_to_wire,
    summary_from_wire,
)
from edge.bearer import require_access_token
from edge.clients import Clients, InjectedClients
from edge.habits.responses import json_response
from edge.habits.translate.habits import habit_from_wire
from edge.openapi import UNAUTHENTICATED, refusals
from edge.parameters import PageSize, PageToken, RequestId
from edge.schemas import Page

router = APIRouter(
    prefix="/v1/analytics",
    tags=["analytics"],
    dependencies=[require_access_token],
    responses=UNAUTHENTICATED,
)
router.include_router(pictures.router)  # first: a report's id may not be taken for a file

FromDay = Annotated[
    str, Query(alias="from", max_length=40, description="The first day, `YYYY-MM-DD`.")
]
ToDay = Annotated[
    str, Query(alias="to", max_length=40, description="The last day, included; today if left out.")
]
_WINDOW = (
    (422, "DATE_MALFORMED", "'tomorrow' is not a date. Send a day such as 2026-01-31."),
    (422, "RANGE_ENDS_BEFORE_START", "The window ends on 2026-01-01, before it begins on …"),
    (422, "RANGE_TOO_LONG", "The window holds 4000 days. Ask for at most 3660."),
)
_CANNOT_ASK = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.PERMISSION_DENIED,
)
_PAGE = (422, "PAGE_TOKEN_INVALID", "The page token does not belong to this request.")
_NO_REPORT = (404, "REPORT_NOT_FOUND", "You have no such report.")


@router.get("/summary", responses=refusals(*_WINDOW))
async def get_summary(
    clients: InjectedClients, from_date: FromDay = "", to_date: ToDay = ""
) -> Summary:
    """Return your numbers in a window of days: by default the 30 that end today."""
    request = GetSummaryRequest(from_date=from_date, to_date=to_date)
    return summary_from_wire((await clients.analytics.GetSummary(request)).summary)


@router.get(
    "/heatmap", responses=refusals(*_WINDOW, (404, "HABIT_NOT_FOUND", "You have no such habit."))
)
async def get_heatmap(
    clients: InjectedClients,
    from_date: FromDay = "",
    to_date: ToDay = "",
    habit_id: Annotated[str, Query(max_length=40, description="Only this habit.")] = "",
) -> Page[HeatmapDay]:
    """Return how every day of a window went, oldest first: by default the year that ends today."""
    request = GetHeatmapRequest(from_date=from_date, to_date=to_date, habit_id=habit_id)
    response = await clients.analytics.GetHeatmap(request)
    return Page(items=[heatmap_day_from_wire(day) for day in response.days], next_page_token=None)


@router.get("/recommendations", responses=refusals(_PAGE))
async def list_recommendations(
    clients: InjectedClients, page_size: PageSize = 0, page_token: PageToken = ""
) -> Page[Recommendation]:
    """List the recommendations that hold now, strongest first. None without two weeks of data."""
    response = await clients.analytics.ListRecommendations(
        ListRecommendationsRequest(page_size=page_size, page_token=page_token)
    )
    return Page(
        items=[recommendation_from_wire(it) for it in response.recommendations],
        next_page_token=response.next_page_token or None,
    )


@router.post(
    "/recommendations/{recommendation_id}/dismiss",
    status_code=204,
    responses=refusals((404, "RECOMMENDATION_NOT_FOUND", "You have no such recommendation.")),
)
async def dismiss_recommendation(recommendation_id: str, clients: InjectedClients) -> None:
    """Hide a recommendation for 30 days."""
    await clients.analytics.DismissRecommendation(
        DismissRecommendationRequest(recommendation_id=recommendation_id)
    )


@router.post(
    "/recommendations/{recommendation_id}/apply",
    response_model=AppliedRecommendation,
    responses=refusals(
        (404, "RECOMMENDATION_NOT_FOUND", "You have no such recommendation."),
        (409, "NOTHING_TO_APPLY", "There is nothing to apply. Do what the recommendation says."),
    ),
)
async def apply_recommendation(
    recommendation_id: str, clients: InjectedClients, request_id: RequestId
) -> Response:
    """Do what a recommendation says, and hide it for 30 days. Applied twice, it changes once."""
    found = await clients.analytics.GetRecommendationToApply(
        GetRecommendationToApplyRequest(recommendation_id=recommendation_id)
    )
    recommendation = recommendation_from_wire(found.recommendation)
    before, after = await apply_action(
        clients, found.recommendation.habit_id, recommendation.action, request_id=request_id
    )
    await clients.analytics.DismissRecommendation(
        DismissRecommendationRequest(recommendation_id=recommendation_id)
    )
    body = {
        "recommendation": recommendation.model_dump(mode="json"),
        "before": habit_from_wire(before),
        "habit": habit_from_wire(after),
    }
    return json_response(body)


@router.get("/reports", responses=refusals(_PAGE))
async def list_reports(
    clients: InjectedClients,
    kind: Annotated[ReportKind | None, Query(description="Only this kind.")] = None,
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Page[Report]:
    """List the stored reports, newest period first."""
    response = await clients.analytics.ListReports(
        ListReportsRequest(
            kind=KINDS[kind] if kind else REPORT_KIND_UNSPECIFIED,
            page_size=page_size,
            page_token=page_token,
        )
    )
    return Page(
        items=[report_from_wire(report) for report in response.reports],
        next_page_token=response.next_page_token or None,
    )


@router.get("/reports/{report_id}", responses=refusals(_NO_REPORT))
async def get_report(report_id: str, clients: InjectedClients) -> Report:
    """Return a stored report."""
    response = await clients.analytics.GetReport(GetReportRequest(report_id=report_id))
    return report_from_wire(response.report)


@router.post(
    "/reports",
    status_code=201,
    responses=refusals(
        (409, "NOTHING_WAS_DUE", "Nothing was due from 2026-01-09 to 2026-01-09, so …"),
        (409, "CHANGES_NOT_COUNTED", "Your last changes are not counted yet. Try again in a …"),
        (409, "DATE_IN_FUTURE", "2099-01-01 has not come yet: today is 2026-01-09."),
        _WINDOW[0],
        (422, "REQUEST_ID_REUSED", "The request id was used for another request. Send a new one."),
    ),
)
async def create_report(
    order: ReportOrder, clients: InjectedClients, response: Response, request_id: RequestId
) -> Report:
    """Make a report now, keep it in place of the last of its period, and send it to your chat."""
    await _wait_for_own_changes(clients)
    made = await clients.analytics.CreateReport(report_order_to_wire(order, request_id))
    response.headers["Location"] = f"/v1/analytics/reports/{quote(made.report.id)}"
    return report_from_wire(made.report)


async def _wait_for_own_changes(clients: Clients) -> None:
    """Wait, two seconds at most, until analytics has what the caller has changed in habits.

    Where habits does not answer, or the token may not ask it, the report is made of what is known.
    """
    try:
        found = await clients.progress.ListRevisions(ListRevisionsRequest(), timeout=1.0)
    except grpc.aio.AioRpcError as error:
        if error.code() in _CANNOT_ASK:
            return
        raise
    known = [
        KnownRevisions(
            habit_id=it.habit_id,
            habit_revision=it.habit_revision,
            check_in_revision=it.check_in_revision,
        )
        for it in found.revisions
    ]
    await clients.analytics.WaitForRevisions(WaitForRevisionsRequest(revisions=known))
