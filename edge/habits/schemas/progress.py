"""Response bodies of progress, history and today."""

from typing import Annotated, Literal

from pydantic import Field

from edge.habits.schemas.check_ins import CurrentStreak
from edge.habits.schemas.common import Amount, CivilDay, Mark, Moment, Unit
from edge.habits.schemas.habits import Habit
from edge.schemas import ResponseBody

UnitState = Literal["met", "failed", "neutral", "open"]
DayOutcome = Literal["met", "failed", "neutral", "open", "not_due"]
Share = Annotated[float, Field(ge=0, le=1)]


class BestStreak(ResponseBody):
    """The longest streak; the later of equal ones."""

    length: int
    unit: Unit
    start_date: CivilDay | None
    end_date: CivilDay | None


class Completion(ResponseBody):
    """met / (met + failed) of the due units of a window; null when nothing was due."""

    d7: Annotated[Share | None, Field(alias="7d")]
    d30: Annotated[Share | None, Field(alias="30d")]
    d90: Annotated[Share | None, Field(alias="90d")]
    all: Share | None


class DueUnit(ResponseBody):
    """A day, week, month or year in which something is due."""

    from_date: CivilDay
    to_date: CivilDay
    unit: Unit
    done: Amount
    """How much was done: days, or an amount for totals."""
    asked: Amount
    """How much is asked, after skips and pauses."""
    percent: Annotated[int, Field(ge=0, le=9999)]
    """How much of what was asked is done, at most 100. Of a limit, how much of it is used: over 100
    exactly where it is passed."""
    state: UnitState


class Progress(ResponseBody):
    """A habit's streaks, completion and strength as of the user's today."""

    habit_id: str
    today: CivilDay
    current_streak: CurrentStreak
    best_streak: BestStreak
    completion: Completion
    current_unit: DueUnit | None
    """The unit that contains today; null when nothing is due."""
    strength: Share
    total_check_ins: int
    units: list[DueUnit] | None = None
    """With `explain=true`: the due units behind the values, newest first."""


class HistoryDay(ResponseBody):
    """One day and its state."""

    date: CivilDay
    state: DayOutcome
    """Of the day itself; in a week, month or year `met`, `neutral`, `open` (today) or `not_due`."""
    unit_state: UnitState | None
    """Of the unit that holds the day: the day itself, or its week, month or year; null for none."""
    mark: Mark | None
    amount: Amount | None
    note: str
    strength: Share
    """Strength at the end of the day."""


class TodayProgress(ResponseBody):
    """A habit's progress in today's list."""

    current_streak: CurrentStreak
    current_unit: DueUnit | None
    strength: Share


class TodayItem(ResponseBody):
    """A habit in today's list."""

    habit_id: str
    habit: Habit
    state: DayOutcome
    """The state of the day so far."""
    mark: Mark | None
    amount: Amount | None
    note: str
    progress: TodayProgress
    reminder_times: list[Moment]
    """When its reminders are sent on the day, in order."""
    resting: bool
    """The day is paused or skipped."""


class Today(ResponseBody):
    """Every active habit that is due or open on a day, by position."""

    date: CivilDay
    due: int
    """How many of them were due."""
    met: int
    """How many of those were met."""
    items: list[TodayItem]
