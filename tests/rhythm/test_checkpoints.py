"""From any checkpoint the answer is that from the start, with only the facts it asks for."""

import json
from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhythm.boundaries import closing_date, facts_needed_from
from rhythm.checkpoint import Checkpoint, first_checkpoint
from rhythm.day_facts import DayFacts
from rhythm.errors import CheckpointStale
from rhythm.evaluate import advance, evaluate, evaluate_streak
from rhythm.goal import Measure
from rhythm.history import list_history
from rhythm.plan import DayFact, Mark, Pause, Plan, Version
from rhythm.schedule import ONE_DAY, Frequency, Schedule
from rhythm.units import list_units, unit_of
from tests.rhythm.agree import assert_numbers_agree
from tests.rhythm.histories import Life, lives
from tests.rhythm.settings import many

MONDAY = date(2026, 1, 5)
WEEKLY = Plan(Measure.YES_NO, MONDAY, (Version(MONDAY, Schedule(Frequency.WEEKLY, times=1)),))


def facts_since(life: Life, through: date) -> dict[date, DayFact]:
    needed = facts_needed_from(life.plan, through)
    return {day: fact for day, fact in life.facts.items() if day >= needed}


def through_json(checkpoint: Checkpoint) -> Checkpoint:
    return Checkpoint.from_values(json.loads(json.dumps(checkpoint.to_values())))


@pytest.mark.timeout(400)  # long lives: two minutes are short on a busy machine
@many
@given(lives(most_days=130), st.integers(0, 129), st.integers(0, 129))
def test_the_answer_does_not_depend_on_the_checkpoint(life: Life, one: int, two: int) -> None:
    checkpoint = first_checkpoint(life.plan)
    eve = life.today - ONE_DAY
    for days_ago in sorted([one, two], reverse=True):
        through = closing_date(life.plan, eve - timedelta(days=days_ago))
        facts = facts_since(life, checkpoint.through)
        checkpoint = through_json(advance(life.plan, facts, life.pauses, through, checkpoint))
    if life.today >= life.plan.start_date:
        facts = facts_since(life, checkpoint.through)
        found = evaluate(life.plan, facts, life.pauses, life.today, checkpoint)
        assert found == evaluate(life.plan, life.facts, life.pauses, life.today)
        assert_numbers_agree(life, found)


@many
@given(lives(), st.integers(0, 69))
def test_the_streak_alone_is_that_of_the_whole_evaluation(life: Life, days_ago: int) -> None:
    if life.today < life.plan.start_date:
        return
    through = closing_date(life.plan, life.today - ONE_DAY - timedelta(days=days_ago))
    checkpoint = advance(life.plan, life.facts, life.pauses, through)
    whole = evaluate(life.plan, life.facts, life.pauses, life.today)
    for facts, start in ((life.facts, None), (facts_since(life, through), checkpoint)):
        found = evaluate_streak(life.plan, facts, life.pauses, life.today, start)
        day_facts = DayFacts(
            life.plan, life.facts, life.pauses, first=life.plan.start_date, today=life.today
        )
        assert found.streak == whole.current_streak
        assert (found.unit and unit_of(day_facts, found.unit)) == whole.current_unit


@pytest.mark.timeout(400)  # long lives: two minutes are short on a busy machine
@many
@given(lives(), st.integers(0, 69), st.integers(0, 20))
def test_the_history_does_not_depend_on_the_checkpoint(
    life: Life, days_ago: int, later: int
) -> None:
    through = closing_date(life.plan, life.today - ONE_DAY - timedelta(days=days_ago))
    first = max(through + ONE_DAY, life.plan.start_date) + timedelta(days=later)
    whole = list_history(
        life.plan,
        life.facts,
        life.pauses,
        from_date=first,
        to_date=life.today,
        today=life.today,
    )
    recent = list_history(
        life.plan,
        facts_since(life, through),
        life.pauses,
        from_date=first,
        to_date=life.today,
        today=life.today,
        checkpoint=advance(life.plan, life.facts, life.pauses, through),
    )
    assert recent == whole


def test_a_week_can_only_be_closed_when_it_is_over() -> None:
    sunday, wednesday = date(2026, 1, 11), date(2026, 1, 14)
    assert closing_date(WEEKLY, wednesday) == sunday
    assert closing_date(WEEKLY, sunday) == sunday
    with pytest.raises(CheckpointStale, match="inside a unit"):
        advance(WEEKLY, {}, (), wednesday)


def test_nothing_is_closed_before_the_start() -> None:
    assert closing_date(WEEKLY, date(2020, 1, 1)) == MONDAY - ONE_DAY
    assert advance(WEEKLY, {}, (), MONDAY - ONE_DAY) == first_checkpoint(WEEKLY)
    daily = Plan(Measure.YES_NO, MONDAY, (Version(MONDAY, Schedule(Frequency.DAILY)),))
    assert closing_date(daily, MONDAY) == MONDAY


