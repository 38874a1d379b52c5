"""The outcome of a check-in command."""

import msgspec

from services.habits.domain.check_in import CheckIn
from services.habits.domain.snapshot import CurrentStreak


class CheckInOutcome(msgspec.Struct, frozen=True):
    """The outcome of a check-in command.

    Attributes:
        check_in: The day as it is now.
        current_streak: The habit's streak, counting this and what came with it.
        changed: False when the day was so already.
    """

    check_in: CheckIn
    current_streak: CurrentStreak
    changed: bool
