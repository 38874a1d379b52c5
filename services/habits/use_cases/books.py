"""Opening a book for each habit that a batch of orders names, with all the orders need to know."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from chassis.database import Connection
from chassis.ids import uuid7
from services.habits.dao import check_ins as check_ins_dao
from services.habits.dao import standings as dao
from services.habits.dao.standings import Found, Wanted
from services.habits.domain.book import Book
from services.habits.domain.check_in import Change, CheckIn, Order, Undo
from services.habits.domain.standing import Standing

type Days = dict[date, CheckIn]


async def list_found(
    connection: Connection, orders: Sequence[Order], *, now: datetime
) -> list[Found]:
    """Return what is known of what each order names."""
    wanted = [
        Wanted(it.habit_id, it.person, it.day or it.person.today(now), it.request_id)
        for it in orders
    ]
    return await dao.list_found(connection, wanted)


async def open_books(
    connection: Connection, orders: Sequence[Order], found: Sequence[Found], *, now: datetime
) -> dict[UUID, Book]:
    """Return a book for each habit that was found."""
    standings = {it.standing.habit.id: it.standing for it in found if it.standing}
    days = await _list_days(connection, orders, found, now)
    undoable = await _list_undoable(connection, orders, standings)
    stale = [
        habit_id
        for habit_id, standing in standings.items()
        if _must_be_counted_anew(standing, days[habit_id][1], undoable.get(habit_id, ()), now)
    ]
    if stale:
        facts = await dao.list_facts(connection, stale)
        standings |= {it: standings[it].with_facts(facts[it]) for it in stale}
    return {
        habit_id: Book(standing, days[habit_id][0], undoable.get(habit_id, ()), now, uuid7)
        for habit_id, standing in standings.items()
    }


async def _list_days(
    connection: Connection, orders: Sequence[Order], found: Sequence[Found], now: datetime
) -> Mapping[UUID, tuple[Days, set[date]]]:
    """Return, for each habit, the days that were touched before, and the days orders name."""
    days: dict[UUID, tuple[Days, set[date]]] = {}
    missed: list[tuple[UUID, date]] = []
    for order, (standing, check_in, _) in zip(orders, found, strict=True):
        if standing is None:
            continue
        touched, named = days.setdefault(standing.habit.id, ({}, set()))
        if isinstance(order.action, Undo):
            continue
        day = order.day or standing.person.today(now)
        named.add(day)
        if check_in is not None and check_in.day == day:
            touched[day] = check_in
        elif order.day is None and day != order.person.today(now):
            missed.append((order.habit_id, day))  # the token told another today
    if missed:
        for (habit_id, day), check_in in (await dao.list_days(connection, missed)).items():
            days[habit_id][0][day] = check_in
    return days


async def _list_undoable(
    connection: Connection, orders: Sequence[Order], standings: Mapping[UUID, Standing]
) -> dict[UUID, list[Change]]:
    """Return the last changes of each habit, as many as orders want to take back."""
    most = Counter(
        order.habit_id
        for order in orders
        if isinstance(order.action, Undo) and order.habit_id in standings
    )
    return await check_ins_dao.list_undoable(connection, most) if most else {}


def _must_be_counted_anew(
    standing: Standing, named: set[date], undoable: Sequence[Change], now: datetime
) -> bool:
    """Tell whether an order may reach behind the checkpoint, or that does not fit any more."""
    if not standing.is_current(standing.person.today(now)):
        return True
    checkpoint = standing.derived.checkpoint
    reached = named.union(change.day for change in undoable)
    return checkpoint is not None and any(day <= checkpoint.through for day in reached)
