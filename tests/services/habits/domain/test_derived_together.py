"""What is derived of many habits at once is what is derived of each from its facts."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rhythm.plan import DayFact, Mark, Pause
from services.habits.domain.derived_together import are_equal_together, derive_together
from services.habits.domain.habit import Habit
from services.habits.domain.people import Person
from services.habits.domain.snapshot import DerivedState, HabitSnapshot
from tests.rhythm.crowds import crowds, fact_columns
from tests.rhythm.histories import START, Life

EXAMPLES = int(os.environ.get("HISTORY_EXAMPLES", "60"))
"""How many crowds are drawn."""
WITHOUT_A_DATE = "Pacific/Apia"
"""Where 30 December 2011 never came."""
some = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def moved(life: Life, days: timedelta) -> Life:
    """Return the same life, begun some days later."""
    plan = life.plan
    archived = plan.archived_date and plan.archived_date + days
    pauses = [
        Pause(it.from_date + days, it.to_date + days if it.to_date else None) for it in life.pauses
    ]
    return Life(
        replace(plan, start_date=plan.start_date + days, archived_date=archived),
        {day + days: fact for day, fact in life.facts.items()},
        pauses,
        life.today + days,
    )


def snapshot_of(place: int, life: Life) -> HabitSnapshot:
    plan, moment = life.plan, datetime(2024, 1, 1, tzinfo=UTC)
    habit = Habit(
        id=UUID(int=place),
        owner_id=UUID(int=0),
        title="Anything",
        start_date=plan.start_date,
        measure=plan.measure,
        versions=plan.versions,
        archive_date=plan.archived_date,
        create_time=moment,
        update_time=moment,
    )
    person = Person(UUID(int=0), WITHOUT_A_DATE, week_start=plan.week_start)
    return HabitSnapshot(habit, person, plan, tuple(life.pauses), DerivedState(life.facts), 1)


@some
@given(crowds(), st.integers(-120, 20), st.integers(0, 40))
def test_derived_state_is_that_of_each_habit(crowd: list[Life], shift: int, later: int) -> None:
    """Also around a date that never came, and from a checkpoint of an earlier day."""
    days = date(2011, 12, 30) - START + timedelta(days=shift)
    lives = [moved(life, days) for life in crowd]
    facts = fact_columns(lives, [0] * len(lives))
    today = [life.today for life in lives]
    snapshots = [snapshot_of(place, life) for place, life in enumerate(lives)]
    expected = [it.compacted(day) for it, day in zip(snapshots, today, strict=True)]
    assert derive_together(snapshots, facts, today) == expected

    stored = [replace(it, derived=kept) for it, kept in zip(snapshots, expected, strict=True)]
    now = [day + timedelta(days=later) for day in today]
    assert are_equal_together(stored, facts, now) == [
        it.is_up_to_date(day) for it, day in zip(stored, now, strict=True)
    ]


@some
@given(crowds())
def test_a_lost_fact_is_found(crowd: list[Life]) -> None:
    for life in crowd:
        life.facts[life.plan.start_date] = DayFact(Mark.DONE)
    facts = fact_columns(crowd, [0] * len(crowd))
    today = [life.today for life in crowd]
    spoiled: list[HabitSnapshot] = []
    for place, life in enumerate(crowd):
        left = {day: fact for day, fact in life.facts.items() if day != life.plan.start_date}
        snapshot = snapshot_of(place, replace(life, facts=left))
        spoiled.append(replace(snapshot, derived=snapshot.compacted(life.today)))
    assert not any(are_equal_together(spoiled, facts, today))
