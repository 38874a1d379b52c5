"""A habit's numbers and history, and the today screen. All by one evaluator."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from chassis.database import Connection
from rhythm.history import DayInHistory, list_history
from rhythm.units import DueUnit, list_units
from services.habits.dao import check_in_lists as days_dao
from services.habits.dao import snapshots as dao
from services.habits.domain import limits
from services.habits.domain.check_in import NOTHING, Content
from services.habits.domain.errors import RangeEndsBeforeStart, RangeTooLong
from services.habits.domain.people import Person
from services.habits.domain.progress import Progress
from services.habits.domain.snapshot import HabitSnapshot, current_streak
from services.habits.domain.today_screen import TodayScreen, today_item
from services.habits.use_cases.snapshots import bring_up_to_date, get_snapshot

_USUAL_HISTORY = timedelta(days=30)


async def get_progress(
    connection: Connection, person: Person, habit_id: UUID, *, explain: bool, now: datetime
) -> Progress:
    """Return a habit's numbers as of today; with `explain`, the units behind them.

    Raises:
        HabitNotFound: The person has no such habit.
    """
    snapshot = await get_snapshot(connection, habit_id, person, now=now)
    today = snapshot.person.today(now)
    evaluation = snapshot.evaluation(today)
    return Progress(
        habit_id=habit_id,
        today=today,
        evaluation=evaluation,
        current_streak=current_streak(evaluation, snapshot.person, now),
        units=await _explain(connection, snapshot, today) if explain else (),
    )


async def get_history(
    connection: Connection,
    person: Person,
    habit_id: UUID,
    *,
    from_date: date | None,
    to_date: date | None,
    now: datetime,
) -> list[tuple[DayInHistory, Content]]:
    """Return a habit's days, oldest first, none after today, each with its content.

    Raises:
        HabitNotFound: The person has no such habit.
        RangeEndsBeforeStart: The last day lies before the first.
        RangeTooLong: There are too many days.
    """
    snapshot = await get_snapshot(connection, habit_id, person, now=now)
    today = snapshot.person.today(now)
    last = to_date or today
    first = from_date or last - _USUAL_HISTORY
    if last < first:
        raise RangeEndsBeforeStart(first, last)
    if (last - first).days >= limits.MAX_HISTORY_DAYS:
        raise RangeTooLong((last - first).days + 1)
    [snapshot] = await _counted_before(connection, [snapshot], first)
    days = list_history(
        snapshot.plan,
        snapshot.derived.facts,
        snapshot.paused_ranges(today),
        from_date=first,
        to_date=last,
        today=today,
        checkpoint=snapshot.derived.checkpoint,
    )
    rows = await days_dao.list_check_ins(
        connection, habit_id, first, last, limit=limits.MAX_HISTORY_DAYS
    )
    contents = {row.day: row.content for row in rows}
    return [(day, contents.get(day.date, NOTHING)) for day in days]


async def get_today(
    connection: Connection, person: Person, *, day: date | None, now: datetime
) -> TodayScreen:
    """Return every active habit that is due or open on a day, by position; today's by default."""
    wanted = day or person.today(now)
    found = await dao.list_active(connection, person, wanted, limit=limits.MAX_HABITS)
    if found:
        person = found[0][0].person
    else:
        person = await dao.resolve_person(connection, person)
    if day is None and person.today(now) != wanted:  # the token's settings are outdated
        wanted = person.today(now)
        found = await dao.list_active(connection, person, wanted, limit=limits.MAX_HABITS)
    snapshots = await bring_up_to_date(connection, [snapshot for snapshot, _ in found], now=now)
    snapshots = await _counted_before(connection, snapshots, wanted)
    items = (
        today_item(snapshot, check_in, wanted, now=now)
        for snapshot, (_, check_in) in zip(snapshots, found, strict=True)
    )
    return TodayScreen(wanted, tuple(item for item in items if item is not None))


async def get_person(
    connection: Connection, person: Person, *, now: datetime
) -> tuple[Person, date]:
    """Return a person with their stored settings, and their today."""
    person = await dao.resolve_person(connection, person)
    return person, person.today(now)


async def list_revisions(connection: Connection, owner_id: UUID) -> Sequence[tuple[UUID, int, int]]:
    """Return of each habit its id, its revision and the highest revision of its days."""
    return await dao.list_revisions(connection, owner_id)


async def _explain(
    connection: Connection, snapshot: HabitSnapshot, today: date
) -> Sequence[DueUnit]:
    habit = snapshot.habit
    facts = (await dao.list_facts(connection, [habit.id]))[habit.id]
    snapshot = snapshot.with_facts(facts)
    found = list_units(
        snapshot.plan,
        facts,
        snapshot.paused_ranges(today),
        from_date=habit.start_date,
        to_date=today,
        today=today,
    )
    return found[: -limits.MAX_UNITS_EXPLAINED - 1 : -1]


async def _counted_before(
    connection: Connection, snapshots: Sequence[HabitSnapshot], day: date
) -> list[HabitSnapshot]:
    """Return the snapshots with all facts where the checkpoint lies at or after a day."""
    closed = [
        it.habit.id
        for it in snapshots
        if it.derived.checkpoint is not None and it.derived.checkpoint.through >= day
    ]
    if not closed:
        return list(snapshots)
    facts = await dao.list_facts(connection, closed)
    return [it.with_facts(facts[it.habit.id]) if it.habit.id in facts else it for it in snapshots]
