"""`/v1/analytics/…`."""

from typing import Annotated
from urllib.parse import quote

import grpc
from fastapi import Query, Response

from contracts.analytics.v1 import summary_pb2 as wire
from contracts.analytics.v1.analytics_service_pb2 import (
    ApplyRecommendationRequest,
    DismissRecommendationRequest,
    GetHabitInsightsRequest,
    GetHeatmapRequest,
    GetRecommendationToApplyRequest,
    GetReportRequest,
    GetSummaryRequest,
    KnownRevisions,
    ListRecommendationsRequest,
    ListReportsRequest,
    UndoRecommendationRequest,
    WaitForRevisionsRequest,
)
from contracts.analytics.v1.summary_pb2 import REPORT_KIND_UNSPECIFIED
from contracts.habits.v1.habit_pb2 import Habit
from contracts.habits.v1.habit_service_pb2 import GetHabitRequest
from contracts.habits.v1.progress_service_pb2 import ListRevisionsRequest
from edge.analytics import pictures
from edge.analytics.schemas import (
    AppliedRecommendation,
    CountedSummary,
    HabitInsights,
    Heatmap,
    Recommendation,
    Report,
    ReportKind,
    ReportOrder,
)
from edge.analytics.translate import (
    KINDS,
    counted_summary_from_wire,
    heatmap_from_wire,
    recommendation_from_wire,
    report_from_wire,
    report_order_to_wire,
)
from edge.analytics.translate_insights import insights_from_wire
from edge.bearer import require_access_token
from edge.clients import Clients, InjectedClients
from edge.habits.responses import json_response
from edge.habits.translate.habits import habit_from_wire
from edge.json_bodies import Router
from edge.openapi import UNAUTHENTICATED, refusals
from edge.parameters import PageSize, PageToken, RequestId
from edge.schemas import Page

router = Router(
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
_NO_RECOMMENDATION = (404, "RECOMMENDATION_NOT_FOUND", "You have no such recommendation.")
_CHANGED_SINCE = (409, "HABIT_CHANGED_SINCE", "The habit was changed since. Edit it as you want …")
_NOT_COUNTED = (
    409,
    "CHANGES_NOT_COUNTED",
    "Your last changes are not counted yet. Try again in a moment.",
)
_NO_REPORT = (404, "REPORT_NOT_FOUND", "You have no such report.")


@router.get("/summary", responses=refusals(*_WINDOW))
async def get_summary(
    clients: InjectedClients, from_date: FromDay = "", to_date: ToDay = ""
) -> CountedSummary:
    """Return your numbers in a window of days: by default the 30 that end today."""
    request = GetSummaryRequest(from_date=from_date, to_date=to_date)
    return counted_summary_from_wire(await clients.analytics.GetSummary(request))


@router.get(
    "/heatmap", responses=refusals(*_WINDOW, (404, "HABIT_NOT_FOUND", "You have no such habit."))
)
async def get_heatmap(
    clients: InjectedClients,
    from_date: FromDay = "",
    to_date: ToDay = "",
    habit_id: Annotated[str, Query(max_length=40, description="Only this habit.")] = "",
) -> Heatmap:
    """Return how every day of a window went, oldest first: by default the year that ends today."""
    request = GetHeatmapRequest(from_date=from_date, to_date=to_date, habit_id=habit_id)
    return heatmap_from_wire(await clients.analytics.GetHeatmap(request))


@router.get(
    "/habits/{habit_id}/insights",
    responses=refusals((404, "HABIT_NOT_FOUND", "You have no such habit.")),
)
async def get_habit_insights(habit_id: str, clients: InjectedClients) -> HabitInsights:
    """Return what the 365 days before today say about a habit.

    Best weekday and hour, consistency, the longest gap, and habits that go well on the same days;
    null where the days are too few, or where it may be chance.
    """
    request = GetHabitInsightsRequest(habit_id=habit_id)
    return insights_from_wire(await clients.analytics.GetHabitInsights(request))


@router.get("/recommendations", responses=refusals(_PAGE, _NOT_COUNTED))
async def list_recommendations(
    clients: InjectedClients, page_size: PageSize = 0, page_token: PageToken = ""
) -> Page[Recommendation]:
    """List the recommendations that hold now, strongest first: at most three, never on thin data.

    What you have just recorded is counted: the list waits for it, two seconds at most.
    """
    await _wait_for_own_changes(clients)
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
    responses=refusals(_NO_RECOMMENDATION),
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
        _NO_RECOMMENDATION,
        (409, "NOTHING_TO_APPLY", "There is nothing to apply. Do what the recommendation says."),
        _CHANGED_SINCE,
    ),
)
async def apply_recommendation(recommendation_id: str, clients: InjectedClients) -> Response:
    """Do what a recommendation says, and hide it for 30 days. Applied twice, it changes once."""
    before = await _habit_of(clients, recommendation_id)
    done = await clients.analytics.ApplyRecommendation(
        ApplyRecommendationRequest(recommendation_id=recommendation_id)
    )
    return await _applied(clients, before, done.recommendation)


@router.post(
    "/recommendations/{recommendation_id}/undo",
    response_model=AppliedRecommendation,
    responses=refusals(
        _NO_RECOMMENDATION,
        (409, "RECOMMENDATION_NOT_APPLIED", "This recommendation was not applied, so there is …"),
        _CHANGED_SINCE,
    ),
)
async def undo_recommendation(recommendation_id: str, clients: InjectedClients) -> Response:
    """Restore what a recommendation changed, unless it was changed since."""
    before = await _habit_of(clients, recommendation_id)
    undone = await clients.analytics.UndoRecommendation(
        UndoRecommendationRequest(recommendation_id=recommendation_id)
    )
    return await _applied(clients, before, undone.recommendation)


async def _habit_of(clients: Clients, recommendation_id: str) -> Habit | None:
    """Return the habit that a recommendation is about; None where it is about all."""
    found = await clients.analytics.GetRecommendationToApply(
        GetRecommendationToApplyRequest(recommendation_id=recommendation_id)
    )
    return await _find_habit(clients, found.recommendation.habit_id)


async def _find_habit(clients: Clients, habit_id: str) -> Habit | None:
    if not habit_id:
        return None
    return (await clients.habits.GetHabit(GetHabitRequest(habit_id=habit_id))).habit


async def _applied(
    clients: Clients, before: Habit | None, recommendation: wire.Recommendation
) -> Response:
    after = await _find_habit(clients, recommendation.habit_id)
    body = {
        "recommendation": recommendation_from_wire(recommendation).model_dump(mode="json"),
        "before": habit_from_wire(before) if before else None,
        "habit": habit_from_wire(after) if after else None,
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
        _NOT_COUNTED,
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

    Where habits does not answer, or the token may not ask it, what is known has to do.
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
