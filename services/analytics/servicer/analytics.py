"""The gRPC servicer: read the request, run the use case, write the response."""

import asyncio
from typing import Any

import grpc
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc import idempotency
from chassis.rpc.paging import next_page_token, read_page
from contracts.analytics.v1.analytics_service_pb2 import (
    CreateReportRequest,
    CreateReportResponse,
    GetHabitInsightsRequest,
    GetHabitInsightsResponse,
    GetHeatmapRequest,
    GetHeatmapResponse,
    GetReportRequest,
    GetReportResponse,
    GetSummaryRequest,
    GetSummaryResponse,
    ListReportsRequest,
    ListReportsResponse,
    RenderHeatmapPictureRequest,
    RenderHeatmapPictureResponse,
    RenderReportPictureRequest,
    RenderReportPictureResponse,
    RenderStatsPictureRequest,
    RenderStatsPictureResponse,
    RenderStrengthPictureRequest,
    RenderStrengthPictureResponse,
    WaitForRevisionsRequest,
    WaitForRevisionsResponse,
)
from services.analytics.cache import AnswerCache
from services.analytics.domain.errors import ChangesNotCounted
from services.analytics.domain.picture_texts import texts_of
from services.analytics.habits_client import HabitGateway
from services.analytics.pictures.renderer import PictureRenderer
from services.analytics.servicer.counted_answers import CountedAnswers
from services.analytics.servicer.recommendations import RecommendationServicer
from services.analytics.translate import requests as translate
from services.analytics.translate.insights import insights_to_wire
from services.analytics.translate.pictures import picture_to_wire, style_from_wire
from services.analytics.use_cases import pictures, read_model, reports, summaries
from services.analytics.use_cases.summaries import KnownPerson

_POLL_SECONDS = 0.05
_POLLS = 40
"""For two seconds."""

type Context = grpc.aio.ServicerContext[Any, Any]


