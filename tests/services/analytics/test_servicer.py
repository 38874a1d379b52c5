"""Summaries and recommendations over gRPC, on a real server and a real database."""

from datetime import timedelta
from uuid import uuid4

import grpc

from contracts.analytics.v1.analytics_service_pb2 import (
    DismissRecommendationRequest,
    GetHabitInsightsRequest,
    GetHeatmapRequest,
    GetSummaryRequest,
    ListRecommendationsRequest,
)
from contracts.habits.v1 import habit_pb2
from contracts.habits.v1.check_in_pb2 import SOURCE_IMPORT
from tests.builders import a_caller
from tests.services.analytics.event_builders import (
    a_day,
    a_habit,
    a_person,
    done,
    done_from,
    skipped,
)
from tests.services.analytics.running import RunningAnalytics, refused

INVALID = grpc.StatusCode.INVALID_ARGUMENT
MISSING = grpc.StatusCode.NOT_FOUND
TWICE_A_WEEK = habit_pb2.Schedule(frequency=habit_pb2.FREQUENCY_WEEKLY, times=2)


async def test_a_summary_adds_up_the_days(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    water = a_habit(ann.id, start="2026-01-05", title="Drink water")
    run = a_habit(ann.id, start="2026-01-05", title="Run", schedule=TWICE_A_WEEK)
    days = done(water, "2026-01-05", "2026-01-06", "2026-01-08", "2026-01-09")
    await analytics.deliver(a_person(ann.id), water, run, *days, *done(run, "2026-01-06"))

    with analytics.calling_as(ann):
        answer = await analytics.stub.GetSummary(GetSummaryRequest(from_date="2026-01-01"))

    summary = answer.summary
    assert (summary.from_date, summary.to_date) == ("2026-01-01", "2026-01-09")
    assert (summary.active_habit_count, summary.check_in_count) == (2, 5)
    assert (summary.due_count, summary.met_count, summary.completion_rate) == (5, 4, 0.8)
    assert (summary.perfect_day_count, summary.best_date) == (4, "2026-01-06")
    assert (summary.longest_streak_count, summary.longest_streak_unit) == (2, "day")
    assert summary.longest_streak_habit_id == water.habit.id
    assert [(it.title, it.due_count, it.met_count) for it in summary.habits] == [
        ("Drink water", 5, 4),
        ("Run", 0, 0),
    ]
    assert summary.habits[1].streak_unit == "week"
    assert not summary.habits[1].HasField("completion_rate")
    by_weekday = {it.weekday: (it.due_count, it.met_count) for it in summary.weekdays}
    assert list(by_weekday) == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    assert (by_weekday["wed"], by_weekday["fri"], by_weekday["sun"]) == ((1, 0), (1, 1), (0, 0))
    assert [it.check_in_count for it in summary.hours] == [0] * 9 + [5] + [0] * 14
    assert not summary.trend.HasField("previous_rate")
    assert not summary.trend.HasField("rate_change")


async def test_a_window_left_out_is_the_last_thirty_days_beside_those_before(
    analytics: RunningAnalytics,
) -> None:
    ann = a_caller()
    water = a_habit(ann.id, start="2025-11-01")
    days = done_from(water, "2025-11-11", "2025-11-25") + done_from(
        water, "2025-12-11", "2026-01-09"
    )
    await analytics.deliver(a_person(ann.id), water, *days)

    with analytics.calling_as(ann):
        summary = (await analytics.stub.GetSummary(GetSummaryRequest())).summary

    assert (summary.from_date, summary.to_date) == ("2025-12-11", "2026-01-09")
    assert (summary.completion_rate, summary.trend.previous_rate) == (1.0, 0.5)
    assert summary.trend.rate_change == 0.5


async def test_nothing_due_is_no_rate(analytics: RunningAnalytics) -> None:
    with analytics.calling_as(a_caller()):
        summary = (await analytics.stub.GetSummary(GetSummaryRequest())).summary
        heatmap = await analytics.stub.GetHeatmap(GetHeatmapRequest())
    assert not summary.HasField("completion_rate")
    assert (summary.best_date, summary.longest_streak_unit) == ("", "")
    assert len(heatmap.days) == 365
    assert not any(day.due_count for day in heatmap.days)


async def test_before_auths_event_the_token_gives_the_time_zone(
    analytics: RunningAnalytics,
) -> None:
    ann = a_caller(timezone="Pacific/Auckland", week_start="sun")
    analytics.clock.set(analytics.clock().replace(hour=14))  # already the 10th there
    await analytics.deliver(a_habit(ann.id))
    with analytics.calling_as(ann):
        summary = (await analytics.stub.GetSummary(GetSummaryRequest())).summary
    assert summary.to_date == "2026-01-10"


async def test_windows_that_make_no_sense_are_refused(analytics: RunningAnalytics) -> None:
    stub = analytics.stub
    with analytics.calling_as(a_caller()):
        for date in ("2026-13-40", "09.01.2026", "20260109", "1066-10-14"):
            with refused("DATE_MALFORMED", INVALID) as details:
                await stub.GetSummary(GetSummaryRequest(from_date=date))
            assert [it.field for it in details[0].violations] == ["from_date"]
        with refused("RANGE_ENDS_BEFORE_START", INVALID):
            await stub.GetHeatmap(GetHeatmapRequest(from_date="2026-01-02", to_date="2026-01-01"))
        with refused("RANGE_TOO_LONG", INVALID):
            await stub.GetSummary(GetSummaryRequest(from_date="2000-01-01", to_date="2026-01-01"))


async def test_a_heatmap_shows_every_day(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    water, run = a_habit(ann.id, start="2026-01-07"), a_habit(ann.id, start="2026-01-08")
    days = [*done(water, "2026-01-07", "2026-01-08"), skipped(run, "2026-01-08")]
    await analytics.deliver(a_person(ann.id), water, run, *days)

    with analytics.calling_as(ann):
        window = {"from_date": "2026-01-06", "to_date": "2026-01-09"}
        both = await analytics.stub.GetHeatmap(GetHeatmapRequest(**window))
        one = await analytics.stub.GetHeatmap(GetHeatmapRequest(habit_id=run.habit.id, **window))

    assert [(it.heatmap_date[-2:], it.due_count, it.met_count) for it in both.days] == [
        ("06", 0, 0),
        ("07", 1, 1),
        ("08", 1, 1),
        ("09", 0, 0),
    ]
    assert not any(it.due_count for it in one.days)


async def test_the_heatmap_of_someone_elses_habit_is_not_found(analytics: RunningAnalytics) -> None:
    theirs = a_habit(a_caller().id)
    await analytics.deliver(theirs)
    with analytics.calling_as(a_caller()):
        with refused("HABIT_NOT_FOUND", MISSING):
            await analytics.stub.GetHeatmap(GetHeatmapRequest(habit_id=theirs.habit.id))
        with refused("ID_MALFORMED", INVALID):
            await analytics.stub.GetHeatmap(GetHeatmapRequest(habit_id="7"))


async def test_a_recommendation_keeps_its_id_until_it_is_dismissed_for_thirty_days(
    analytics: RunningAnalytics,
) -> None:
    ann = a_caller()
    piano = a_habit(ann.id, start="2025-10-01", title="Piano")
    await analytics.deliver(a_person(ann.id), piano, *done(piano, "2025-10-02", "2025-11-20"))
    with analytics.calling_as(ann):
        first = await analytics.stub.ListRecommendations(ListRecommendationsRequest())
        again = await analytics.stub.ListRecommendations(ListRecommendationsRequest())
        (suggestion,) = first.recommendations
        assert list(again.recommendations) == [suggestion]
        assert (suggestion.rule, suggestion.habit_id) == ("archive", piano.habit.id)
        assert '"Piano" has been quiet for 49 days.' in suggestion.text
        assert dict(suggestion.evidence) == {"silent_days": 49.0, "last_date": "2025-11-20"}
        assert dict(suggestion.action) == {"kind": "archive"}

        await analytics.stub.DismissRecommendation(
            DismissRecommendationRequest(recommendation_id=suggestion.id)
        )

        async def listed() -> list[str]:
            answer = await analytics.stub.ListRecommendations(ListRecommendationsRequest())
            return [it.id for it in answer.recommendations]

        assert await listed() == []
        analytics.clock.advance(timedelta(days=29))
        assert await listed() == []
        analytics.clock.advance(timedelta(days=1, minutes=1))
        assert await listed() == [suggestion.id]


async def test_recommendations_of_others_cannot_be_dismissed(analytics: RunningAnalytics) -> None:
    with analytics.calling_as(a_caller()):
        with refused("RECOMMENDATION_NOT_FOUND", MISSING):
            await analytics.stub.DismissRecommendation(
                DismissRecommendationRequest(recommendation_id=str(uuid4()))
            )
        with refused("ID_MALFORMED", INVALID):
            await analytics.stub.DismissRecommendation(
                DismissRecommendationRequest(recommendation_id="the first")
            )


async def test_recommendations_come_in_pages(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    habits = [a_habit(ann.id, start="2025-10-01", title=f"Habit {n}") for n in range(3)]
    await analytics.deliver(a_person(ann.id), *habits)
    with analytics.calling_as(ann):
        request = ListRecommendationsRequest(page_size=2)
        page = await analytics.stub.ListRecommendations(request)
        request.page_token = page.next_page_token
        rest = await analytics.stub.ListRecommendations(request)
        with refused("PAGE_SIZE_NEGATIVE", INVALID):
            await analytics.stub.ListRecommendations(ListRecommendationsRequest(page_size=-1))
        with refused("PAGE_TOKEN_INVALID", INVALID):
            await analytics.stub.ListRecommendations(ListRecommendationsRequest(page_token="x"))
    found = [*page.recommendations, *rest.recommendations]
    assert {it.habit_id for it in found} == {it.habit.id for it in habits}
    assert (len(page.recommendations), rest.next_page_token) == (2, "")


async def test_imported_days_say_nothing_of_hours(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    water = a_habit(ann.id)
    await analytics.deliver(
        water, a_day(water, "2026-01-08", source=SOURCE_IMPORT), a_day(water, "2026-01-07")
    )
    with analytics.calling_as(ann):
        summary = (await analytics.stub.GetSummary(GetSummaryRequest())).summary
    assert sum(it.check_in_count for it in summary.hours) == 1
    assert summary.check_in_count == 2


async def test_insights_say_what_a_year_of_days_says(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    water = a_habit(ann.id, start="2025-09-01")
    stretch = a_habit(ann.id, start="2025-09-01", title="Stretch")
    days = done_from(water, "2025-09-01", "2026-01-08")
    odd = [it for it in days if int(it.check_in.check_in_date[-2:]) % 2]
    others = [a_day(stretch, it.check_in.check_in_date) for it in odd]
    await analytics.deliver(a_person(ann.id), water, stretch, *odd, *others)

    request = GetHabitInsightsRequest(habit_id=water.habit.id)
    with analytics.calling_as(ann):
        answer = await analytics.stub.GetHabitInsights(request)
        with refused("HABIT_NOT_FOUND", MISSING):
            await analytics.stub.GetHabitInsights(GetHabitInsightsRequest(habit_id=str(uuid4())))
        with refused("ID_MALFORMED", INVALID):
            await analytics.stub.GetHabitInsights(GetHabitInsightsRequest(habit_id="water"))
    with analytics.calling_as(a_caller()), refused("HABIT_NOT_FOUND", MISSING):
        await analytics.stub.GetHabitInsights(request)

    found = answer.insights
    assert (found.from_date, found.to_date) == ("2025-01-09", "2026-01-08")
    assert (found.best_hour.hour, found.best_hour.check_in_count) == (9, len(odd))
    assert not found.HasField("best_weekday")
    assert (found.consistency.week_count, found.consistency.kept_week_count) == (18, 0)
    assert (found.longest_gap.day_count, found.longest_gap.ongoing) == (1, True)
    (related,) = found.related_habits
    assert (related.title, related.correlation, related.both_count) == ("Stretch", 1, len(odd))
    assert answer.as_of.revision == 3 + 2 * len(odd)
