"""The JSON of summaries, heatmaps, recommendations and reports."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from edge.habits.schemas.habits import Habit
from edge.schemas import RequestBody, ResponseBody

Rate = Annotated[float | None, Field(ge=0, le=1, examples=[0.86])]
"""Met of what was due, 0 to 1; null when nothing was due."""
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Unit = Literal["day", "week", "month", "year"]
ReportKind = Literal["daily", "weekly", "monthly"]
_A_DAY = "2026-01-09"


class HabitNumbers(ResponseBody):
    """One habit in the window."""

    habit_id: str
    title: Annotated[str, Field(examples=["Drink water"])]
    due: Annotated[int, Field(examples=[28])]
    """Due units that ended in the window, or were decided in it."""
    met: Annotated[int, Field(examples=[24])]
    """Those of them that were met."""
    completion_rate: Rate
    check_ins: Annotated[int, Field(examples=[25])]
    """Days with a done or an amount over 0."""
    current_streak: Annotated[int, Field(examples=[4])]
    """Met units in a row, now."""
    streak_unit: Annotated[Unit, Field(examples=["day"])]


class WeekdayNumbers(ResponseBody):
    """One weekday in the window."""

    weekday: Weekday
    due: Annotated[int, Field(examples=[8])]
    """Due days that are over, or met; weeks and months are no days."""
    met: Annotated[int, Field(examples=[7])]
    completion_rate: Rate
    check_ins: Annotated[int, Field(examples=[7])]


class HourNumbers(ResponseBody):
    """One hour of the person's clock."""

    hour: Annotated[int, Field(ge=0, le=23, examples=[21])]
    check_ins: Annotated[int, Field(examples=[12])]
    """Check-ins made in it; those from imported files are not counted."""


class Trend(ResponseBody):
    """This window beside the equally long one before it."""

    previous_rate: Rate
    change: Annotated[float | None, Field(examples=[0.07])]
    """This window's completion rate less the previous; null when either is."""


class Summary(ResponseBody):
    """A person's numbers in a window of days."""

    from_date: Annotated[str, Field(examples=["2026-01-01"])]
    to_date: Annotated[str, Field(examples=["2026-01-30"])]
    habits_active: Annotated[int, Field(examples=[5])]
    """Habits that are active now."""
    due: Annotated[int, Field(examples=[120])]
    """Due units that ended in the window, or were decided in it."""
    met: Annotated[int, Field(examples=[103])]
    """Those of them that were met."""
    completion_rate: Rate
    check_ins: Annotated[int, Field(examples=[110])]
    """Days of habits with a done or an amount over 0."""
    perfect_days: Annotated[int, Field(examples=[18])]
    """Days on which something was due and all of it was met."""
    best_day: Annotated[str | None, Field(examples=[_A_DAY])]
    """The day with the most goals reached, the later one of equals."""
    longest_current_streak: Annotated[int, Field(examples=[12])]
    """The longest of the streaks that run now, in its own unit; 0 when none runs."""
    longest_current_streak_unit: Annotated[Unit | None, Field(examples=["day"])]
    longest_current_streak_habit_id: str | None
    by_habit: list[HabitNumbers]
    """Every habit that was active in the window."""
    by_weekday: list[WeekdayNumbers]
    """Monday to Sunday."""
    by_hour: list[HourNumbers]
    """Hours 0 to 23."""
    trend: Trend


class HeatmapDay(ResponseBody):
    """One day."""

    date: Annotated[str, Field(examples=[_A_DAY])]
    due: Annotated[int, Field(examples=[5])]
    """What was due and is over, or met."""
    met: Annotated[int, Field(examples=[4])]
    rate: Rate


class Recommendation(ResponseBody):
    """A recommendation with its evidence, and an action."""

    id: str
    habit_id: str | None
    """The habit it is about; null when it is about all."""
    rule: Annotated[str, Field(examples=["weak_weekday"])]
    """`streak_at_risk`, `comeback`, `archive`, `target_down`, `weak_weekday`, `best_hour`,
    `target_up`; more may be added."""
    text: Annotated[str, Field(examples=['"Run" goes well (82 %), but not on Sundays: 1 of 8.'])]
    evidence: Annotated[dict[str, Any], Field(examples=[{"weekday": "sun", "met": 1, "due": 8}])]
    """The numbers that triggered the rule."""
    action: Annotated[
        dict[str, Any],
        Field(
            examples=[
                {
                    "kind": "change_schedule",
                    "schedule": {"frequency": "weekly", "weekdays": ["mon", "tue"]},
                }
            ]
        ),
    ]
    """What would help: `kind` and its values; empty when nothing can be applied."""
    create_time: datetime


class AppliedRecommendation(ResponseBody):
    """What applying a recommendation has changed."""

    recommendation: Recommendation
    before: Habit
    """The habit as it was: update it with these values to undo."""
    habit: Habit
    """The habit as it is now."""


class ReportPicture(ResponseBody):
    """Where a picture of the report is, and what it shows."""

    png: Annotated[str, Field(examples=["/v1/analytics/reports/0192….png"])]
    svg: Annotated[str, Field(examples=["/v1/analytics/reports/0192….svg"])]
    alt_text: Annotated[
        str, Field(examples=["Daily report, Jan 9, 2026: 3 of 4 completed (75 %)."])
    ]
    """For people who cannot see it, in your language."""


class Report(ResponseBody):
    """A person's numbers of one period, as published."""

    id: str
    kind: ReportKind
    from_date: Annotated[str, Field(examples=[_A_DAY])]
    to_date: Annotated[str, Field(examples=[_A_DAY])]
    completed_habits: Annotated[int, Field(examples=[3])]
    """Habits whose goal was reached on the last day of the period that has come."""
    recommendation: Annotated[str, Field(examples=["Everything due today is done. Keep going!"])]
    """One sentence: the first recommendation, or an encouragement."""
    picture: ReportPicture
    summary: Summary
    create_time: datetime


class ReportOrder(RequestBody):
    """What report to make."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "daily"}]})

    kind: ReportKind
    date: Annotated[str, Field(max_length=40, examples=[_A_DAY])] = ""
    """A day of the period; today when left out."""