class AnalyticsServicer(RecommendationServicer):
    """Serves the summaries, reports and recommendations of the caller."""

    def __init__(
        self,
        database: Database,
        *,
        habits: HabitGateway,
        renderer: PictureRenderer,
        answers: AnswerCache,
        replays: Table,
        now: Clock,
    ) -> None:
        super().__init__(database, habits, now=now)
        self._answers = CountedAnswers(database, answers, now=now)
        self._renderer = renderer
        self._replays = replays

    async def GetSummary(self, request: GetSummaryRequest, context: Context) -> GetSummaryResponse:
        """Return the caller's numbers in a window."""
        requested = summaries.WindowRequest(*translate.window_from_wire(request))

        async def count(session: AsyncSession, known: KnownPerson) -> GetSummaryResponse:
            found = await summaries.get_summary(session, known.person, requested, now=self._now())
            return GetSummaryResponse(summary=translate.summary_to_wire(found))

        return await self._answers.respond(request, GetSummaryResponse, count)

    async def GetHeatmap(self, request: GetHeatmapRequest, context: Context) -> GetHeatmapResponse:
        """Return how every day of a window went."""
        requested = summaries.WindowRequest(*translate.window_from_wire(request))
        habit_id = translate.habit_id_from_wire(request)

        async def count(session: AsyncSession, known: KnownPerson) -> GetHeatmapResponse:
            found = await summaries.get_heatmap(
                session, known.person, requested, habit_id=habit_id, now=self._now()
            )
            return GetHeatmapResponse(days=map(translate.heatmap_day_to_wire, found))

        return await self._answers.respond(request, GetHeatmapResponse, count)

    async def GetHabitInsights(
        self, request: GetHabitInsightsRequest, context: Context
    ) -> GetHabitInsightsResponse:
        """Return what the days of a year say about a habit."""
        habit_id = translate.one_habit_from_wire(request)

        async def count(session: AsyncSession, known: KnownPerson) -> GetHabitInsightsResponse:
            found = await summaries.get_insights(session, known.person, habit_id, now=self._now())
            return GetHabitInsightsResponse(insights=insights_to_wire(habit_id, found))

        return await self._answers.respond(request, GetHabitInsightsResponse, count)

    async def ListReports(
        self, request: ListReportsRequest, context: Context
    ) -> ListReportsResponse:
        """List the stored reports, newest first."""
        page = read_page(request)
        kind, after = translate.report_kind_from_wire(request), translate.report_key_from_wire(page)
        async with self._database.transaction() as session:
            found = await reports.list_reports(
                session, current_caller().id, kind=kind, after=after, limit=page.size + 1
            )
        texts = texts_of(current_caller().locale)
        shown, more = found[: page.size], found[page.size :]
        return ListReportsResponse(
            reports=[translate.report_to_wire(it, texts) for it in shown],
            next_page_token=next_page_token(request, translate.report_key_to_wire(shown[-1]))
            if more
            else "",
        )

    async def GetReport(self, request: GetReportRequest, context: Context) -> GetReportResponse:
        """Return a stored report."""
        report_id = translate.report_id_from_wire(request)
        async with self._database.transaction() as session:
            found = await reports.get_report(session, current_caller().id, report_id)
        return GetReportResponse(
            report=translate.report_to_wire(found, texts_of(current_caller().locale))
        )

    async def CreateReport(
        self, request: CreateReportRequest, context: Context
    ) -> CreateReportResponse:
        """Create, store and publish a report now."""
        kind, day = translate.report_order_from_wire(request)
        person, now = translate.person_from_caller(current_caller()), self._now()
        async with self._database.transaction() as session:

            async def respond() -> CreateReportResponse:
                made = await reports.create_report(session, person, kind, day, now=now)
                return CreateReportResponse(
                    report=translate.report_to_wire(made, texts_of(current_caller().locale))
                )

            return await idempotency.respond_once(
                session,
                self._replays,
                request,
                CreateReportResponse,
                respond,
                owner_id=person.id,
                now=now,
            )

    async def RenderReportPicture(
        self, request: RenderReportPictureRequest, context: Context
    ) -> RenderReportPictureResponse:
        """Draw a stored report."""
        style, report_id = style_from_wire(request.style), translate.report_id_from_wire(request)
        caller = current_caller()
        async with self._database.transaction() as session:
            content = await pictures.report_picture(
                session, caller.id, report_id, texts_of(caller.locale)
            )
        drawn = await self._renderer.render(content, style)
        return RenderReportPictureResponse(picture=picture_to_wire(drawn))

    async def RenderStatsPicture(
        self, request: RenderStatsPictureRequest, context: Context
    ) -> RenderStatsPictureResponse:
        """Draw the last days, of one habit or of all."""
        style, habit_id = style_from_wire(request.style), translate.habit_id_from_wire(request)
        caller = current_caller()
        async with self._database.transaction() as session:
            content = await pictures.stats_picture(
                session,
                translate.person_from_caller(caller),
                day_count=request.day_count,
                habit_id=habit_id,
                texts=texts_of(caller.locale),
                now=self._now(),
            )
        drawn = await self._renderer.render(content, style)
        return RenderStatsPictureResponse(picture=picture_to_wire(drawn))

    async def RenderHeatmapPicture(
        self, request: RenderHeatmapPictureRequest, context: Context
    ) -> RenderHeatmapPictureResponse:
        """Draw a heatmap alone."""
        requested = summaries.WindowRequest(*translate.window_from_wire(request))
        style, habit_id = style_from_wire(request.style), translate.habit_id_from_wire(request)
        caller = current_caller()
        async with self._database.transaction() as session:
            content = await pictures.heatmap_picture(
                session,
                translate.person_from_caller(caller),
                requested,
                habit_id=habit_id,
                texts=texts_of(caller.locale),
                now=self._now(),
            )
        drawn = await self._renderer.render(content, style)
        return RenderHeatmapPictureResponse(picture=picture_to_wire(drawn))

    async def RenderStrengthPicture(
        self, request: RenderStrengthPictureRequest, context: Context
    ) -> RenderStrengthPictureResponse:
        """Draw a habit's strength."""
        style, habit_id = style_from_wire(request.style), translate.one_habit_from_wire(request)
        caller = current_caller()
        async with self._database.transaction() as session:
            content = await pictures.strength_picture(
                session,
                translate.person_from_caller(caller),
                habit_id,
                day_count=request.day_count,
                texts=texts_of(caller.locale),
                now=self._now(),
            )
        drawn = await self._renderer.render(content, style)
        return RenderStrengthPictureResponse(picture=picture_to_wire(drawn))

    async def WaitForRevisions(
        self, request: WaitForRevisionsRequest, context: Context
    ) -> WaitForRevisionsResponse:
        """Wait until the events of the caller's changes have been handled."""
        wanted, owner_id = translate.revisions_from_wire(request), current_caller().id
        for _ in range(_POLLS):
            async with self._database.transaction() as session:
                if await read_model.has_revisions(session, owner_id, wanted):
                    return WaitForRevisionsResponse()
            await asyncio.sleep(_POLL_SECONDS)
        raise ChangesNotCounted
