"""What a habit is, over time: its versions, pauses, and the facts its days hold."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby, pairwise

from rhythm.errors import PauseInvalid, StartDateInvalid, VersionsInvalid
from rhythm.goal import Goal, Measure, NoAnswer, check_goal, is_total
from rhythm.schedule import ONE_DAY, Schedule, StreakUnit, UnitKind, Weekday
from rhythm.strength_parameters import StrengthParameters, strength_parameters_of

_OUT_OF_REACH = 1 << 62


class Mark(StrEnum):
    """What a person says of a whole day."""

    DONE = "done"
    SKIP = "skip"
    MISSED = "missed"


class State(StrEnum):
    """How a due unit stands. Only `open` can still change by itself."""

    MET = "met"
    FAILED = "failed"
    NEUTRAL = "neutral"
    OPEN = "open"


EARLIEST_START = date(1900, 1, 1)
DONE = Goal()
_SILENCE = {
    NoAnswer.SUCCESS: State.MET,
    NoAnswer.NEUTRAL: State.NEUTRAL,
    NoAnswer.FAILURE: State.FAILED,
}


@dataclass(frozen=True, slots=True)
class DayFact:
    """What one logical date of a habit holds: at most one mark, and the sum of its amounts."""

    mark: Mark | None = None
    amount_thousandths: int = 0

    @property
    def is_check_in(self) -> bool:
        """Whether something was done on it, whatever was due."""
        return self.mark is Mark.DONE or self.amount_thousandths > 0


type Facts = Mapping[date, DayFact]


@dataclass(frozen=True, slots=True)
class Pause:
    """Dates on which a habit asks for nothing, both ends included; open-ended without `to_date`.

    Raises:
        PauseInvalid: It ends before it begins.
    """

    from_date: date
    to_date: date | None = None

    def __post_init__(self) -> None:
        if self.to_date is not None and self.to_date < self.from_date:
            raise PauseInvalid("to_date", self.to_date, "A pause cannot end before it begins.")


@dataclass(frozen=True, slots=True)
class Version:
    """A goal and a schedule, in force from a date until the next version's."""

    effective_date: date
    schedule: Schedule
    goal: Goal = DONE


@dataclass(frozen=True, slots=True)
class VersionSpan:
    """The dates one version is in force, with what the evaluator asks of it at every step.

    Attributes:
        first: The first date.
        last: The last date; `date.max` when nothing ends it.
        run_first: The first date of the neighboring spans whose units are of one kind.
        run_last: The last date of them. Inside a run no unit is cut.
        version: The version itself.
        kind: How it cuts time into units.
        streak_unit: What a streak of them counts.
        is_total: Whether the amount is for a whole unit rather than for a day.
        times: On how many days of a unit, where it asks for days.
        amount: What a day, or a total, must reach or must not pass; thousandths. Out of reach for
            `yes_no`, where only a mark counts.
        at_most: Whether the amount is a limit.
        no_answer_state: What a unit without any answer is, once over, for `at_most`.
        strength_parameters: What strength needs.
    """

    first: date
    last: date
    run_first: date
    run_last: date
    version: Version
    kind: UnitKind
    streak_unit: StreakUnit
    is_total: bool
    times: int
    amount: int
    at_most: bool
    no_answer_state: State
    strength_parameters: StrengthParameters


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything about a habit that is not a fact of a day.

    Attributes:
        measure: How a day is measured.
        start_date: The first date that counts.
        versions: In order of their dates. The first is in force from the start, whatever its date.
        week_start: The first day of the person's week.
        archived_date: The last date that counts, once archived.
        version_spans: The versions, laid out along the dates.

    Raises:
        StartDateInvalid: It lies before 1900: a slip of the pen.
        VersionsInvalid: There is none, or two share a date, or they are out of order.
        GoalInvalid: A goal does not fit the measure.
    """

    measure: Measure
    start_date: date
    versions: tuple[Version, ...]
    week_start: Weekday = Weekday.MON
    archived_date: date | None = None
    version_spans: tuple[VersionSpan, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.start_date < EARLIEST_START:
            raise StartDateInvalid(self.start_date)
        if not self.versions:
            raise VersionsInvalid("versions", (), "A habit has at least one version.")
        for before, after in pairwise(self.versions):
            if before.effective_date >= after.effective_date:
                sentence = "Versions follow each other, one a date."
                raise VersionsInvalid("effective_date", after.effective_date, sentence)
        for version in self.versions:
            check_goal(self.measure, version.goal)
        object.__setattr__(self, "version_spans", _build_spans(self))

    @property
    def last_date(self) -> date:
        """The last date that counts; `date.max` for a habit that goes on."""
        return self.archived_date or date.max

    def span_on(self, day: date) -> VersionSpan:
        """Return the span in force on `day`; before the start, the first."""
        if len(self.version_spans) == 1:
            return self.version_spans[0]
        place = bisect_right(self.version_spans, day, key=lambda span: span.first)
        return self.version_spans[max(place - 1, 0)]


def paused_dates(pauses: Iterable[Pause], first: date, last: date) -> frozenset[date]:
    """Return the dates from `first` to `last` that any of the pauses covers."""
    paused: set[date] = set()
    for pause in pauses:
        begin = max(pause.from_date, first)
        end = min(pause.to_date or last, last)
        paused.update(begin + timedelta(days=n) for n in range((end - begin).days + 1))
    return frozenset(paused)


def _build_spans(plan: Plan) -> tuple[VersionSpan, ...]:
    """Give each version its dates, and each run of versions of one kind its ends."""
    later = plan.versions[1:]
    firsts = [plan.start_date, *(max(it.effective_date, plan.start_date) for it in later)]
    lasts = [*(first - ONE_DAY for first in firsts[1:]), date.max]
    dated_versions = [
        (version, first, last)
        for version, first, last in zip(plan.versions, firsts, lasts, strict=True)
        if first <= last  # a version that another replaced before the start was never lived
    ]
    version_spans: list[VersionSpan] = []
    for _, run in groupby(
        dated_versions, key=lambda dated_version: _unit_family(plan.measure, dated_version[0])
    ):
        members = list(run)
        bounds = members[0][1], members[-1][2]
        version_spans += [_version_span(plan.measure, *member, *bounds) for member in members]
    return tuple(version_spans)


def _unit_family(measure: Measure, version: Version) -> tuple[object, ...]:
    """Tell what must be equal for a unit to go on from one version into the next."""
    total = is_total(measure, version.schedule)
    return version.schedule.unit_kind, total, total and version.goal.direction


def _version_span(
    measure: Measure, version: Version, first: date, last: date, run_first: date, run_last: date
) -> VersionSpan:
    schedule, goal = version.schedule, version.goal
    amount = _OUT_OF_REACH if goal.amount_thousandths is None else goal.amount_thousandths
    return VersionSpan(
        first=first,
        last=last,
        run_first=run_first,
        run_last=run_last,
        version=version,
        kind=schedule.unit_kind,
        streak_unit=schedule.unit_kind.streak_unit,
        is_total=is_total(measure, schedule),
        times=schedule.times or 1,
        amount=amount,
        at_most=goal.at_most,
        no_answer_state=_SILENCE[goal.no_answer],
        strength_parameters=strength_parameters_of(measure, goal, schedule),
    )
