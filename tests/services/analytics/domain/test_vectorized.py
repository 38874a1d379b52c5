"""Counting many habits at once gives the numbers of the kernel, which counts one by one."""

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rhythm.boundaries import closing_date, facts_needed_from
from rhythm.checkpoint import Checkpoint
from rhythm.evaluate import advance
from rhythm.goal import Measure
from rhythm.plan import Pause
from rhythm.vectorized.counted_habit import CountedHabit, days_of_pause, span_of
from rhythm.vectorized.counting import count_habits
from services.analytics.domain.habit import Habit, HabitRecord
from services.analytics.domain.tally import tally_of
from services.analytics.domain.totals_grid import MonthRows, TotalsGrid
from services.analytics.domain.window import Window
from tests.rhythm.crowds import crowds, fact_columns
from tests.rhythm.histories import Life

EVE = timedelta(days=1)
EXAMPLES = int(os.environ.get("HISTORY_EXAMPLES", "60"))
"""How many crowds are drawn."""
some = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def with_dates_never_lived(life: Life, chance: random.Random) -> tuple[Life, tuple[date, ...]]:
    """Return a life with some dates missing, as pauses of those without a fact; and the dates."""
    age = max((life.today - life.plan.start_date).days, 0)
    places = chance.sample(range(-3, age + 3), k=chance.choice([0, 0, 2]))
    never = tuple(life.plan.start_date + timedelta(days=place) for place in places)
    pauses = [*life.pauses, *(Pause(day, day) for day in never if day not in life.facts)]
    return replace(life, pauses=pauses), never


def counted(
    place: int,
    life: Life,
    since: date,
    checkpoint: Checkpoint | None,
    through: date | None,
    never_lived: tuple[date, ...],
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
        pauses=tuple(days_of_pause(pause) for pause in life.pauses),
        never_lived=tuple(day.toordinal() for day in never_lived),
    )


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
    lived: list[Life] = []
    for place, drawn in enumerate(crowd):
        life, never_lived = with_dates_never_lived(drawn, chance)
        lived.append(life)
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
        closes = through if moves else None
        habits.append(counted(place, drawn, since[-1], checkpoint, closes, never_lived))
        if moves:
            needed = facts_needed_from(plan, known)
            facts = {day: fact for day, fact in life.facts.items() if day >= needed}
            closed[habits[-1].habit_id] = advance(plan, facts, life.pauses, through, checkpoint)
    totals = TotalsGrid(
        [day.toordinal() for day in since], [life.today.toordinal() for life in crowd]
    )
    found = dict(
        count_habits(
            habits, fact_columns(crowd, [habit.first_needed for habit in habits]), totals.add
        )
    )
    assert found == closed
    by_person: list[dict[date, tuple[int, int, int]]] = [{} for _ in crowd]
    for person, month, first_day, *counts in _rows_of(totals.months()):
        start = max(date.fromordinal(month), since[person])
        assert date.fromordinal(month + first_day - 1) == start
        for place, of_day in enumerate(zip(*counts, strict=True)):
            if any(of_day):
                by_person[person][date.fromordinal(month + place)] = of_day
    for life, first, total in zip(lived, since, by_person, strict=True):
        assert total == expected_totals(life, first)


def _rows_of(counted: MonthRows) -> Iterator[tuple[Any, ...]]:
    """Yield each row: its person, month, first day, and the counts of each kind."""
    numbers = counted.people, counted.months, counted.first_days
    counts = counted.due_counts, counted.met_counts, counted.check_in_counts
    return zip(*(column.tolist() for column in (*numbers, *counts)), strict=True)
