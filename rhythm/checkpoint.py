"""Where an evaluation stands at a date, so that it can go on from there without the days before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rhythm.boundaries import closing_date, window_needed
from rhythm.errors import CheckpointStale
from rhythm.plan import Plan
from rhythm.schedule import ONE_DAY, StreakUnit
from rhythm.streak import Streak
from rhythm.strength import Window, strength_at_first

FORMAT = 2
"""Of stored checkpoints. Raised when their form changes, or a rule by which they are counted."""
WINDOW_DAYS = 90
_WINDOW = (1 << WINDOW_DAYS) - 1


@dataclass(frozen=True, slots=True)
class CompletionCounts:
    """How many units were met and failed, ever and by the date they ended on.

    Attributes:
        met: All that were met.
        failed: All that failed.
        met_ends: Bit n is set if a unit that ended n days before the counts' date was met.
        failed_ends: Likewise for failed ones. Both go back 90 days.
    """

    met: int = 0
    failed: int = 0
    met_ends: int = 0
    failed_ends: int = 0

    def later(self, days: int) -> "CompletionCounts":
        """Return the same counts as seen that many days later."""
        met_ends, failed_ends = self.met_ends << days, self.failed_ends << days
        return CompletionCounts(self.met, self.failed, met_ends & _WINDOW, failed_ends & _WINDOW)

    def within(self, days: int) -> tuple[int, int]:
        """Return how many met and failed units ended within so many days, up to the window's 90."""
        window = (1 << days) - 1
        return (self.met_ends & window).bit_count(), (self.failed_ends & window).bit_count()

    def plus(self, other: "CompletionCounts") -> "CompletionCounts":
        """Return two counts of the same date together."""
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
        completion_counts: The units that were decided.
        check_in_count: The days on which something was done.
        strength: The strength then.
        window: What the last lived days until then are worth, for the strength of later days.
        window_days: How many lived days those are.
    """

    through: date
    streak: Streak
    best_streak: Streak
    completion_counts: CompletionCounts
    check_in_count: int
    strength: float
    window: Window = ()
    window_days: int = 0

    def to_values(self) -> list[int | float | str | None]:
        """Return it as a flat list that JSON can hold and `from_values` reads."""
        counts = self.completion_counts
        return [
            FORMAT,
            self.through.isoformat(),
            *_streak_to_values(self.streak),
            *_streak_to_values(self.best_streak),
            counts.met,
            counts.failed,
            f"{counts.met_ends:x}",  # 90 bits: more than a JSON number keeps
            f"{counts.failed_ends:x}",
            self.check_in_count,
            self.strength,
            self.window_days,
            *(number for pair in self.window for number in pair),
        ]

    @classmethod
    def from_values(cls, values: Sequence[int | float | str | None]) -> "Checkpoint":
        """Return the checkpoint that `to_values` made the list of.

        Raises:
            CheckpointStale: An earlier version of this program made the list; rebuild it.
        """
        if values[0] != FORMAT:
            raise CheckpointStale(values[0], "is of an earlier format.")
        _, through, *rest = values
        streak, best, others = rest[:4], rest[4:8], rest[8:15]
        met, failed, met_ends, failed_ends, check_in_count, strength, window_days = others
        numbers = [int(str(number)) for number in rest[15:]]
        return cls(
            through=date.fromisoformat(str(through)),
            streak=_streak_from_values(streak),
            best_streak=_streak_from_values(best),
            completion_counts=CompletionCounts(
                int(str(met)), int(str(failed)), int(str(met_ends), 16), int(str(failed_ends), 16)
            ),
            check_in_count=int(str(check_in_count)),
            strength=float(str(strength)),
            window=tuple(zip(numbers[::2], numbers[1::2], strict=True)),
            window_days=int(str(window_days)),
        )


def first_checkpoint(plan: Plan) -> Checkpoint:
    """Return the checkpoint on the eve of a habit's start, from which everything can be counted."""
    none = Streak(0, plan.version_spans[0].streak_unit)
    eve = plan.start_date - ONE_DAY
    return Checkpoint(
        through=eve,
        streak=none,
        best_streak=none,
        completion_counts=CompletionCounts(),
        check_in_count=0,
        strength=strength_at_first(plan),
        window_days=window_needed(plan, eve),
    )


def fits(checkpoint: Checkpoint, plan: Plan) -> bool:
    """Tell whether evaluation of a plan as it now is can go on from a checkpoint.

    It cannot from inside a unit, nor where strength looks back further than the checkpoint holds.
    """
    through = checkpoint.through
    is_closed = closing_date(plan, through) == through
    return is_closed and window_needed(plan, through) <= checkpoint.window_days


def check_fits(checkpoint: Checkpoint, plan: Plan) -> None:
    """Refuse a checkpoint from which evaluation of the plan as it now is cannot go on.

    Raises:
        CheckpointStale: The plan was edited since.
    """
    if not fits(checkpoint, plan):
        sentence = "lies inside a unit of the plan, or holds too few days for it."
        raise CheckpointStale(checkpoint.through, sentence)


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
