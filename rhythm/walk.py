"""The walk over a habit's due units, oldest first: the one place where they are judged."""

from collections import deque
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from rhythm.boundaries import SPANS, lived_span, natural_span
from rhythm.ledger import NOT_LIVED, Ledger, Share
from rhythm.plan import Mark, State, Stretch
from rhythm.schedule import ONE_DAY, UnitKind, due_dates


class DueUnit(NamedTuple):
    """A due unit as the folds walk over it: cheap to make, a million times.

    Attributes:
        stretch: The version in force at its end.
        first: Its first date; of a rolling window, the day itself.
        last: Its last date.
        state: How it stands.
        share: What its days brought; None for a due day, which the ledger can tell.
        asked: Days or thousandths asked; 0 for a due day.
    """

    stretch: Stretch
    first: date
    last: date
    state: State
    share: Share | None
    asked: int


def due_units(ledger: Ledger, since: date, through: date) -> Iterator[DueUnit]:
    """Yield the units that begin on `since` or later and not after `through`, in order.

    Args:
        ledger: The facts.
        since: The day after a closing date.
        through: The last date to look at, today at the latest.
    """
    plan = ledger.plan
    end = min(through, plan.last_date)
    day = max(since, plan.start_date)
    while day <= end:
        stretch = plan.stretch_on(day)
        if stretch.kind in SPANS:
            unit = _span(ledger, stretch, day)
            yield unit
            day = unit.last + ONE_DAY
            continue
        last = min(stretch.last, end)
        if stretch.kind is UnitKind.DUE_DAY:
            yield from _due_days(ledger, stretch, day, last)
        else:
            yield from _rolling_days(ledger, stretch, day, last)
        day = last + ONE_DAY


def _due_days(ledger: Ledger, stretch: Stretch, first: date, last: date) -> Iterator[DueUnit]:
    plan, verdict, archived = ledger.plan, ledger.verdict, ledger.plan.archived_date
    dates = due_dates(
        stretch.version.schedule, first, last, anchor=plan.start_date, week_start=plan.week_start
    )
    for day in dates:
        state = verdict(day, stretch)
        if day == archived:
            state = _spared(state)
        yield DueUnit(stretch, day, day, state, None, 0)


def _rolling_days(ledger: Ledger, stretch: Stretch, first: date, last: date) -> Iterator[DueUnit]:
    """Judge each day by the version in force on it, over its whole window."""
    length = stretch.version.schedule.days or 1
    day = max(first - timedelta(days=length - 1), ledger.plan.start_date)
    window: deque[Share] = deque()
    held = NOT_LIVED
    while day <= last:
        share = ledger.share(day, stretch)
        window.append(share)
        leaving = window.popleft() if len(window) > length else NOT_LIVED
        if share is not leaving:
            held = held.plus(share).minus(leaving)
        if day >= first:
            asked = _asked(stretch, held, _weight(stretch, held), length)
            state = _settle(stretch, held, asked, is_over=day < ledger.open_from)
            if share.skipped or not share.lived:
                state = State.NEUTRAL
            elif state is State.OPEN and ledger.mark_on(day) is Mark.MISSED:
                state = State.FAILED
            if day == ledger.plan.archived_date:
                state = _spared(state)
            yield DueUnit(stretch, day, day, state, held, asked)
        day += ONE_DAY


def _span(ledger: Ledger, stretch: Stretch, day: date) -> DueUnit:
    """Judge the week or month that begins on `day`, or as much of it as its kind is in force."""
    plan = ledger.plan
    whole_first, whole_last = natural_span(plan, stretch.kind, day)
    first, last = lived_span(plan, stretch, day)
    held, weight = NOT_LIVED, 0
    while day <= last:
        stretch = plan.stretch_on(day)
        end = min(stretch.last, last)
        part = ledger.shares(day, end, stretch)
        held, weight = held.plus(part), weight + _weight(stretch, part)
        day = end + ONE_DAY
    asked = _asked(stretch, held, weight, (whole_last - whole_first).days + 1)
    state = _settle(stretch, held, asked, is_over=last < ledger.open_from)
    is_cut = last == plan.archived_date or last < whole_last
    return DueUnit(stretch, first, last, _spared(state) if is_cut else state, held, asked)


def _weight(stretch: Stretch, share: Share) -> int:
    """Return what lived days of one version ask for, times the days of a whole unit."""
    if stretch.is_total:
        return stretch.amount * (share.lived - share.skipped)
    return stretch.times * share.lived


def _asked(stretch: Stretch, held: Share, weight: int, length: int) -> int:
    """Return what a unit asks: its share of a whole one, rounded up once, less the skipped days."""
    asked = -(-weight // length)
    if stretch.is_total:
        return asked
    return max(min(asked, held.lived) - held.skipped, 0)


def _settle(stretch: Stretch, held: Share, asked: int, *, is_over: bool) -> State:
    """Say how a unit of many days stands."""
    if held.lived == held.skipped or not (asked or stretch.is_total):
        return State.NEUTRAL
    if stretch.is_total and stretch.at_most:
        if held.amount > asked:
            return State.FAILED
        if not is_over:
            return State.OPEN
        return State.MET if held.answered else stretch.silence
    done = held.amount if stretch.is_total else held.done
    if done >= asked:
        return State.MET
    return State.FAILED if is_over else State.OPEN


def _spared(state: State) -> State:
    """Return how a unit stands whose time was taken away by an edit: it cannot fail."""
    return State.NEUTRAL if state is State.FAILED else state
