"""Reports over gRPC: made, kept, found, listed, refused."""

from datetime import timedelta
from uuid import uuid4

import grpc

from contracts.analytics.v1.analytics_events_pb2 import ReportReady
from contracts.analytics.v1.analytics_service_pb2 import (
    CreateReportRequest,
    GetReportRequest,
    GetSummaryRequest,
    ListReportsRequest,
)
from contracts.analytics.v1.summary_pb2 import (
    REPORT_KIND_DAILY,
    REPORT_KIND_MONTHLY,
    REPORT_KIND_UNSPECIFIED,
    REPORT_KIND_WEEKLY,
)
from tests.builders import a_caller
from tests.services.analytics.event_builders import a_habit, a_person, done, done_from
from tests.services.analytics.running import RunningAnalytics, events_of, refused

INVALID = grpc.StatusCode.INVALID_ARGUMENT
MISSING = grpc.StatusCode.NOT_FOUND
WRONG_STATE = grpc.StatusCode.FAILED_PRECONDITION


async def test_a_report_is_created_stored_and_published(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    water, run = a_habit(ann.id, title="Drink water"), a_habit(ann.id, title="Run")
    days = [*done_from(water, "2026-01-06", "2026-01-09"), *done(run, "2026-01-08")]
    await analytics.deliver(a_person(ann.id), water, run, *days)
    with analytics.calling_as(ann):
        made = (
            await analytics.stub.CreateReport(CreateReportRequest(kind=REPORT_KIND_DAILY))
        ).report
        got = (await analytics.stub.GetReport(GetReportRequest(report_id=made.id))).report
        window = GetSummaryRequest(from_date="2026-01-09", to_date="2026-01-09")
        summary = (await analytics.stub.GetSummary(window)).summary

    assert got == made
    assert made.summary == summary
    assert (made.from_date, made.to_date, made.completed_habit_count) == (
        "2026-01-09",
        "2026-01-09",
        1,
    )
    assert made.recommendation_text
    (told,) = await events_of(analytics.database, ReportReady, ann.id)
    assert (told.report, told.streak_count) == (made, 4)


async def test_one_report_is_kept_of_a_period(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    water = a_habit(ann.id)
    await analytics.deliver(a_person(ann.id), water)
    order = CreateReportRequest(kind=REPORT_KIND_WEEKLY, report_date="2026-01-06")
    with analytics.calling_as(ann):
        first = (await analytics.stub.CreateReport(order)).report
        await analytics.deliver(*done(water, "2026-01-07"))
        second = (await analytics.stub.CreateReport(order)).report
        listed = (await analytics.stub.ListReports(ListReportsRequest())).reports
    assert first.id == second.id
    assert (first.from_date, first.to_date) == ("2026-01-05", "2026-01-11")
    assert (first.summary.met_count, second.summary.met_count) == (0, 1)
    assert list(listed) == [second]


async def test_the_same_request_gets_the_same_report(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    await analytics.deliver(a_person(ann.id), a_habit(ann.id))
    request_id = str(uuid4())
    order = CreateReportRequest(kind=REPORT_KIND_DAILY, request_id=request_id)
    with analytics.calling_as(ann):
        first = await analytics.stub.CreateReport(order)
        analytics.clock.advance(timedelta(hours=1))
        assert await analytics.stub.CreateReport(order) == first
        assert len(await events_of(analytics.database, ReportReady, ann.id)) == 1
        order.kind = REPORT_KIND_MONTHLY
        with refused("REQUEST_ID_REUSED", INVALID):
            await analytics.stub.CreateReport(order)


async def test_reports_that_cannot_be_made_are_refused(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    stub = analytics.stub
    await analytics.deliver(a_person(ann.id), a_habit(ann.id, start="2026-01-05"))
    with analytics.calling_as(ann):
        with refused("REPORT_KIND_MISSING", INVALID):
            await stub.CreateReport(CreateReportRequest(kind=REPORT_KIND_UNSPECIFIED))
        daily = CreateReportRequest(kind=REPORT_KIND_DAILY)
        daily.report_date = "2026-01-10"
        with refused("DATE_IN_FUTURE", WRONG_STATE):
            await stub.CreateReport(daily)
        daily.report_date = "2026-01-04"
        with refused("NOTHING_WAS_DUE", WRONG_STATE):
            await stub.CreateReport(daily)
        daily.report_date = "today"
        with refused("DATE_MALFORMED", INVALID):
            await stub.CreateReport(daily)
    assert await events_of(analytics.database, ReportReady, ann.id) == []


async def test_reports_come_newest_first_in_pages_of_one_kind(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    await analytics.deliver(a_person(ann.id), a_habit(ann.id))
    with analytics.calling_as(ann):
        for day in ("2026-01-07", "2026-01-09", "2026-01-08"):
            order = CreateReportRequest(kind=REPORT_KIND_DAILY, report_date=day)
            await analytics.stub.CreateReport(order)
        await analytics.stub.CreateReport(CreateReportRequest(kind=REPORT_KIND_MONTHLY))
        request = ListReportsRequest(kind=REPORT_KIND_DAILY, page_size=2)
        page = await analytics.stub.ListReports(request)
        request.page_token = page.next_page_token
        rest = await analytics.stub.ListReports(request)
        everything = (await analytics.stub.ListReports(ListReportsRequest())).reports
        with refused("PAGE_TOKEN_INVALID", INVALID):
            request.kind = REPORT_KIND_WEEKLY
            await analytics.stub.ListReports(request)
        with refused("PAGE_SIZE_NEGATIVE", INVALID):
            await analytics.stub.ListReports(ListReportsRequest(page_size=-1))
    assert [it.from_date[-2:] for it in page.reports] == ["09", "08"]
    assert [it.from_date[-2:] for it in rest.reports] == ["07"]
    assert rest.next_page_token == ""
    assert everything[0].kind == REPORT_KIND_MONTHLY


async def test_someone_elses_report_is_not_found(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    await analytics.deliver(a_habit(ann.id))
    with analytics.calling_as(ann):
        made = (
            await analytics.stub.CreateReport(CreateReportRequest(kind=REPORT_KIND_DAILY))
        ).report
    with analytics.calling_as(a_caller()), refused("REPORT_NOT_FOUND", MISSING):
        await analytics.stub.GetReport(GetReportRequest(report_id=made.id))
    with analytics.calling_as(ann), refused("ID_MALFORMED", INVALID):
        await analytics.stub.GetReport(GetReportRequest(report_id="latest"))
