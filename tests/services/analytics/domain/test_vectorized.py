"""Counting many habits at once gives the numbers of the kernel, which counts one by one."""

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rhythm.boundaries import closing_date, facts_needed_from
from rhythm.checkpoint import Checkpoint
from rhythm.evaluate import advance
from rhythm.goal import Measure
from rhythm.plan import DayFact, Mark, Pause
from services.analytics.domain.habit import Habit, HabitRecord
from services.analytics.domain.tally import tally_of
from services.analytics.domain.vectorized.counted_habit import CountedHabit, span_of
from services.analytics.domain.vectorized.counting import count_habits
from services.analytics.domain.vectorized.day_grid import DONE, MISSED, SKIP, FactColumns
from services.analytics.domain.vectorized.totals import MonthRows, TotalsGrid
from services.analytics.domain.window import Window
from tests.rhythm.histories import QUANTITY_BYTES, YES_NO_BYTES, Life, lives

CODES = {None: 0, Mark.DONE: DONE, Mark.SKIP: SKIP, Mark.MISSED: MISSED}
EVE = timedelta(days=1)
EXAMPLES = int(os.environ.get("HISTORY_EXAMPLES", "60"))
"""How many crowds are drawn."""
some = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def crowds(draw: st.DrawFn) -> list[Life]:
    """Draw people of one habit each, with many facts: what hypothesis draws is mostly empty."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    return [
        _filled(life, chance)
        for life in draw(st.lists(lives(most_days=120), min_size=1, max_size=6))
    ]


def _filled(life: Life, chance: random.Random) -> Life:
    plan = replace(life.plan, versions=life.plan.versions[:1], week_changes=())
    kinds = YES_NO_BYTES if plan.measure is Measure.YES_NO else QUANTITY_BYTES
    share = chance.choice([0.0, 0.9, 0.9])
    facts = dict(life.facts)
    for n in range((life.today - plan.start_date).days):
        if chance.random() < share and (fact := chance.choice(kinds)) != DayFact():
            facts[plan.start_date + timedelta(days=n)] = fact
    return replace(life, plan=plan, facts=facts)


def counted(
    place: int, life: Life, since: date, checkpoint: Checkpoint | None, through: date | None
) -> CountedHabit:
    plan = life.plan
    span = span_of(plan.measure, plan.versions, plan.week_start, plan.week_changes)
    assert span is not None
    return CountedHabit(
        habit_id=UUID(int=place),
        person=place,
        span=span,
        counts_days=plan.measure is Measure.YES_NO,
        start=plan.start_date.toordinal(),
        archived=plan.archived_date.toordinal() if plan.archived_date else None,
        since=since.toordinal(),
        today=life.today.toordinal(),
        checkpoint=checkpoint,
        through=through.toordinal() if through else None,
        pauses=tuple(_ordinals(pause) for pause in life.pauses),
    )


def _ordinals(pause: Pause) -> tuple[int, int | None]:
    return pause.from_date.toordinal(), pause.to_date.toordinal() if pause.to_date else None


def facts_of(crowd: list[Life], habits: list[CountedHabit]) -> FactColumns:
    """Return what each habit asks for, and nothing before it."""
    found = [
        (place, day.toordinal(), CODES[fact.mark], fact.amount_thousandths)
        for place, (life, habit) in enumerate(zip(crowd, habits, strict=True))
        for day, fact in life.facts.items()
        if day.toordinal() >= habit.first_needed
    ]
    rows, days, marks, amounts = np.array(found, np.int64).reshape(-1, 4).T
    return FactColumns(rows, days, marks.astype(np.uint8), amounts)


def expected_totals(life: Life, since: date) -> dict[date, tuple[int, int, int]]:
    if since >= life.today:
        return {}
    window = Window(since, life.today - EVE)
    tally = tally_of(_record_of(life), window, life.today)
    days = {day: (tally.due[day], tally.met[day], tally.check_ins[day]) for day in window}
    return {day: counts for day, counts in days.items() if any(counts)}


def _record_of(life: Life) -> HabitRecord:
    plan = life.plan
    habit = Habit(
        id=UUID(int=0),
        owner_id=UUID(int=0),
        revision=1,
        title="Anything",
        measure=plan.measure,
        start_date=plan.start_date,
        versions=plan.versions,
        create_time=datetime(2024, 1, 1, tzinfo=UTC),
    )
    return HabitRecord(habit=habit, plan=plan, facts=life.facts, moments={}, pauses=life.pauses)


@some
@given(crowds(), st.integers(0, 2**32))
def test_totals_and_checkpoints_are_those_of_the_kernel(crowd: list[Life], seed: int) -> None:
    """Everything is counted twice: from the start, and from some day and checkpoint on."""
    chance = random.Random(seed)
    habits: list[CountedHabit] = []
    since: list[date] = []
    closed: dict[UUID, Checkpoint] = {}
    for place, life in enumerate(crowd):
        plan, age = life.plan, max((life.today - life.plan.start_date).days, 0)
        since.append(plan.start_date + timedelta(days=chance.randint(0, age + 1)))
        checkpoint = None
        if chance.random() < 0.7:
            day = closing_date(plan, life.today - timedelta(days=chance.randint(1, age + 1)))
            checkpoint = (
                advance(plan, life.facts, life.pauses, day) if day >= plan.start_date else None
            )
        through = closing_date(plan, life.today - timedelta(days=chance.choice([1, 1, 5, 35])))
        known = checkpoint.through if checkpoint else plan.start_date - EVE
        moves = through > known
        habits.append(counted(place, life, since[-1], checkpoint, through if moves else None))
        if moves:
            needed = facts_needed_from(plan, known)
            facts = {day: fact for day, fact in life.facts.items() if day >= needed}
            closed[habits[-1].habit_id] = advance(plan, facts, life.pauses, through, checkpoint)
    totals = TotalsGrid(
        [day.toordinal() for day in since], [life.today.toordinal() for life in crowd]
    )
    found = dict(count_habits(habits, facts_of(crowd, habits), totals))
    assert found == closed
    by_person: list[dict[date, tuple[int, int, int]]] = [{} for _ in crowd]
    for person, month, first_day, *counts in _rows_of(totals.months()):
        start = max(date.fromordinal(month), since[person])
        assert date.fromordinal(month + first_day - 1) == start
        for place, of_day in enumerate(zip(*counts, strict=True)):
            if any(of_day):
                by_person[person][date.fromordinal(month + place)] = of_day
    for life, first, total in zip(crowd, since, by_person, strict=True):
        assert total == expected_totals(life, first)


def _rows_of(counted: MonthRows) -> Iterator[tuple[Any, ...]]:
    """Yield each row: its person, month, first day, and the counts of each kind."""
    numbers = counted.people, counted.months, counted.first_days
    counts = counted.due_counts, counted.met_counts, counted.check_in_counts
    return zip(*(column.tolist() for column in (*numbers, *counts)), strict=True)
