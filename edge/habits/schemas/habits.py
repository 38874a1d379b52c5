"""Request and response bodies of habits."""

from typing import Annotated, Literal

from pydantic import Field

from edge.habits.schemas.common import Amount, CivilDay, Moment, WallTime, Weekday, from_to
from edge.schemas import RequestBody, ResponseBody

Measure = Literal["yes_no", "quantity"]
MonthDay = Annotated[int, Field(ge=-31, le=31)]


class Goal(RequestBody):
    """The amount to reach, or not to exceed."""

    direction: Literal["at_least", "at_most"] = "at_least"
    """Unchanged when an update leaves it out."""
    amount: Amount | None = None
    """How much; `quantity` only."""
    no_answer: Literal["success", "neutral", "failure"] | None = None
    """How a day without an answer counts; `at_most` only. Default `success`."""


class WeekdayOrdinal(RequestBody):
    """The n-th of a weekday in a month, such as the last Friday."""

    weekday: Weekday
    ordinal: Annotated[int, Field(ge=-5, le=5, examples=[-1])]
    """1 to 5 from the beginning of the month, -1 (the last) to -5 from its end."""


class YearDay(RequestBody):
    """A day of the year, such as 14 March."""

    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=-31, le=31)]
    """A day the month has, or -1 (its last) and so on from its end; 29 February is the 28th in
    other years."""


class Schedule(RequestBody):
    """When a habit is due. Fields that a frequency does not use are left out."""

    frequency: Literal["daily", "weekly", "monthly", "rolling", "yearly"]
    interval: Annotated[int, from_to(1, 366)] | None = None
    """Every how many days, or weeks with `weekdays`; 1 when left out."""
    weekdays: Annotated[list[Weekday], Field(min_length=1)] | None = None
    """The due days of a week; `weekly` only."""
    times: Annotated[int, from_to(1, 366)] | None = None
    """On how many days of a week, a month, a year, or any `days` days."""
    month_days: Annotated[list[MonthDay], Field(min_length=1)] | None = None
    """The due days of a month, 1 to 31, or -1 (its last) to -31; `monthly` only."""
    days: Annotated[int, from_to(1, 366)] | None = None
    """How many days the window of `rolling` looks back."""
    weekday_ordinals: Annotated[list[WeekdayOrdinal], Field(min_length=1)] | None = None
    """More due days of a month, such as its last Friday; `monthly` only, beside `month_days`."""
    year_days: Annotated[list[YearDay], Field(min_length=1)] | None = None
    """The due days of a year; `yearly` only."""
    anchor_date: CivilDay | None = None
    """The day from which an `interval` over 1 counts, in both directions. Default: the anchor until
    now, or else the start date; a change of the start date does not move it."""


class Reminder(RequestBody):
    """A time of day at which a reminder is sent."""

    id: str | None = None
    """Send it back on an update, so that a reminder already sent today is not sent again."""
    time: WallTime
    """In the user's time zone; a time before their day start belongs to the end of the day."""
    weekdays: list[Weekday] | None = None
    """Of the logical date; every day when left out."""
    text: Annotated[str | None, Field(examples=["Shoes on!"])] = None
    """Replaces the default text of the message."""
    nag_minutes: Annotated[int, from_to(5, 720)] | None = None
    """Repeats every so many minutes, 5 to 720, until done, at most 5 times."""


class HabitFields(RequestBody):
    """The fields of a habit that the user sets."""

    title: Annotated[str, Field(examples=["Drink water"])] = ""
    description: str | None = None
    measure: Measure = "yes_no"
    """Cannot be changed later."""
    unit: Annotated[str | None, Field(examples=["glasses"])] = None
    """What amounts count; `quantity` only."""
    goal: Goal | None = None
    schedule: Annotated[Schedule | None, Field(examples=[{"frequency": "daily"}])] = None
    """Every day when left out."""
    start_date: CivilDay | None = None
    """The first day that counts; today when left out."""
    tags: list[str] | None = None
    color: Annotated[str | None, Field(examples=["#2e7d32"])] = None
    """`#rrggbb`."""
    icon: Annotated[str | None, Field(examples=["💧"])] = None
    reminders: list[Reminder] | None = None
    """At most 8."""


class NewHabit(HabitFields):
    """A habit to create. Only `title` is required."""

    title: Annotated[str, Field(examples=["Drink water"])]


class HabitChanges(HabitFields):
    """The fields to update. A field that is left out is unchanged; null clears it."""

    effective_date: CivilDay | None = None
    """First day of the new goal or schedule; today when left out. Earlier days keep theirs."""


class SchedulePreview(RequestBody):
    """A schedule whose next due days are asked for."""

    schedule: Schedule
    start_date: CivilDay | None = None
    """The first day that counts; today when left out. Intervals count from it, or from the
    schedule's `anchor_date`."""
    from_date: CivilDay | None = None
    """The first day to look at; today when left out."""


class NextDueDates(ResponseBody):
    """The next due days of a schedule."""

    due_dates: list[CivilDay]
    """At most five, in order; none where the schedule asks for some days of a week, month, year or
    window, without naming them."""


class HabitOrder(RequestBody):
    """The ids of the user's habits in their new order."""

    habit_ids: list[str]


class Version(ResponseBody):
    """The goal and schedule in force from a day on."""

    effective_date: CivilDay
    goal: Goal
    schedule: Schedule


class StoredReminder(ResponseBody):
    """A stored reminder."""

    id: str
    time: WallTime
    weekdays: list[Weekday]
    """Empty means every day."""
    text: str
    nag_minutes: int | None


class Habit(ResponseBody):
    """A stored habit."""

    id: Annotated[str, Field(examples=["0198c3f2-7a4e-7c11-9a54-3f1d2b6c8e90"])]
    etag: Annotated[str, Field(examples=['"3"'])]
    """Send it back as `If-Match`, so that no concurrent edit is lost."""
    state: Literal["active", "archived"]
    title: str
    description: str
    color: str
    icon: str
    tags: list[str]
    position: int
    start_date: CivilDay
    measure: Measure
    unit: str
    goal: Goal
    """In force today."""
    schedule: Schedule
    """In force today."""
    versions: list[Version]
    """Every goal and schedule it ever had, oldest first."""
    reminders: list[StoredReminder]
    create_time: Moment
    update_time: Moment
    archived_at: Moment | None
    archive_date: CivilDay | None
    """The last day that counts, once archived."""
