"""Refusals of check-ins and of queries about days."""

from datetime import date
from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, PermissionDenied, Violation
from services.habits.domain import limits

_AMOUNTS = "from 0 to 1000000000, with at most 3 decimal places"


class CheckInInFuture(FailedPrecondition):
    """A day that has not come yet in the owner's zone holds nothing. Wait for it."""

    def __init__(self, check_in_date: date, today: date) -> None:
        super().__init__(
            f"{check_in_date} is in the future: your today is {today}.",
            check_in_date=check_in_date,
            today=today,
        )


class CheckInBeforeStart(FailedPrecondition):
    """The day is before the habit's start date. Move the start date first."""

    def __init__(self, check_in_date: date, start_date: date) -> None:
        super().__init__(
            f"The habit starts on {start_date}, after {check_in_date}. Move its start date first.",
            check_in_date=check_in_date,
            start_date=start_date,
        )


class AmountOutOfRange(InvalidArgument):
    """An amount, and the sum of a day, is from 0 to 1000000000 with at most 3 decimal places."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"An amount is a number {_AMOUNTS}; so is the sum of a day.",
            violations=[Violation("amount", f"must be {_AMOUNTS}")],
            amount=text[: limits.MAX_TAG_LENGTH],
        )


class AmountOnYesNo(InvalidArgument):
    """A yes_no habit is done or not. Leave the amount out."""

    def __init__(self, habit_id: UUID) -> None:
        super().__init__(
            "A yes_no habit takes no amount. Leave it out.",
            violations=[Violation("amount", "goes with quantity habits only")],
            habit_id=habit_id,
        )


class AmountMissing(InvalidArgument):
    """Adding to a quantity habit needs an amount. Give one, or set the mark `done`."""

    def __init__(self, habit_id: UUID) -> None:
        super().__init__(
            "How much? A quantity habit needs an amount, or the mark `done`.",
            violations=[Violation("amount", "is needed")],
            habit_id=habit_id,
        )


class MarkOrAmount(InvalidArgument):
    """A day is set to a mark, to an amount, or to a note alone; not to a mark and an amount."""

    def __init__(self) -> None:
        super().__init__(
            "Set the day to a mark or to an amount, not to both; or give only a note.",
            violations=[Violation("mark", "give a mark or an amount, or only a note")],
        )


class NoteTooLong(InvalidArgument):
    """A note has at most 2000 characters."""

    def __init__(self) -> None:
        super().__init__(
            f"A note has at most {limits.MAX_NOTE_LENGTH} characters.",
            violations=[Violation("note", f"at most {limits.MAX_NOTE_LENGTH} characters")],
        )


class NothingToUndo(FailedPrecondition):
    """Every change of the habit's days has been undone, or there was none."""

    def __init__(self, habit_id: UUID) -> None:
        super().__init__("There is no change left to take back.", habit_id=habit_id)


class BatchTooLarge(InvalidArgument):
    """A batch holds at most 500 changes. Send the rest in another."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"A batch holds at most {limits.MAX_BATCH_CHANGES} changes, not {count}.",
            violations=[Violation("changes", f"at most {limits.MAX_BATCH_CHANGES}")],
            count=count,
        )


class RangeEndsBeforeStart(InvalidArgument):
    """A range of days ends on the day it begins, or later."""

    def __init__(self, from_date: date, to_date: date) -> None:
        super().__init__(
            f"A range from {from_date} cannot end on {to_date}.",
            violations=[Violation("to_date", "must not be before from_date")],
            from_date=from_date,
            to_date=to_date,
        )


class RangeTooLong(InvalidArgument):
    """A history covers at most 3660 days. Ask for a part at a time."""

    def __init__(self, days: int) -> None:
        super().__init__(
            f"At most {limits.MAX_HISTORY_DAYS} days at a time, not {days}.",
            violations=[Violation("to_date", f"at most {limits.MAX_HISTORY_DAYS} days on")],
            days=days,
        )


class ScopeMissing(PermissionDenied):
    """Only a token with the scope `export` reads what is not its own."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs a token with the scope `{scope}`.", scope=scope)
