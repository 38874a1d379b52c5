"""A habit's due units in order, oldest first: the one place where their states are decided."""

from collections import deque
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from rhythm.boundaries import CALENDAR_UNITS, unit_bounds, whole_unit_bounds
from rhythm.day_facts import NOT_LIVED, Contribution, DayFacts
from rhythm.due_dates import due_dates
from rhythm.plan import Mark, State, VersionSpan
from rhythm.schedule import ONE_DAY, UnitKind


class EvaluatedUnit(NamedTuple):
    """A due unit and its state, as evaluation counts it: cheap to make, a million times.

    Attributes:
        span: The version in force at its end.
        first: Its first date; of a rolling window, the day itself.
        last: Its last date.
        state: How it stands.
        contribution: What its days brought; None for a due day, which the day facts can tell.
        asked: Days or thousandths asked; 0 for a due day.
    """

    span: VersionSpan
    first: date
    last: date
    state: State
    contribution: Contribution | None
    asked: int


def due_units(day_facts: DayFacts, since: date, through: date) -> Iterator[EvaluatedUnit]:
    """Yield the units that begin on `since` or later and not after `through`, in order.

    Args:
        day_facts: The facts.
        since: The day after a closing date.
        through: The last date to look at, today at the latest.
    """
    plan = day_facts.plan
    end = min(through, plan.last_date)
    day = max(since, plan.start_date)
    while day <= end:
        span = plan.span_on(day)
        if span.kind in CALENDAR_UNITS:
            unit = _calendar_unit(day_facts, span, day)
            yield unit
            day = unit.last + ONE_DAY
            continue
        last = min(span.last, end)
        if span.kind is UnitKind.DUE_DAY:
            yield from _due_days(day_facts, span, day, last)
        else:
            yield from _rolling_days(day_facts, span, day, last)
        day = last + ONE_DAY


def _due_days(
    day_facts: DayFacts, span: VersionSpan, first: date, last: date
) -> Iterator[EvaluatedUnit]:
    state_by_itself, archived = day_facts.state_by_itself, day_facts.plan.archived_date
    schedule = span.version.schedule
    dates = due_dates(schedule, first, last, anchor=span.anchor, week_start=span.week_start)
    for day in dates:
        state = state_by_itself(day, span)
        if day == archived and state is State.FAILED:
            state = _cut_state(decided=day_facts.is_decided_failure(day, span))
        yield EvaluatedUnit(span, day, day, state, None, 0)


def _rolling_days(
    day_facts: DayFacts, span: VersionSpan, first: date, last: date
) -> Iterator[EvaluatedUnit]:
    """Judge each day by the version in force on it, over its whole window."""
    length = span.version.schedule.days or 1
    day = max(first - timedelta(days=length - 1), day_facts.plan.start_date)
    window: deque[Contribution] = deque()
    held = NOT_LIVED
    while day <= last:
        contribution = day_facts.contribution(day, span)
        window.append(contribution)
        leaving = window.popleft() if len(window) > length else NOT_LIVED
        if contribution is not leaving:
            held = held.plus(contribution).minus(leaving)
        if day >= first:
            asked = _asked(span, held, _weighted_ask(span, held), length)
            state = _decide_state(span, held, asked, is_over=day < day_facts.open_from)
            is_missed = day_facts.mark_on(day) is Mark.MISSED
            if contribution.skipped or not contribution.lived:
                state = State.NEUTRAL
            elif state is State.OPEN and is_missed:
                state = State.FAILED
            if day == day_facts.plan.archived_date and state is State.FAILED:
                state = _cut_state(decided=is_missed or _is_passed(span, held, asked))
            yield EvaluatedUnit(span, day, day, state, held, asked)
        day += ONE_DAY


def _calendar_unit(day_facts: DayFacts, span: VersionSpan, day: date) -> EvaluatedUnit:
    """Judge the week, month or year that begins on `day`, as far as its kind is in force.

    A unit that a change or the archive cuts short stands as it stood then: what only its end would
    have decided is neutral. A limit has failed by then if more than the whole unit may hold was
    taken.
    """
    plan = day_facts.plan
    whole_first, whole_last = whole_unit_bounds(span, day)
    first, last = unit_bounds(plan, span, day)
    held, weight = NOT_LIVED, 0
    while day <= last:
        span = plan.span_on(day)
        end = min(span.last, last)
        part = day_facts.contributions(day, end, span)
        held, weight = held.plus(part), weight + _weighted_ask(span, part)
        day = end + ONE_DAY
    length, missing = (whole_last - whole_first).days + 1, (whole_last - last).days
    asked = _asked(span, held, weight, length)
    state = _decide_state(span, held, asked, is_over=last < day_facts.open_from)
    if state is State.FAILED and (missing or last == plan.archived_date):
        whole = _asked(span, held, weight + span.amount * missing, length)
        state = _cut_state(decided=_is_passed(span, held, whole))
    return EvaluatedUnit(span, first, last, state, held, asked)


def _weighted_ask(span: VersionSpan, contribution: Contribution) -> int:
    """Return what lived days of one version ask for, times the days of a whole unit."""
    if span.is_total:
        return span.amount * (contribution.lived - contribution.skipped)
    return span.times * contribution.lived


def _asked(span: VersionSpan, held: Contribution, weight: int, length: int) -> int:
    """Return what a unit asks: its share of a whole one, rounded up once, less the skipped days."""
    asked = -(-weight // length)
    if span.is_total:
        return asked
    return max(min(asked, held.lived) - held.skipped, 0)


def _decide_state(span: VersionSpan, held: Contribution, asked: int, *, is_over: bool) -> State:
    """Say how a unit of many days stands."""
    if held.lived == held.skipped or not (asked or span.is_total):
        return State.NEUTRAL
    if span.is_total and span.at_most:
        if held.amount > asked:
            return State.FAILED
        if not is_over:
            return State.OPEN
        return State.MET if held.answered else span.no_answer_state
    done = held.amount if span.is_total else held.done
    if done >= asked:
        return State.MET
    return State.FAILED if is_over else State.OPEN


def _is_passed(span: VersionSpan, held: Contribution, asked: int) -> bool:
    """Tell whether a unit has a limit for its total, and holds more."""
    return span.is_total and span.at_most and held.amount > asked


def _cut_state(*, decided: bool) -> State:
    """Return how a unit that failed stands if it was cut short: only a decided failure stays."""
    return State.FAILED if decided else State.NEUTRAL
