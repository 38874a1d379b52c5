"""The outcome of a check-in command."""

from dataclasses import dataclass

from services.habits.domain.check_in import CheckIn
from services.habits.domain.snapshot import CurrentStreak


@dataclass(frozen=True, slots=True)
class CheckInOutcome:
    """The outcome of a check-in command.

    Attributes:
        check_in: The day as it is now.
        current_streak: The habit's streak, counting this and what came with it.
        changed: False when the day was so already.
    """

    check_in: CheckIn
    current_streak: CurrentStreak
    changed: bool
