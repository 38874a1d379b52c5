"""Refusals of habits, their versions, and pauses."""

from datetime import date
from uuid import UUID

from chassis.errors import (
    Aborted,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    Unauthenticated,
    Violation,
)
from services.habits.domain import limits


class AccountDeleted(Unauthenticated):
    """The account was deleted. Its token stays valid for some minutes only."""

    def __init__(self) -> None:
        super().__init__("The account has been deleted.")


class HabitNotFound(NotFound):
    """There is no such habit among the caller's. Check the id; a deleted habit cannot come back."""

    def __init__(self, habit_id: UUID | str) -> None:
        super().__init__(f"You have no habit {habit_id}.", habit_id=habit_id)


class HabitArchived(FailedPrecondition):
    """The habit is archived. Restore it first."""

    def __init__(self, habit_id: UUID) -> None:
        super().__init__("The habit is archived. Restore it first.", habit_id=habit_id)


class HabitNotArchived(FailedPrecondition):
    """Only an archived habit can be restored; this one is active already."""

    def __init__(self, habit_id: UUID) -> None:
        super().__init__("The habit is active already.", habit_id=habit_id)


class HabitRepeated(InvalidArgument):
    """An order names each habit at most once."""

    def __init__(self, habit_id: UUID) -> None:
        super().__init__(
            f"The habit {habit_id} is named twice. Name each habit once.",
            violations=[Violation("habit_ids", "names a habit twice")],
            habit_id=habit_id,
        )


class EtagMismatch(Aborted):
    """The habit has been edited since the caller read it. Read it again, then decide."""

    def __init__(self, habit_id: UUID, etag: str) -> None:
        super().__init__(
            "The habit has been edited since you read it. Read it again.",
            habit_id=habit_id,
            etag=etag,
        )


class TitleMissing(InvalidArgument):
    """A habit has a title of 1 to 120 characters."""

    def __init__(self) -> None:
        super().__init__(
            f"A habit needs a title of 1 to {limits.MAX_TITLE_LENGTH} characters.",
            violations=[Violation("habit.title", "must not be empty")],
        )


class FieldTooLong(InvalidArgument):
    """A text is longer than its field allows. The message says how long it may be."""

    def __init__(self, field: str, most: int) -> None:
        super().__init__(
            f"{field} is too long: at most {most} characters.",
            violations=[Violation(field, f"at most {most} characters")],
            field=field,
            most=most,
        )


class ColorInvalid(InvalidArgument):
    """A color is `#rrggbb`, or empty."""

    def __init__(self, color: str) -> None:
        super().__init__(
            "A color looks like #2f80ed.",
            violations=[Violation("habit.color", "must look like #2f80ed")],
            color=color[: limits.MAX_TAG_LENGTH],
        )


class TagsInvalid(InvalidArgument):
    """There are too many tags, or one is empty, too long, or there twice."""

    def __init__(self, wrong: str) -> None:
        super().__init__(
            f"Tags: {wrong}.", violations=[Violation("habit.tags", wrong)], wrong=wrong
        )


class UnitOnYesNo(InvalidArgument):
    """Only a quantity habit counts in a unit. Leave the unit out, or measure a quantity."""

    def __init__(self) -> None:
        super().__init__(
            "A yes_no habit has no unit. Leave it out, or make the measure quantity.",
            violations=[Violation("habit.unit", "goes with quantity only")],
        )


class GoalInvalid(InvalidArgument):
    """The goal cannot be had with this measure. The field names what is wrong with it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(
            sentence, violations=[Violation(f"habit.goal.{field}", sentence)], field=field
        )


class ScheduleInvalid(InvalidArgument):
    """The parts of the schedule do not go together, or one is out of range."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(
            sentence, violations=[Violation(f"habit.schedule.{field}", sentence)], field=field
        )


class ReminderInvalid(InvalidArgument):
    """A reminder cannot be read, or there are more than 8. The field names what is wrong."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(
            sentence, violations=[Violation(f"habit.reminders{field}", sentence)], field=field
        )


class DateMalformed(InvalidArgument):
    """A civil day is text like 2026-01-31, from 1900 to 2199."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(
            f"{field} is not a day from {limits.FIRST_DATE} to {limits.LAST_DATE}. "
            "Write it like 2026-01-31.",
            violations=[
                Violation(
                    field,
                    f"must be a day from {limits.FIRST_DATE} to {limits.LAST_DATE}, "
                    "written like 2026-01-31",
                )
            ],
            field=field,
            value=text[: limits.MAX_TAG_LENGTH],
        )


class FieldUnknown(InvalidArgument):
    """The update mask names a field that a habit does not have, or is `*`."""

    def __init__(self, path: str) -> None:
        path = path[: limits.MAX_TITLE_LENGTH]
        super().__init__(
            f"A habit has no field {path!r} to update.",
            violations=[Violation("update_mask", f"{path!r} is not a field")],
            path=path,
        )


class FieldReadOnly(InvalidArgument):
    """The field is not changed by an update: it is set once, or by a verb of its own."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} cannot be updated.",
            violations=[Violation(f"habit.{path}", "cannot be updated")],
            path=path,
        )


class EffectiveDateBeforeStart(FailedPrecondition):
    """A goal or schedule cannot begin before the habit does. Move the start date first."""

    def __init__(self, effective_date: date, start_date: date) -> None:
        super().__init__(
            f"The habit starts on {start_date}: nothing can be in force on {effective_date}. "
            "Move the start date first.",
            effective_date=effective_date,
            start_date=start_date,
        )


class StartDateAfterCheckIn(FailedPrecondition):
    """A habit cannot start later than a day that holds something. Clear those days first."""

    def __init__(self, start_date: date, check_in_date: date) -> None:
        super().__init__(
            f"{check_in_date} holds a check-in: the habit cannot start as late as {start_date}.",
            start_date=start_date,
            check_in_date=check_in_date,
        )


class TooManyHabits(FailedPrecondition):
    """A person has at most 500 active habits, or as many as the settings say. Archive one first."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"You have {most} active habits already. Archive one first: it keeps its days.",
            most=most,
        )


class TooManyArchivedHabits(FailedPrecondition):
    """A person keeps at most 5,000 habits, archived ones included. Delete an archived one first."""

    def __init__(self) -> None:
        super().__init__(
            f"At most {limits.MAX_HABITS} habits are kept, archived ones included. "
            "Delete an archived one first.",
            most=limits.MAX_HABITS,
        )


class TooManyVersions(FailedPrecondition):
    """A habit has at most 200 versions. Make a new habit instead."""

    def __init__(self) -> None:
        super().__init__(
            f"The habit has {limits.MAX_VERSIONS} versions already. Make a new one instead.",
            most=limits.MAX_VERSIONS,
        )


class PauseNotFound(NotFound):
    """There is no such pause among the caller's; it may have been taken back already."""

    def __init__(self, pause_id: UUID | str) -> None:
        super().__init__(f"You have no pause {pause_id}.", pause_id=pause_id)


class PauseEndsBeforeStart(InvalidArgument):
    """A pause ends on the day it begins, or later."""

    def __init__(self, from_date: date, to_date: date) -> None:
        super().__init__(
            f"A pause from {from_date} cannot end on {to_date}.",
            violations=[Violation("pause.to_date", "must not be before from_date")],
            from_date=from_date,
            to_date=to_date,
        )


class TooManyPauses(FailedPrecondition):
    """A person keeps at most 500 pauses. Take an old one back first."""

    def __init__(self) -> None:
        super().__init__(
            f"You have {limits.MAX_PAUSES} pauses already. Take one back first.",
            most=limits.MAX_PAUSES,
        )
