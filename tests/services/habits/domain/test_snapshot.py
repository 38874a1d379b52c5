"""The derived state: short, and recomputed when settings change."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.ids import uuid7
from rhythm.goal import Goal
from rhythm.plan import DayFact, Mark, Version
from rhythm.schedule import Frequency, Schedule, Weekday
from services.habits.dao.derived_state import (
    checkpoint_to_bytes,
    derived_from_bytes,
    facts_from_bytes,
    facts_to_bytes,
)
from services.habits.domain.habit import Habit
from services.habits.domain.people import Person
from services.habits.domain.snapshot import DerivedState, HabitSnapshot
from tests.services.habits.habits_server import NOON

DONE = DayFact(Mark.DONE)
DAILY = Schedule(Frequency.DAILY)


def snapshot(person: Person, start: date, *days: date, schedule: Schedule = DAILY) -> HabitSnapshot:
    habit = Habit(
        id=uuid7(),
        owner_id=person.id,
        title="Run",
        start_date=start,
        versions=(Version(start, schedule, Goal()),),
        create_time=NOON,
        update_time=NOON,
    )
    facts = dict.fromkeys(days, DONE)
    return HabitSnapshot(habit, person, habit.plan(person.week_start), (), DerivedState(facts), 1)


def every_day(start: date, count: int) -> list[date]:
    return [start + timedelta(days=n) for n in range(count)]


@pytest.mark.parametrize("schedule", [DAILY, Schedule(Frequency.WEEKLY, times=7)])
def test_what_is_kept_stays_short(schedule: Schedule) -> None:
    start = date(2020, 1, 1)
    life = snapshot(Person(uuid7()), start, *every_day(start, 2000), schedule=schedule)
    today = start + timedelta(days=2000)
    kept = life.compacted(today)
    assert kept.checkpoint is not None
    assert len(kept.facts) < 40
    assert len(facts_to_bytes(kept.facts)) + len(checkpoint_to_bytes(kept) or b"") < 300
    short = HabitSnapshot(life.habit, life.person, life.plan, (), kept, 1)
    assert short.evaluation(today) == life.evaluation(today)
    assert short.compacted(today) == kept


def test_a_young_habit_keeps_all_its_days() -> None:
    start = date(2026, 1, 1)
    life = snapshot(Person(uuid7()), start, *every_day(start, 10))
    kept = life.compacted(date(2026, 1, 14))
    assert (kept.checkpoint, len(kept.facts)) == (None, 10)


def test_packets_hold_what_was_put_in() -> None:
    facts = {
        date(1999, 12, 31): DayFact(Mark.SKIP),
        date(2026, 1, 1): DayFact(Mark.DONE, 10**12),
        date(2026, 1, 2): DayFact(None, 1),
        date(2026, 1, 3): DayFact(Mark.MISSED),
    }
    assert facts_from_bytes(facts_to_bytes(facts)) == facts
    backwards = dict(reversed(facts.items()))
    assert facts_to_bytes(backwards) == facts_to_bytes(facts)
    assert facts_from_bytes(b"") == facts_from_bytes(facts_to_bytes({})) == {}


def test_a_checkpoint_is_kept_with_what_it_was_counted_by() -> None:
    start = date(2011, 10, 1)
    person = Person(uuid7(), timezone="Pacific/Apia", week_start=Weekday.SUN)
    kept = snapshot(person, start, *every_day(start, 150)).compacted(date(2012, 3, 1))
    assert kept.missing == (date(2011, 12, 30),)
    again = derived_from_bytes(checkpoint_to_bytes(kept), facts_to_bytes(kept.facts))
    assert again == kept


def test_a_day_that_apia_never_had_breaks_no_streak() -> None:
    start = date(2011, 12, 27)
    there = [day for day in every_day(start, 6) if day != date(2011, 12, 30)]
    person = Person(uuid7(), timezone="Pacific/Apia")
    life = snapshot(person, start, *there)
    today = person.today(datetime(2012, 1, 1, 12, tzinfo=UTC))
    assert life.evaluation(today).current_streak.length == 5


def test_a_day_that_was_lived_elsewhere_stays_lived() -> None:
    """Whoever moves to Apia today did not skip 30 December 2011 in Berlin."""
    start = date(2011, 12, 27)
    life = snapshot(Person(uuid7(), timezone="Pacific/Apia"), start, *every_day(start, 6))
    assert life.evaluation(date(2012, 1, 1)).current_streak.length == 6


@pytest.mark.parametrize(
    "traveller",
    [
        Person(uuid7(), week_start=Weekday.SAT),
        Person(uuid7(), timezone="Pacific/Apia"),
    ],
)
def test_what_was_counted_by_another_week_or_zone_is_not_current(traveller: Person) -> None:
    start, today = date(2011, 10, 1), date(2012, 3, 1)
    life = snapshot(Person(uuid7()), start, *every_day(start, 150))
    kept = life.compacted(today)
    plan = life.habit.plan(life.person.week_start)
    assert HabitSnapshot(life.habit, life.person, plan, (), kept, 1).is_up_to_date(today)
    plan = life.habit.plan(traveller.week_start)
    assert not HabitSnapshot(life.habit, traveller, plan, (), kept, 1).is_up_to_date(today)
