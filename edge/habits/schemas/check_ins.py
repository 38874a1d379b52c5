"""Check-ins in JSON: a day of a habit, what may be done to it, and what came of that."""

from typing import Annotated

from pydantic import Field

from edge.habits.schemas.common import Amount, CivilDay, Mark, Moment, Note, Source, Unit
from edge.schemas import Answer, Body, Problem


class NewCheckIn(Body):
    """Adds to a day. An empty body checks a `yes_no` habit in for today."""

    date: CivilDay | None = None
    """Today when left out."""
    amount: Amount | None = None
    """How much to add; `quantity` only."""
    note: Note | None = None
    source: Source = "api"


class WholeDay(Body):
    """Sets a day to a mark or to an amount, whatever it held."""

    mark: Mark | None = None
    amount: Amount | None = None
    note: Note | None = None
    source: Source = "api"


class BatchItem(WholeDay):
    """Sets one day of one habit."""

    habit_id: str
    date: CivilDay


class Batch(Body):
    """Up to 500 days to set. Each succeeds or is refused alone."""

    items: list[BatchItem]


class Snooze(Body):
    """Asks to be reminded later on the same day."""

    date: CivilDay
    """The day the reminder was for."""
    minutes: int = 60
    """5 to 720."""


class Snoozed(Answer):
    """When it will remind."""

    remind_time: Moment


class CheckInDay(Answer):
    """What one day of a habit holds."""

    habit_id: str
    date: CivilDay
    mark: Mark | None
    amount: Amount | None
    """The sum of the day's amounts; null when none was recorded."""
    note: str
    source: Source | None
    """Where the last change came from."""
    update_time: Moment | None


class CurrentStreak(Answer):
    """The run of met days, weeks or months that reaches now."""

    length: int
    unit: Unit
    start_date: CivilDay | None
    at_risk: bool
    """What is open must be done within 24 hours."""
    deadline: Moment | None


class CheckInWritten(CheckInDay):
    """The day as it is now, and the streak that counts it."""

    current_streak: CurrentStreak
    changed: bool
    """False when the day was so already."""


class BatchOutcome(Answer):
    """What came of one item of a batch: `check_in` or `problem`."""

    index: int
    status: Annotated[int, Field(examples=[200])]
    check_in: CheckInWritten | None = None
    problem: Problem | None = None


class BatchOutcomes(Answer):
    """One outcome per item, in their order."""

    items: list[BatchOutcome]


class DayState(Answer):
    """A day before or after a change."""

    mark: Mark | None
    amount: Amount | None
    note: str


class Change(Answer):
    """One change of a habit's days, as the audit keeps it."""

    id: str
    date: CivilDay
    before: DayState
    after: DayState
    source: Source | None
    change_time: Moment
    actor_id: str
    undo: bool
    """It took another change back."""
    undone: bool
    """It was taken back later."""
