"""What a habit asks of a day or a span: done, or an amount to reach or not to pass."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from rhythm.errors import AmountTooFine, GoalInvalid
from rhythm.schedule import Schedule


class Measure(StrEnum):
    """How a day is measured."""

    YES_NO = "yes_no"
    QUANTITY = "quantity"


class Direction(StrEnum):
    """Whether the amount is to be reached or not to be passed."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class NoAnswer(StrEnum):
    """What silence means for an `at_most` goal, once its time is over."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Goal:
    """How much, and in which direction.

    Attributes:
        direction: Reach the amount, or do not pass it.
        amount_thousandths: The amount in thousandths of the habit's unit; None for `yes_no`.
        no_answer: What silence means; only `at_most` looks at it.
    """

    direction: Direction = Direction.AT_LEAST
    amount_thousandths: int | None = None
    no_answer: NoAnswer = NoAnswer.SUCCESS

    @property
    def at_most(self) -> bool:
        """Whether the amount is a limit."""
        return self.direction is Direction.AT_MOST


def is_total(measure: Measure, schedule: Schedule) -> bool:
    """Tell whether the amount is for the whole week, month or window, rather than for a day."""
    named = schedule.names_days or schedule.times is not None
    return measure is Measure.QUANTITY and not named


def check_goal(measure: Measure, goal: Goal) -> None:
    """Refuse a goal that the measure cannot have.

    Raises:
        GoalInvalid: `yes_no` has an amount or a limit, or `quantity` has no possible amount.
    """
    amount = goal.amount_thousandths
    if measure is Measure.YES_NO:
        if amount is not None:
            raise GoalInvalid("amount", amount_of(amount), "A yes_no habit has no amount.")
        if goal.at_most:
            raise GoalInvalid("direction", goal.direction, "Only a quantity habit has a limit.")
        return
    if amount is None:
        raise GoalInvalid("amount", None, "A quantity habit needs an amount.")
    if amount < (0 if goal.at_most else 1):
        raise GoalInvalid("amount", amount_of(amount), "An amount to reach is more than 0.")


def thousandths_of(amount: Decimal) -> int:
    """Return an amount as whole thousandths.

    Raises:
        AmountTooFine: It has more than 3 decimal places, or is not a number.
    """
    if not amount.is_finite():
        raise AmountTooFine(amount)
    scaled = Fraction(amount) * 1000  # exact, where a Decimal context would round
    if scaled.denominator != 1:
        raise AmountTooFine(amount)
    return scaled.numerator


def amount_of(thousandths: int) -> Decimal:
    """Return whole thousandths as an amount without trailing zeros: 2500 is 2.5, 30000 is 30."""
    whole, rest = divmod(thousandths, 1000)
    return Decimal(whole) if rest == 0 else Decimal(thousandths).scaleb(-3).normalize()
