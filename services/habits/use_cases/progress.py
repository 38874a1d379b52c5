"""How it goes: a habit's numbers and history, and the screen of a day. All by one evaluator."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from chassis.database import Connection
from rhythm.history import DayInHistory, list_history
from rhythm.units import DueUnit, list_units
from services.habits.dao import days as days_dao
from services.habits.dao import standings as dao
from services.habits.domain import limits
from services.habits.domain.errors import RangeEndsBeforeStart, RangeTooLong
from services.habits.domain.people import Person
from services.habits.domain.progress import Progress
from services.habits.domain.standing import Standing, current_streak
from services.habits.domain.today import Screen, today_item
from services.habits.use_cases.standings import get_standing, made_current

_USUAL_HISTORY = timedelta(days=30)


async def get_progress(
    connection: Connection, person: Person, habit_id: UUID, *, explain: bool, now: datetime
) -> Progress:
    """Return a habit's numbers as of today; with `explain`, the units behind them.

    Raises:
        HabitNotFound: The person has no such habit.
    """
    standing = await get_standing(connection, habit_id, person, now=now)
    today = standing.person.today(now)
    evaluation = standing.evaluation(today)
    return Progress(
        habit_id=habit_id,
        today=today,
        evaluation=evaluation,
        current_streak=current_streak(evaluation, standing.person, now),
        units=await _explain(connection, standing, today) if explain else (),
    )


async def get_history(
    connection: Connection,
    person: Person,
    habit_id: UUID,
    *,
    from_date: date | None,
    to_date: date | None,
    now: datetime,
) -> list[tuple[DayInHistory, str]]:
    """Return a habit's days, oldest first, none after today, each with its note.

    Raises:
        HabitNotFound: The person has no such habit.
        RangeEndsBeforeStart: The last day lies before the first.
        RangeTooLong: There are too many days.
    """
    standing = await get_standing(connection, habit_id, person, now=now)
    today = standing.person.today(now)
    last = to_date or today
    first = from_date or last - _USUAL_HISTORY
    if last < first:
        raise RangeEndsBeforeStart(first, last)
    if (last - first).days >= limits.MOST_HISTORY_DAYS:
        raise RangeTooLong((last - first).days + 1)
    [standing] = await _counted_before(connection, [standing], first)
    days = list_history(
        standing.plan,
        standing.derived.facts,
        standing.rests(today),
        from_date=first,
        to_date=last,
        today=today,
        checkpoint=standing.derived.checkpoint,
    )
    rows = await days_dao.list_check_ins(
        connection, habit_id, first, last, limit=limits.MOST_HISTORY_DAYS
    )
    notes = {row.day: row.content.note for row in rows}
    return [(day, notes.get(day.date, "")) for day in days]


async def get_today(
    connection: Connection, person: Person, *, day: date | None, now: datetime
) -> Screen:
    """Return every active habit that is due or open on a day, by position; today's by default."""
    wanted = day or person.today(now)
    found = await dao.list_active(connection, person, wanted, limit=limits.MOST_HABITS)
    if found:
        person = found[0][0].person
    else:
        person = await dao.known_person(connection, person)
    if day is None and person.today(now) != wanted:  # the token told another today
        wanted = person.today(now)
        found = await dao.list_active(connection, person, wanted, limit=limits.MOST_HABITS)
    standings = await made_current(connection, [standing for standing, _ in found], now=now)
    standings = await _counted_before(connection, standings, wanted)
    items = (
        today_item(standing, check_in, wanted, now=now)
        for standing, (_, check_in) in zip(standings, found, strict=True)
    )
    return Screen(wanted, tuple(item for item in items if item is not None))


async def get_person(
    connection: Connection, person: Person, *, now: datetime
) -> tuple[Person, date]:
    """Return what is known of a person, and their today."""
    person = await dao.known_person(connection, person)
    return person, person.today(now)


async def _explain(connection: Connection, standing: Standing, today: date) -> Sequence[DueUnit]:
    habit = standing.habit
    facts = (await dao.list_facts(connection, [habit.id]))[habit.id]
    standing = standing.with_facts(facts)
    found = list_units(
        standing.plan,
        facts,
        standing.rests(today),
        from_date=habit.start_date,
        to_date=today,
        today=today,
    )
    return found[: -limits.MOST_UNITS_EXPLAINED - 1 : -1]


async def _counted_before(
    connection: Connection, standings: Sequence[Standing], day: date
) -> list[Standing]:
    """Return the standings such that a day can be looked at: those closed by then from all rows."""
    closed = [
        it.habit.id
        for it in standings
        if it.derived.checkpoint is not None and it.derived.checkpoint.through >= day
    ]
    if not closed:
        return list(standings)
    facts = await dao.list_facts(connection, closed)
    return [it.with_facts(facts[it.habit.id]) if it.habit.id in facts else it for it in standings]
