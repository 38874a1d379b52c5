"""Progress, history and today in JSON."""

from typing import Annotated, Literal

from pydantic import Field

from edge.habits.schemas.check_ins import CurrentStreak
from edge.habits.schemas.common import Amount, CivilDay, Mark, Moment, Unit
from edge.habits.schemas.habits import Habit
from edge.schemas import Answer

UnitState = Literal["met", "failed", "neutral", "open"]
DayOutcome = Literal["met", "failed", "neutral", "open", "not_due"]
Share = Annotated[float, Field(ge=0, le=1)]


class BestStreak(Answer):
    """The longest run ever; of equals the later."""

    length: int
    unit: Unit
    start_date: CivilDay | None
    end_date: CivilDay | None


class Completion(Answer):
    """met / (met + failed) of the due units of a window; null when nothing was due."""

    d7: Annotated[Share | None, Field(alias="7d")]
    d30: Annotated[Share | None, Field(alias="30d")]
    d90: Annotated[Share | None, Field(alias="90d")]
    all: Share | None


class DueUnit(Answer):
    """A day, week or month in which something is due."""

    from_date: CivilDay
    to_date: CivilDay
    unit: Unit
    done: Amount
    """How much was done: days, or an amount for totals."""
    asked: Amount
    """How much is asked, after skips and pauses."""
    percent: Annotated[int, Field(ge=0, le=100)]
    state: UnitState


class Progress(Answer):
    """A habit's numbers as of the person's today."""

    habit_id: str
    today: CivilDay
    current_streak: CurrentStreak
    best_streak: BestStreak
    completion: Completion
    current_unit: DueUnit | None
    """The unit that holds today; null when nothing is due on it."""
    strength: Share
    total_check_ins: int
    units: list[DueUnit] | None = None
    """With `explain=true`: the due units behind the numbers, newest first."""


class HistoryDay(Answer):
    """One day and what became of it."""

    date: CivilDay
    state: DayOutcome
    mark: Mark | None
    amount: Amount | None
    note: str
    strength: Share
    """How firm the habit was at the end of the day."""


class TodayProgress(Answer):
    """The numbers that a day's screen shows of a habit."""

    current_streak: CurrentStreak
    current_unit: DueUnit | None
    strength: Share


class TodayItem(Answer):
    """A habit on a day's screen."""

    habit_id: str
    habit: Habit
    state: DayOutcome
    """What became of the day so far."""
    mark: Mark | None
    amount: Amount | None
    note: str
    progress: TodayProgress
    reminder_times: list[Moment]
    """When its reminders ring on the day, in order."""
    resting: bool
    """The day is paused or skipped."""


class Today(Answer):
    """A day's screen: every active habit that is due or open on it, by position."""

    date: CivilDay
    due: int
    """How many of them were due."""
    met: int
    """How many of those were met."""
    items: list[TodayItem]
