"""A habit and its last weeks, built for the rules: `subject(done=every_day(40))`."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from rhythm.goal import Direction, Goal, Measure, thousandths_of
from rhythm.plan import DayFact, Mark, Pause, Version
from rhythm.schedule import Frequency, Schedule
from services.analytics.domain.habit import Habit, HabitRecord
from services.analytics.domain.person import Person
from services.analytics.domain.recommend import RuleInput, Suggestion, rank_suggestions
from services.analytics.domain.recommend.rule_input import recent_units
from services.analytics.domain.tally import streak_of

TODAY = date(2026, 1, 9)
"""A Friday."""
DAILY = Schedule(Frequency.DAILY)


def days_ago(count: int) -> date:
    return TODAY - timedelta(days=count)


def every_day(count: int) -> list[date]:
    """The full days before today, so many."""
    return [days_ago(n) for n in range(count, 0, -1)]


def rule_input(
    *,
    done: Iterable[date] = (),
    amounts: Mapping[date, int] | None = None,
    schedule: Schedule = DAILY,
    goal: Goal | None = None,
    since: int = 100,
    versions: tuple[Version, ...] = (),
    pauses: tuple[Pause, ...] = (),
    skipped: Iterable[date] = (),
    at: time = time(7, 5),
    moments: Mapping[date, datetime] | None = None,
    reminders: tuple[time, ...] = (),
    made: int | None = None,
    archived: date | None = None,
    now: time = time(12),
    timezone: str = "UTC",
) -> RuleInput:
    """Return a habit as the rules see it, by default at noon."""
    quantity = amounts is not None
    start = days_ago(since)
    habit = Habit(
        id=UUID(int=7),
        owner_id=UUID(int=1),
        revision=1,
        title="Run",
        unit="km" if quantity else "",
        measure=Measure.QUANTITY if quantity else Measure.YES_NO,
        start_date=start,
        archived_date=archived,
        versions=(Version(start, schedule, goal or Goal()), *versions),
        reminder_times=reminders,
        create_time=noon(start if made is None else days_ago(made)),
    )
    facts = {day: DayFact(Mark.DONE) for day in done}
    facts |= {day: DayFact(None, amount * 1000) for day, amount in (amounts or {}).items()}
    facts |= {day: DayFact(Mark.SKIP) for day in skipped}
    recorded = {day: datetime.combine(day, at, tzinfo=UTC) for day in facts}
    person = Person(id=habit.owner_id, timezone=timezone)
    record = HabitRecord(
        habit=habit,
        plan=habit.plan(person.week_start),
        facts=facts,
        moments=recorded if moments is None else moments,
        pauses=pauses,
    )
    kept = sorted(day for day, fact in facts.items() if fact.is_check_in and day <= TODAY)
    return RuleInput(
        person=person,
        record=record,
        streak=streak_of(record, TODAY),
        today=TODAY,
        now=datetime.combine(TODAY, now, tzinfo=UTC),
        first_done=kept[0] if kept else None,
        last_done=kept[-1] if kept else None,
        units=recent_units(record, TODAY),
    )


def at_least(amount: str) -> Goal:
    return Goal(Direction.AT_LEAST, thousandths_of(Decimal(amount)))


def at_most(amount: str) -> Goal:
    return Goal(Direction.AT_MOST, thousandths_of(Decimal(amount)))


def rules_for(it: RuleInput) -> list[str]:
    """The rules that hold, strongest first."""
    return [suggestion.rule for suggestion in rank_suggestions([it])]


def suggestion_of(rule: str, it: RuleInput) -> Suggestion:
    """The suggestion of one rule, which must hold."""
    (found,) = [suggestion for suggestion in rank_suggestions([it]) if suggestion.rule == rule]
    return found


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def some_days(share: float, count: int = 28) -> list[date]:
    """An even share of the last full days."""
    return [day for n, day in enumerate(every_day(count)) if int((n + 1) * share) > int(n * share)]
