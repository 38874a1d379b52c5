"""Request and response bodies of check-ins."""

from typing import Annotated, Any

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from edge.habits.schemas.common import Amount, CivilDay, Mark, Moment, Note, Source, Unit, from_to
from edge.schemas import Problem, RequestBody, ResponseBody


class NewCheckIn(RequestBody):
    """A check-in. An empty body checks a `yes_no` habit in for today."""

    date: CivilDay | None = None
    """Today when left out."""
    amount: Amount | None = None
    """How much to add; `quantity` only. 0 records "none so far"."""
    note: Note | None = None
    source: Source = "api"


class WholeDay(RequestBody):
    """The new record of a day: a mark or an amount, and a note.

    Without a `note` the day keeps its note. With only a `note` the day keeps its mark and amount.
    """

    mark: Mark | None = None
    amount: Amount | None = None
    """The day's whole amount; `quantity` only. 0 is an answer: "none today"."""
    note: Note | None = None
    source: Source = "api"


class BatchItem(WholeDay):
    """The new record of one day of one habit."""

    habit_id: str
    date: CivilDay


class InvalidItem(BatchItem):
    """Stands for an item that is not valid, so that it is refused alone."""

    errors: list[Any]
    """As pydantic gives them."""


def _keep_invalid(value: object, validate: ValidatorFunctionWrapHandler) -> BatchItem:
    try:
        item: BatchItem = validate(value)
    except ValidationError as error:
        return InvalidItem.model_construct(errors=error.errors(include_url=False))
    return item


class Batch(RequestBody):
    """Up to 500 days to set. Each item succeeds or is refused on its own."""

    items: Annotated[
        list[Annotated[BatchItem, WrapValidator(_keep_invalid)]],
        Field(json_schema_extra={"maxItems": 500}),
    ]


class Snooze(RequestBody):
    """Postpones a reminder to later on the same day."""

    date: CivilDay
    """The day the reminder was for."""
    minutes: Annotated[int, from_to(5, 720)] = 60
    """5 to 720."""


class Snoozed(ResponseBody):
    """The time of the postponed reminder."""

    remind_time: Moment


class CheckInDay(ResponseBody):
    """The record of one day of a habit."""

    habit_id: str
    date: CivilDay
    mark: Mark | None
    amount: Amount | None
    """The sum of the day's amounts; null when none was recorded."""
    note: str
    source: Source | None
    """Where the last change came from."""
    update_time: Moment | None


class CurrentStreak(ResponseBody):
    """The current run of met days, weeks or months."""

    length: int
    unit: Unit
    start_date: CivilDay | None
    at_risk: bool
    """The open unit ends within 24 hours."""
    deadline: Moment | None


class CheckInWritten(CheckInDay):
    """The day after the write, and the current streak."""

    current_streak: CurrentStreak
    changed: bool
    """False when the day already was as requested."""


class BatchOutcome(ResponseBody):
    """The result of one batch item: `check_in` or `problem`."""

    index: int
    status: Annotated[int, Field(examples=[200])]
    check_in: CheckInWritten | None = None
    problem: Problem | None = None


class BatchOutcomes(ResponseBody):
    """One result per item, in the order of the request."""

    items: list[BatchOutcome]


class DayState(ResponseBody):
    """A day before or after a change."""

    mark: Mark | None
    amount: Amount | None
    note: str


class Change(ResponseBody):
    """One entry of the audit log of a habit's days."""

    id: str
    date: CivilDay
    before: DayState
    after: DayState
    source: Source | None
    change_time: Moment
    actor_id: str
    undo: bool
    """It undid another change."""
    undone: bool
    """It was undone later."""
