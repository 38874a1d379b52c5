"""How each single day stands, for calendars, heatmaps and today's screen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from rhythm.boundaries import CALENDAR_UNITS, facts_needed_from
from rhythm.checkpoint import Checkpoint, check_fits, first_checkpoint
from rhythm.day_facts import DayFacts
from rhythm.due_units import EvaluatedUnit, due_units
from rhythm.errors import CheckpointStale
from rhythm.goal import amount_of
from rhythm.plan import DayFact, Facts, Mark, Pause, Plan, State
from rhythm.schedule import ONE_DAY
from rhythm.strength import StrengthFold

_NOTHING = DayFact()


class DayState(StrEnum):
    """How a day stands by itself, or `not_due` where it is not due by itself."""

    MET = "met"
    FAILED = "failed"
    NEUTRAL = "neutral"
    OPEN = "open"
    NOT_DUE = "not_due"


_NOT_DUE = (DayState.NOT_DUE, None)


@dataclass(frozen=True, slots=True)
class DayInHistory:
    """One row of the history.

    Attributes:
        date: The logical date.
        state: How it stands by itself.
        unit_state: How the due unit that holds it stands; None where no unit does.
        mark: What was said of it.
        amount: What was done on it; 0 where nothing was.
        strength: The habit's strength at its end, or now for today; 0 before the start.
    """

    date: date
    state: DayState
    unit_state: State | None
    mark: Mark | None
    amount: Decimal
    strength: float


def list_history(
    plan: Plan,
    facts: Facts,
    pauses: Sequence[Pause],
    *,
    from_date: date,
    to_date: date,
    today: date,
    checkpoint: Checkpoint | None = None,
) -> list[DayInHistory]:
    """Return every day of a range, oldest first; none after today.

    Args:
        plan: What the habit asks.
        facts: What its days hold, at least since `facts_needed_from(plan, checkpoint.through)`.
        pauses: All pauses that touch those days.
        from_date: The first date of the range.
        to_date: The last date of the range.
        today: The person's logical date.
        checkpoint: One closed before `from_date`; without it, all facts from the start are needed.

    Raises:
        CheckpointStale: The checkpoint lies inside a unit, or is not before the range.
    """
    checkpoint = checkpoint or first_checkpoint(plan)
    check_fits(checkpoint, plan)
    if checkpoint.through >= max(from_date, plan.start_date):
        raise CheckpointStale(checkpoint.through, f"is not before {from_date}.")
    since, end = checkpoint.through + ONE_DAY, min(to_date, today)
    needed = facts_needed_from(plan, checkpoint.through)
    day_facts = DayFacts(plan, facts, pauses, first=needed, today=today)
    states = dict(_day_states(day_facts, since, end))
    fold = StrengthFold(day_facts, checkpoint.strength, checkpoint.window, checkpoint.window_days)
    strength_on = dict(fold.advance(since, end))
    strength = checkpoint.strength
    if from_date > plan.last_date:  # archived: it stays as it was then
        strength = strength_on.get(plan.last_date, strength)
    rows: list[DayInHistory] = []
    for day in _dates(from_date, end):
        fact = facts.get(day, _NOTHING)
        strength = strength_on.get(day, strength)
        amount = amount_of(fact.amount_thousandths)
        state, unit_state = states.get(day, _NOT_DUE)
        shown = strength if day >= plan.start_date else 0.0
        rows.append(DayInHistory(day, state, unit_state, fact.mark, amount, shown))
    return rows


def day_state(day_facts: DayFacts, due: EvaluatedUnit | None, day: date) -> DayState:
    """Return how a day stands by itself, given the unit that holds it.

    A due day and a rolling day are units of their own. A day of a week, month or year is `met` if
    it brought something to the unit, `neutral` if it was skipped or paused, `open` if it is today
    and the unit is open, and otherwise `not_due`. What became of the unit is the unit's state.
    """
    if due is None:
        return DayState.NOT_DUE
    if due.span.kind not in CALENDAR_UNITS:
        return DayState(due.state)
    span = day_facts.plan.span_on(day)
    contribution = day_facts.contribution(day, span)
    if contribution.lived == contribution.skipped:
        return DayState.NEUTRAL
    has_limit = span.is_total and span.at_most
    if contribution.done or (contribution.amount and not has_limit):
        return DayState.MET
    if day == day_facts.today and due.state is State.OPEN:
        return DayState.OPEN
    return DayState.NOT_DUE


def state_at_end(day_facts: DayFacts, due: EvaluatedUnit | None, day: date) -> DayState:
    """Return how a day stands, or its unit where the unit ends on it: what a day is summed up by.

    The last day of a week, month or year is today while it is not over. A day on which something
    was done stays `met`; a unit that was met by then says nothing more, unless it has a limit.
    """
    state = day_state(day_facts, due, day)
    if state is not DayState.NOT_DUE or due is None or day != min(due.last, day_facts.today):
        return state
    has_limit = due.span.is_total and due.span.at_most
    if due.state is State.FAILED or (has_limit and due.state is State.MET):
        return DayState(due.state)
    return state


def _day_states(
    day_facts: DayFacts, since: date, through: date
) -> Iterator[tuple[date, tuple[DayState, State]]]:
    for due in due_units(day_facts, since, through):
        for day in _dates(due.first, min(due.last, through)):
            yield day, (day_state(day_facts, due, day), due.state)


def _dates(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
