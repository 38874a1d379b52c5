"""When a reminder fires, nags, and stops, case by case."""

from datetime import date, time, timedelta

from rhythm.schedule import Weekday
from services.habits.domain.reminders import (
    Pending,
    ReminderDecision,
    decide_snooze,
    times_on,
)
from tests.services.habits.domain.reminder_builders import (
    MONDAY,
    a_person,
    a_reminder,
    always,
    at,
    first,
    live,
    look,
    never,
    sent,
)


def test_it_rings_at_its_wall_time_and_then_waits_for_the_next_day() -> None:
    reminder, person = a_reminder("08:00"), a_person("Europe/Berlin")
    pending = first(reminder, person, at("2026-11-23 06:00"))
    assert pending.due_time == at("2026-11-23 07:00")
    decision = look(reminder, person, pending, at("2026-11-23 07:00:03"))
    assert decision.firings == (sent(MONDAY),)
    assert decision.pending is not None
    assert decision.pending.due_time == at("2026-11-24 07:00")


def test_one_made_after_its_time_rings_from_tomorrow() -> None:
    pending = first(a_reminder("08:00"), a_person(), at("2026-11-23 08:01"))
    assert pending.due_date == MONDAY + timedelta(days=1)


def test_it_rings_on_its_weekdays_of_the_logical_date() -> None:
    """01:00 with a day that starts at 03:00 is the night after: Monday's fires on Tuesday."""
    reminder = a_reminder("01:00", weekdays=frozenset({Weekday.MON}))
    person = a_person(day_start=time(3))
    pending = first(reminder, person, at("2026-11-23 12:00"))
    assert (pending.due_date, pending.due_time) == (MONDAY, at("2026-11-24 01:00"))


def test_what_needs_nothing_is_silent_and_leaves_no_trace() -> None:
    reminder, person = a_reminder("08:00", nag_minutes=30), a_person()
    pending = first(reminder, person, at("2026-11-23 06:00"))
    decision = look(reminder, person, pending, at("2026-11-23 08:00"), is_needed=never)
    assert decision.firings == ()
    assert decision.pending is not None
    assert decision.pending.due_date == MONDAY + timedelta(days=1)
    assert decision.handled == MONDAY


class TestNags:
    def test_it_nags_five_times_and_then_lets_be(self) -> None:
        events = live(
            a_reminder("08:00", nag_minutes=30),
            a_person(),
            at("2026-11-23 06:00"),
            at("2026-11-23 23:59"),
        )
        assert [firing for _, firing in events] == [sent(MONDAY, slot) for slot in range(6)]
        assert events[1][0] - events[0][0] == timedelta(minutes=30)

    def test_it_stops_when_the_habit_is_done(self) -> None:
        reminder, person = a_reminder("08:00", nag_minutes=30), a_person()
        second = Pending(MONDAY, 2, at("2026-11-23 09:00"), at("2026-11-23 09:00"))
        decision = look(reminder, person, second, at("2026-11-23 09:00:01"), is_needed=never)
        assert decision.firings == ()
        assert decision.pending is not None
        assert (decision.pending.slot, decision.pending.due_date) == (0, date(2026, 11, 24))

    def test_an_at_most_habit_is_reminded_once_and_never_nagged(self) -> None:
        events = live(
            a_reminder("08:00", nag_minutes=5),
            a_person(),
            at("2026-11-23 06:00"),
            at("2026-11-24 23:00"),
            nags=False,
        )
        assert [firing for _, firing in events] == [sent(MONDAY), sent(date(2026, 11, 24))]

    def test_it_does_not_nag_beyond_the_end_of_the_day(self) -> None:
        events = live(
            a_reminder("23:00", nag_minutes=20),
            a_person(),
            at("2026-11-23 06:00"),
            at("2026-11-24 10:00"),
        )
        assert [firing.slot for _, firing in events] == [0, 1, 2]

    def test_nags_that_were_due_while_nobody_ticked_are_not_made_up_for(self) -> None:
        """Ninety minutes late: one message, and the next nag half an hour after it."""
        reminder, person = a_reminder("08:00", nag_minutes=30), a_person()
        pending = first(reminder, person, at("2026-11-23 06:00"))
        decision = look(reminder, person, pending, at("2026-11-23 09:30"))
        assert decision.firings == (sent(MONDAY),)
        assert decision.pending is not None
        assert decision.pending.due_time == at("2026-11-23 10:00")


def test_a_snooze_rings_once_and_is_gone() -> None:
    pending = Pending(MONDAY, 101, at("2026-11-23 09:00"), at("2026-11-23 09:00"))
    decision = decide_snooze(pending, a_person(), always, now=at("2026-11-23 09:00:04"))
    assert decision == ReminderDecision((sent(MONDAY, 101),), None, MONDAY)


def test_a_snooze_of_what_was_done_meanwhile_is_gone_without_a_trace() -> None:
    pending = Pending(MONDAY, 101, at("2026-11-23 09:00"), at("2026-11-23 09:00"))
    assert decide_snooze(pending, a_person(), never, now=at("2026-11-23 09:00")).firings == ()


def test_a_screen_shows_the_moments_of_its_day_in_order() -> None:
    reminders = [a_reminder("21:00"), a_reminder("07:30", weekdays=frozenset({Weekday.MON}))]
    person = a_person("Europe/Berlin")
    assert times_on(reminders, person, MONDAY) == [at("2026-11-23 06:30"), at("2026-11-23 20:00")]
    assert times_on(reminders, person, date(2026, 11, 24)) == [at("2026-11-24 20:00")]
