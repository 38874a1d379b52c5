"""What is answered to whoever changed a day."""

from dataclasses import dataclass

from services.habits.domain.check_in import CheckIn
from services.habits.domain.snapshot import CurrentStreak


@dataclass(frozen=True, slots=True)
class CheckInOutcome:
    """What came of an order.

    Attributes:
        check_in: The day as it is now.
        current_streak: The habit's streak, counting this and what came with it.
        changed: False when the day was so already.
    """

    check_in: CheckIn
    current_streak: CurrentStreak
    changed: bool
