"""Hypothesis strategies of the stateful test: random stories of two clients."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from rhythm.goal import Measure
from rhythm.plan import Mark
from rhythm.schedule import Schedule, Weekday
from tests.edge.habits.stateful import day_steps, habit_steps
from tests.edge.habits.stateful.calendar_model import Setting
from tests.edge.habits.stateful.day_steps import Step
from tests.rhythm.histories import any_schedules, goals

ERAS = [
    datetime(2026, 3, 20, 12, tzinfo=UTC),  # nine days before clocks change in Europe
    datetime(2026, 10, 22, 22, 30, tzinfo=UTC),
    datetime(2028, 2, 24, 9, tzinfo=UTC),  # a leap year
    datetime(2011, 12, 26, 12, tzinfo=UTC),  # four days before Apia crosses the date line
]
ZONES = [
    "Europe/Berlin",
    "UTC",
    "America/Los_Angeles",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Africa/Cairo",
    "Asia/Kathmandu",
]
DAY_STARTS = [time(0), time(0), time(3), time(2, 30), time(12)]
WEEK_STARTS = [Weekday.MON, Weekday.MON, Weekday.SUN, Weekday.SAT, Weekday.WED]

clients = st.integers(0, 1)
habits = st.sampled_from([0, 0, 0, 0, 0, 1, 1, 2, 3])  # mostly the same one, so that steps interact
days_ago = st.one_of(
    st.sampled_from([0, 0, 0, 1]),
    st.sampled_from([0, 0, 1, 2]),
    st.sampled_from([3, 5, 10, 20, 60, 110, -1, 200]),
)
notes = st.sampled_from([None, None, None, "With music.", ""])
marks = st.sampled_from([Mark.DONE, Mark.DONE, Mark.SKIP, Mark.MISSED])
amounts = st.sampled_from([1, 700, 1000, 2500, 9000])
keyed = st.booleans()
schedules: SearchStrategy[Schedule] = any_schedules.filter(
    lambda it: it.days != 1 and len(set(it.month_days)) == len(it.month_days)
)
settings = st.builds(Setting, st.sampled_from(ZONES), st.sampled_from(DAY_STARTS))


@dataclass(frozen=True)
class Story:
    """The initial time, settings and habits, and the steps that follow."""

    era: datetime
    setting: Setting
    week_start: Weekday
    first: tuple[day_steps.CreateHabit, ...]
    steps: tuple[Step, ...]


@st.composite
def create_habits(draw: DrawFn) -> day_steps.CreateHabit:
    measure = draw(st.sampled_from(Measure))
    ago = draw(st.sampled_from([0, 3, 30, 75, 130, 130, -2]))
    return day_steps.CreateHabit(
        measure, draw(schedules), draw(goals(measure)), ago, client=draw(clients)
    )


@st.composite
def set_days(draw: DrawFn) -> day_steps.SetDay:
    mark = draw(st.one_of(marks, marks, st.none()))
    amount = None if mark else draw(st.sampled_from([None, 0, 700, 2500, 9000]))
    return day_steps.SetDay(
        draw(habits),
        draw(days_ago),
        draw(notes),
        draw(keyed),
        mark,
        amount,
        client=draw(clients),
    )


@st.composite
def edit_steps(draw: DrawFn) -> habit_steps.Edit:
    what = draw(st.sampled_from(["title", "schedule", "schedule", "goal", "both", "start"]))
    ago = st.sampled_from([None, None, 0, 1, 5, 20, 60, -3, 300])
    measure = Measure.QUANTITY
    return habit_steps.Edit(
        draw(habits),
        title=draw(st.sampled_from(["Walk", "Swim"])) if what == "title" else None,
        schedule=draw(schedules) if what in ("schedule", "both") else None,
        goal=draw(goals(measure)) if what in ("goal", "both") else None,
        effective_days_ago=draw(ago) if what not in ("title", "start") else None,
        start_days_ago=draw(st.sampled_from([0, 4, 50, 140, -1])) if what == "start" else None,
        match=draw(st.sampled_from(["any", "any", "fresh", "stale"])),
        client=draw(clients),
    )


adds = st.builds(
    day_steps.Add,
    habits,
    st.one_of(days_ago, st.none()),
    notes,
    keyed,
    amounts,
    client=clients,
)
clears = st.builds(day_steps.Clear, habits, days_ago, client=clients)
undos = st.builds(day_steps.Undo, habits, client=clients, keyed=keyed)
changes = st.one_of(adds, adds, set_days(), clears, undos)
batches = st.builds(
    day_steps.Batch, st.lists(set_days(), min_size=1, max_size=12).map(tuple), client=clients
)
repeats = st.builds(day_steps.Repeat, st.integers(0, 20), st.sampled_from([False, False, True]))
pauses = st.builds(
    habit_steps.Pause,
    st.one_of(st.none(), habits),
    st.sampled_from([0, 0, 2, 10, 50, 100, -3]),
    st.sampled_from([None, 0, 0, 3, 12, 45, -1]),
    keyed,
    client=clients,
)
end_pauses = st.builds(habit_steps.EndPause, st.integers(0, 9), client=clients)
lifts = st.one_of(
    st.builds(habit_steps.Archive, habits, client=clients),
    st.builds(habit_steps.Restore, habits, client=clients),
)
waits = st.builds(
    habit_steps.Wait, st.sampled_from([0.5, 3, 9, 15, 24, 24, 47.5, 24 * 6, 24 * 20, 24 * 50])
)
travels = st.builds(
    habit_steps.Travel,
    st.sampled_from(ZONES),
    st.sampled_from(DAY_STARTS),
    st.sampled_from(WEEK_STARTS),
    client=clients,
)
crowds = st.one_of(
    st.builds(day_steps.Concurrently, st.tuples(changes, changes), st.just(False)),
    st.builds(
        day_steps.Concurrently, st.one_of(adds, set_days(), undos).map(lambda it: (it, it)), keyed
    ),
    st.builds(
        day_steps.Concurrently,
        st.tuples(changes, st.one_of(edit_steps(), st.builds(habit_steps.Archive, habits))),
        st.just(False),
    ),
)
any_steps: SearchStrategy[Step] = st.one_of(
    changes,
    changes,
    changes,
    crowds,
    waits,
    waits,
    batches,
    edit_steps(),
    st.one_of(pauses, pauses, end_pauses),
    repeats,
    travels,
    lifts,
    st.one_of(
        st.builds(habit_steps.SetOrder, st.integers(0, 3), client=clients),
        st.builds(habit_steps.Delete, habits, client=clients),
        create_habits(),
        create_habits(),
    ),
)


@st.composite
def stories(draw: DrawFn, *, most_steps: int = 40) -> Story:
    """Draw a story; it begins with two habits, so that one may be deleted."""
    return Story(
        draw(st.sampled_from(ERAS)),
        draw(settings),
        draw(st.sampled_from(WEEK_STARTS)),
        (draw(create_habits()), draw(create_habits())),
        tuple(draw(st.lists(any_steps, min_size=most_steps // 3, max_size=most_steps))),
    )
