"""Check-ins: the content of a habit's day, the commands that change it, and their audit.

What is made for every check-in is a `msgspec.Struct`: a frozen dataclass takes five times as long.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

import msgspec

from rhythm.goal import Measure
from rhythm.plan import DayFact, Mark
from services.habits.domain import limits
from services.habits.domain.errors import AmountMissing, AmountOnYesNo, AmountOutOfRange
from services.habits.domain.habit import Habit
from services.habits.domain.people import Person


class Source(IntEnum):
    """Where a check-in came from."""

    TELEGRAM = 1
    WEB = 2
    API = 3
    IMPORT = 4


class Content(NamedTuple):
    """What is recorded for a day. A day that was never changed, or was cleared, is empty."""

    mark: Mark | None = None
    amount_thousandths: int | None = None
    note: str = ""

    @property
    def fact(self) -> DayFact | None:
        """The evaluator's fact of the day; None when it has neither mark nor amount."""
        if self.mark is None and self.amount_thousandths is None:
            return None
        return DayFact(self.mark, self.amount_thousandths or 0)


NOTHING = Content()


class CheckIn(msgspec.Struct, frozen=True):
    """One logical date of one habit, as it is now."""

    habit_id: UUID
    day: date
    content: Content = NOTHING
    source: Source = Source.API
    """Where the last change came from."""
    update_time: datetime | None = None
    """When the day last changed; None when it never did."""
    revision: int = 0
    """Of two states of a day, the higher is right."""


@dataclass(frozen=True, slots=True)
class Add:
    """Add an amount, or `done` to a yes_no habit."""

    amount_thousandths: int | None = None


@dataclass(frozen=True, slots=True)
class Set:
    """Set the day to one thing, a mark or an amount, whatever it held."""

    mark: Mark | None = None
    amount_thousandths: int | None = None


@dataclass(frozen=True, slots=True)
class SetNote:
    """Set the note of the day; its mark and amount stay as they are."""


@dataclass(frozen=True, slots=True)
class Clear:
    """Clear the day, note and all."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Undo the last change of the habit that is not undone yet, whichever day it was."""


class CheckInCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A request to change a day."""

    habit_id: UUID
    person: Person
    """The owner, with the settings of their token; stored settings take precedence."""
    day: date | None = None
    """None means the person's today."""
    action: Add | Set | SetNote | Clear | Undo
    note: str | None = None
    """The day's note from now on; None leaves it."""
    source: Source = Source.API
    request_id: UUID | None = None
    digest: bytes = b""
    """Hash of the request: the same request id with another digest is refused."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of one day, an entry of the audit log."""

    id: UUID
    habit_id: UUID
    day: date
    actor_id: UUID
    source: Source
    create_time: datetime
    revision: int
    """The day's after the change."""
    added_thousandths: int | None = None
    """The amount that was added; None when something else was done."""
    before: Content
    after: Content
    undoes: UUID | None = None
    """The change that this one undid."""
    undone: bool = False
    """Whether a later change undid this one."""


type NewId = Callable[[], UUID]


def content_after(before: Content, action: Add | Set | SetNote | Clear, habit: Habit) -> Content:
    """Return what a day holds after something was done with it; the note stays or goes.

    Raises:
        AmountMissing: The amount is missing.
        AmountOnYesNo: Only quantity habits take amounts.
        AmountOutOfRange: The day would hold more than a day can.
    """
    if isinstance(action, Clear):
        return NOTHING
    if isinstance(action, SetNote):
        return before
    amount = action.amount_thousandths
    if amount is not None and habit.measure is Measure.YES_NO:
        raise AmountOnYesNo(habit.id)
    if isinstance(action, Set):
        return Content(action.mark, amount, before.note)
    if habit.measure is Measure.YES_NO:
        return Content(Mark.DONE, None, before.note)
    if amount is None:
        raise AmountMissing(habit.id)
    total = (before.amount_thousandths or 0) + amount
    if total > limits.MAX_THOUSANDTHS:
        raise AmountOutOfRange(str(total // 1000))
    # An amount replaces `skip` and `missed`; `done` stays.
    mark = before.mark if before.mark is Mark.DONE else None
    return Content(mark, total, before.note)


def with_note(content: Content, action: Add | Set | SetNote | Clear, note: str | None) -> Content:
    """Return the content with another note; None leaves it, and a cleared day has none."""
    if note is None or isinstance(action, Clear):
        return content
    return content._replace(note=note)


def updated_check_in(check_in: CheckIn, change: Change) -> CheckIn:
    """Return the day as a change left it."""
    return CheckIn(
        habit_id=check_in.habit_id,
        day=check_in.day,
        content=change.after,
        source=change.source,
        update_time=change.create_time,
        revision=change.revision,
    )
