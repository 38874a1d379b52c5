"""What comes in quiet hours waits; what nobody ticked for is late or missed."""

from datetime import date, time, timedelta

import pytest

from services.habits.domain.reminders import (
    MAX_LATENESS,
    Firing,
    FiringOutcome,
)
from tests.services.habits.domain.reminder_builders import (
    MONDAY,
    TICK,
    a_person,
    a_reminder,
    at,
    first,
    live,
    look,
    missed,
    never,
    sent,
)


class TestQuietHours:
    night = (time(22), time(7))

    def test_what_comes_in_them_waits_for_their_end(self) -> None:
        reminder, person = a_reminder("06:30"), a_person(quiet_hours=self.night)
        events = live(reminder, person, at("2026-11-23 00:00"), at("2026-11-23 23:00"))
        assert events == [(at("2026-11-23 07:00") + TICK, sent(MONDAY))]

    def test_it_is_looked_up_again_at_their_end(self) -> None:
        reminder, person = a_reminder("06:30"), a_person(quiet_hours=self.night)
        pending = first(reminder, person, at("2026-11-23 00:00"))
        waits = look(reminder, person, pending, at("2026-11-23 06:30"))
        assert waits.firings == ()
        assert waits.pending is not None
        done = look(reminder, person, waits.pending, at("2026-11-23 07:00"), is_needed=never)
        assert done.firings == ()

    def test_it_is_missed_where_the_day_is_over_before_they_are(self) -> None:
        events = live(
            a_reminder("23:00"),
            a_person(quiet_hours=self.night),
            at("2026-11-23 12:00"),
            at("2026-11-24 12:00"),
        )
        assert [firing for _, firing in events] == [missed(MONDAY)]

    def test_nags_wait_too_and_go_on_afterwards(self) -> None:
        events = live(
            a_reminder("21:30", nag_minutes=60),
            a_person(quiet_hours=(time(22), time(23, 30))),
            at("2026-11-23 12:00"),
            at("2026-11-23 23:59"),
        )
        assert [(f"{moment:%H:%M}", firing.slot) for moment, firing in events] == [
            ("21:30", 0),
            ("23:30", 1),
        ]

    def test_a_late_tick_does_not_ring_into_them(self) -> None:
        reminder, person = a_reminder("21:50"), a_person(quiet_hours=(time(22), time(22, 30)))
        pending = first(reminder, person, at("2026-11-23 12:00"))
        decision = look(reminder, person, pending, at("2026-11-23 22:05"))
        assert decision.firings == ()
        assert decision.pending is not None
        assert decision.pending.look_time == at("2026-11-23 22:30")


class TestDowntime:
    @pytest.mark.parametrize(
        ("late", "outcome"),
        [
            (timedelta(0), FiringOutcome.SENT),
            (MAX_LATENESS, FiringOutcome.SENT),
            (MAX_LATENESS + timedelta(seconds=1), FiringOutcome.MISSED),
        ],
    )
    def test_at_most_two_hours_late_still_rings(
        self, late: timedelta, outcome: FiringOutcome
    ) -> None:
        reminder, person = a_reminder("08:00"), a_person()
        pending = first(reminder, person, at("2026-11-23 06:00"))
        decision = look(reminder, person, pending, pending.due_time + late)
        assert decision.firings == (Firing(MONDAY, 0, outcome),)

    def test_three_days_away_are_three_missed_and_no_flood(self) -> None:
        reminder, person = a_reminder("08:00"), a_person()
        pending = first(reminder, person, at("2026-11-23 06:00"))
        decision = look(reminder, person, pending, at("2026-11-25 12:00"))
        assert decision.firings == tuple(missed(date(2026, 11, day)) for day in (23, 24, 25))
        assert decision.pending is not None
        assert decision.pending.due_time == at("2026-11-26 08:00")

    def test_a_year_away_is_a_week_on_record(self) -> None:
        reminder, person = a_reminder("08:00"), a_person()
        pending = first(reminder, person, at("2025-11-23 06:00"))
        decision = look(reminder, person, pending, at("2026-11-23 09:00"))
        assert len(decision.firings) == 9  # the one it waited for, seven days, and today's
        assert decision.firings[-1] == sent(MONDAY)

    def test_a_nag_that_is_fresh_rings_though_the_reminder_was_missed(self) -> None:
        reminder, person = a_reminder("08:00", nag_minutes=60), a_person()
        pending = first(reminder, person, at("2026-11-23 06:00"))
        decision = look(reminder, person, pending, at("2026-11-23 11:30"))
        assert decision.firings == (missed(MONDAY), missed(MONDAY, 1), sent(MONDAY, 2))

    def test_quiet_hours_do_not_count_as_late(self) -> None:
        """Due at 05:00, quiet until 07:00, back at 08:30: an hour and a half late."""
        reminder, person = a_reminder("05:00"), a_person(quiet_hours=(time(22), time(7)))
        pending = first(reminder, person, at("2026-11-23 00:00"))
        assert look(reminder, person, pending, at("2026-11-23 08:30")).firings == (sent(MONDAY),)
