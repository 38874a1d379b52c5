"""What is refused of reminders."""

from datetime import date, timedelta

from chassis.errors import FailedPrecondition, InvalidArgument, Violation


class SnoozeOutOfRange(InvalidArgument):
    """A snooze lasts between 5 minutes and 12 hours. Choose a span in that range."""

    def __init__(self, minutes: int, *, least: timedelta, most: timedelta) -> None:
        span = f"{least // timedelta(minutes=1)} to {most // timedelta(minutes=1)}"
        super().__init__(
            f"A snooze lasts {span} minutes, not {minutes}.",
            violations=[Violation("snooze_minutes", f"must be {span}")],
            snooze_minutes=minutes,
        )


class DayOver(FailedPrecondition):
    """The day would be over before the reminder comes again. Snooze for less, or check in now."""

    def __init__(self, due_date: date) -> None:
        super().__init__(
            f"{due_date} is over before then: nothing would be left to remind of.",
            due_date=due_date,
        )


class DayNotBegun(FailedPrecondition):
    """Only today's reminders can be snoozed. Wait for the day to come."""

    def __init__(self, due_date: date, today: date) -> None:
        super().__init__(
            f"{due_date} has not begun; today is {today}.", due_date=due_date, today=today
        )
