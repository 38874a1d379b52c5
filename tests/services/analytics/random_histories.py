"""Random histories, and their events: late, duplicated, and in any order."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.goal import Measure
from rhythm.plan import DayFact, Mark, Pause, Plan
from rhythm.schedule import Weekday
from services.analytics.domain.habit import Habit, RecordedDay, RecordedPause
from services.analytics.domain.person import Person
from services.analytics.use_cases import read_model
from tests.rhythm.histories import QUANTITY_BYTES, YES_NO_BYTES, lives
from tests.services.analytics.naive import NaiveHabit

type Change = Callable[[AsyncSession, datetime], Awaitable[None]]
type EventDelivery = Change | tuple[UUID, RecordedDay]
"""A change of the read model, or the event of a day with its id."""


@dataclass(frozen=True)
class EventHistory:
    """What happened to a person, and the events about it."""

    person: Person
    habits: list[Habit]
    naive: list[NaiveHabit]
    """What is true in the end."""
    deliveries: list[EventDelivery] = field(repr=False)
    """The events, in the order of delivery."""
    today: date


@st.composite
def event_histories(draw: DrawFn) -> EventHistory:
    chance = random.Random(draw(st.integers(0, 2**32)))
    created_date = draw(st.lists(lives(most_days=100), min_size=1, max_size=3))
    weeks = created_date[0].plan  # all habits of a person share their weeks
    person = Person(
        id=_new_id(chance), week_start=weeks.week_start, week_changes=weeks.week_changes
    )
    habits: list[Habit] = []
    naive: list[NaiveHabit] = []
    deliveries: list[EventDelivery] = []
    days: list[EventDelivery] = []
    for life in created_date:
        plan = replace(life.plan, week_start=person.week_start, week_changes=person.week_changes)
        facts = life.facts | _filled_facts(plan, life.today, chance)
        habit = Habit(
            id=_new_id(chance),
            owner_id=person.id,
            revision=3,
            title="Anything",
            measure=plan.measure,
            start_date=plan.start_date,
            archived_date=plan.archived_date,
            versions=plan.versions,
            create_time=datetime(2024, 1, 1, tzinfo=UTC),
        )
        early = replace(habit, revision=1, versions=habit.versions[:1], archived_date=None)
        archived = replace(early, revision=2, archived_date=plan.start_date + timedelta(days=9))
        deliveries += [_habit(habit), _habit(archived), _habit(early)]
        days += _days(habit, facts, chance)
        recorded = [_declared(habit, pause, chance) for pause in life.pauses]
        deliveries += [_pause(it, deleted=False) for it in recorded]
        taken_back = _declared(habit, Pause(plan.start_date), chance)
        deliveries += [_pause(taken_back, deleted=False), _pause(taken_back, deleted=True)]
        habits.append(habit)
        naive.append(NaiveHabit(plan, facts, list(life.pauses)))
    for life in created_date:  # a pause of all habits rests every one of them
        for pause in life.pauses[:1]:
            if chance.random() < 0.3:
                everywhere = RecordedPause(
                    id=_new_id(chance), owner_id=person.id, habit_id=None, pause=pause
                )
                deliveries.append(_pause(everywhere, deleted=False))
                for other in naive:
                    other.pauses.append(pause)
    former = replace(habits[0], id=_new_id(chance), archived_date=None)
    its_plans, its_days = _events_before_deletion(former, chance)
    deliveries = _ordered(deliveries + its_plans, days + its_days, chance)
    # These come once, so that they may be last: when all else is counted, and nothing after them
    # makes the numbers stale. A repeat among the others would do their work long before.
    for late in (*its_plans, *_accounts(person, chance), _deletion(former)):
        place = chance.choice([0, len(deliveries) // 2, len(deliveries), len(deliveries)])
        deliveries.insert(place, late)
    today = max(life.today for life in created_date)
    return EventHistory(person, habits, naive, deliveries, today)


def _ordered(
    plans: list[EventDelivery], days: list[EventDelivery], chance: random.Random
) -> list[EventDelivery]:
    """Put events in an order, some of them twice: any order, or days after all else."""
    if chance.random() < 0.5:
        return _shuffled(plans + days, chance)
    return _shuffled(plans, chance) + _shuffled(days, chance)


def _shuffled(deliveries: list[EventDelivery], chance: random.Random) -> list[EventDelivery]:
    deliveries = deliveries + chance.sample(deliveries, len(deliveries) // 3)
    chance.shuffle(deliveries)
    return deliveries


def _filled_facts(plan: Plan, today: date, chance: random.Random) -> dict[date, DayFact]:
    """Fill most days of half of the lives: what hypothesis draws is mostly empty."""
    kinds = YES_NO_BYTES if plan.measure is Measure.YES_NO else QUANTITY_BYTES
    often = chance.choice([0, 0.8])
    lived = ((today - plan.start_date).days + 1) if often else 0
    drawn = {plan.start_date + timedelta(days=n): chance.choice(kinds) for n in range(lived)}
    return {
        day: fact for day, fact in drawn.items() if fact != DayFact() and chance.random() < often
    }


def noon(day: date) -> datetime:
    """Return a moment of a person's day in UTC."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _days(habit: Habit, facts: dict[date, DayFact], chance: random.Random) -> list[EventDelivery]:
    """Deliver days: their final state, for some a state before it, and cleared ones."""
    revision, told = 0, []
    for day, fact in facts.items():
        if chance.random() < 0.3:
            revision += 1
            told.append(_recorded(habit, day, chance.choice([None, *facts.values()]), revision))
        revision += 1
        told.append(_recorded(habit, day, fact, revision))
    for _ in range(3):
        day = habit.start_date + timedelta(days=chance.randrange(60))
        if day not in facts and facts:
            revision += 2
            told.append(_recorded(habit, day, chance.choice(list(facts.values())), revision - 1))
            told.append(_recorded(habit, day, None, revision))
    return [(_new_id(chance), it) for it in told]


