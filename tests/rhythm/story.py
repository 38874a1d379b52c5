"""Histories as one line of text, so that a table of cases can be read by anybody.

A character is a day, the first is a Monday (5 January 2026) and the last is today. Spaces and `|`
only help the eye.

    written  x done        . nothing    s skipped    m missed    p paused    2 an amount of two
    shown    + met         - failed     ~ neutral    ? open      . not due

Where nothing else is shown on the last day of a week, month or year (or today, while it is not
over), that is how the unit stands.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from rhythm.evaluate import Evaluation, evaluate
from rhythm.goal import Direction, Goal, Measure, NoAnswer
from rhythm.history import DayInHistory, DayState, list_history
from rhythm.plan import DayFact, Mark, Pause, Plan, State, Version
from rhythm.schedule import Frequency, Schedule, Weekday, WeekdayOrdinal, YearDay
from rhythm.units import DueUnit, list_units
from rhythm.week_changes import WeekChange

MONDAY = date(2026, 1, 5)
DAILY = Schedule(Frequency.DAILY)
SHOWN = {
    DayState.MET: "+",
    DayState.FAILED: "-",
    DayState.NEUTRAL: "~",
    DayState.OPEN: "?",
    DayState.NOT_DUE: ".",
}
MARKS = {"x": Mark.DONE, "s": Mark.SKIP, "m": Mark.MISSED}


def every(days: int) -> Schedule:
    return Schedule(Frequency.DAILY, interval=days)


def weekly(times: int | None = None) -> Schedule:
    return Schedule(Frequency.WEEKLY, times=times)


def monthly(times: int | None = None) -> Schedule:
    return Schedule(Frequency.MONTHLY, times=times)


def yearly(times: int | None = None) -> Schedule:
    return Schedule(Frequency.YEARLY, times=times)


def rolling(times: int | None, days: int) -> Schedule:
    return Schedule(Frequency.ROLLING, times=times, days=days)


def on(*names: str, interval: int = 1) -> Schedule:
    weekdays = tuple(Weekday[name.upper()] for name in names)
    return Schedule(Frequency.WEEKLY, weekdays=weekdays, interval=interval)


def on_days(*month_days: int) -> Schedule:
    return Schedule(Frequency.MONTHLY, month_days=month_days)


def on_ordinals(*named: tuple[str, int]) -> Schedule:
    ordinals = tuple(WeekdayOrdinal(Weekday[name.upper()], ordinal) for name, ordinal in named)
    return Schedule(Frequency.MONTHLY, weekday_ordinals=ordinals)


def on_year_days(*named: tuple[int, int]) -> Schedule:
    return Schedule(Frequency.YEARLY, year_days=tuple(YearDay(*it) for it in named))


def at_least(amount: int) -> Goal:
    return Goal(Direction.AT_LEAST, amount * 1000)


def at_most(amount: int, no_answer: NoAnswer = NoAnswer.SUCCESS) -> Goal:
    return Goal(Direction.AT_MOST, amount * 1000, no_answer)


@dataclass(frozen=True)
class Story:
    """A habit as it is written down, with what the kernel makes of it."""

    plan: Plan
    facts: dict[date, DayFact]
    pauses: list[Pause]
    today: date

    @property
    def numbers(self) -> Evaluation:
        return evaluate(self.plan, self.facts, self.pauses, self.today)

    @property
    def shown(self) -> str:
        ends = {min(unit.to_date, self.today): unit for unit in self.due_units}
        shown = []
        for row in self.history:
            state = row.state
            if state is DayState.NOT_DUE and row.date in ends and row.unit_state is not None:
                is_limit = ends[row.date].is_limit
                shows = (State.FAILED, State.OPEN, *((State.MET,) if is_limit else ()))
                state = DayState(row.unit_state) if row.unit_state in shows else state
            shown.append(SHOWN[state])
        return "".join(shown)

    @property
    def history(self) -> list[DayInHistory]:
        return list_history(
            self.plan,
            self.facts,
            self.pauses,
            from_date=self.plan.start_date,
            to_date=self.today,
            today=self.today,
        )

    @property
    def units(self) -> list[str]:
        """Every unit as `done/asked state`, oldest first."""
        return [f"{unit.done}/{unit.asked} {unit.state}" for unit in self.due_units]

    @property
    def due_units(self) -> list[DueUnit]:
        return list_units(
            self.plan,
            self.facts,
            self.pauses,
            from_date=self.plan.start_date,
            to_date=self.today,
            today=self.today,
        )

    @property
    def streaks(self) -> tuple[int, int]:
        """The lengths of the current and the best streak."""
        return self.numbers.current_streak.length, self.numbers.best_streak.length


def story(
    schedule: Schedule,
    days: str,
    *,
    goal: Goal | None = None,
    start: date = MONDAY,
    changes: dict[int, Schedule | Version] | None = None,
    week_start: Weekday = Weekday.MON,
    week_changes: dict[int, Weekday] | None = None,
    archived_on: int | None = None,
) -> Story:
    """Read a history.

    Args:
        schedule: What is asked from the start.
        days: The days, as written above.
        goal: An amount; without one the habit is done or not.
        start: The date of the first day.
        changes: Later schedules (with the same goal) or versions, by the number of the day.
        week_start: The first day of the person's week.
        week_changes: Later first days of it, by the number of the day.
        archived_on: The number of the day on which it was archived.
    """
    written = [day for day in days if day not in " |"]
    facts, pauses = {}, []
    for number, letter in enumerate(written):
        day = start + timedelta(days=number)
        if letter == "p":
            pauses.append(Pause(day, day))
        elif letter in MARKS:
            facts[day] = DayFact(MARKS[letter])
        elif letter.isdigit():
            facts[day] = DayFact(None, int(letter) * 1000)
    versions = [Version(start, schedule, goal or Goal())]
    for number, change in (changes or {}).items():
        day = start + timedelta(days=number)
        goal_then, schedule_then = (
            (change.goal, change.schedule)
            if isinstance(change, Version)
            else (goal or Goal(), change)
        )
        versions.append(Version(day, schedule_then, goal_then))
    plan = Plan(
        Measure.YES_NO if goal is None else Measure.QUANTITY,
        start,
        tuple(versions),
        week_start=week_start,
        week_changes=tuple(
            WeekChange(start + timedelta(days=number), weekday)
            for number, weekday in (week_changes or {}).items()
        ),
        archived_date=None if archived_on is None else start + timedelta(days=archived_on),
    )
    return Story(plan, facts, pauses, start + timedelta(days=len(written) - 1))


def version(schedule: Schedule, goal: Goal) -> Version:
    """A change of both, for `changes`; its date comes from where it stands."""
    return Version(MONDAY, schedule, goal)
