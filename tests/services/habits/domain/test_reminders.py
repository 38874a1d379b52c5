"""When a reminder rings, waits, falls silent or is missed: told case by case."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhythm.schedule import Weekday
from services.habits.domain.people import Person
from services.habits.domain.reminders import (
    LATEST,
    MOST_NAGS,
    Decision,
    Firing,
    Outcome,
    Pending,
    Reminder,
    Waiting,
    decide,
    decide_snooze,
    first_pending,
    moved,
    times_on,
)

MONDAY = date(2026, 11, 23)
TICK = timedelta(seconds=5)


def at(text: str) -> datetime:
    """Read a moment, UTC, as `2026-11-23 08:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_person(timezone: str = "UTC", **what: object) -> Person:
    return Person(uuid4(), timezone, **what)  # type: ignore[arg-type]


def a_reminder(wall: str = "08:00", **what: object) -> Reminder:
    return Reminder(uuid4(), time.fromisoformat(wall), **what)  # type: ignore[arg-type]


def always(_: date) -> bool:
    return True


def never(_: date) -> bool:
    return False


def look(
    reminder: Reminder,
    person: Person,
    pending: Pending,
    now: datetime,
    *,
    needed: Callable[[date], bool] = always,
    nags: bool = True,
) -> Decision:
    return decide(reminder, pending, person, needed, nags=nags, now=now)


def first(reminder: Reminder, person: Person, now: datetime) -> Pending:
    pending = first_pending(reminder, person, now=now)
    assert pending is not None
    return pending


def live(
    reminder: Reminder,
    person: Person,
    begin: datetime,
    end: datetime,
    *,
    needed: Callable[[date], bool] = always,
    nags: bool = True,
) -> list[tuple[datetime, Firing]]:
    """Let time pass as the ticks see it, and return what became of every slot, and when."""
    pending: Pending | None = first(reminder, person, begin)
    told: list[tuple[datetime, Firing]] = []
    while pending is not None and pending.look_time <= end:
        now = pending.look_time + TICK
        decision = look(reminder, person, pending, now, needed=needed, nags=nags)
        told += [(now, firing) for firing in decision.firings]
        pending = decision.pending
    return told


def sent(day: date, slot: int = 0) -> Firing:
    return Firing(day, slot, Outcome.SENT)


def missed(day: date, slot: int = 0) -> Firing:
    return Firing(day, slot, Outcome.MISSED)


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
    """01:00 with a day that starts at 03:00 is the night after: Monday's rings on Tuesday."""
    reminder = a_reminder("01:00", weekdays=frozenset({Weekday.MON}))
    person = a_person(day_start=time(3))
    pending = first(reminder, person, at("2026-11-23 12:00"))
    assert (pending.due_date, pending.due_time) == (MONDAY, at("2026-11-24 01:00"))


def test_what_needs_nothing_is_silent_and_leaves_no_trace() -> None:
    reminder, person = a_reminder("08:00", nag_minutes=30), a_person()
    pending = first(reminder, person, at("2026-11-23 06:00"))
    decision = look(reminder, person, pending, at("2026-11-23 08:00"), needed=never)
    assert decision.firings == ()
    assert decision.pending is not None
    assert decision.pending.due_date == MONDAY + timedelta(days=1)
    assert decision.handled == MONDAY


class TestNags:
    def test_it_nags_five_times_and_then_lets_be(self) -> None:
        told = live(
            a_reminder("08:00", nag_minutes=30),
            a_person(),
            at("2026-11-23 06:00"),
            at("2026-11-23 23:59"),
        )
        assert [firing for _, firing in told] == [sent(MONDAY, slot) for slot in range(6)]
        assert told[1][0] - told[0][0] == timedelta(minutes=30)

    def test_it_stops_when_the_habit_is_done(self) -> None:
        reminder, person = a_reminder("08:00", nag_minutes=30), a_person()
        second = Pending(MONDAY, 2, at("2026-11-23 09:00"), at("2026-11-23 09:00"))
        decision = look(reminder, person, second, at("2026-11-23 09:00:01"), needed=never)
        assert decision.firings == ()
        assert decision.pending is not None
        assert (decision.pending.slot, decision.pending.due_date) == (0, date(2026, 11, 24))

    def test_an_at_most_habit_is_reminded_once_and_never_nagged(self) -> None:
        told = live(
            a_reminder("08:00", nag_minutes=5),
            a_person(),
            at("2026-11-23 06:00"),
            at("2026-11-24 23:00"),
            nags=False,
        )
        assert [firing for _, firing in told] == [sent(MONDAY), sent(date(2026, 11, 24))]

    def test_it_does_not_nag_beyond_the_end_of_the_day(self) -> None:
        told = live(
            a_reminder("23:00", nag_minutes=20),
            a_person(),
            at("2026-11-23 06:00"),
            at("2026-11-24 10:00"),
        )
        assert [firing.slot for _, firing in told] == [0, 1, 2]

    def test_nags_that_were_due_while_nobody_ticked_are_not_made_up_for(self) -> None:
        """Ninety minutes late: one message, and the next nag half an hour after it."""
        reminder, person = a_reminder("08:00", nag_minutes=30), a_person()
        pending = first(reminder, person, at("2026-11-23 06:00"))
        decision = look(reminder, person, pending, at("2026-11-23 09:30"))
        assert decision.firings == (sent(MONDAY),)
        assert decision.pending is not None
        assert decision.pending.due_time == at("2026-11-23 10:00")


class TestQuietHours:
    night = (time(22), time(7))

    def test_what_comes_in_them_waits_for_their_end(self) -> None:
        reminder, person = a_reminder("06:30"), a_person(quiet=self.night)
        told = live(reminder, person, at("2026-11-23 00:00"), at("2026-11-23 23:00"))
        assert told == [(at("2026-11-23 07:00") + TICK, sent(MONDAY))]

    def test_it_is_looked_up_again_at_their_end(self) -> None:
        reminder, person = a_reminder("06:30"), a_person(quiet=self.night)
        pending = first(reminder, person, at("2026-11-23 00:00"))
        waits = look(reminder, person, pending, at("2026-11-23 06:30"))
        assert waits.firings == ()
        assert waits.pending is not None
        done = look(reminder, person, waits.pending, at("2026-11-23 07:00"), needed=never)
        assert done.firings == ()

    def test_it_is_missed_where_the_day_is_over_before_they_are(self) -> None:
        told = live(
            a_reminder("23:00"),
            a_person(quiet=self.night),
            at("2026-11-23 12:00"),
            at("2026-11-24 12:00"),
        )
        assert [firing for _, firing in told] == [missed(MONDAY)]

    def test_nags_wait_too_and_go_on_afterwards(self) -> None:
        told = live(
            a_reminder("21:30", nag_minutes=60),
            a_person(quiet=(time(22), time(23, 30))),
            at("2026-11-23 12:00"),
            at("2026-11-23 23:59"),
        )
        assert [(f"{moment:%H:%M}", firing.slot) for moment, firing in told] == [
            ("21:30", 0),
            ("23:30", 1),
        ]

    def test_a_late_tick_does_not_ring_into_them(self) -> None:
        reminder, person = a_reminder("21:50"), a_person(quiet=(time(22), time(22, 30)))
        pending = first(reminder, person, at("2026-11-23 12:00"))
        decision = look(reminder, person, pending, at("2026-11-23 22:05"))
        assert decision.firings == ()
        assert decision.pending is not None
        assert decision.pending.look_time == at("2026-11-23 22:30")


class TestDowntime:
    @pytest.mark.parametrize(
        ("late", "outcome"),
        [
            (timedelta(0), Outcome.SENT),
            (LATEST, Outcome.SENT),
            (LATEST + timedelta(seconds=1), Outcome.MISSED),
        ],
    )
    def test_at_most_two_hours_late_still_rings(self, late: timedelta, outcome: Outcome) -> None:
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
        reminder, person = a_reminder("05:00"), a_person(quiet=(time(22), time(7)))
        pending = first(reminder, person, at("2026-11-23 00:00"))
        assert look(reminder, person, pending, at("2026-11-23 08:30")).firings == (sent(MONDAY),)


class TestClocksThatChange:
    def test_a_wall_time_that_is_jumped_over_rings_after_the_jump(self) -> None:
        """Berlin skips 02:00 to 03:00 on 2026-03-29: 02:30 rings at 03:30, 01:30 UTC."""
        told = live(
            a_reminder("02:30"),
            a_person("Europe/Berlin"),
            at("2026-03-28 12:00"),
            at("2026-03-29 20:00"),
        )
        assert told == [(at("2026-03-29 01:30") + TICK, sent(date(2026, 3, 29)))]

    def test_a_wall_time_that_comes_twice_rings_once_the_first_time(self) -> None:
        """Berlin repeats 02:00 to 03:00 on 2026-10-25."""
        told = live(
            a_reminder("02:30"),
            a_person("Europe/Berlin"),
            at("2026-10-24 12:00"),
            at("2026-10-25 20:00"),
        )
        assert told == [(at("2026-10-25 00:30") + TICK, sent(date(2026, 10, 25)))]

    def test_a_date_the_zone_never_had_never_rings(self) -> None:
        """Apia went from 2011-12-29 to 2011-12-31. A Friday reminder waits two weeks."""
        pending = first_pending(
            a_reminder("08:00", weekdays=frozenset({Weekday.FRI})),
            a_person("Pacific/Apia"),
            now=at("2011-12-23 20:00"),
        )
        assert pending is not None
        assert pending.due_date == date(2012, 1, 6)


class TestTravel:
    def test_what_rang_at_home_does_not_ring_again_abroad(self) -> None:
        """08:00 rang in Berlin; in New York the same day's 08:00 is still to come."""
        reminder, home = a_reminder("08:00"), a_person("Europe/Berlin")
        rang = look(
            reminder, home, first(reminder, home, at("2026-11-23 05:00")), at("2026-11-23 07:00")
        )
        abroad = a_person("America/New_York")
        waiting = Waiting(uuid4(), reminder, rang.pending, rang.handled)
        pending = moved(waiting, abroad, now=at("2026-11-23 10:00"))
        assert pending is not None
        assert pending.due_date == date(2026, 11, 24)
        assert pending.due_time == at("2026-11-24 13:00")

    def test_what_had_not_rung_yet_rings_by_the_new_clock(self) -> None:
        reminder, home = a_reminder("20:00"), a_person("Europe/Berlin")
        waiting = Waiting(uuid4(), reminder, first(reminder, home, at("2026-11-23 05:00")), None)
        pending = moved(waiting, a_person("America/New_York"), now=at("2026-11-23 10:00"))
        assert pending is not None
        assert (pending.due_date, pending.due_time) == (MONDAY, at("2026-11-24 01:00"))

    def test_a_day_lived_twice_rings_once(self) -> None:
        """Flying east over the date line: today stays where it was until the wall catches up."""
        reminder = a_reminder("08:00")
        person = a_person("Pacific/Honolulu", floor_date=date(2026, 11, 24))
        pending = first_pending(
            reminder, person, now=at("2026-11-23 20:00"), handled=date(2026, 11, 24)
        )
        assert pending is not None
        assert pending.due_date == date(2026, 11, 25)

    def test_nags_under_way_go_on(self) -> None:
        reminder = a_reminder("08:00", nag_minutes=60)
        nag = Pending(MONDAY, 2, at("2026-11-23 11:00"), at("2026-11-23 11:00"))
        waiting = Waiting(uuid4(), reminder, nag, MONDAY)
        assert moved(waiting, a_person("Europe/London"), now=at("2026-11-23 10:30")) == nag


def test_a_snooze_rings_once_and_is_gone() -> None:
    pending = Pending(MONDAY, 101, at("2026-11-23 09:00"), at("2026-11-23 09:00"))
    decision = decide_snooze(pending, a_person(), always, now=at("2026-11-23 09:00:04"))
    assert decision == Decision((sent(MONDAY, 101),), None, MONDAY)


def test_a_snooze_of_what_was_done_meanwhile_is_gone_without_a_trace() -> None:
    pending = Pending(MONDAY, 101, at("2026-11-23 09:00"), at("2026-11-23 09:00"))
    assert decide_snooze(pending, a_person(), never, now=at("2026-11-23 09:00")).firings == ()


def test_a_screen_shows_the_moments_of_its_day_in_order() -> None:
    reminders = [a_reminder("21:00"), a_reminder("07:30", weekdays=frozenset({Weekday.MON}))]
    person = a_person("Europe/Berlin")
    assert times_on(reminders, person, MONDAY) == [at("2026-11-23 06:30"), at("2026-11-23 20:00")]
    assert times_on(reminders, person, date(2026, 11, 24)) == [at("2026-11-24 20:00")]


WALLS = st.times().map(lambda wall: wall.replace(second=0, microsecond=0))
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"]
)
QUIET = st.none() | st.tuples(WALLS, WALLS)


@given(
    wall=WALLS,
    zone=ZONES,
    day_start=st.integers(0, 12).map(time),
    quiet=QUIET,
    nag_minutes=st.sampled_from([0, 5, 60, 300]),
    begin=st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001  # made aware
    naps=st.lists(st.integers(0, 5000), max_size=12),
)
def test_whatever_the_ticks_no_slot_rings_twice_and_nothing_rings_out_of_place(
    wall: time,
    zone: str,
    day_start: time,
    quiet: tuple[time, time] | None,
    nag_minutes: int,
    begin: datetime,
    naps: list[int],
) -> None:
    """Ticks come at random, minutes or days apart; checked against the rules one by one."""
    reminder = Reminder(uuid4(), wall, nag_minutes=nag_minutes)
    person = a_person(zone, day_start=day_start, quiet=quiet)
    now = begin.replace(tzinfo=UTC)
    pending = first(reminder, person, now)
    seen: set[tuple[date, int]] = set()
    for minutes in naps:
        now += timedelta(minutes=minutes)
        if pending.look_time > now:
            continue
        decision = look(reminder, person, pending, now)
        assert decision.pending is not None
        slots = [(firing.due_date, firing.slot) for firing in decision.firings]
        assert not seen & set(slots)
        seen.update(slots)
        assert slots == sorted(slots)
        rings = [it for it in decision.firings if it.outcome is Outcome.SENT]
        assert len(rings) <= 1  # never a flood
        for firing in rings:
            assert firing.slot <= (MOST_NAGS if nag_minutes else 0)
            assert person.today(now) <= firing.due_date
            assert not is_quiet(now.astimezone(person.zone).time(), quiet)
        assert decision.pending.look_time > now
        pending = decision.pending


def is_quiet(wall: time, quiet: tuple[time, time] | None) -> bool:
    """Say whether a wall time is in quiet hours, minute by minute as a person would."""
    if quiet is None:
        return False
    minute = quiet[0]
    while minute != quiet[1]:
        if (wall.hour, wall.minute) == (minute.hour, minute.minute):
            return True
        following = datetime.combine(MONDAY, minute) + timedelta(minutes=1)
        minute = following.time()
    return False