def test_the_last_day_of_an_archived_habit_stays_unclosed_so_that_it_can_be_restored() -> None:
    versions = (Version(MONDAY, Schedule(Frequency.DAILY)),)
    archived = Plan(Measure.YES_NO, MONDAY, versions, archived_date=date(2026, 1, 20))
    assert closing_date(archived, date(2026, 6, 1)) == date(2026, 1, 19)


def test_a_checkpoint_inside_a_unit_of_an_edited_plan_is_refused() -> None:
    daily = Plan(Measure.YES_NO, MONDAY, (Version(MONDAY, Schedule(Frequency.DAILY)),))
    checkpoint = advance(daily, {}, (), date(2026, 1, 14))
    with pytest.raises(CheckpointStale, match="inside a unit") as refused:
        evaluate(WEEKLY, {}, (), date(2026, 1, 20), checkpoint)
    assert refused.value.through == date(2026, 1, 14)


def test_a_checkpoint_cannot_tell_about_days_it_has_closed() -> None:
    checkpoint = advance(WEEKLY, {}, (), date(2026, 1, 18))
    with pytest.raises(CheckpointStale, match="not before 2026-01-18"):
        evaluate(WEEKLY, {}, (), date(2026, 1, 18), checkpoint)
    with pytest.raises(CheckpointStale, match="already after 2026-01-11"):
        advance(WEEKLY, {}, (), date(2026, 1, 11), checkpoint)
    with pytest.raises(CheckpointStale, match="not before 2026-01-12"):
        list_history(
            WEEKLY,
            {},
            (),
            from_date=date(2026, 1, 12),
            to_date=date(2026, 1, 25),
            today=date(2026, 1, 25),
            checkpoint=checkpoint,
        )


NEEDED = [
    # schedule                                        facts since, once closed through 18 January
    (Schedule(Frequency.DAILY), date(2026, 1, 19)),
    (Schedule(Frequency.DAILY, interval=3), date(2026, 1, 19)),
    (Schedule(Frequency.WEEKLY, times=3), date(2026, 1, 19)),
    (Schedule(Frequency.ROLLING, times=7, days=7), date(2026, 1, 13)),  # the window itself
    (Schedule(Frequency.MONTHLY, times=1), MONDAY),  # the month that is not over
]


@pytest.mark.parametrize(("schedule", "needed"), NEEDED)
def test_how_far_back_facts_are_needed(schedule: Schedule, needed: date) -> None:
    plan = Plan(Measure.YES_NO, MONDAY, (Version(MONDAY, schedule),))
    assert facts_needed_from(plan, date(2026, 1, 18)) == needed


def test_a_history_begins_after_the_checkpoint_and_not_on_it() -> None:
    checkpoint = advance(WEEKLY, {}, (), date(2026, 1, 18))
    for first in (date(2026, 1, 18), date(2026, 1, 19)):
        with nullcontext() if first > checkpoint.through else pytest.raises(CheckpointStale):
            list_history(
                WEEKLY,
                {},
                (),
                from_date=first,
                to_date=date(2026, 1, 25),
                today=date(2026, 1, 25),
                checkpoint=checkpoint,
            )


def test_the_units_of_a_range_are_those_that_touch_it() -> None:
    found = list_units(
        WEEKLY,
        {},
        (),
        from_date=date(2026, 1, 14),
        to_date=date(2026, 1, 20),
        today=date(2026, 2, 28),
    )
    assert [unit.from_date for unit in found] == [date(2026, 1, 12), date(2026, 1, 19)]


def test_a_window_remembers_a_pause_from_before_the_range() -> None:
    """On the 20th its seven days hold one lived day, which asks for one; not seven for three."""
    schedule = Schedule(Frequency.ROLLING, times=3, days=7)
    plan = Plan(Measure.YES_NO, MONDAY, (Version(MONDAY, schedule),))
    pauses = (Pause(date(2026, 1, 12), date(2026, 1, 19)),)
    day = date(2026, 1, 20)
    [unit] = list_units(plan, {}, pauses, from_date=day, to_date=day, today=day)
    assert unit.asked == 1


def test_ten_years_fit_in_two_hundred_bytes() -> None:
    start = date(2016, 1, 4)
    plan = Plan(Measure.YES_NO, start, (Version(start, Schedule(Frequency.DAILY)),))
    facts = {start + timedelta(days=n): DayFact(Mark.DONE) for n in range(3650) if n % 7}
    checkpoint = advance(plan, facts, (), start + timedelta(days=3649))
    assert len(json.dumps(checkpoint.to_values())) <= 200
    assert through_json(checkpoint) == checkpoint
