"""The today screen: the habits due on a day, with their state and progress."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from rhythm.history import DayState, list_history
from rhythm.plan import Mark, State, paused_dates
from rhythm.units import DueUnit, list_units
from services.habits.domain.check_in import CheckIn
from services.habits.domain.habit import Habit
from services.habits.domain.people import Person
from services.habits.domain.snapshot import CurrentStreak, HabitSnapshot, current_streak

_COUNTED = (DayState.MET, DayState.FAILED, DayState.OPEN)


@dataclass(frozen=True, slots=True)
class TodayItem:
    """One habit on the screen.

    Attributes:
        habit: The habit.
        check_in: What the day holds.
        state: What became of the day so far.
        unit: The unit that holds the day.
        current_streak: The run of met units that reaches the day.
        strength: How firm the habit is, 0 to 1.
        reminder_times: When its reminders come on the day, in order.
        excused: Whether the day is paused or skipped.
    """

    habit: Habit
    check_in: CheckIn
    state: DayState
    unit: DueUnit | None
    current_streak: CurrentStreak
    strength: float
    reminder_times: tuple[datetime, ...]
    excused: bool


@dataclass(frozen=True, slots=True)
class TodayScreen:
    """All habits of a person that are due on a day."""

    day: date
    items: tuple[TodayItem, ...]

    @property
    def due_count(self) -> int:
        """How many habits are due on the day, paused and skipped ones left out."""
        return sum(item.state in _COUNTED for item in self.items)

    @property
    def met_count(self) -> int:
        """How many of them are met."""
        return sum(item.state is DayState.MET for item in self.items)


def today_item(
    snapshot: HabitSnapshot, check_in: CheckIn | None, day: date, *, now: datetime
) -> TodayItem | None:
    """Return a habit as the screen of a day shows it; None if nothing is asked of it that day.

    A day to come shows what it will ask, with the streak of today. A day that is over shows what
    became of it; where a week or month was open on it and nothing was done, that is what became of
    the week or month.
    """
    today = snapshot.person.today(now)
    seen = snapshot.evaluation(day)
    state, unit, strength = seen.day_state, seen.current_unit, seen.strength
    if state is DayState.NOT_DUE:
        if unit is None or unit.state is not State.FAILED:
            return None
        state = DayState.FAILED  # a limit that was passed stays in sight until its unit is over
    if day < today:
        state, unit = _final_state(snapshot, day, today)
        seen = replace(seen, current_unit=unit)  # what is over has no deadline any more
    elif day > today:
        seen = snapshot.evaluation(today)
        strength = seen.strength
    held = check_in or CheckIn(snapshot.habit.id, day)
    return TodayItem(
        habit=snapshot.habit,
        check_in=held,
        state=state,
        unit=unit,
        current_streak=current_streak(seen, snapshot.person, now),
        strength=strength,
        reminder_times=tuple(reminder_times(snapshot.habit, snapshot.person, day)),
        excused=held.content.mark is Mark.SKIP
        or day in paused_dates(snapshot.paused_ranges(today), day, day),
    )


def reminder_times(habit: Habit, person: Person, day: date) -> Iterable[datetime]:
    """Return when the reminders of a habit come on a day, in order."""
    moments = (
        person.moment_of(day, reminder.local_time)
        for reminder in habit.reminders
        if not reminder.weekdays or day.weekday() in reminder.weekdays
    )
    return sorted(moment for moment in moments if moment is not None)


def _final_state(
    snapshot: HabitSnapshot, day: date, today: date
) -> tuple[DayState, DueUnit | None]:
    """Return the final state of a past day and of its unit."""
    paused_ranges, derived = snapshot.paused_ranges(today), snapshot.derived
    [unit, *_] = [
        *list_units(
            snapshot.plan, derived.facts, paused_ranges, from_date=day, to_date=day, today=today
        ),
        None,
    ]
    [row] = list_history(
        snapshot.plan,
        derived.facts,
        paused_ranges,
        from_date=day,
        to_date=day,
        today=today,
        checkpoint=derived.checkpoint,
    )
    if row.state is DayState.NOT_DUE and unit is not None:
        return DayState(unit.state), unit
    return row.state, unit