def _recorded(habit: Habit, day: date, fact: DayFact | None, revision: int) -> RecordedDay:
    return RecordedDay(
        habit_id=habit.id,
        owner_id=habit.owner_id,
        day=day,
        revision=revision,
        fact=fact,
        update_time=noon(day),
    )


def _declared(habit: Habit, pause: Pause, chance: random.Random) -> RecordedPause:
    return RecordedPause(
        id=_new_id(chance), owner_id=habit.owner_id, habit_id=habit.id, pause=pause
    )


def _new_id(chance: random.Random) -> UUID:
    """Return an id that is the same whenever the history is drawn again."""
    return UUID(int=chance.getrandbits(128), version=4)


def _accounts(person: Person, chance: random.Random) -> list[Change]:
    """Deliver the settings a person has in the end, and others they had before."""
    moved = replace(
        person,
        timezone=chance.choice(["UTC", "Europe/Berlin", "Asia/Tokyo", "America/New_York"]),
        week_start=chance.choice(list(Weekday)),
        week_changes=(),
    )
    return [_account(moved, revision=1), _account(person, revision=2)]


def _account(person: Person, *, revision: int) -> Change:
    async def deliver(session: AsyncSession, now: datetime) -> None:
        await read_model.apply_account(session, person, revision=revision, now=now)

    return deliver


def _events_before_deletion(
    habit: Habit, chance: random.Random
) -> tuple[list[EventDelivery], list[EventDelivery]]:
    """Deliver a habit with a pause, and its days. Its deletion settles it wherever it comes."""
    done = DayFact(Mark.DONE) if habit.measure is Measure.YES_NO else DayFact(None, 5_000)
    dates = [habit.start_date + timedelta(days=chance.randrange(40)) for _ in range(9)]
    recorded = _declared(habit, Pause(habit.start_date, habit.start_date), chance)
    days = _days(habit, dict.fromkeys(dates, done), chance)
    return [_habit(habit), _pause(recorded, deleted=False)], days


def _deletion(habit: Habit) -> Change:
    async def deliver(session: AsyncSession, now: datetime) -> None:
        await read_model.apply_habit_deleted(session, habit.owner_id, habit.id, now=now)

    return deliver


def _habit(habit: Habit) -> Change:
    async def deliver(session: AsyncSession, now: datetime) -> None:
        await read_model.apply_habit(session, habit, now=now)

    return deliver


def _pause(recorded: RecordedPause, *, deleted: bool) -> Change:
    async def deliver(session: AsyncSession, now: datetime) -> None:
        await read_model.apply_pause(session, recorded, deleted=deleted, now=now)

    return deliver
