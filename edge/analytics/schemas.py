"""The JSON of summaries, heatmaps, recommendations and reports."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from edge.habits.schemas.habits import Habit
from edge.schemas import Page, RequestBody, ResponseBody

Rate = Annotated[float | None, Field(ge=0, le=1, examples=[0.86])]
"""Met of what was due, 0 to 1; null when nothing was due."""
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Unit = Literal["day", "week", "month", "year"]
ReportKind = Literal["daily", "weekly", "monthly"]
AsOf = Annotated[datetime | None, Field(examples=["2026-01-09T12:00:00Z"])]
"""When the newest of your changes that is counted came in; null before the first."""
PValue = Annotated[float, Field(ge=0, lt=0.05, examples=[0.003])]
"""How likely so clear a difference would be by chance, corrected for the number of comparisons."""
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


class CountedSummary(Summary):
    """A person's numbers as they are now."""

    as_of: AsOf


class HeatmapDay(ResponseBody):
    """One day."""

    date: Annotated[str, Field(examples=[_A_DAY])]
    due: Annotated[int, Field(examples=[5])]
    """What was due and is over, or met."""
    met: Annotated[int, Field(examples=[4])]
    rate: Rate


class Heatmap(Page[HeatmapDay]):
    """Every day of a window."""

    as_of: AsOf


class WeekdayInsight(ResponseBody):
    """The weekday that goes better than the others together."""

    weekday: Weekday
    days: Annotated[int, Field(examples=[52])]
    """Days of it that count."""
    met: Annotated[int, Field(examples=[49])]
    """Those of them that went well."""
    other_days: Annotated[int, Field(examples=[313])]
    other_met: Annotated[int, Field(examples=[210])]
    p_value: PValue
    test: Literal["fisher_exact_holm"] = "fisher_exact_holm"


class HourInsight(ResponseBody):
    """The hour of your clock in which most check-ins are made: at least a quarter of them."""

    hour: Annotated[int, Field(ge=0, le=23, examples=[7])]
    check_ins: Annotated[int, Field(examples=[120])]
    all_check_ins: Annotated[int, Field(examples=[180])]
    """Check-ins whose hour is known: not those from imported files."""
    p_value: PValue
    test: Literal["binomial_exact_holm"] = "binomial_exact_holm"


class Consistency(ResponseBody):
    """Whole weeks that were kept: at least 80 % of what was due was met."""

    weeks: Annotated[int, Field(examples=[40])]
    """Whole weeks in which something was due."""
    kept_weeks: Annotated[int, Field(examples=[31])]
    rate: Annotated[float, Field(ge=0, le=1, examples=[0.775])]


class Gap(ResponseBody):
    """The longest time without a check-in."""

    from_date: Annotated[str, Field(examples=["2026-02-03"])]
    to_date: Annotated[str, Field(examples=["2026-02-09"])]
    days: Annotated[int, Field(examples=[7])]
    """Without skipped and paused days."""
    ongoing: bool
    """Whether no check-in has ended it yet."""


class RelatedHabit(ResponseBody):
    """A habit that goes well on the same days, or on the others. It says nothing of a cause."""

    habit_id: str
    title: Annotated[str, Field(examples=["Sleep before eleven"])]
    common_days: Annotated[int, Field(examples=[180])]
    """Days that count for both; at least 60."""
    both: Annotated[int, Field(examples=[110])]
    only_this: Annotated[int, Field(examples=[10])]
    only_other: Annotated[int, Field(examples=[20])]
    neither: Annotated[int, Field(examples=[40])]
    correlation: Annotated[float, Field(ge=-1, le=1, examples=[0.61])]
    """Phi: 1 always on the same days, -1 never on the same days."""
    p_value: PValue
    test: Literal["fisher_exact_holm"] = "fisher_exact_holm"


class HabitInsights(ResponseBody):
    """What the 365 days before today say about a habit; null where they do not say it."""

    habit_id: str
    from_date: Annotated[str, Field(examples=["2025-01-09"])]
    to_date: Annotated[str, Field(examples=["2026-01-08"])]
    best_weekday: WeekdayInsight | None
    best_hour: HourInsight | None
    consistency: Consistency | None
    longest_gap: Gap | None
    related_habits: list[RelatedHabit]
    """The closest relation first, 5 at most."""
    by_hour: list[HourNumbers]
    """Hours 0 to 23 of the person's clock, as far as a check-in's hour is known."""
    as_of: AsOf


class Recommendation(ResponseBody):
    """A recommendation with its evidence, and an action."""

    id: str
    habit_id: str | None
    """The habit it is about; null when it is about all."""
    rule: Annotated[str, Field(examples=["weak_weekday"])]
    """`streak_at_risk`, `away`, `slip`, `comeback`, `archive`, `target_down`, `small_step`,
    `fresh_start`, `weak_weekday`, `stack`, `fixed_time`, `best_hour`, `target_up`; more may be
    added."""
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
    apply_time: datetime | None
    """When it was applied; null if it was not, or if that was undone."""


class AppliedRecommendation(ResponseBody):
    """What applying a recommendation, or undoing that, has changed."""

    recommendation: Recommendation
    before: Habit | None
    """The habit as it was; null where all habits are meant."""
    habit: Habit | None
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
    recommendation_id: str | None
    """The recommendation that says so, to be applied or dismissed; null for an encouragement."""
    picture: ReportPicture
    summary: Summary
    create_time: datetime


class ReportOrder(RequestBody):
    """What report to make."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "daily"}]})

    kind: ReportKind
    date: Annotated[str, Field(max_length=40, examples=[_A_DAY])] = ""
    """A day of the period; today when left out."""
