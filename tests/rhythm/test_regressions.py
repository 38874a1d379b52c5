"""Bugs of other trackers, one test each, so that none of them becomes ours."""

import time as process_time
from datetime import UTC, date, datetime, time, timedelta

import pytest

from rhythm.days import moment_of, today, zone_of
from rhythm.evaluate import evaluate
from rhythm.goal import Measure
from rhythm.plan import DayFact, Mark, Plan, Version
from rhythm.schedule import ONE_DAY
from rhythm.units import due_on
from tests.rhythm.story import (
    DAILY,
    MONDAY,
    at_most,
    every,
    monthly,
    on_days,
    rolling,
    story,
    weekly,
)


def test_the_29th_of_february_is_a_day_like_any_other() -> None:
    told = story(DAILY, "xxx", start=date(2028, 2, 28))
    assert told.streaks == (3, 3)
    assert told.today == date(2028, 3, 1)


def test_a_yearly_round_on_the_29th_of_february_needs_no_29th() -> None:
    assert story(on_days(29), "x", start=date(2027, 2, 28)).shown == "+"
    assert story(monthly(29), "x" * 29, start=date(2028, 2, 1)).units == ["29/29 met"]


def test_a_streak_is_counted_from_today_and_not_from_the_last_event() -> None:
    assert story(DAILY, "xxxxx..").streaks == (0, 5)


def test_a_streak_does_not_end_because_today_is_young() -> None:
    assert story(DAILY, "xxxxx.").streaks == (5, 5)


def test_a_weekly_habit_done_once_is_one_week_and_not_seven_days() -> None:
    numbers = story(weekly(), "x").numbers
    assert (numbers.current_streak.length, numbers.current_streak.unit) == (1, "week")
    assert numbers.completion.last_7_days == 1.0
    assert numbers.current_streak.end_date == MONDAY  # not the Sunday to come


def test_facts_of_the_future_count_for_nothing() -> None:
    plan = Plan(Measure.YES_NO, MONDAY, (Version(MONDAY, weekly(2)),))
    facts = {MONDAY + timedelta(days=n): DayFact(Mark.DONE) for n in range(7)}
    numbers = evaluate(plan, facts, (), MONDAY)
    assert numbers == evaluate(plan, {MONDAY: DayFact(Mark.DONE)}, (), MONDAY)
    assert numbers.total_check_ins == 1


def test_an_interval_is_not_ignored() -> None:
    assert story(every(2), "x.x.x").streaks == (3, 3)
    assert story(every(2), ".x.x.").streaks == (0, 0)


def test_every_seven_days_is_not_off_by_one() -> None:
    """Due on day 1, 8, 15: done on each, and nothing in between is missed."""
    told = story(every(7), "x......" * 3 + "x")
    assert told.shown == "+......" * 3 + "+"
    assert told.streaks == (4, 4)


def test_once_in_seven_days_looks_back_seven_days_and_not_eight() -> None:
    assert story(rolling(1, 7), "x......").shown == "+++++++"
    assert story(rolling(1, 7), "x.......").shown == "+++++++?"


def test_taking_a_day_back_leaves_the_others() -> None:
    told = story(DAILY, "xxx")
    tuesday = MONDAY + ONE_DAY
    facts = {day: fact for day, fact in told.facts.items() if day != tuesday}
    assert evaluate(told.plan, facts, (), told.today) == story(DAILY, "x.x").numbers


def test_a_limit_asks_for_nothing_once_it_is_answered_or_lost() -> None:
    assert due_wanted("x") is False
    assert due_wanted("1") is False
    assert due_wanted("m") is False


def due_wanted(days: str) -> bool:
    told = story(DAILY, days, goal=at_most(0))
    return due_on(told.plan, told.facts, told.pauses, told.today) is not None


def test_a_reminder_answered_after_midnight_is_booked_on_its_evening() -> None:
    berlin, three = zone_of("Europe/Berlin"), time(3)
    evening = date(2026, 1, 9)
    asked = moment_of(evening, time(23, 50), berlin, three)
    assert asked is not None
    assert today(asked + timedelta(minutes=40), berlin, three) == evening


def test_the_zone_is_the_persons_and_not_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 1, 9, 11, 30, tzinfo=UTC)
    seen = set()
    for server in ["UTC", "Pacific/Auckland", "America/Los_Angeles"]:
        monkeypatch.setenv("TZ", server)
        process_time.tzset()
        seen.add(today(moment, zone_of("Asia/Tokyo")))
    monkeypatch.undo()
    process_time.tzset()
    assert seen == {date(2026, 1, 9)}


def test_setting_the_clock_is_no_new_day_and_loses_none() -> None:
    """Hour by hour through both nights in which Berlin sets its clocks: every date once."""
    berlin = zone_of("Europe/Berlin")
    for start in [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]:
        hours = [today(start + timedelta(hours=n), berlin) for n in range(72)]
        dates = list(dict.fromkeys(hours))
        assert dates == [start.date() + timedelta(days=n) for n in range(4)]


def test_flying_west_after_midnight_breaks_no_streak() -> None:
    """Done at 00:30 of the 10th in Berlin, then west to New York, where it is still the 9th."""
    berlin, new_york = zone_of("Europe/Berlin"), zone_of("America/New_York")
    facts = {date(2026, 1, day): DayFact(Mark.DONE) for day in (8, 9)}
    plan = Plan(Measure.YES_NO, date(2026, 1, 8), (Version(date(2026, 1, 8), DAILY),))
    booked = today(datetime(2026, 1, 9, 23, 30, tzinfo=UTC), berlin)
    facts[booked] = DayFact(Mark.DONE)
    landed = today(datetime(2026, 1, 10, 4, 0, tzinfo=UTC), new_york, floor=booked)
    assert evaluate(plan, facts, (), landed).current_streak.length == 3
    next_evening = today(datetime(2026, 1, 12, 1, 0, tzinfo=UTC), new_york, floor=booked)
    assert next_evening == date(2026, 1, 11)
    assert evaluate(plan, facts, (), next_evening).current_streak.length == 3


def test_flying_east_over_a_day_leaves_that_day_unlived_only_if_it_was_not_done() -> None:
    """From Pago Pago to Kiritimati a day passes in an hour; it may still be filled in."""
    before = today(datetime(2026, 1, 9, 10, 30, tzinfo=UTC), zone_of("Pacific/Pago_Pago"))
    after = today(
        datetime(2026, 1, 9, 11, 30, tzinfo=UTC), zone_of("Pacific/Kiritimati"), floor=before
    )
    assert (before, after) == (date(2026, 1, 8), date(2026, 1, 10))
    plan = Plan(Measure.YES_NO, before, (Version(before, DAILY),))
    done = {before: DayFact(Mark.DONE), after: DayFact(Mark.DONE)}
    assert evaluate(plan, done, (), after).current_streak.length == 1
    filled = {**done, date(2026, 1, 9): DayFact(Mark.DONE)}
    assert evaluate(plan, filled, (), after).current_streak.length == 3


def test_completion_of_a_habit_that_was_never_due_is_not_a_made_up_number() -> None:
    assert story(DAILY, "pppp").numbers.completion.all_time is None
