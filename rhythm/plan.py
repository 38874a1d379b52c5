"""What a habit is, over time: its versions, pauses, and the facts its days hold."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from typing import NamedTuple

from rhythm.errors import PauseInvalid, StartDateInvalid, VersionsInvalid
from rhythm.goal import Goal, Measure, NoAnswer, check_goal, is_total
from rhythm.schedule import (
    EARLIEST_DATE,
    ONE_DAY,
    Frequency,
    Schedule,
    StreakUnit,
    UnitKind,
    Weekday,
)
from rhythm.strength_parameters import StrengthParameters, strength_parameters_of
from rhythm.week_changes import WeekChange, anchor_weeks

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


EARLIEST_START = EARLIEST_DATE
DONE = Goal()
_SILENCE = {
    NoAnswer.SUCCESS: State.MET,
    NoAnswer.NEUTRAL: State.NEUTRAL,
    NoAnswer.FAILURE: State.FAILED,
}


@dataclass(frozen=True, slots=True)
class DayFact:
    """What one logical date of a habit holds: at most one mark, and the sum of its amounts.

    An amount of 0 without a mark is an answer, "none today". A day without an answer has no fact.
    """

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
    """Dates on which one version and one week start are in force, with what evaluation needs.

    Attributes:
        first: The first date.
        last: The last date; `date.max` when nothing ends it.
        run_first: The first date of the neighboring spans whose units are of one kind.
        run_last: The last date of them. Inside a run no unit is cut.
        version: The version itself.
        kind: How it cuts time into units.
        streak_unit: What a streak of them counts.
        is_total: Whether the amount is for a whole unit rather than for a day.
        week_start: The first day of the week; matters to weeks and to intervals of weeks only.
        anchor: The date, or the first date of the week, from which an interval counts.
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
    week_start: Weekday
    anchor: date
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
        week_start: The first day of the person's week, before it was ever changed.
        archived_date: The last date that counts, once archived.
        week_changes: When it was changed, in order; past weeks stay as they were lived.
        version_spans: The versions, laid out along the dates.

    Raises:
        StartDateInvalid: It lies before 1900, where only a typing error can lie.
        VersionsInvalid: There is none, or two share a date, or they are out of order; likewise
            the changes of the week start.
        GoalInvalid: A goal does not fit the measure.
    """

    measure: Measure
    start_date: date
    versions: tuple[Version, ...]
    week_start: Weekday = Weekday.MON
    archived_date: date | None = None
    week_changes: tuple[WeekChange, ...] = ()
    version_spans: tuple[VersionSpan, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.start_date < EARLIEST_START:
            raise StartDateInvalid(self.start_date)
        if not self.versions:
            raise VersionsInvalid("versions", (), "A habit has at least one version.")
        for dated in (self.versions, self.week_changes):
            for before, after in pairwise(it.effective_date for it in dated):
                if before >= after:
                    sentence = "Versions follow each other, one a date."
                    raise VersionsInvalid("effective_date", after, sentence)
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
    parts = [part for dated in dated_versions for part in _parts_of_weeks(plan, *dated)]
    version_spans: list[VersionSpan] = []
    for _, run in groupby(parts, key=lambda part: _unit_family(plan.measure, part)):
        members = list(run)
        bounds = members[0].first, members[-1].last
        version_spans += [_version_span(plan, member, *bounds) for member in members]
    return tuple(version_spans)


class _Part(NamedTuple):
    """A part of a version's dates under one week start, the how-manieth of the person's."""

    version: Version
    first: date
    last: date
    week: int


def _parts_of_weeks(plan: Plan, version: Version, first: date, last: date) -> Iterator[_Part]:
    """Cut the dates of a version where the week start changes, if it matters to the version."""
    schedule = version.schedule
    counts_weeks = schedule.frequency is Frequency.WEEKLY
    if counts_weeks and (schedule.unit_kind is UnitKind.WEEK or schedule.interval > 1):
        for week, change in enumerate(plan.week_changes):
            if first < change.effective_date <= last:
                yield _Part(version, first, change.effective_date - ONE_DAY, week)
                first = change.effective_date
        week = sum(change.effective_date <= first for change in plan.week_changes)
        yield _Part(version, first, last, week)
        return
    yield _Part(version, first, last, 0)


def _unit_family(measure: Measure, part: _Part) -> tuple[object, ...]:
    """Return what must be equal for a unit to go on from one version into the next."""
    version = part.version
    total = is_total(measure, version.schedule)
    kind = version.schedule.unit_kind
    week = part.week if kind is UnitKind.WEEK else 0
    return kind, total, total and version.goal.direction, week


def _version_span(plan: Plan, part: _Part, run_first: date, run_last: date) -> VersionSpan:
    schedule, goal = part.version.schedule, part.version.goal
    amount = _OUT_OF_REACH if goal.amount_thousandths is None else goal.amount_thousandths
    anchor = schedule.anchor_date or plan.start_date
    if schedule.weekdays:
        anchor = anchor_weeks(anchor, plan.week_start, plan.week_changes)[part.week]
    changes = plan.week_changes
    return VersionSpan(
        first=part.first,
        last=part.last,
        run_first=run_first,
        run_last=run_last,
        version=part.version,
        kind=schedule.unit_kind,
        streak_unit=schedule.unit_kind.streak_unit,
        is_total=is_total(plan.measure, schedule),
        week_start=changes[part.week - 1].week_start if part.week else plan.week_start,
        anchor=anchor,
        times=schedule.times or 1,
        amount=amount,
        at_most=goal.at_most,
        no_answer_state=_SILENCE[goal.no_answer],
        strength_parameters=strength_parameters_of(plan.measure, goal, schedule),
    )
