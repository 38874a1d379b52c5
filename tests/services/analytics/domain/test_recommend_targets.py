"""Suggestions about targets: out of reach after four weeks, or reached without effort."""

import pytest

from rhythm.goal import Direction, Goal, NoAnswer
from rhythm.plan import Version
from rhythm.schedule import Frequency, Schedule, Weekday
from tests.services.analytics.domain.rule_inputs import (
    at_least,
    at_most,
    days_ago,
    every_day,
    rule_input,
    rules_for,
    some_days,
    suggestion_of,
)

WEEKLY_3 = Schedule(Frequency.WEEKLY, times=3)
MONTHLY_4 = Schedule(Frequency.MONTHLY, times=4)


class TestTargetDown:
    def test_days_too_many_become_as_many_as_were_done(self) -> None:
        it = suggestion_of("target_down", rule_input(done=some_days(0.3)))
        assert it.text == (
            '"Run" was met 8 of 28 times (29 %). Make it easier to win: 2 days a week?'
        )
        assert it.evidence == {
            "met": 8,
            "due": 28,
            "rate": 0.286,
            "from_date": "2025-12-12",
            "to_date": "2026-01-08",
        }
        schedule = {"frequency": "weekly", "times": 2}
        assert it.action == {"kind": "change_schedule", "schedule": schedule}

    @pytest.mark.parametrize(("share", "holds"), [(0.39, True), (0.44, False), (1.0, False)])
    def test_under_forty_percent_only(self, share: float, holds: bool) -> None:
        assert ("target_down" in rules_for(rule_input(done=some_days(share)))) == holds

    def test_an_amount_comes_down_to_what_is_usual(self) -> None:
        amounts = dict.fromkeys(every_day(28), 5) | dict.fromkeys(every_day(28)[:6], 10)
        it = suggestion_of("target_down", rule_input(amounts=amounts, goal=at_least("8")))
        assert it.action == {
            "kind": "change_target",
            "goal": {"direction": "at_least", "amount": 5.0},
        }
        assert it.text.endswith("Make it easier to win: 5 km?")

    def test_a_fine_amount_stays_fine(self) -> None:
        it = rule_input(amounts=dict.fromkeys(every_day(28), 1), goal=at_least("1.5"))
        assert suggestion_of("target_down", it).action["goal"] == {
            "direction": "at_least",
            "amount": 1.0,
        }
        little = rule_input(amounts=dict.fromkeys(some_days(0.3), 2), goal=at_least("1.5"))
        assert suggestion_of("target_down", little).action["goal"] == {
            "direction": "at_least",
            "amount": 1.2,
        }

    def test_a_limit_goes_up(self) -> None:
        amounts = dict.fromkeys(every_day(28), 9)
        it = suggestion_of("target_down", rule_input(amounts=amounts, goal=at_most("4")))
        goal = {"direction": "at_most", "amount": 5.0, "no_answer": "success"}
        assert it.action == {"kind": "change_target", "goal": goal}

    def test_a_limit_of_zero_is_never_raised(self) -> None:
        amounts = dict.fromkeys(every_day(28), 9)
        assert "target_down" not in rules_for(rule_input(amounts=amounts, goal=at_most("0")))

    @pytest.mark.parametrize(
        ("schedule", "done", "words"),
        [
            (WEEKLY_3, [n for n in range(28) if n % 7 == 2], "once a week"),
            (Schedule(Frequency.DAILY, interval=2), [3, 17], "once a week"),
            (Schedule(Frequency.ROLLING, times=4, days=7), [3, 10, 17, 24], "once in any 7 days"),
            (MONTHLY_4, [3, 40, 75], "once a month"),
        ],
    )
    def test_every_schedule_has_an_easier_one(
        self, schedule: Schedule, done: list[int], words: str
    ) -> None:
        it = rule_input(schedule=schedule, done=[days_ago(n + 1) for n in done])
        assert suggestion_of("target_down", it).text.endswith(f"Make it easier to win: {words}?")

    @pytest.mark.parametrize(
        "schedule",
        [Schedule(Frequency.WEEKLY, times=1), Schedule(Frequency.WEEKLY, weekdays=(Weekday.MON,))],
    )
    def test_once_a_week_cannot_be_less(self, schedule: Schedule) -> None:
        done = [days_ago(29)]
        assert "target_down" not in rules_for(rule_input(schedule=schedule, done=done))

    def test_a_plan_for_later_changes_nothing_today(self) -> None:
        later = Version(days_ago(-5), WEEKLY_3)
        it = rule_input(versions=(later,), done=some_days(0.3))
        assert suggestion_of("target_down", it).text.endswith("2 days a week?")

    def test_who_is_on_the_way_back_is_left_alone(self) -> None:
        assert "target_down" in rules_for(rule_input(done=every_day(3)))
        assert "target_down" not in rules_for(rule_input(done=every_day(4)))

    def test_a_new_target_gets_four_weeks(self) -> None:
        newer = Version(days_ago(20), WEEKLY_3)
        assert "target_down" not in rules_for(rule_input(versions=(newer,), done=some_days(0.1)))


