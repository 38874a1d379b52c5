"""Where an evaluation stands at a date, so that it can go on from there without the days before."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date

from rhythm.boundaries import closing_date
from rhythm.errors import CheckpointStale
from rhythm.plan import Plan
from rhythm.schedule import ONE_DAY, StreakUnit
from rhythm.streak import Streak
from rhythm.strength import strength_at_first

WINDOW_DAYS = 90
_WINDOW = (1 << WINDOW_DAYS) - 1


@dataclass(frozen=True, slots=True)
class CompletionCounts:
    """How many units were met and failed, ever and by the date they ended on.

    Attributes:
        met: All that were met.
        failed: All that failed.
        met_ends: Bit n is set if a unit that ended n days before the record's date was met.
        failed_ends: Likewise for failed ones. Both go back 90 days.
    """

    met: int = 0
    failed: int = 0
    met_ends: int = 0
    failed_ends: int = 0

    def later(self, days: int) -> "CompletionCounts":
        """Return the same record as seen that many days later."""
        met_ends, failed_ends = self.met_ends << days, self.failed_ends << days
        return CompletionCounts(self.met, self.failed, met_ends & _WINDOW, failed_ends & _WINDOW)

    def within(self, days: int) -> tuple[int, int]:
        """Return how many met and failed units ended within so many days, up to the window's 90."""
        window = (1 << days) - 1
        return (self.met_ends & window).bit_count(), (self.failed_ends & window).bit_count()

    def plus(self, other: "CompletionCounts") -> "CompletionCounts":
        """Return two records of the same date together."""
        return CompletionCounts(
            self.met + other.met,
            self.failed + other.failed,
            self.met_ends | other.met_ends,
            self.failed_ends | other.failed_ends,
        )


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a habit's days come to through a closing date.

    Attributes:
        through: The closing date. A change to that date or an earlier one makes it worthless.
        streak: The streak that ran then.
        best_streak: The longest until then.
        record: The units that were decided.
        check_in_count: The days on which something was done.
        strength: The strength then.
    """

    through: date
    streak: Streak
    best_streak: Streak
    completion_counts: CompletionCounts
    check_in_count: int
    strength: float

    def to_values(self) -> list[int | float | str | None]:
        """Return it as a flat list that JSON can hold and `from_values` reads."""
        met, failed, met_ends, failed_ends = astuple(self.completion_counts)
        return [
            self.through.isoformat(),
            *_streak_to_values(self.streak),
            *_streak_to_values(self.best_streak),
            met,
            failed,
            f"{met_ends:x}",  # 90 bits: more than a JSON number keeps
            f"{failed_ends:x}",
            self.check_in_count,
            self.strength,
        ]

    @classmethod
    def from_values(cls, values: Sequence[int | float | str | None]) -> "Checkpoint":
        """Return the checkpoint that `to_values` made the list of."""
        through, *rest = values
        streak, best, others = rest[:4], rest[4:8], rest[8:]
        met, failed, met_ends, failed_ends, check_in_count, strength = others
        return cls(
            through=date.fromisoformat(str(through)),
            streak=_streak_from_values(streak),
            best_streak=_streak_from_values(best),
            completion_counts=CompletionCounts(
                int(str(met)), int(str(failed)), int(str(met_ends), 16), int(str(failed_ends), 16)
            ),
            check_in_count=int(str(check_in_count)),
            strength=float(str(strength)),
        )


def first_checkpoint(plan: Plan) -> Checkpoint:
    """Return the checkpoint on the eve of a habit's start, from which everything can be counted."""
    none = Streak(0, plan.version_spans[0].streak_unit)
    eve = plan.start_date - ONE_DAY
    return Checkpoint(eve, none, none, CompletionCounts(), 0, strength_at_first(plan))


def check_fits(checkpoint: Checkpoint, plan: Plan) -> None:
    """Refuse a checkpoint that lies inside a unit of the plan as it now is.

    Raises:
        CheckpointStale: It does; the plan was edited since.
    """
    if closing_date(plan, checkpoint.through) != checkpoint.through:
        raise CheckpointStale(checkpoint.through, "lies inside a unit of the plan.")


def _streak_to_values(streak: Streak) -> list[int | float | str | None]:
    start, end = streak.start_date, streak.end_date
    return [
        streak.length,
        streak.unit.value,
        start.isoformat() if start else None,
        end.isoformat() if end else None,
    ]


def _streak_from_values(values: Sequence[int | float | str | None]) -> Streak:
    length, unit, start, end = values
    return Streak(
        int(str(length)),
        StreakUnit(str(unit)),
        date.fromisoformat(str(start)) if start else None,
        date.fromisoformat(str(end)) if end else None,
    )
