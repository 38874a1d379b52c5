"""Every firing of a few days, against somebody who looks at the clock once a minute.

The oracle knows nothing but the sentences of the rules: it walks minute by minute, and asks at each
whether something is to ring. Ours jumps from moment to moment.
"""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.habits.domain.people import Person
from services.habits.domain.reminders import FiringOutcome, Reminder
from tests.services.habits.domain.reminder_builders import MONDAY, live

BEGIN = datetime(2026, 11, 23, tzinfo=UTC)
DAYS = 3
MINUTE = timedelta(minutes=1)
WALLS = st.integers(0, 24 * 12 - 1).map(lambda n: time(n // 12, n % 12 * 5))


def is_quiet(wall: time, quiet_hours: tuple[time, time] | None) -> bool:
    if quiet_hours is None or quiet_hours[0] == quiet_hours[1]:
        return False
    begin, end = quiet_hours
    return begin <= wall < end if begin < end else not end <= wall < begin


def firings_minute_by_minute(
    reminder: Reminder, day_start: time, quiet_hours: tuple[time, time] | None
) -> list[tuple[datetime, int]]:
    """Return each firing of the days from BEGIN on, with its slot, for a person at UTC."""
    rings: list[tuple[datetime, int]] = []
    waits_since: datetime | None = None  # something is to ring as soon as it is not quiet
    slot = 0
    next_nag: datetime | None = None
    start = timedelta(hours=day_start.hour, minutes=day_start.minute)
    moment = BEGIN + start
    while moment < BEGIN + timedelta(days=DAYS) + start:
        if moment.time() == day_start:  # a new day: whatever waited is missed, nags are over
            waits_since = next_nag = None
        if moment.time() == reminder.local_time:
            waits_since, slot, next_nag = moment, 0, None
        if next_nag == moment:
            waits_since, slot, next_nag = moment, slot + 1, None
        if waits_since is not None and not is_quiet(moment.time(), quiet_hours):
            rings.append((moment, slot))
            waits_since = None
            if reminder.nag_minutes and slot < 5:
                next_nag = moment + timedelta(minutes=reminder.nag_minutes)
        moment += MINUTE
    return rings


@given(
    wall=WALLS,
    day_start=st.integers(0, 12).map(time),
    quiet_hours=st.none() | st.tuples(WALLS, WALLS).filter(lambda pair: pair[0] != pair[1]),
    nag_minutes=st.sampled_from([0, 5, 25, 60, 125, 720]),
)
def test_what_rings_is_what_somebody_with_a_watch_would_ring(
    wall: time, day_start: time, quiet_hours: tuple[time, time] | None, nag_minutes: int
) -> None:
    reminder = Reminder(uuid4(), wall, nag_minutes=nag_minutes)
    person = Person(uuid4(), day_start=day_start, quiet_hours=quiet_hours)
    start = timedelta(hours=day_start.hour)
    begin, end = BEGIN + start, BEGIN + start + timedelta(days=DAYS)
    events = live(reminder, person, begin - MINUTE, end - MINUTE)
    rings = [
        (moment.replace(second=0), firing.slot)
        for moment, firing in events
        if firing.outcome is FiringOutcome.SENT and firing.due_date >= MONDAY
    ]
    assert rings == firings_minute_by_minute(reminder, day_start, quiet_hours)
