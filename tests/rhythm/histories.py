"""Random habits and random lives, small when they can be, so that a failure reads as a story."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from rhythm.goal import Direction, Goal, Measure, NoAnswer
from rhythm.plan import DayFact, Mark, Pause, Plan, Version
from rhythm.schedule import Frequency, Schedule, Weekday, WeekdayOrdinal, YearDay
from rhythm.week_changes import WeekChange

START = date(2024, 1, 25)  # a Thursday, five weeks before 29 February
YEARS_END = date(2022, 12, 1)  # so that years end too
YES_NO_BYTES = [
    DayFact(),
    DayFact(Mark.DONE),
    DayFact(Mark.DONE),
    DayFact(Mark.SKIP),
    DayFact(Mark.MISSED),
    DayFact(),
]
QUANTITY_BYTES = [
    DayFact(),
    DayFact(None, 1000),
    DayFact(None, 2500),
    DayFact(Mark.DONE),
    DayFact(Mark.SKIP),
    DayFact(None, 1),
    DayFact(Mark.MISSED),
    DayFact(),
    DayFact(Mark.DONE, 700),
    DayFact(Mark.MISSED, 1200),
    DayFact(Mark.SKIP, 3000),
    DayFact(None, 9000),
]


@dataclass(frozen=True)
class Life:
    """A habit and what became of it until a day."""

    plan: Plan
    facts: dict[date, DayFact]
    pauses: list[Pause]
    today: date


@st.composite
def weekday_sets(draw: DrawFn) -> tuple[Weekday, ...]:
    bits = draw(st.integers(1, 127))
    return tuple(day for day in Weekday if bits >> day & 1)


days_of_month = st.sampled_from([1, 15, 28, 29, 30, 31, -1, -2, -30, -31])
anchors = st.one_of(
    st.none(),
    st.integers(-400, 400).map(lambda n: START + timedelta(days=n)),
    st.integers(-20, 90).map(lambda n: START + timedelta(days=n)),
)


@st.composite
def weekday_ordinals(draw: DrawFn) -> WeekdayOrdinal:
    ordinal = draw(st.sampled_from([1, 2, 3, 4, 5, -1, -2, -3, -4, -5]))
    return WeekdayOrdinal(draw(st.sampled_from(Weekday)), ordinal)


@st.composite
def days_of_year(draw: DrawFn) -> YearDay:
    month = draw(st.sampled_from([1, 2, 2, 3, 12]))
    return YearDay(month, draw(st.sampled_from([1, 14, 28, 29, -1, -2, -28, -29])))


@st.composite
def due_day_schedules(draw: DrawFn) -> Schedule:
    match draw(st.integers(0, 5)):
        case 0:
            return Schedule(Frequency.DAILY)
        case 1:
            interval, anchor = draw(st.integers(2, 9)), draw(anchors)
            return Schedule(Frequency.DAILY, interval=interval, anchor_date=anchor)
        case 2:
            weekdays, interval = draw(weekday_sets()), draw(st.sampled_from([1, 1, 2, 3]))
            anchor = draw(anchors) if interval > 1 else None
            return Schedule(
                Frequency.WEEKLY, weekdays=weekdays, interval=interval, anchor_date=anchor
            )
        case 3:
            days = draw(st.lists(days_of_month, min_size=1, max_size=3))
            return Schedule(Frequency.MONTHLY, month_days=tuple(days))
        case 4:
            ordinals = draw(st.lists(weekday_ordinals(), min_size=1, max_size=3))
            days = draw(st.one_of(st.just([]), st.lists(days_of_month, max_size=1)))
            return Schedule(
                Frequency.MONTHLY, month_days=tuple(days), weekday_ordinals=tuple(ordinals)
            )
        case _:
            year_days = draw(st.lists(days_of_year(), min_size=1, max_size=6))
            return Schedule(Frequency.YEARLY, year_days=tuple(year_days))


@st.composite
def span_schedules(draw: DrawFn) -> Schedule:
    if draw(st.integers(0, 3)) == 0:
        return Schedule(Frequency.YEARLY, times=draw(st.sampled_from([None, 1, 4, 100, 365, 366])))
    if draw(st.booleans()):
        return Schedule(Frequency.WEEKLY, times=draw(st.sampled_from([None, 1, 2, 3, 5, 7])))
    return Schedule(Frequency.MONTHLY, times=draw(st.sampled_from([None, 1, 4, 10, 29, 31])))


@st.composite
def rolling_schedules(draw: DrawFn) -> Schedule:
    days = draw(st.sampled_from([7, 2, 3, 5, 1, 10, 30]))
    times = draw(st.one_of(st.none(), st.integers(1, days)))
    return Schedule(Frequency.ROLLING, times=times, days=days)


any_schedules: SearchStrategy[Schedule] = st.one_of(
    due_day_schedules(), span_schedules(), rolling_schedules()
)


@st.composite
def goals(draw: DrawFn, measure: Measure) -> Goal:
    if measure is Measure.YES_NO:
        return Goal()
    if draw(st.booleans()):
        return Goal(Direction.AT_LEAST, draw(st.sampled_from([2500, 1000, 1, 700, 10_000])))
    amount = draw(st.sampled_from([2500, 0, 1000, 5000, 20_000]))
    return Goal(Direction.AT_MOST, amount, draw(st.sampled_from(NoAnswer)))


week_starts = st.sampled_from([Weekday.MON, Weekday.SUN, Weekday.SAT, Weekday.WED])


@st.composite
def plans(draw: DrawFn, schedules: SearchStrategy[Schedule], days: int) -> Plan:
    measure = draw(st.sampled_from(Measure))
    begin = draw(st.sampled_from([START, START, START, YEARS_END]))
    start = begin + timedelta(days=draw(st.integers(0, 40)))
    offsets = draw(st.lists(st.integers(-3, days + 10), max_size=3, unique=True))
    dates = [start, *(start + timedelta(days=n) for n in sorted(offsets) if n)]
    versions = [Version(day, draw(schedules), draw(goals(measure))) for day in sorted(dates)]
    change_offsets = draw(
        st.one_of(st.just([]), st.lists(st.integers(-3, days + 10), max_size=2, unique=True))
    )
    changes = tuple(
        WeekChange(start + timedelta(days=n), draw(week_starts)) for n in sorted(change_offsets)
    )
    archived = draw(st.one_of(st.none(), st.none(), st.integers(-1, days)))
    return Plan(
        measure,
        start,
        tuple(versions),
        week_start=draw(week_starts),
        week_changes=changes,
        archived_date=None if archived is None else start + timedelta(days=archived),
    )


@st.composite
def pauses(draw: DrawFn, start: date, days: int) -> list[Pause]:
    found = []
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        first = start + timedelta(days=draw(st.integers(-5, days + 5)))
        length = draw(st.sampled_from([0, 1, 3, 6, 13, 40, None]))
        found.append(Pause(first, None if length is None else first + timedelta(days=length)))
    return found


@st.composite
def lives(
    draw: DrawFn, schedules: SearchStrategy[Schedule] = any_schedules, *, most_days: int = 70
) -> Life:
    days = draw(st.integers(0, most_days))
    plan = draw(plans(schedules, days))
    kinds = YES_NO_BYTES if plan.measure is Measure.YES_NO else QUANTITY_BYTES
    written = draw(st.binary(max_size=days + 3))  # a few days more than have come
    facts = {
        plan.start_date + timedelta(days=n): kinds[byte % len(kinds)]
        for n, byte in enumerate(written)
        if kinds[byte % len(kinds)] != DayFact()
    }
    today = plan.start_date + timedelta(days=days - draw(st.sampled_from([0, 0, 0, 1])))
    return Life(plan, facts, draw(pauses(plan.start_date, days)), today)
