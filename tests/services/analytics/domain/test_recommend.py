"""Recommendation rules: each where it holds, with its text and evidence, and where not."""

from datetime import UTC, datetime, time, timedelta

import pytest

from rhythm.plan import Pause, Version
from rhythm.schedule import Frequency, Schedule, Weekday
from tests.services.analytics.domain.rule_inputs import (
    TODAY,
    at_most,
    days_ago,
    every_day,
    rule_input,
    rules_for,
    some_days,
    suggestion_of,
)

WEEKLY_3 = Schedule(Frequency.WEEKLY, times=3)
WEEKEND = {Weekday.SAT, Weekday.SUN}


class TestEnoughData:
    def test_nobody_is_advised_on_thirteen_days(self) -> None:
        assert rules_for(rule_input(since=12, done=every_day(12), now=time(20))) == []
        assert rules_for(rule_input(since=13, done=every_day(13), now=time(20))) != []

    def test_a_start_in_the_past_is_no_data(self) -> None:
        """A habit made today with a start a year ago has not been silent for a year."""
        assert rules_for(rule_input(since=365, made=0)) == []
        assert rules_for(rule_input(since=365, made=20)) == ["small_step"]
        assert rules_for(rule_input(since=365, made=40)) == ["archive"]

    def test_days_filled_in_before_it_was_made_are_data(self) -> None:
        it = rule_input(since=60, made=0, done=every_day(40), now=time(20))
        assert "streak_at_risk" in rules_for(it)

    def test_an_archived_habit_is_left_alone(self) -> None:
        assert rules_for(rule_input(archived=days_ago(5))) == []


class TestStreakAtRisk:
    def test_a_good_streak_is_at_risk_in_the_evening(self) -> None:
        it = suggestion_of("streak_at_risk", rule_input(done=every_day(12), now=time(21)))
        assert it.text == (
            'Your 12-day streak of "Run" ends at 00:00. There is still time to keep it.'
        )
        assert it.evidence["streak"] == 12
        assert it.evidence["deadline"] == "2026-01-10T00:00:00Z"
        assert it.action == {"kind": "check_in", "date": "2026-01-09"}

    @pytest.mark.parametrize("now", [time(8), time(17, 59)])
    def test_not_before_the_evening(self, now: time) -> None:
        assert "streak_at_risk" not in rules_for(rule_input(done=every_day(12), now=now))

    def test_not_once_it_is_done(self) -> None:
        it = rule_input(done=[*every_day(12), TODAY], now=time(21))
        assert "streak_at_risk" not in rules_for(it)

    def test_not_for_four_days(self) -> None:
        assert "streak_at_risk" not in rules_for(rule_input(done=every_day(4), now=time(21)))

    def test_a_week_is_at_risk_on_its_last_day_only(self) -> None:
        """Friday is not the end of a week that begins on Monday."""
        weeks = rule_input(schedule=WEEKLY_3, done=every_day(60), now=time(21))
        assert "streak_at_risk" not in rules_for(weeks)

    def test_a_limit_is_kept_by_doing_nothing(self) -> None:
        it = rule_input(amounts={}, goal=at_most("2"), now=time(21))
        assert rules_for(it) == ["target_up"]

    def test_it_ranks_before_all_others(self) -> None:
        it = rule_input(done=every_day(60), now=time(21))
        assert rules_for(it) == ["streak_at_risk", "best_hour"]


class TestSilence:
    def test_a_break_of_a_week_is_invited_back(self) -> None:
        it = suggestion_of("comeback", rule_input(done=every_day(40)[:-9]))
        assert it.text == '"Run" has been quiet for 9 days. One check-in today is a new beginning.'
        assert (it.evidence["silent_days"], it.evidence["missed_units"]) == (9, 9)
        assert it.action == {"kind": "set_reminder", "time": "07:00"}

    def test_six_days_are_no_break(self) -> None:
        assert "comeback" not in rules_for(rule_input(done=every_day(40)[:-6]))

    def test_a_pause_is_no_break(self) -> None:
        resting = rule_input(done=every_day(40)[:-9], pauses=(Pause(days_ago(8), TODAY),))
        assert "comeback" not in rules_for(resting)

    def test_thirty_silent_days_are_the_end(self) -> None:
        it = suggestion_of("archive", rule_input(done=every_day(60)[:-30]))
        assert it.text.startswith('"Run" has been quiet for 30 days. Archive it?')
        assert it.evidence == {"silent_days": 30, "last_date": "2025-12-09"}
        assert it.action == {"kind": "archive"}
        assert "archive" not in rules_for(rule_input(done=every_day(60)[:-29]))

    def test_a_long_silence_is_counted_from_the_last_done(self) -> None:
        it = suggestion_of("archive", rule_input(since=500, done=[days_ago(463)]))
        assert it.text.startswith('"Run" has been quiet for 462 days.')
        assert it.evidence["silent_days"] == 462

    def test_never_begun_is_silent_too(self) -> None:
        it = suggestion_of("archive", rule_input(since=33))
        assert it.evidence == {"silent_days": 33, "last_date": None}

    def test_paused_days_are_not_silent(self) -> None:
        resting = rule_input(done=every_day(60)[:-40], pauses=(Pause(days_ago(20), None),))
        assert "archive" not in rules_for(resting)

    def test_who_says_no_every_day_is_not_silent(self) -> None:
        it = rule_input(done=every_day(60)[:-40], skipped=every_day(40))
        assert "archive" not in rules_for(it)

    def test_the_end_says_nothing_of_targets_and_breaks(self) -> None:
        assert rules_for(rule_input(done=every_day(60)[:-30])) == ["archive"]