class TestTargetUp:
    def test_more_is_offered_to_who_does_it_all(self) -> None:
        it = suggestion_of("target_up", rule_input(schedule=WEEKLY_3, done=every_day(60)))
        assert it.text == '"Run" was met 4 of 4 times (100 %). Ready for more: 4 days a week?'
        assert it.action["schedule"] == {"frequency": "weekly", "times": 4}

    @pytest.mark.parametrize(
        ("schedule", "words"),
        [
            (Schedule(Frequency.WEEKLY, times=6), "every day"),
            (Schedule(Frequency.DAILY, interval=3), "every 2 days"),
            (Schedule(Frequency.DAILY, interval=2), "every day"),
            (Schedule(Frequency.ROLLING, times=3, days=10), "4 days in any 10 days"),
            (MONTHLY_4, "5 days a month"),
        ],
    )
    def test_every_counted_schedule_has_a_harder_one(self, schedule: Schedule, words: str) -> None:
        it = rule_input(schedule=schedule, done=every_day(99))
        assert suggestion_of("target_up", it).text.endswith(f"Ready for more: {words}?")

    def test_every_day_cannot_be_more(self) -> None:
        assert "target_up" not in rules_for(rule_input(done=every_day(99)))

    def test_an_amount_goes_up_towards_what_is_usual(self) -> None:
        amounts = dict.fromkeys(every_day(28), 7)
        it = suggestion_of("target_up", rule_input(amounts=amounts, goal=at_least("5")))
        assert it.action["goal"] == {"direction": "at_least", "amount": 7.0}

    def test_an_amount_just_reached_goes_up_by_a_tenth(self) -> None:
        amounts = dict.fromkeys(every_day(28), 30)
        it = suggestion_of("target_up", rule_input(amounts=amounts, goal=at_least("30")))
        assert it.action["goal"] == {"direction": "at_least", "amount": 33.0}

    def test_a_total_is_judged_by_its_totals(self) -> None:
        amounts = dict.fromkeys(every_day(60), 3)
        schedule = Schedule(Frequency.WEEKLY)
        it = rule_input(amounts=amounts, goal=at_least("20"), schedule=schedule)
        assert suggestion_of("target_up", it).action["goal"] == {
            "direction": "at_least",
            "amount": 22.0,
        }

    def test_a_limit_comes_down(self) -> None:
        goal = Goal(Direction.AT_MOST, 5000, NoAnswer.FAILURE)
        amounts = dict.fromkeys(every_day(28), 2)
        it = suggestion_of("target_up", rule_input(amounts=amounts, goal=goal))
        assert it.action["goal"] == {
            "direction": "at_most",
            "amount": 4.0,
            "no_answer": "failure",
        }
