"""What analytics refuses."""

from datetime import date
from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation

MOST_DAYS = 3_660
"""The longest window that numbers are given for: ten years."""

MAX_REVISIONS = 2_000
"""So many habits can be waited for at once."""


class TooManyRevisions(InvalidArgument):
    """More than 2000 habits are to be waited for at once; ask in parts."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} habits are too many to wait for at once. Send at most {MAX_REVISIONS}.",
            violations=[Violation("revisions", f"must be at most {MAX_REVISIONS}")],
            count=count,
        )


class DateMalformed(InvalidArgument):
    """A date is not a day of the calendar; send one such as `2026-01-31`."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(
            f"{text!r} is not a date. Send a day of the calendar such as 2026-01-31.",
            violations=[Violation(field, "must be a date such as 2026-01-31")],
            value=text,
        )


class IdMalformed(InvalidArgument):
    """An id is not a UUID; send one that a list has given."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(
            f"{text!r} is not an id. Send one that a list has given.",
            violations=[Violation(field, "must be a UUID")],
            value=text,
        )


class RangeEndsBeforeStart(InvalidArgument):
    """A window ends before it begins; exchange its two dates."""

    def __init__(self, from_date: date, to_date: date) -> None:
        super().__init__(
            f"The window ends on {to_date}, before it begins on {from_date}.",
            violations=[Violation("to_date", "must not be before from_date")],
            from_date=from_date,
            to_date=to_date,
        )


class RangeTooLong(InvalidArgument):
    """A window holds more than 3660 days; ask for a shorter one, or for several."""

    def __init__(self, days: int) -> None:
        super().__init__(
            f"The window holds {days} days. Ask for at most {MOST_DAYS}.",
            violations=[Violation("from_date", f"must be at most {MOST_DAYS - 1} days before")],
            days=days,
            most=MOST_DAYS,
        )


class HabitNotFound(NotFound):
    """There is no such habit among the caller's, or its event has not arrived yet; try again."""

    def __init__(self, habit_id: UUID) -> None:
        super().__init__("You have no such habit.", habit_id=habit_id)


class RecommendationNotFound(NotFound):
    """The recommendation is not among the caller's; list them to see what holds now."""

    def __init__(self, recommendation_id: UUID) -> None:
        super().__init__("You have no such recommendation.", recommendation_id=recommendation_id)


class ReportNotFound(NotFound):
    """The report is not among the caller's; list them to see which there are."""

    def __init__(self, report_id: UUID) -> None:
        super().__init__("You have no such report.", report_id=report_id)


class ReportKindMissing(InvalidArgument):
    """A report was asked for without its kind; say daily, weekly or monthly."""

    def __init__(self) -> None:
        super().__init__(
            "Which report? Say daily, weekly or monthly.",
            violations=[Violation("kind", "must be daily, weekly or monthly")],
        )


class NothingWasDue(FailedPrecondition):
    """Nothing was due in the period, so there is nothing to report; choose another day."""

    def __init__(self, from_date: date, to_date: date) -> None:
        super().__init__(
            f"Nothing was due from {from_date} to {to_date}, so there is nothing to report.",
            from_date=from_date,
            to_date=to_date,
        )


class DateInFuture(FailedPrecondition):
    """A report was asked for a day that has not come; choose today or an earlier one."""

    def __init__(self, report_date: date, today: date) -> None:
        super().__init__(
            f"{report_date} has not come yet: today is {today}.",
            report_date=report_date,
            today=today,
        )


class PictureWidthInvalid(InvalidArgument):
    """A picture is to be narrower than 320 or wider than 1600 pixels; choose a width between."""

    def __init__(self, width: int) -> None:
        super().__init__(
            f"A picture cannot be {width} pixels wide. Choose 320 to 1600.",
            violations=[Violation("width", "must be 320 to 1600")],
            width=width,
        )


class PictureDaysInvalid(InvalidArgument):
    """A picture is to show fewer than 7 or more than 3660 days; choose a number between."""

    def __init__(self, days: int) -> None:
        super().__init__(
            f"A picture cannot show {days} days. Choose 7 to 3660.",
            violations=[Violation("days", "must be 7 to 3660")],
            days=days,
        )


class ChangesNotCounted(FailedPrecondition):
    """The caller's last changes have not arrived at analytics yet; try again in a moment."""

    def __init__(self) -> None:
        super().__init__("Your last changes are not counted yet. Try again in a moment.")


class RecommendationNotApplied(FailedPrecondition):
    """A recommendation that was never applied cannot be undone; apply it first."""

    def __init__(self, recommendation_id: UUID) -> None:
        super().__init__(
            "This recommendation was not applied, so there is nothing to undo.",
            recommendation_id=recommendation_id,
        )


class HabitChangedSince(FailedPrecondition):
    """The habit was changed since the recommendation was applied; edit the habit instead."""

    def __init__(self, habit_id: UUID | None) -> None:
        super().__init__(
            "The habit was changed since. Edit it as you want it to be.", habit_id=habit_id or ""
        )


class HabitChangeRefused(FailedPrecondition):
    """The habits service refuses the change; its reason is in the metadata."""

    def __init__(self, habits_reason: str, message: str) -> None:
        super().__init__(message, habits_reason=habits_reason)


class NothingToApply(FailedPrecondition):
    """The recommendation has no action that can be applied; do what its text says."""

    def __init__(self, recommendation_id: UUID) -> None:
        super().__init__(
            "There is nothing to apply. Do what the recommendation says.",
            recommendation_id=recommendation_id,
        )
