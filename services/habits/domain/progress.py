"""A habit's numbers: streak, completion, strength."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from rhythm.evaluate import Evaluation
from rhythm.units import DueUnit
from services.habits.domain.snapshot import CurrentStreak


@dataclass(frozen=True, slots=True)
class Progress:
    """A habit's numbers.

    Attributes:
        habit_id: The habit.
        today: The day they are as of.
        evaluation: The numbers.
        current_streak: The streak that runs, with its deadline.
        units: What is behind the numbers, newest first, where it was asked for.
    """

    habit_id: UUID
    today: date
    evaluation: Evaluation
    current_streak: CurrentStreak
    units: Sequence[DueUnit] = ()
