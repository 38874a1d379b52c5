"""What a habit is in JSON, and what may be asked of it."""

from typing import Annotated, Literal

from pydantic import Field

from edge.habits.schemas.common import Amount, CivilDay, Moment, WallTime, Weekday
from edge.schemas import Answer, Body

Measure = Literal["yes_no", "quantity"]


class Goal(Body):
    """What has to be reached, or not to be passed."""

    direction: Literal["at_least", "at_most"] = "at_least"
    """On an update that leaves it out, it stays as it is."""
    amount: Amount | None = None
    """How much; `quantity` only."""
    no_answer: Literal["success", "neutral", "failure"] | None = None
    """What silence means once a day is over; `at_most` only. Default `success`."""


class Schedule(Body):
    """When a habit is due. Fields that a frequency does not use are left out."""

    frequency: Literal["daily", "weekly", "monthly", "rolling"]
    interval: int | None = None
    """Every how many days, or weeks with `weekdays`; 1 when left out."""
    weekdays: list[Weekday] | None = None
    """The due days of a week; `weekly` only."""
    times: int | None = None
    """On how many days of a week, a month, or any `days` days."""
    month_days: list[int] | None = None
    """The due days of a month, 1 to 31, or -1 (its last) to -31; `monthly` only."""
    days: int | None = None
    """How many days the window of `rolling` looks back."""


class Reminder(Body):
    """A wall time at which to be reminded."""

    id: str | None = None
    """Send it back on an update, so that what has rung today does not ring again."""
    time: WallTime
    """In the person's zone; before their day start it belongs to the night after."""
    weekdays: list[Weekday] | None = None
    """Of the logical date; every day when left out."""
    text: Annotated[str | None, Field(examples=["Shoes on!"])] = None
    """What the message says instead of its usual sentence."""
    nag_minutes: int | None = None
    """Repeats every so many minutes, 5 to 720, until done, at most 5 times."""


class HabitFields(Body):
    """What a person decides of a habit."""

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
    """A habit to make. Only `title` is needed."""

    title: Annotated[str, Field(examples=["Drink water"])]


class HabitChanges(HabitFields):
    """What to change. A field that is left out stays; null empties it."""

    effective_date: CivilDay | None = None
    """From when a new goal or schedule is in force; today when left out. The past keeps its own."""


class Order(Body):
    """The person's habits, first place first."""

    habit_ids: list[str]


class Version(Answer):
    """The goal and schedule that were in force from a day on."""

    effective_date: CivilDay
    goal: Goal
    schedule: Schedule


class KeptReminder(Answer):
    """A reminder as it is kept."""

    id: str
    time: WallTime
    weekdays: list[Weekday]
    """Empty means every day."""
    text: str
    nag_minutes: int | None


class Habit(Answer):
    """A habit as it is kept."""

    id: Annotated[str, Field(examples=["0198c3f2-7a4e-7c11-9a54-3f1d2b6c8e90"])]
    etag: Annotated[str, Field(examples=['"3"'])]
    """Send it back as `If-Match`, so that nobody's edit is lost."""
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
    reminders: list[KeptReminder]
    create_time: Moment
    update_time: Moment
    archived_at: Moment | None
    archive_date: CivilDay | None
    """The last day that counts, once archived."""
