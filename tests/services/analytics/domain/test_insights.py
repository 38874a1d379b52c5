"""What a year of days says, and that it says nothing on thin data or by chance."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from rhythm.plan import DayFact, Mark, Pause, Version
from rhythm.schedule import Frequency, Schedule, Weekday
from services.analytics.domain.habit import Habit, HabitRecord
from services.analytics.domain.insights import Gap, Insights, insights_of, related_habits
from services.analytics.domain.person import Person
from services.analytics.domain.significance import Table

TODAY = date(2026, 1, 9)
ANN = Person(id=UUID(int=1))


def days_ago(count: int) -> date:
    return TODAY - timedelta(days=count)


def record(
    done: Iterable[date],
    *,
    since: int = 200,
    number: int = 1,
    schedule: Schedule | None = None,
    hour: int = 7,
    pauses: tuple[Pause, ...] = (),
    skipped: Iterable[date] = (),
) -> HabitRecord:
    """A habit that began so many days ago, done on days at an hour."""
    start, done = days_ago(since), list(done)
    habit = Habit(
        id=UUID(int=number),
        owner_id=ANN.id,
        revision=1,
        title=f"Habit {number}",
        start_date=start,
        versions=(Version(start, schedule or Schedule(Frequency.DAILY)),),
        create_time=datetime(2025, 1, 1, tzinfo=UTC),
    )
    facts = {day: DayFact(Mark.DONE) for day in done}
    facts |= {day: DayFact(Mark.SKIP) for day in skipped}
    moments = {day: datetime(day.year, day.month, day.day, hour, tzinfo=UTC) for day in done}
    return HabitRecord(
        habit=habit, plan=habit.plan(Weekday.MON), facts=facts, moments=moments, pauses=pauses
    )


def insights(subject: HabitRecord, *others: HabitRecord) -> Insights:
    return insights_of(ANN, subject, others, TODAY)


def days(count: int) -> list[date]:
    return [days_ago(n) for n in range(count, 0, -1)]


def test_a_weekday_that_goes_better_is_named_with_its_numbers() -> None:
    chance = random.Random(1)
    done = [day for day in days(200) if day.weekday() == 1 or chance.random() < 0.4]
    found = insights(record(done)).best_weekday
    assert found is not None
    assert (found.weekday, found.day_count, found.met_count) == (Weekday.TUE, 29, 29)
    assert (found.other_day_count, found.other_met_count) == (171, len(done) - 29)
    assert found.p_value < 0.001


def test_on_equal_weekdays_none_is_best() -> None:
    chance = random.Random(2)
    assert insights(record(day for day in days(300) if chance.random() < 0.6)).best_weekday is None


def test_the_hour_of_most_check_ins_is_named_in_the_clock_of_the_person() -> None:
    found = insights_of(
        Person(id=ANN.id, timezone="Asia/Tokyo"), record(days(25), hour=22), (), TODAY
    ).best_hour
    assert found is not None
    assert (found.hour, found.check_in_count, found.all_check_in_count) == (7, 25, 25)


def test_an_hour_that_holds_less_than_a_quarter_is_not_named() -> None:
    subject = record(days(40))
    moments = {
        day: moment.replace(hour=place % 5)
        for place, (day, moment) in enumerate(subject.moments.items())
    }
    spread = HabitRecord(
        habit=subject.habit, plan=subject.plan, facts=subject.facts, moments=moments, pauses=()
    )
    assert insights(spread).best_hour is None


def test_consistency_counts_whole_weeks_of_which_four_fifths_were_met() -> None:
    missed = {date(2025, 12, 1), date(2025, 12, 8), date(2025, 12, 9)}
    subject = record([day for day in days(100) if day not in missed], since=100)
    found = insights(subject).consistency
    assert found is not None
    assert (found.week_count, found.kept_week_count) == (13, 12)


def test_the_longest_gap_leaves_out_pauses_and_skips_and_may_go_on() -> None:
    missed = {days_ago(n) for n in range(20, 30)}
    done = [day for day in days(60) if day not in missed]
    subject = record(
        [day for day in done if day != days_ago(24)],
        since=60,
        pauses=(Pause(days_ago(29), days_ago(27)),),
        skipped=[days_ago(20)],
    )
    assert insights(subject).longest_gap == Gap(
        first=days_ago(26), last=days_ago(21), day_count=6, ongoing=False
    )
    silent = record(days_ago(n) for n in range(40, 30, -1))
    assert insights(silent).longest_gap == Gap(
        first=days_ago(30), last=days_ago(1), day_count=30, ongoing=True
    )
    assert insights(record(days(60), since=60)).longest_gap is None


def test_habits_that_go_well_on_the_same_days_are_related() -> None:
    chance = random.Random(3)
    done = {day for day in days(200) if chance.random() < 0.5}
    same = {day for day in days(200) if (day in done) == (chance.random() < 0.9)}
    opposite = set(days(200)) - done
    found = insights(record(done), record(same, number=2), record(opposite, number=3)).related
    assert [(it.habit_id.int, it.table.phi < 0) for it in found] == [(3, True), (2, False)]
    assert sum(found[1].table) == 200
    assert found[0].table == Table(0, len(done), 200 - len(done), 0)
    assert all(it.p_value < 0.001 for it in found)


def test_a_habit_of_weeks_is_compared_by_its_check_ins() -> None:
    chance = random.Random(4)
    done = {day for day in days(200) if chance.random() < 0.5}
    weekly = Schedule(Frequency.WEEKLY, times=3)
    (found,) = insights(record(done), record(done, number=2, schedule=weekly)).related
    assert found.table.phi == 1


def test_one_good_month_of_both_is_no_relation() -> None:
    done = days(100)[:30]
    assert insights(record(done, since=100), record(done, since=100, number=2)).related == ()


def test_independent_habits_are_seldom_related() -> None:
    """Of 300 persons with 5 independent habits each, at most 5 % may be told something."""
    chance, told = random.Random(5), 0
    for _ in range(300):
        outcomes = [{day: chance.random() < 0.6 for day in days(120)} for _ in range(5)]
        others = [(record((), number=n), it) for n, it in enumerate(outcomes[1:], 2)]
        told += bool(related_habits(outcomes[0], others))
    assert told <= 300 * 0.05


@pytest.mark.parametrize("since", [1, 13, 50])
def test_thin_data_says_nothing(since: int) -> None:
    found = insights(record(days(since)[::2], since=since), record(days(since)[::2], number=2))
    assert (found.best_weekday, found.consistency, found.related) == (None, None, ()) or since > 55
    assert found.best_hour is None or since > 40


def test_no_days_at_all_say_nothing() -> None:
    found = insights(record((), since=0))
    assert (found.best_weekday, found.best_hour, found.consistency) == (None, None, None)
    assert (found.longest_gap, found.related) == (None, ())