class TestWeakWeekday:
    def test_the_one_bad_weekday_is_found(self) -> None:
        done = [day for day in every_day(60) if day.weekday() != Weekday.SUN]
        it = suggestion_of("weak_weekday", rule_input(done=done))
        assert it.text == ('"Run" goes well (100 %), but not on Sundays: 0 of 8. Take Sundays off?')
        assert it.evidence["weekday"] == "sun"
        weekdays = ["mon", "tue", "wed", "thu", "fri", "sat"]
        schedule = {"frequency": "weekly", "weekdays": weekdays}
        assert it.action == {"kind": "change_schedule", "schedule": schedule}

    def test_of_named_weekdays_one_is_dropped(self) -> None:
        days = (Weekday.MON, Weekday.WED, Weekday.FRI)
        schedule = Schedule(Frequency.WEEKLY, weekdays=days)
        done = [day for day in every_day(60) if day.weekday() in (Weekday.MON, Weekday.WED)]
        it = suggestion_of("weak_weekday", rule_input(schedule=schedule, done=done))
        assert it.action["schedule"] == {"frequency": "weekly", "weekdays": ["mon", "wed"]}

    def test_only_the_schedule_of_now_is_judged(self) -> None:
        """Sundays that failed under an older goal say nothing of this one."""
        newer = Version(days_ago(35), Schedule(Frequency.DAILY))
        old_sundays = [it for it in every_day(60) if it.weekday() == 6 and it < days_ago(35)]
        done = [day for day in every_day(60) if day not in old_sundays]
        assert "weak_weekday" not in rules_for(rule_input(done=done, versions=(newer,)))

    def test_where_all_days_are_weak_none_is_blamed(self) -> None:
        assert "weak_weekday" not in rules_for(rule_input(done=some_days(0.3, 60)))

    def test_three_sundays_are_too_few(self) -> None:
        done = [day for day in every_day(25) if day.weekday() != Weekday.SUN]
        assert "weak_weekday" not in rules_for(rule_input(done=done, since=25))

    def test_a_habit_by_the_week_has_no_weekdays(self) -> None:
        done = [day for day in every_day(60) if day.weekday() not in WEEKEND]
        assert "weak_weekday" not in rules_for(rule_input(schedule=WEEKLY_3, done=done))


class TestBestHour:
    def test_a_reminder_is_offered_at_the_usual_time(self) -> None:
        it = suggestion_of("best_hour", rule_input(done=every_day(20), at=time(21, 20)))
        assert it.text == 'You do "Run" around 21:15 (20 of 20 times). A reminder then would help.'
        assert it.action == {"kind": "set_reminder", "time": "21:15"}

    def test_a_reminder_far_off_is_moved(self) -> None:
        it = rule_input(done=every_day(20), at=time(21, 20), reminders=(time(8),))
        found = suggestion_of("best_hour", it)
        assert found.text.endswith("Move its reminder there?")
        assert found.evidence["reminder_times"] == ["08:00"]

    def test_a_reminder_near_by_is_right(self) -> None:
        it = rule_input(done=every_day(20), at=time(21, 20), reminders=(time(8), time(21)))
        assert "best_hour" not in rules_for(it)

    def test_around_midnight_is_one_hour(self) -> None:
        moments = {day: datetime.combine(day, time(23, 50), tzinfo=UTC) for day in every_day(14)}
        it = rule_input(done=every_day(14), moments=moments, reminders=(time(0, 15),))
        assert "best_hour" not in rules_for(it)

    def test_hours_are_the_persons_own(self) -> None:
        it = rule_input(done=every_day(20), at=time(12, 10), timezone="Asia/Kolkata")
        assert suggestion_of("best_hour", it).evidence["usual_time"] == "17:30"

    def test_scattered_hours_are_no_habit(self) -> None:
        moments = {
            day: datetime.combine(day, time(n % 24), tzinfo=UTC)
            for n, day in enumerate(every_day(20))
        }
        assert "best_hour" not in rules_for(rule_input(done=every_day(20), moments=moments))

    def test_days_filled_in_later_say_nothing(self) -> None:
        later = {
            day: datetime.combine(day, time(21), tzinfo=UTC) + timedelta(days=1)
            for day in every_day(20)
        }
        assert "best_hour" not in rules_for(rule_input(done=every_day(20), moments=later))

    def test_nine_check_ins_are_too_few(self) -> None:
        assert "best_hour" not in rules_for(rule_input(done=every_day(9), since=40))
