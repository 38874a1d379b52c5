"""Summaries, heatmaps, recommendations and reports over REST, before a real service."""

from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chassis.caller import Caller
from edge.analytics.schemas import (
    CountedSummary,
    HabitInsights,
    Heatmap,
    Recommendation,
    Report,
)
from edge.schemas import Page
from tests.builders import a_caller
from tests.edge.servers import expect_problem
from tests.services.analytics.event_builders import a_habit, a_person, done, done_from
from tests.services.analytics.running import RunningAnalytics

SUMMARY = "/v1/analytics/summary"
HEATMAP = "/v1/analytics/heatmap"
ADVICE = "/v1/analytics/recommendations"
REPORTS = "/v1/analytics/reports"


@pytest.fixture
def ann() -> Caller:
    return a_caller()


@pytest.fixture
def bearer(analytics: RunningAnalytics, ann: Caller) -> dict[str, str]:
    return {"Authorization": f"Bearer {analytics.key.token(ann)}"}


async def got(edge: httpx.AsyncClient, path: str, headers: dict[str, str], **query: Any) -> Any:
    response = await edge.get(path, headers=headers, params=query)
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_summary_has_the_names_of_the_api(
    edge: httpx.AsyncClient, analytics: RunningAnalytics, ann: Caller, bearer: dict[str, str]
) -> None:
    water = a_habit(ann.id, start="2026-01-06")
    await analytics.deliver(a_person(ann.id), water, *done(water, "2026-01-07", "2026-01-08"))
    window = {"from": "2026-01-06", "to": "2026-01-08"}
    summary = await got(edge, SUMMARY, bearer, **window)
    CountedSummary.model_validate(summary)
    assert summary.pop("as_of").endswith("Z")
    by_weekday = summary.pop("by_weekday")
    by_hour = summary.pop("by_hour")
    assert summary == {
        "from_date": "2026-01-06",
        "to_date": "2026-01-08",
        "habits_active": 1,
        "due": 3,
        "met": 2,
        "completion_rate": pytest.approx(2 / 3),
        "check_ins": 2,
        "perfect_days": 2,
        "best_day": "2026-01-08",
        "longest_current_streak": 2,
        "longest_current_streak_unit": "day",
        "longest_current_streak_habit_id": water.habit.id,
        "by_habit": [
            {
                "habit_id": water.habit.id,
                "title": "Drink water",
                "due": 3,
                "met": 2,
                "completion_rate": pytest.approx(2 / 3),
                "check_ins": 2,
                "current_streak": 2,
                "streak_unit": "day",
            }
        ],
        "trend": {"previous_rate": None, "change": None},
    }
    assert [it["weekday"] for it in by_weekday] == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    assert by_weekday[1] == {
        "weekday": "tue",
        "due": 1,
        "met": 0,
        "completion_rate": 0.0,
        "check_ins": 0,
    }
    assert by_weekday[4]["completion_rate"] is None
    assert [it["hour"] for it in by_hour] == list(range(24))
    assert by_hour[9] == {"hour": 9, "check_ins": 2}


