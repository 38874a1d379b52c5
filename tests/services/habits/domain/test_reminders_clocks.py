"""Clocks that change, people who travel, and ticks that come when they like."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from rhythm.schedule import Weekday
from services.habits.domain.reminders import (
    MAX_NAGS,
    FiringOutcome,
    Pending,
    Reminder,
    ScheduledReminder,
    first_pending,
    rescheduled,
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
    sent,
)


class TestClocksThatChange:
    def test_a_wall_time_that_is_jumped_over_rings_after_the_jump(self) -> None:
        """Berlin skips 02:00 to 03:00 on 2026-03-29: 02:30 fires at 03:30, 01:30 UTC."""
        events = live(
            a_reminder("02:30"),
            a_person("Europe/Berlin"),
            at("2026-03-28 12:00"),
            at("2026-03-29 20:00"),
        )
        assert events == [(at("2026-03-29 01:30") + TICK, sent(date(2026, 3, 29)))]

    def test_a_wall_time_that_comes_twice_rings_once_the_first_time(self) -> None:
        """Berlin repeats 02:00 to 03:00 on 2026-10-25."""
        events = live(
            a_reminder("02:30"),
            a_person("Europe/Berlin"),
            at("2026-10-24 12:00"),
            at("2026-10-25 20:00"),
        )
        assert events == [(at("2026-10-25 00:30") + TICK, sent(date(2026, 10, 25)))]

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
        """08:00 fired in Berlin; in New York the same day's 08:00 is still to come."""
        reminder, home = a_reminder("08:00"), a_person("Europe/Berlin")
        rang = look(
            reminder, home, first(reminder, home, at("2026-11-23 05:00")), at("2026-11-23 07:00")
        )
        abroad = a_person("America/New_York")
        scheduled = ScheduledReminder(uuid4(), reminder, rang.pending, rang.handled)
        pending = rescheduled(scheduled, abroad, now=at("2026-11-23 10:00"))
        assert pending is not None
        assert pending.due_date == date(2026, 11, 24)
        assert pending.due_time == at("2026-11-24 13:00")

    def test_what_had_not_rung_yet_rings_by_the_new_clock(self) -> None:
        reminder, home = a_reminder("20:00"), a_person("Europe/Berlin")
        scheduled = ScheduledReminder(
            uuid4(), reminder, first(reminder, home, at("2026-11-23 05:00")), None
        )
        pending = rescheduled(scheduled, a_person("America/New_York"), now=at("2026-11-23 10:00"))
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
        scheduled = ScheduledReminder(uuid4(), reminder, nag, MONDAY)
        assert rescheduled(scheduled, a_person("Europe/London"), now=at("2026-11-23 10:30")) == nag


WALLS = st.times().map(lambda wall: wall.replace(second=0, microsecond=0))
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"]
)
QUIET = st.none() | st.tuples(WALLS, WALLS)


@given(
    wall=WALLS,
    zone=ZONES,
    day_start=st.integers(0, 12).map(time),
    quiet_hours=QUIET,
    nag_minutes=st.sampled_from([0, 5, 60, 300]),
    begin=st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001  # made aware
    naps=st.lists(st.integers(0, 5000), max_size=12),
)
def test_whatever_the_ticks_no_slot_rings_twice_and_nothing_rings_out_of_place(
    wall: time,
    zone: str,
    day_start: time,
    quiet_hours: tuple[time, time] | None,
    nag_minutes: int,
    begin: datetime,
    naps: list[int],
) -> None:
    """Ticks come at random, minutes or days apart; checked against the rules one by one."""
    reminder = Reminder(uuid4(), wall, nag_minutes=nag_minutes)
    person = a_person(zone, day_start=day_start, quiet_hours=quiet_hours)
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
        rings = [it for it in decision.firings if it.outcome is FiringOutcome.SENT]
        assert len(rings) <= 1  # never a flood
        for firing in rings:
            assert firing.slot <= (MAX_NAGS if nag_minutes else 0)
            assert person.today(now) <= firing.due_date
            assert not is_quiet(now.astimezone(person.zone).time(), quiet_hours)
        assert decision.pending.look_time > now
        pending = decision.pending


def is_quiet(wall: time, quiet_hours: tuple[time, time] | None) -> bool:
    """Say whether a wall time is in quiet hours, minute by minute as a person would."""
    if quiet_hours is None:
        return False
    minute = quiet_hours[0]
    while minute != quiet_hours[1]:
        if (wall.hour, wall.minute) == (minute.hour, minute.minute):
            return True
        following = datetime.combine(MONDAY, minute) + timedelta(minutes=1)
        minute = following.time()
    return False