async def test_with_nothing_due_rates_are_null(
    edge: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    summary = await got(edge, SUMMARY, bearer)
    assert (summary["due"], summary["completion_rate"], summary["best_day"]) == (0, None, None)
    assert summary["longest_current_streak"] == 0
    assert summary["longest_current_streak_unit"] is None


async def test_a_heatmap_is_a_list_of_days(
    edge: httpx.AsyncClient, analytics: RunningAnalytics, ann: Caller, bearer: dict[str, str]
) -> None:
    water = a_habit(ann.id, start="2026-01-08")
    await analytics.deliver(water, *done(water, "2026-01-08"))
    query = {"from": "2026-01-07", "to": "2026-01-08", "habit_id": water.habit.id}
    page = await got(edge, HEATMAP, bearer, **query)
    Heatmap.model_validate(page)
    assert page.pop("as_of").endswith("Z")
    assert page == {
        "items": [
            {"date": "2026-01-07", "due": 0, "met": 0, "rate": None},
            {"date": "2026-01-08", "due": 1, "met": 1, "rate": 1.0},
        ],
        "next_page_token": None,
    }


async def test_insights_are_null_until_the_days_say_something(
    edge: httpx.AsyncClient, analytics: RunningAnalytics, ann: Caller, bearer: dict[str, str]
) -> None:
    water = a_habit(ann.id, start="2025-08-01")
    await analytics.deliver(a_person(ann.id), water)
    path = f"/v1/analytics/habits/{water.habit.id}/insights"
    empty = await got(edge, path, bearer)
    HabitInsights.model_validate(empty)
    assert (empty["best_weekday"], empty["best_hour"], empty["longest_gap"]) == (None, None, None)
    assert empty["consistency"] == {"weeks": 22, "kept_weeks": 0, "rate": 0.0}
    days = done_from(water, "2025-08-01", "2026-01-05")
    mondays = [it for it in days if date.fromisoformat(it.check_in.check_in_date).weekday() == 0]
    stretch = a_habit(ann.id, start="2025-08-01", title="Stretch")
    theirs = done(stretch, *(it.check_in.check_in_date for it in mondays))
    await analytics.deliver(*mondays, stretch, *theirs)
    found = await got(edge, path, bearer)
    HabitInsights.model_validate(found)
    assert found["best_weekday"] | {"p_value": 0} == {
        "weekday": "mon",
        "days": 23,
        "met": 23,
        "other_days": 138,
        "other_met": 0,
        "p_value": 0,
        "test": "fisher_exact_holm",
    }
    assert found["best_hour"]["hour"] == 9
    assert [it["hour"] for it in found["by_hour"]] == list(range(24))
    assert {it["hour"]: it["check_ins"] for it in found["by_hour"] if it["check_ins"]} == {
        9: found["best_hour"]["all_check_ins"]
    }
    assert found["longest_gap"] == {
        "from_date": "2025-12-30",
        "to_date": "2026-01-04",
        "days": 6,
        "ongoing": False,
    }
    (related,) = found["related_habits"]
    assert (related["title"], related["common_days"], related["correlation"]) == ("Stretch", 161, 1)
    missing = await edge.get(f"/v1/analytics/habits/{uuid4()}/insights", headers=bearer)
    expect_problem(missing, 404, "HABIT_NOT_FOUND")


async def test_windows_that_make_no_sense_are_problems(
    edge: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    response = await edge.get(SUMMARY, headers=bearer, params={"from": "tomorrow"})
    problem = expect_problem(response, 422, "DATE_MALFORMED")
    assert problem["metadata"] == {"value": "tomorrow"}
    window = {"from": "2026-01-02", "to": "2026-01-01"}
    response = await edge.get(HEATMAP, headers=bearer, params=window)
    expect_problem(response, 422, "RANGE_ENDS_BEFORE_START")
    response = await edge.get(HEATMAP, headers=bearer, params={"habit_id": str(uuid4())})
    expect_problem(response, 404, "HABIT_NOT_FOUND")


async def test_recommendations_are_listed_and_dismissed(
    edge: httpx.AsyncClient, analytics: RunningAnalytics, ann: Caller, bearer: dict[str, str]
) -> None:
    piano = a_habit(ann.id, start="2025-10-01", title="Piano")
    await analytics.deliver(a_person(ann.id), piano, *done(piano, "2025-11-20"))
    page = await got(edge, ADVICE, bearer)
    Page[Recommendation].model_validate(page)
    (suggestion,) = page["items"]
    assert (suggestion["rule"], suggestion["habit_id"]) == ("archive", piano.habit.id)
    assert suggestion["evidence"] == {"silent_days": 49, "last_date": "2025-11-20"}
    assert isinstance(suggestion["evidence"]["silent_days"], int)
    assert suggestion["action"] == {"kind": "archive"}
    assert suggestion["create_time"].endswith("Z")

    away = await edge.post(f"{ADVICE}/{suggestion['id']}/dismiss", headers=bearer)
    assert (away.status_code, away.content) == (204, b"")
    assert (await got(edge, ADVICE, bearer))["items"] == []
    missing = await edge.post(f"{ADVICE}/{uuid4()}/dismiss", headers=bearer)
    expect_problem(missing, 404, "RECOMMENDATION_NOT_FOUND")


async def test_a_report_is_made_found_and_listed(
    edge: httpx.AsyncClient, analytics: RunningAnalytics, ann: Caller, bearer: dict[str, str]
) -> None:
    water = a_habit(ann.id, start="2026-01-01")
    await analytics.deliver(a_person(ann.id), water, *done_from(water, "2026-01-06", "2026-01-09"))
    response = await edge.post(REPORTS, headers=bearer, json={"kind": "daily"})
    assert response.status_code == 201
    report = response.json()
    Report.model_validate(report)
    assert (report["kind"], report["from_date"], report["to_date"]) == (
        "daily",
        "2026-01-09",
        "2026-01-09",
    )
    assert (report["completed_habits"], report["summary"]["longest_current_streak"]) == (1, 4)
    assert report["recommendation"] == "Everything due today is done. Keep going!"
    assert response.headers["location"] == f"{REPORTS}/{report['id']}"
    assert await got(edge, response.headers["location"], bearer) == report
    window = {"from": "2026-01-09", "to": "2026-01-09"}
    summary = await got(edge, SUMMARY, bearer, **window)
    assert summary == report["summary"] | {"as_of": summary["as_of"]}

    weekly = await edge.post(REPORTS, headers=bearer, json={"kind": "weekly"})
    assert weekly.json()["from_date"] == "2026-01-05"
    listed = await got(edge, REPORTS, bearer, page_size=1)
    assert [it["kind"] for it in listed["items"]] == ["weekly"]
    rest = await got(edge, REPORTS, bearer, page_size=1, page_token=listed["next_page_token"])
    assert rest["items"] == [report]
    assert rest["next_page_token"] is None
    daily = await got(edge, REPORTS, bearer, kind="daily")
    assert daily["items"] == [report]


async def test_the_same_key_gets_the_same_report(
    edge: httpx.AsyncClient, analytics: RunningAnalytics, ann: Caller, bearer: dict[str, str]
) -> None:
    water = a_habit(ann.id)
    await analytics.deliver(a_person(ann.id), water)
    headers = bearer | {"Idempotency-Key": "this evening"}
    first = await edge.post(REPORTS, headers=headers, json={"kind": "daily"})
    await analytics.deliver(*done(water, "2026-01-09"))
    again = await edge.post(REPORTS, headers=headers, json={"kind": "daily"})
    assert again.json() == first.json()
    other = await edge.post(REPORTS, headers=headers, json={"kind": "weekly"})
    expect_problem(other, 422, "REQUEST_ID_REUSED")


async def test_reports_that_cannot_be_are_problems(
    edge: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    for body, status, reason in [
        ({"kind": "daily"}, 409, "NOTHING_WAS_DUE"),
        ({"kind": "daily", "date": "2099-01-01"}, 409, "DATE_IN_FUTURE"),
        ({"kind": "daily", "date": "soon"}, 422, "DATE_MALFORMED"),
        ({"kind": "yearly"}, 422, "REQUEST_INVALID"),
        ({"kind": "daily", "day": "2026-01-09"}, 422, "REQUEST_INVALID"),
    ]:
        response = await edge.post(REPORTS, headers=bearer, json=body)
        expect_problem(response, status, reason)
    expect_problem(await edge.get(f"{REPORTS}/{uuid4()}", headers=bearer), 404, "REPORT_NOT_FOUND")


@pytest.mark.parametrize("path", [SUMMARY, HEATMAP, ADVICE, REPORTS])
async def test_nobody_is_answered(edge: httpx.AsyncClient, path: str) -> None:
    expect_problem(await edge.get(path), 401, "ACCESS_TOKEN_MISSING")
